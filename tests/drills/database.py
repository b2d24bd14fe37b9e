"""Trials of the database: it is locked for a while, it is slow, it is restarted."""

import contextlib
import fcntl
import select
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg

from ..servers import Postgres
from .browser import Browser
from .trials import Trial, wait_for

WAITS = 12.0  # seconds: five for a lock, some for what is computed meanwhile on a busy machine
BACK = 10.0  # seconds until all goes on


@contextlib.contextmanager
def locked(it: Trial, url: str) -> Iterator[None]:
    """Somebody else holds what every writer needs."""
    if url:
        with psycopg.connect(url.replace("+psycopg", "")) as other:
            other.execute("LOCK TABLE person IN ACCESS EXCLUSIVE MODE")
            yield
    else:
        with (it.place.instance / "write.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def lock_database(it: Trial, url: str, seconds: float) -> None:
    """Locked for longer than anybody waits: all are told so in time with their words, and all goes on afterwards."""
    with it.served():
        it.load.start()
        try:
            wait_for(lambda: len(it.ledger.said) > 5, "the load has begun")
            asked = Browser(it.load.address)
            with locked(it, url):
                wait_for(lambda: it.load.busy > 0, "somebody was told that the portal is busy", WAITS)
                assert asked.get("/healthz").status == 200, "a watchdog would kill a portal that only waits"
                time.sleep(seconds)
                said = len(it.ledger.said)
            asked.close()
            wait_for(lambda: len(it.ledger.said) > said + 5, "all goes on", BACK)
        finally:
            it.load.stop()
        it.settle(300, hurry=True)
    it.count("locked")


def restart_database(it: Trial, server: Postgres, rounds: int, away: float) -> None:
    """The database server ends at once and comes back: nobody sees a fault, and all goes on within ten seconds."""
    with it.served():
        it.load.start()
        try:
            for _round in range(rounds):
                said = len(it.ledger.said)
                wait_for(lambda said=said: len(it.ledger.said) > said + 5, "all goes on", BACK + 10)  # type: ignore[misc]
                server.stop()
                time.sleep(away)
                server.process = server.start()
                it.count("database")
            said = len(it.ledger.said)
            wait_for(lambda: len(it.ledger.said) > said + 5, "all goes on", BACK)
        finally:
            it.load.stop()
        it.place.connect_anew()
        it.settle(300, hurry=True)


class SlowWay:
    """A way to a database server on which each question waits `seconds` before it goes on."""

    def __init__(self, server: Postgres, folder: Path) -> None:
        self.seconds, self.folder = 0.0, folder
        self._there = str(server.place / ".s.PGSQL.5432")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen(100)
        threading.Thread(target=self._take, daemon=True).start()

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://portal@/{name}?host={quote(str(self.folder), safe='/')}"

    def close(self) -> None:
        self._listener.close()

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _from = self._listener.accept()
                threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _pass(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server, contextlib.suppress(OSError):
            server.connect(self._there)
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    data = ready.recv(1 << 16)
                    if not data:
                        return
                    if ready is client:
                        time.sleep(self.seconds)
                    (server if ready is client else client).sendall(data)


def slow_database(it: Trial, way: SlowWay, seconds: float) -> None:
    """Each statement takes two seconds for a while: whoever cannot be served is told so, nothing breaks, all goes on."""
    with it.served():
        it.load.start()
        try:
            wait_for(lambda: len(it.ledger.said) > 5, "the load has begun")
            asked = Browser(it.load.address)
            way.seconds = 2.0
            ends = time.monotonic() + seconds
            longest = 0.0
            while time.monotonic() < ends:
                began = time.monotonic()
                assert asked.get("/healthz").status == 200
                longest = max(longest, time.monotonic() - began)
                time.sleep(0.2)
            asked.close()
            way.seconds = 0.0
            began, said = time.monotonic(), len(it.ledger.said)
            wait_for(lambda: len(it.ledger.said) > said + 5, "all goes on", BACK)
            back = time.monotonic() - began
        finally:
            way.seconds = 0.0
            it.load.stop()
        it.settle(300, hurry=True)
    sys.stdout.write(f"again at work after {back:.1f} s; the longest sign of life {longest:.1f} s\n")
