"""The worker's loop: periodic work becomes rows, due rows are claimed and done, one after the other."""

import importlib
import logging
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..extensions import db
from ..kit import clock
from ..kit.rows import undo
from ..kit.sqlite import Busy, reading
from .actions import LEASE, claim, enqueue, fail, finish, is_due, lease, put_off

log = logging.getLogger("portal.worker")
Handler = Callable[[dict[str, Any]], None]
Beside = Callable[[Flask, threading.Event], None]
PAUSE = 0.2  # seconds between looks
LONGEST = 180.0  # seconds of one job: six times those that a silent mail server is waited for
LONGEST_SLOW = (
    900.0  # of those that features name as SLOW: an index of ten thousand articles takes a third of that
)
MEMORY = (
    2 << 30
)  # bytes of a worker's own: what needs more fails, before the machine ends somebody else for it


class Hopeless(Exception):
    """Raised by a handler when trying again cannot help; the administrator sees the job at once."""


class Later(Exception):
    """Raised by a handler for what must wait `seconds`: no fault, and not counted as a try."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def keep_so_far() -> None:
    """Commit what a handler did so far, before it speaks to somebody who may be slow to answer."""
    db.session.commit()


@dataclass
class _Begun:
    """A job under way, and until when."""

    id: int
    tries: int
    seconds: float

    def __post_init__(self) -> None:
        began = time.monotonic()
        self.ends, self.leased = began + self.seconds, began + LEASE.total_seconds() / 3


class Worker:
    """Runs the handlers that the features' jobs modules name, until it is told to stop or its parent is gone."""

    def __init__(self, app: Flask, modules: tuple[str, ...], parent: int | None = None) -> None:
        self.app, self.parent, self.running = app, parent, True
        self.handlers: dict[str, Handler] = {}
        self.periodic: dict[str, int] = {}
        self.beside: list[Beside] = []
        self.slow: set[str] = set()
        for name in modules:
            jobs = importlib.import_module(name)
            self.handlers |= getattr(jobs, "HANDLERS", {})
            self.periodic |= getattr(jobs, "PERIODIC", {})
            self.beside += getattr(jobs, "BESIDE", ())
            self.slow |= getattr(jobs, "SLOW", set())
        self._slots: dict[str, int] = {}
        self._begun: _Begun | None = None

    def run(self) -> None:
        """Work until SIGTERM or SIGINT, or until the parent process ends."""
        most = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(
            resource.RLIMIT_DATA, (MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most), most)
        )
        socket.setdefaulttimeout(30)  # Flask-Mail sets none, and a silent server must not stop the rest
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self.stop())
        ended = threading.Event()
        for work in self.beside:
            threading.Thread(target=work, args=(self.app, ended), daemon=True).start()
        threading.Thread(target=self._look_on, args=(ended,), daemon=True).start()
        while self.running and (self.parent is None or os.getppid() == self.parent):
            if not self._turn():
                time.sleep(PAUSE)
        ended.set()

    def stop(self) -> None:
        self.running = False

    def _look_on(self, ended: threading.Event) -> None:
        """A job that takes long stays this worker's, and one that hangs holds up all others: the process ends, and is
        started again; the job is tried again after a growing pause, so that others come first.
        """
        while not ended.wait(min(1.0, LONGEST / 2)):
            if self._begun:
                self._look_at(self._begun)

    def _look_at(self, begun: _Begun) -> None:
        if time.monotonic() > begun.ends:
            log.error("a job hangs; this worker ends", extra={"job": begun.id, "seconds": begun.seconds})
            words = f"It took longer than {begun.seconds:g} seconds"
            self._note(lambda: fail(begun.id, begun.tries, words))
            os._exit(1)
        if time.monotonic() > begun.leased:
            begun.leased += LEASE.total_seconds() / 3
            self._note(lambda: lease(begun.id))

    def _note(self, act: Callable[[], None]) -> None:
        """Do and commit something beside the job under way, which may hold what it needs."""
        with self.app.app_context(), suppress(Busy, SQLAlchemyError):
            act()
            db.session.commit()

    def drain(self) -> int:
        """Do all that is due and return how many jobs were done; for tests and commands."""
        count = 0
        with self.app.app_context():
            while self.step():
                count += 1
        return count

    def _turn(self) -> bool:
        with self.app.app_context():
            try:
                self._plan()
                return self.step()
            except Busy:
                return False
            except (OperationalError, PoolTimeout) as error:  # the database is away or busy: wait for it
                log.warning("the worker cannot reach its work", extra={"error": repr(error)})
                undo()
                time.sleep(1)
                return False
            except Exception:  # the worker must outlive whatever it meets
                log.exception("the worker cannot reach its work")
                undo()
                time.sleep(1)
                return False

    def _plan(self) -> None:
        moment = int(clock.now().timestamp())
        for kind, seconds in self.periodic.items():
            slot = moment // seconds
            if self._slots.get(kind) != slot:
                enqueue(kind, {}, key=f"{kind}:{slot}")
                db.session.commit()
                self._slots[kind] = slot

    def step(self) -> bool:
        """Do one due job; False when there is none."""
        with reading():
            due = is_due()
            db.session.rollback()
        if not due:
            return False
        job = claim()
        db.session.commit()
        if job is None:
            return False
        self._begun = _Begun(job.id, job.tries, LONGEST_SLOW if job.kind in self.slow else LONGEST)
        try:
            self._do(job.id, job.kind, dict(job.payload), job.tries)
        finally:
            self._begun = None
        return True

    def _do(self, job_id: int, kind: str, payload: Mapping[str, Any], tries: int) -> None:
        started = time.monotonic()
        try:
            if kind not in self.handlers:
                raise Hopeless(f"nothing here does {kind!r}")
            if tries > self.app.config["MAIL_TRIES"]:  # nobody noted how the last try ended
                raise Hopeless("each time a worker began this, it died or took too long")
            self.handlers[kind]({**payload, "job": job_id})
            finish(job_id)
            db.session.commit()
            log.info(
                "job", extra={"job": job_id, "kind": kind, "ms": round((time.monotonic() - started) * 1000)}
            )
        except Later as wait:
            db.session.rollback()
            put_off(job_id, wait.seconds)
            db.session.commit()
        except Exception as error:  # noqa: BLE001 - a job that fails stops no other; it is tried again or shown
            db.session.rollback()
            log.warning(
                "job failed", extra={"job": job_id, "kind": kind, "tries": tries, "error": repr(error)}
            )
            fail(job_id, tries, f"{type(error).__name__}: {error}", final=isinstance(error, Hopeless))
            db.session.commit()
