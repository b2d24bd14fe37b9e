"""Leaving work for the worker, claiming it, and saying how it ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from ..extensions import db
from ..kit import clock
from ..kit.rows import insert_or_skip
from .models import Job

LEASE = timedelta(seconds=60)  # after that a job whose worker died is taken by another
DROP_FILE = "outbox.drop_file"


@dataclass(frozen=True)
class Work:
    """What is left for the worker.

    Attributes:
        key: unique; a second job with the same key is not made.
        lane: jobs of one lane run one after the other, oldest first.
        due: not before this moment (aware); now unless given.
    """

    kind: str
    payload: dict[str, Any]
    key: str | None = None
    lane: str | None = None
    due: datetime | None = None


def enqueue_all(*works: Work) -> None:
    """Leave work in the session at hand, in one statement: it exists exactly if the change commits."""
    moment = clock.now()
    rows = [vars(work) | {"tries": 0, "created": moment, "due": work.due or moment} for work in works]
    db.session.flush()
    db.session.execute(insert_or_skip(Job), rows)


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    key: str | None = None,
    lane: str | None = None,
    due: datetime | None = None,
) -> None:
    """Leave one piece of Work."""
    enqueue_all(Work(kind, payload, key, lane, due))


def let_go(keys: Iterable[str]) -> None:
    """Have the worker take files from the store, by their keys there, once no row names them any more."""
    for key in keys:
        enqueue(DROP_FILE, {"file": key}, key=f"{DROP_FILE}:{key}")


def _todo(job: type[Job] = Job) -> ColumnElement[bool]:
    return and_(job.done.is_(None), job.dead.is_(None))


def is_due() -> bool:
    """Whether there is work now; a plain look that takes no lock."""
    return db.session.scalar(select(Job.id).where(_todo(), Job.due <= clock.now()).limit(1)) is not None


def claim() -> Job | None:
    """The next due job, leased to this worker for LEASE; None when there is none. The caller commits."""
    earlier = aliased(Job)
    blocked = exists().where(earlier.lane == Job.lane, earlier.id < Job.id, _todo(earlier))
    # due is pushed on by the lease, so a job that another worker holds is not due.
    chosen = (
        select(Job.id)
        .where(_todo(), Job.due <= clock.now(), ~blocked)
        .order_by(Job.due, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return db.session.scalar(
        update(Job)
        .where(Job.id == chosen)
        .values(due=clock.now() + LEASE, tries=Job.tries + 1)
        .returning(Job)
        .execution_options(populate_existing=True)
    )


def lease(job_id: int) -> None:
    """A job under way stays this worker's for LEASE from now."""
    db.session.execute(update(Job).where(Job.id == job_id, _todo()).values(due=clock.now() + LEASE))


def finish(job_id: int) -> None:
    """Note that a job is done, in the transaction of what it did; what it was told is not kept."""
    db.session.execute(update(Job).where(Job.id == job_id).values(done=clock.now(), error=None, payload={}))


def fail(job_id: int, tries: int, error: str, *, final: bool = False) -> None:
    """Note a failure: tried again after a growing pause with jitter, given up after MAIL_TRIES or when `final`.

    Work that was called off meanwhile stays so.
    """
    pause = min(5 * 2 ** (tries - 1), 3600) * uniform(0.8, 1.2)  # noqa: S311 -- spreads load, no secret
    over = final or tries >= current_app.config["MAIL_TRIES"]
    values = {
        "error": error[:2000],
        "dead": clock.now() if over else None,
        "due": clock.now() + timedelta(seconds=pause),
    }
    db.session.execute(update(Job).where(Job.id == job_id, Job.done.is_(None)).values(**values))


def put_off(job_id: int, seconds: float) -> None:
    """A job must wait; the try is not counted."""
    due = clock.now() + timedelta(seconds=seconds)
    db.session.execute(update(Job).where(Job.id == job_id, _todo()).values(due=due, tries=Job.tries - 1))


def retry(job_id: int) -> bool:
    """Let a dead job run again; False when it is not dead."""
    return _wake(Job.id == job_id) == 1


def retry_all(kind: str, *, held: bool) -> int:
    """Let all dead jobs of a kind run again, those from before a restore or the others; how many there were."""
    return _wake(Job.kind == kind, Job.held.is_(held))


def _wake(*which: ColumnElement[bool]) -> int:
    values = {"dead": None, "held": False, "tries": 0, "due": clock.now()}
    woken = update(Job).where(Job.dead.is_not(None), Job.done.is_(None), *which).values(**values)
    return len(db.session.scalars(woken.returning(Job.id)).all())


def drop(job_id: int) -> bool:
    """Let go of a dead job, for good; False when it is not dead."""
    return _drop(Job.id == job_id) == 1


def drop_all(kind: str, *, held: bool) -> int:
    """Let go of all dead jobs of a kind, those from before a restore or the others; how many there were."""
    return _drop(Job.kind == kind, Job.held.is_(held))


def _drop(*which: ColumnElement[bool]) -> int:
    values: dict[str, Any] = {"done": clock.now(), "dead": None, "held": False, "payload": {}}
    gone = update(Job).where(Job.dead.is_not(None), Job.done.is_(None), *which).values(**values)
    return len(db.session.scalars(gone.returning(Job.id)).all())


def hold_all(but: Iterable[str]) -> int:
    """After a restore: what waits may have been done since the backup, so that it waits for somebody to say so.

    Args:
        but: kinds that may be done twice without anybody outside hearing of it. What comes each hour goes on as well.
    """
    moment = clock.now()
    by_the_clock = Job.key.like(Job.kind + ":%") & (Job.kind != DROP_FILE)
    held = update(Job).where(_todo(), Job.kind.not_in(list(but)), or_(Job.key.is_(None), ~by_the_clock))
    return len(db.session.scalars(held.values(dead=moment, held=True).returning(Job.id)).all())


def drop_waiting(kind: str, lane: str) -> None:
    """Take back work of a kind that waits in a lane."""
    db.session.execute(delete(Job).where(Job.kind == kind, Job.lane == lane, _todo()))


def waiting_behind(job_id: int, most: int) -> Sequence[Any]:
    """Work of the same kind that waits behind a job in its lane, as rows of (id, payload), the oldest first."""
    first = aliased(Job)
    rows = select(Job.id, Job.payload).join(first, and_(first.kind == Job.kind, first.lane == Job.lane))
    rows = rows.where(first.id == job_id, Job.id > job_id, _todo(), Job.due <= clock.now())
    return db.session.execute(rows.order_by(Job.id).limit(most)).all()


def finish_too(job_ids: Sequence[int]) -> None:
    """Note that other jobs are done as well, in the transaction of the one that did their work."""
    done = update(Job).where(Job.id.in_(job_ids), _todo())
    db.session.execute(done.values(done=clock.now(), error=None, payload={}))


def figures() -> dict[str, Any]:
    """How many jobs wait, are given up or held, and since when the oldest one waits that should be done by now."""
    now = clock.now()
    row = db.session.execute(
        select(
            func.count().filter(Job.dead.is_(None)),
            func.count().filter(Job.dead.is_not(None), Job.held.is_(False)),
            func.count().filter(Job.held.is_(True)),
            func.min(Job.due).filter(Job.dead.is_(None), Job.due <= now),
            func.min(Job.created).filter(Job.dead.is_(None), or_(Job.due <= now, Job.tries > 0)),
        ).where(Job.done.is_(None))
    ).one()
    return {"waiting": row[0], "dead": row[1], "held": row[2], "oldest": row[3], "longest": row[4]}
