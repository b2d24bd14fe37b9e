"""SQLite under many writers: immediate transactions behind a file lock, so that writers queue instead of failing."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from threading import Lock
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


def _lock(path: Path, info: dict[str, Any], turn: Lock) -> None:
    """Wait first for the turn among the threads of this process, then alone for the other processes: only one asks again
    and again, and the others sleep.
    """
    until = time.monotonic() + PATIENCE
    if not turn.acquire(timeout=PATIENCE):
        raise Busy
    try:
        if "lock" not in info:
            info["lock"] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        _take(info["lock"], until)
    except BaseException:
        turn.release()
        raise
    info["turn"] = turn


def _take(lock: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise Busy from None
            time.sleep(0.002)
        else:
            return


def _unlock(info: dict[str, Any]) -> None:
    if turn := info.pop("turn", None):
        fcntl.flock(info["lock"], fcntl.LOCK_UN)
        turn.release()


def prepare(engine: Engine, lock: Path) -> None:
    """Give every connection of `engine` write-ahead logging, foreign keys, and begins that queue at the file `lock`."""
    turn = Lock()

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
            _lock(lock, connection.connection.info, turn)
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "reset")
    def reset(connection: Any, record: Any, _state: Any) -> None:
        connection.rollback()
        _unlock(record.info)

    @event.listens_for(engine, "close")
    def close(_connection: Any, record: Any) -> None:
        _unlock(record.info)
        if "lock" in record.info:
            os.close(record.info.pop("lock"))
