"""The one clock: UTC, and movable for tests and for the demo's past."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

UNTIL_ERASED = timedelta.max  # how long things are kept that end with the person alone

_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)


def now() -> datetime:
    """This moment in UTC, aware."""
    return _moved.get() or datetime.now(UTC)


def iso(moment: datetime | None) -> str | None:
    """A moment as files for other programs hold it: ISO 8601 with its zone, to the second."""
    return moment.isoformat(timespec="seconds") if moment else None


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let now() answer `moment` (aware) inside the block."""
    token = _moved.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moved.reset(token)
