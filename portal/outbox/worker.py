"""The worker's loop: periodic work becomes rows, due rows are claimed and done, one after the other."""

import importlib
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from ..extensions import db
from ..kit import clock
from ..kit.sqlite import Busy, reading
from .actions import claim, enqueue, fail, finish, is_due, put_off

log = logging.getLogger("portal.worker")
Handler = Callable[[dict[str, Any]], None]
Beside = Callable[[Flask, threading.Event], None]
PAUSE = 0.2  # seconds between looks


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


class Worker:
    """Runs the handlers that the features' jobs modules name, until it is told to stop or its parent is gone."""

    def __init__(self, app: Flask, modules: tuple[str, ...], parent: int | None = None) -> None:
        self.app, self.parent, self.running = app, parent, True
        self.handlers: dict[str, Handler] = {}
        self.periodic: dict[str, int] = {}
        self.beside: list[Beside] = []
        for name in modules:
            jobs = importlib.import_module(name)
            self.handlers |= getattr(jobs, "HANDLERS", {})
            self.periodic |= getattr(jobs, "PERIODIC", {})
            self.beside += getattr(jobs, "BESIDE", ())
        self._slots: dict[str, int] = {}

    def run(self) -> None:
        """Work until SIGTERM or SIGINT, or until the parent process ends."""
        socket.setdefaulttimeout(30)  # Flask-Mail sets none, and a silent server must not stop the rest
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self.stop())
        ended = threading.Event()
        for work in self.beside:
            threading.Thread(target=work, args=(self.app, ended), daemon=True).start()
        while self.running and (self.parent is None or os.getppid() == self.parent):
            if not self._turn():
                time.sleep(PAUSE)
        ended.set()

    def stop(self) -> None:
        self.running = False

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
            except Exception:  # the database is away: wait for it, for the worker must outlive that
                log.exception("the worker cannot reach its work")
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
        self._do(job.id, job.kind, dict(job.payload), job.tries)
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
