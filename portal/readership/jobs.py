"""What the worker does for searches and votes: takes over the notes, and forgets in time."""

from typing import Any

from ..outbox.worker import keep_so_far
from .actions import record, sweep
from .notes import gather


def take_over(_payload: dict[str, Any]) -> None:
    """Record what this server's pages noted; a file goes only once its searches are kept."""
    for path, notes in gather():
        record(notes)
        keep_so_far()
        path.unlink()


HANDLERS = {"readership.take": take_over, "readership.sweep": lambda _payload: sweep()}
PERIODIC = {"readership.take": 20, "readership.sweep": 3600}
