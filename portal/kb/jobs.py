"""What the worker does for articles: it watches their folder, takes over what changes, and lets them appear on time."""

import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import watchfiles
from flask import Flask, current_app
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..extensions import db
from ..kit import clock
from ..kit.rows import undo
from ..kit.sqlite import Busy, reading
from ..outbox.worker import keep_so_far
from ..people.models import Organisation
from ..readership.actions import set_favourites
from ..readership.queries import favourites
from .actions import Meanwhile, note_problems, take_over
from .checks import check
from .files import find_files
from .look import look
from .models import Revision
from .related import count_related, relate
from .revision import pass_time

log = logging.getLogger("portal.kb")
TRIES = 5  # looks at a folder that others take over at the same time
SELDOM = 20  # times as long as looking a folder over took, until the next time
PAUSE = 3.0  # seconds between looks where nothing can be watched: network disks tell nobody of changes


@dataclass
class _Seen:
    """The state of the folder and of the organisations that was taken over last, and what look_over() saw.

    Attributes:
        rests: moment of the machine's clock until which the folder is not looked over again.
    """

    folder: str = ""
    organisations: int = 0
    looked_over: str = ""
    rests: float = 0.0


def _seen() -> _Seen:
    seen: _Seen = current_app.extensions.setdefault("kb_seen", _Seen())
    return seen


def catch_up() -> list[Path]:
    """Take over what changed since this process looked last; returns the folders in which articles can be."""
    root = Path(current_app.config["KB_CONTENT"])
    if not root.is_dir():
        return []
    folder = find_files(root)
    # Once an hour every file is read again, in case a disk keeps no times.
    state = f"{clock.now():%d %H} {folder.state}"
    if _seen().folder != state and _take_over(root):
        _seen().folder = state
    return folder.folders


def _take_over(root: Path) -> bool:
    for _try in range(TRIES):
        with reading():  # nobody waits for a lock while files are read and rendered
            found = look(root)
            db.session.rollback()
        try:
            changes = take_over(found)
        except Meanwhile:
            db.session.rollback()
            continue
        keep_so_far()
        for error in changes.errors:
            log.warning("article not taken over", extra={"error": str(error)})
        return True
    return False


def look_over() -> None:
    """Note for editors what is wrong or old in the folder as it stands; of a large one, seldom."""
    seen, began = _seen(), time.monotonic()
    if seen.looked_over == seen.folder or began < seen.rests:
        return
    state = seen.folder
    with reading():
        problems = check(Path(current_app.config["KB_CONTENT"])).problems
        db.session.rollback()
    # A language that is not written yet is no fault of the file that there is.
    note_problems((p.kind, p.path, p.line, p.why) for p in problems if p.kind != "missing translation")
    keep_so_far()
    now = time.monotonic()
    seen.looked_over, seen.rests = state, now + SELDOM * (now - began)


def sync_folder(_payload: dict[str, Any]) -> None:
    """The net below the watching: what it missed, a moment that was missed, and organisations with another name."""
    with reading():
        turns = db.session.scalar(select(Revision.turns))
        names = hash(tuple(db.session.execute(select(Organisation.id, Organisation.name)).all()))
        db.session.rollback()
    if turns and turns <= clock.now():
        pass_time()
        keep_so_far()
    seen = _seen()
    if seen.organisations != names:
        seen.folder, seen.organisations = "", names
    catch_up()


def turn(_payload: dict[str, Any]) -> None:
    pass_time()


def watch(app: Flask, ended: threading.Event) -> None:
    """Take changes over as they come, beside the worker's other work, which may be slow; until it is over."""
    while not ended.is_set():
        folders = _catch_up(app)
        try:
            # Each folder by itself: a link in one of them must not lead the watching out of it.
            for _changes in watchfiles.watch(
                *folders,
                recursive=False,
                watch_filter=None,
                debounce=400,
                stop_event=ended,
                rust_timeout=int(PAUSE * 1000),
                yield_on_timeout=True,
                raise_interrupt=False,
            ):
                if _catch_up(app) != folders:
                    break
        except Exception as error:  # noqa: BLE001 -- a folder is gone, or the system watches enough already
            log.warning("the articles cannot be watched", extra={"error": repr(error)})
            ended.wait(PAUSE)
        if not folders:
            ended.wait(PAUSE)


def _catch_up(app: Flask) -> list[Path]:
    with app.app_context():
        try:
            folders = catch_up()
            look_over()
        except (
            OperationalError,
            PoolTimeout,
            Busy,
        ) as error:  # the database is away or busy: the next look comes
            log.warning("the articles cannot be taken over", extra={"error": repr(error)})
            undo()
            return []
        except Exception:  # nor may anything else end the watching
            log.exception("the articles cannot be taken over")
            db.session.rollback()
            return []
        return folders


def look_around(_payload: dict[str, Any]) -> None:
    """Articles changed, or readers did: related ones and favourites are counted anew, and kept pages are made anew."""
    with reading():
        alike, wanted = count_related(), favourites()
        db.session.rollback()
    changed = [relate(alike), set_favourites(wanted)]
    if any(changed):
        db.session.execute(update(Revision).values(value=Revision.value + 1))


HANDLERS = {"kb.sync": sync_folder, "kb.turn": turn, "kb.look-around": look_around}
PERIODIC = {"kb.sync": 30, "kb.look-around": 900}
BESIDE = (watch,)
SLOW = set(HANDLERS)
