"""What was published since one looked last, by whichever process and machine, in the order in which it is seen."""

from collections import deque

from sqlalchemy import Engine, select

from ..kit.sqlite import reading
from .models import LiveRow

BACK = 500  # ids that may still appear late: PostgreSQL hands ids out before it commits them


def newest(engine: Engine) -> int:
    """The highest id so far."""
    with reading(), engine.connect() as connection:
        return connection.scalar(select(LiveRow.id).order_by(LiveRow.id.desc()).limit(1)) or 0


class News:
    """Reads the table of topics; each row is told once.

    Args:
        known: id up to which all is known; None for all that was published until now. Of the last BACK ids before it
            those are told again that are there still, which does no harm.
    """

    def __init__(self, engine: Engine, known: int | None = None) -> None:
        self.engine = engine
        if known is None:
            rows = self._after(newest(engine) - BACK)
            self.last = max((key for key, _ in rows), default=0)
            self._order = deque(key for key, _ in rows)
        else:
            self.last, self._order = known, deque()
        self._seen = set(self._order)

    def look(self) -> list[tuple[int, str]]:
        """Rows that were not told yet, as (id, topic)."""
        fresh = [(key, topic) for key, topic in self._after(self.last - BACK) if key not in self._seen]
        for key, _topic in fresh:
            self._seen.add(key)
            self._order.append(key)
            self.last = max(self.last, key)
        while len(self._order) > 4 * BACK:
            self._seen.discard(self._order.popleft())
        return fresh

    def _after(self, key: int) -> list[tuple[int, str]]:
        with reading(), self.engine.connect() as connection:
            rows = connection.execute(
                select(LiveRow.id, LiveRow.topic).where(LiveRow.id > key).order_by(LiveRow.id)
            )
            return [(row[0], row[1]) for row in rows]
