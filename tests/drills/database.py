"""Trials of the database: it is locked for a while, it is slow, it is restarted."""

import contextlib
import fcntl
import time
from collections.abc import Iterator

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
