"""SQLite under many writers: immediate transactions behind a file lock, so that writers queue instead of failing."""

import fcntl
import os
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from threading import Event, Lock
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import Connection, Engine, event

PATIENCE = 5.0  # seconds that a writer waits for its turn
_reading: ContextVar[bool] = ContextVar("reading", default=False)


class Busy(Exception):
    """Another writer held the database for too long; answered as 503, with what was typed kept."""


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside take no write lock: for a worker that only looks."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def read_from_now_on() -> None:
    """What is left of the request at hand writes nothing: it says that it could not."""
    g.writes_no_more = True


def only_reads() -> bool:
    """Whether the work at hand writes nothing: a GET never does."""
    if _reading.get():
        return True
    return has_request_context() and (request.method in ("GET", "HEAD", "OPTIONS") or "writes_no_more" in g)


class _Queue:
    """Writers of one process, in the order in which they came: only the first of them asks for the lock of the file."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[Event] = deque()

    def enter(self, seconds: float) -> bool:
        """Wait until all who came before have left; False if that takes too long."""
        turn = Event()
        with self._guard:
            self._waiting.append(turn)
            if self._waiting[0] is turn:
                return True
        if turn.wait(seconds):
            return True
        with self._guard:
            if self._waiting[0] is turn:  # it came this very moment
                return True
            self._waiting.remove(turn)
            return False

    def leave(self) -> None:
        with self._guard:
            self._waiting.popleft()
            if self._waiting:
                self._waiting[0].set()


def _take(handle: int, until: float) -> None:
    while True:
        with suppress(BlockingIOError):
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if time.monotonic() > until:
            raise Busy
        time.sleep(0.002)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(path: Path, queue: _Queue, info: dict[str, Any]) -> None:
    """Take the lock of the file; of the processes that wait, who holds a second one is next, so that none is passed over."""
    if "lock" not in info:
        info["lock"], info["next"] = _open(path), _open(path.with_suffix(".next"))
    until = time.monotonic() + PATIENCE
    if not queue.enter(PATIENCE):
        raise Busy
    try:
        _take(info["next"], until)
        try:
            _take(info["lock"], until)
        finally:
            fcntl.flock(info["next"], fcntl.LOCK_UN)
    except BaseException:
        queue.leave()
        raise
    info["locked"] = True


def _unlock(queue: _Queue, info: dict[str, Any]) -> None:
    if info.pop("locked", False):
        fcntl.flock(info["lock"], fcntl.LOCK_UN)
        queue.leave()


def prepare(engine: Engine, lock: Path) -> None:
    """Give every connection of `engine` write-ahead logging, foreign keys, and begins that queue at the file `lock`."""
    queue = _Queue()

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        # FULL: what was acknowledged survives a power cut, not only a crash of ours.
        # secure_delete: what was erased is overwritten, and not only forgotten by the file.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=5000",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if only_reads():
            # Straight to the driver: it cannot fail, and is no statement that a page is counted for.
            connection.connection.cursor().execute("BEGIN")
        else:
            _lock(lock, queue, connection.connection.info)
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "reset")
    def reset(connection: Any, record: Any, _state: Any) -> None:
        connection.rollback()
        _unlock(queue, record.info)

    @event.listens_for(engine, "close")
    def close(_connection: Any, record: Any) -> None:
        _unlock(queue, record.info)
        for name in record.info.keys() & {"lock", "next"}:
            os.close(record.info.pop(name))
