"""What the database and the disk say about how we do; cheap enough for a page."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, inspect, select, text

from ..extensions import db
from ..inbox.models import IncomingMail
from ..inbox.queries import failing_mailbox
from ..kit import clock, room
from ..outbox.models import Job
from ..search.index import the_search
from .models import HealthNote

WORKER = "worker "  # before the name of its machine
BEAT = 5.0  # seconds between two signs of life
SILENT = timedelta(seconds=20)  # after that a worker is taken for dead
REMEMBERED = timedelta(days=1)  # a machine that was silent for longer was taken away
INDEXING = ("search.index", "tickets.index")


def noted(name: str) -> HealthNote | None:
    """What was seen of something when somebody looked last."""
    return db.session.get(HealthNote, name)


def seen_last(name: str) -> dict[str, Any] | None:
    """The facts about something as they were last seen; None if nobody looked yet."""
    if name == "search":
        return {"whole": the_search().is_there()}
    if name == "mail_in":
        box = failing_mailbox()
        return {"error": (box.error or "") if box else ""}
    row = noted(name)
    return dict(row.facts) if row else None


def workers() -> tuple[list[str], list[str]]:
    """The machines whose worker was heard of just now, and those whose worker went silent today."""
    now = clock.now()
    rows = select(HealthNote).where(HealthNote.name.startswith(WORKER), HealthNote.at > now - REMEMBERED)
    found = [
        (row.name.removeprefix(WORKER), row.at) for row in db.session.scalars(rows.order_by(HealthNote.name))
    ]
    return [n for n, at in found if now - at <= SILENT], [n for n, at in found if now - at > SILENT]


def late_periodics() -> list[str]:
    """Kinds of work that come each minute or hour and were last done long ago, though there is a worker."""
    slots = Job.key.like(Job.kind + ":%")
    newest = select(Job.kind, func.max(Job.created), func.max(Job.done)).where(slots).group_by(Job.kind)
    now = clock.now()
    return sorted(
        str(kind)
        for kind, planned, done in db.session.execute(newest)
        if now - planned < timedelta(hours=3) and (done is None or planned - done > timedelta(minutes=10))
    )


def oldest_to_index() -> datetime | None:
    """Since when the oldest change waits that search does not know of."""
    waits = Job.done.is_(None), Job.dead.is_(None), Job.kind.in_(INDEXING)
    return db.session.scalar(select(func.min(Job.created)).where(*waits))


def mails_to_sort() -> tuple[int, datetime | None]:
    """How many mails wait for somebody at the desk, and since when the oldest does."""
    rows = select(func.count(), func.min(IncomingMail.at)).where(IncomingMail.state.in_(("new", "waiting")))
    count, oldest = db.session.execute(rows).one()
    return int(count), oldest


def odd_mails() -> int:
    """How many of them are too large, or could not be read."""
    odd = IncomingMail.reason.in_(("large", "odd"))
    waits = IncomingMail.state.in_(("new", "waiting"))
    return db.session.scalar(select(func.count()).where(waits, odd)) or 0


def tables_version() -> str | None:
    """The version of the tables; None where there are none yet."""
    if not inspect(db.session.connection()).has_table("alembic_version"):
        return None
    return db.session.scalar(text("SELECT version_num FROM alembic_version"))


def answer_time() -> float:
    """Seconds that the database takes for a question that reads."""
    began = time.perf_counter()
    db.session.execute(text("SELECT count(*) FROM role")).scalar()
    return time.perf_counter() - began


def database_version() -> str:
    """The database's name and version."""
    told = db.session.get_bind().dialect
    return f"{'PostgreSQL' if told.name == 'postgresql' else 'SQLite'} " + ".".join(
        str(n) for n in told.server_version_info or ()
    )


def database_size() -> int:
    """Bytes that the database takes, wherever it lies."""
    if db.session.get_bind().dialect.name == "postgresql":
        return db.session.scalar(select(func.pg_database_size(func.current_database()))) or 0
    files = [current_app.config["INSTANCE"] / f"portal.sqlite{ending}" for ending in ("", "-wal")]
    return sum(path.stat().st_size for path in files if path.exists())


def clock_apart() -> float:
    """Seconds between this machine's clock and the database server's; none on SQLite, where they are one."""
    if db.session.get_bind().dialect.name != "postgresql":
        return 0.0
    return abs(
        float(db.session.scalar(select(func.extract("epoch", func.clock_timestamp()))) or 0) - time.time()
    )


def refused_mails() -> int:
    """How many mails and other jobs that somebody outside hears of wait after a try that failed."""
    quiet: Sequence[str] = current_app.extensions["quiet_work"]
    tried = Job.done.is_(None), Job.dead.is_(None), Job.tries > 0, Job.error.is_not(None)
    slots = Job.key.like(Job.kind + ":%")
    return (
        db.session.scalar(
            select(func.count()).where(*tried, Job.kind.not_in(quiet), Job.key.is_(None) | ~slots)
        )
        or 0
    )


def failing_parts() -> list[str]:
    """The parts that do not work now, by the names that watchdogs know; the database answers."""
    config: dict[str, Any] = current_app.config
    told = noted("mail")
    signs = {
        "worker": bool(workers()[0]),
        "mail": not refused_mails() and not (told and told.facts.get("error")),
        "search": the_search().is_there(),
        "articles": config["KB_CONTENT"].is_dir(),
        "room": has_room(),
    }
    return [name for name, good in signs.items() if not good]


def has_room() -> bool:
    """Whether forms and mails are taken in."""
    try:
        room.need_room()
    except room.NoRoom:
        return False
    return True
