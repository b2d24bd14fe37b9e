"""`python -m bench [--quick] [--postgresql]`: prints the tables."""

import argparse

from .run import FULL, QUICK, run

parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
parser.add_argument(
    "--quick", action="store_true", help="small amounts and few requests: whether it works at all"
)
parser.add_argument(
    "--postgresql", action="store_true", help="the same instances, moved to a PostgreSQL of its own"
)
asked = parser.parse_args()
print("\n".join(run(QUICK if asked.quick else FULL, postgresql=asked.postgresql)))
