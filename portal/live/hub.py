"""One thread a process reads the table of topics and hands them to the windows that listen."""

import logging
import queue
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from sqlalchemy import Engine, select

from ..extensions import db
from ..kit import clock
from ..kit.sqlite import reading
from .models import LiveRow
from .news import BACK, News, newest

log = logging.getLogger("portal.live")
LOOK = 0.2  # seconds between looks
OF_ONE = 30  # windows that one reader may hold in a process, lest one takes all there are; further ones poll
LATE = timedelta(seconds=5)  # how long a change may take from its first row to its commit


@dataclass(eq=False)
class Window:
    """One open stream: the topics it may hear, whose it is, and what it has not sent yet."""

    topics: frozenset[str]
    owner: str = ""
    waiting: "queue.Queue[tuple[int, str]]" = field(default_factory=lambda: queue.Queue(maxsize=1000))


class Hub:
    """Hands topics to windows; sleeps while nobody listens."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self.engine: Engine = db.engine
        self.cap: int = app.config["STREAMS"]
        self.windows: set[Window] = set()
        self.guard = threading.Lock()
        self.thread: threading.Thread | None = None

    def open(self, topics: Iterable[str], owner: str = "") -> Window | None:
        """A window on topics, or None beyond what this process can hold, or one owner may."""
        window = Window(frozenset(topics), owner)
        with self.guard:
            of_one = sum(owner == other.owner for other in self.windows) if owner else 0
            if len(self.windows) >= self.cap or of_one >= OF_ONE:
                return None
            if self.thread is None:  # started here and not before, for threads do not survive a fork
                self.thread = threading.Thread(
                    target=self._run, args=(News(self.engine),), daemon=True, name="live"
                )
                self.thread.start()
            self.windows.add(window)
        return window

    def close(self, window: Window) -> None:
        with self.guard:
            self.windows.discard(window)

    def end(self) -> None:
        """Close all windows, and open no more: this process is about to end."""
        with self.guard:
            self.cap = 0
            windows, self.windows = self.windows, set()
        for window in windows:
            with suppress(queue.Full):
                window.waiting.put_nowait((0, ""))  # wakes its stream

    def since(
        self, topics: Iterable[str], last_id: int | None, seconds: float | None
    ) -> list[tuple[int, str]]:
        """Rows that a window missed: after an id with some overlap, or since a moment; hearing twice does no harm."""
        rows = select(LiveRow.id, LiveRow.topic).where(LiveRow.topic.in_(list(topics))).order_by(LiveRow.id)
        if last_id is not None:
            # An id that was handed out earlier may have been committed later: what is young is told again.
            late = (LiveRow.id > last_id - BACK) & (LiveRow.at > clock.now() - LATE)
            rows = rows.where((LiveRow.id > last_id) | late)
        elif seconds is not None:
            # Five seconds more: a change may carry an earlier moment than its commit.
            rows = rows.where(LiveRow.at > clock.now() - timedelta(seconds=min(seconds, 600) + 5))
        with reading(), self.engine.connect() as connection:
            return [(key, topic) for key, topic in connection.execute(rows)]

    def newest(self) -> int:
        """The highest id so far."""
        return newest(self.engine)

    def _run(self, news: News) -> None:
        while True:
            time.sleep(LOOK)
            with self.guard:
                if not self.windows:
                    self.thread = None
                    return
            try:
                fresh = news.look()
            except Exception as error:  # noqa: BLE001 -- the database is away for a while: windows hear all afterwards
                log.warning("live updates cannot read the database", extra={"error": repr(error)})
                time.sleep(1)
                continue
            for key, topic in fresh:
                self._hand_out(key, topic)

    def _hand_out(self, key: int, topic: str) -> None:
        with self.guard:
            listeners = [w for w in self.windows if topic in w.topics]
        for window in listeners:
            try:
                window.waiting.put_nowait((key, topic))
            except queue.Full:  # a window that cannot follow is closed by its stream and comes back by itself
                self.close(window)
