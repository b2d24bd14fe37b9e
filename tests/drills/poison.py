"""`python -m tests.drills.poison`: a worker as any other, whose outbox also holds work that never ends well.

What the trials of workers start, several at once; each line that the ticks write is one that was done.
"""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from portal.app import create_app
from portal.features import JOB_MODULES
from portal.kit import clock
from portal.outbox import worker

LONGEST, MEMORY = 4.0, 600_000_000  # in place of minutes and gigabytes
EVERY = 2  # seconds between two ticks


def hang(_payload: dict[str, Any]) -> None:
    time.sleep(3600)


def eat(_payload: dict[str, Any]) -> None:
    kept = []
    while True:
        kept.append(bytearray(10_000_000))


def fail(_payload: dict[str, Any]) -> None:
    raise OSError("never")


def die(_payload: dict[str, Any]) -> None:
    """As one does whose library tears the whole process down."""
    os.abort()


def tick(_payload: dict[str, Any]) -> None:
    with Path(os.environ["PORTAL_INSTANCE"], "ticks").open("a") as file:
        file.write(f"{os.getpid()}\n")


HANDLERS = {"drill.hang": hang, "drill.eat": eat, "drill.fail": fail, "drill.die": die, "drill.tick": tick}
PERIODIC = {"drill.tick": EVERY}


def main() -> None:
    """Run until it is told to end; DRILL_AHEAD moves its clock by so many seconds."""
    worker.LONGEST, worker.MEMORY = LONGEST, MEMORY
    it = worker.Worker(create_app(), (*JOB_MODULES, "tests.drills.poison"))
    ahead = timedelta(seconds=float(os.environ.get("DRILL_AHEAD", "0")))
    turn = it._turn

    def moved() -> bool:
        with clock.at(clock.now() + ahead):
            return turn()

    if ahead:
        it._turn = moved  # type: ignore[method-assign]  # the clock of this process alone
    it.run()


if __name__ == "__main__":
    main()
