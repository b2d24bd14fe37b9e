"""`python -m bench [--quick]`: prints the tables."""

import argparse

from .run import FULL, QUICK, run

parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
parser.add_argument(
    "--quick", action="store_true", help="small amounts and few requests: whether it works at all"
)
print("\n".join(run(QUICK if parser.parse_args().quick else FULL)))
