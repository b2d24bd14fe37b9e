"""What the worker does for health: a sign of life every few seconds, and looks at what takes time."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from ..kit import clock, room
from ..outbox.worker import keep_so_far
from .actions import note
from .outside import SEEN
from .queries import BEAT, WORKER

log = logging.getLogger("portal.health")


def beat(app: Flask, ended: threading.Event) -> None:
    """Say that the worker is there, and look after the reserve of the disk."""
    facts = {"pid": os.getpid(), "since": clock.iso(clock.now())}
    name = f"{WORKER}{socket.gethostname()}"
    while not ended.wait(BEAT):
        with app.app_context():
            room.keep()
            try:
                note(name, facts)
                keep_so_far()
            except Exception as error:  # noqa: BLE001 -- the database is away or full: that is what the page then says
                log.warning("no sign of life could be left", extra={"error": repr(error)})


def _look(name: str) -> Callable[[dict[str, Any]], None]:
    def look(_payload: dict[str, Any]) -> None:
        note(name, SEEN[name]())

    return look


# What else is looked at tells of itself: the mailbox is read each minute, the index looked through.
PERIODIC = {"health.mail": 60, "health.room": 900, "health.certificate": 3600}
HANDLERS = {kind: _look(kind.partition(".")[2]) for kind in PERIODIC}
BESIDE = (beat,)
