"""Trials of workers: work that never ends well, two of each at once, clocks that jump."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import OperationalError

from portal.extensions import db
from portal.kit.rows import undo
from portal.kit.sqlite import Busy
from portal.outbox.actions import enqueue
from portal.outbox.models import Job

from ..servers import ROOT, PortalServer
from .account import check_rows
from .poison import HANDLERS, PERIODIC
from .trials import Trial, wait_for

POISON = sorted(HANDLERS.keys() - PERIODIC.keys())
AHEAD = 30.0  # seconds by which a clock is wrong: half of a lease, which goes by each machine's own clock


class Keeper:
    """Keeps a worker running, as the supervisor does; `starts` counts."""

    def __init__(self, settings: dict[str, str], log: Path, **more: str) -> None:
        self.env = {**os.environ, **settings, **more}
        self.log, self.starts = log.open("ab"), 0
        self._over = threading.Event()
        self.process = self._start()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def _start(self) -> "subprocess.Popen[bytes]":
        self.starts += 1
        command = [sys.executable, "-m", "tests.drills.poison"]
        return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=self.log, stderr=self.log)

    def _keep(self) -> None:
        while not self._over.wait(0.1):
            if self.process.poll() is not None:
                self.process = self._start()

    def end(self) -> None:
        self._over.set()
        self._thread.join()
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        self.process.kill()
        self.process.wait()
        self.log.close()


@contextlib.contextmanager
def _workers(it: Trial, folder: Path, *moved: float) -> Iterator[list[Keeper]]:
    """Workers beside the portal's own, each with its clock moved by some seconds."""
    keepers = [
        Keeper(it.place.settings | {"PORTAL_MAIL_TRIES": "3"}, folder / "workers.log", DRILL_AHEAD=str(ahead))
        for ahead in moved
    ]
    try:
        yield keepers
    finally:
        for keeper in keepers:
            keeper.end()


@contextlib.contextmanager
def _resting(it: Trial, server: PortalServer) -> Iterator[None]:
    """The portal's own worker, which does not know our work, is stopped at a moment at which it holds nothing."""
    wait_for(lambda: bool(server.worker_pids()), "its worker is there")  # a moment after the first page
    while True:
        pids = server.worker_pids()
        _signal(pids, signal.SIGSTOP)
        with it.place.app.app_context():
            try:
                enqueue("outbox.sweep", {})
                db.session.commit()
                break
            except (Busy, OperationalError):
                undo()
        _signal(pids, signal.SIGCONT)
    try:
        yield
    finally:
        _signal(pids, signal.SIGCONT)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        os.kill(pid, number)


def _jobs(it: Trial, *kinds: str) -> list[Any]:
    with it.place.look():
        columns = (Job.kind, Job.done, Job.dead, Job.tries, Job.error)
        return list(db.session.execute(select(*columns).where(Job.kind.in_(kinds))).all())


def poison(it: Trial, folder: Path, seconds: float) -> None:
    """Jobs that hang, eat memory, fail, and tear their process down: parked with a reason, while all others are done.

    Args:
        it: the instance; its pages are served without a worker of their own, so that only ours do the work.
        folder: for the log.
        seconds: how long the mails of people may wait behind them.
    """
    with it.served() as server, _resting(it, server), _workers(it, folder, 0.0, 0.0) as keepers:
        with it.place.app.app_context():
            for kind in POISON:
                enqueue(kind, {})
            db.session.commit()
        it.load.start()
        try:
            wait_for(lambda: len(it.ledger.said) > 20, "the load has begun", 60)
        finally:
            it.load.stop()
        began = time.monotonic()
        wait_for(lambda: it.place.waiting() == 0, "nobody's mails wait behind them", seconds)
        waited = time.monotonic() - began
        wait_for(lambda: all(job.dead for job in _jobs(it, *POISON)), "all are parked", 400)
        parked = {job.kind: (job.tries, job.error) for job in _jobs(it, *POISON)}
        starts = sum(keeper.starts for keeper in keepers)
    assert "longer than" in parked["drill.hang"][1], parked
    assert "MemoryError" in parked["drill.eat"][1]
    assert "OSError: never" in parked["drill.fail"][1]
    assert "it died" in parked["drill.die"][1]
    check_rows(it.place, it.ledger)
    sys.stdout.write(
        f"\nmails out {waited:.1f} s after the last words; {starts} starts of workers; {parked}\n"
    )
    _check_ticks(it)


def two_of_each(it: Trial, folder: Path, seconds: float) -> None:
    """Three workers and planners at once, of which one's clock is ahead, and then behind: all is done once."""
    with it.served() as server:
        with _resting(it, server):
            it.load.start()
            try:
                for ahead in (AHEAD, -AHEAD):
                    with _workers(it, folder, 0.0, 0.0, ahead):
                        said, before = len(it.ledger.said), set(_ticks(it))
                        _wait_for_two(it, before)
                        time.sleep(seconds)
                        assert len(it.ledger.said) > said
            finally:
                it.load.stop()
        with it.place.app.app_context():  # what nobody but ours can do, and was planned ahead
            db.session.execute(delete(Job).where(Job.kind == "drill.tick", Job.done.is_(None)))
            db.session.commit()
        it.settle(300, hurry=True)
    _check_ticks(it)
    with it.place.look():
        tries = select(Job.kind, func.max(Job.tries)).where(Job.key.is_not(None), Job.done.is_not(None))
        again = {kind: most for kind, most in db.session.execute(tries.group_by(Job.kind)) if most > 1}
    assert not again, again


def _wait_for_two(it: Trial, before: set[str]) -> None:
    """Until two workers are at work that were not before."""
    wait_for(lambda: len({*_ticks(it)} - before) > 1, "two are at work", 120)


def _ticks(it: Trial) -> list[str]:
    """The worker that did each tick."""
    path = it.place.instance / "ticks"
    return path.read_text().split() if path.exists() else []


def _check_ticks(it: Trial) -> None:
    """Each tick that was planned was planned once, and each that is noted as done was done once."""
    done = [job for job in _jobs(it, "drill.tick") if job.done]
    lines = _ticks(it)
    told = Counter(job.tries for job in done)
    assert len(lines) - len(done) in (0, 1), "the last one may have been cut off before it was noted"
    assert set(told) <= {1, 2}
    sys.stdout.write(f"{len(done)} ticks, each once, by {len(set(lines))} workers\n")
