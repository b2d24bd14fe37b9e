"""What the outbox holds of a person: work that was left for the worker, and the forms they sent.

Work that was done keeps none of what it was told, and is dropped after two weeks, or the next day if it comes back
each hour; work that was given up is dropped after 90 days. Forms are known again for a week.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from ..extensions import db
from ..kit import clock
from ..people.models import Person
from .models import Job, Once

DONE_KEPT, PERIODIC_KEPT = timedelta(days=14), timedelta(days=1)
KEPT: dict[str, timedelta] = {"job": timedelta(days=90), "once": timedelta(days=7)}
WHO = ("person", "by")  # under these words a job names people


def export(person: Person) -> dict[str, Any]:
    """Work that waits, or was given up, and forms of the last week."""
    forms = db.session.scalars(select(Once).where(Once.person_id == person.id).order_by(Once.at))
    return {
        "work": [{"kind": job.kind, "left": clock.iso(job.created)} for job in _jobs_about(person)],
        "forms_sent": [{"at": clock.iso(form.at), "address": form.address} for form in forms],
    }


def erase(person: Person) -> None:
    """Call off work that names the person; the rows stay, without what they were told."""
    for job in _jobs_about(person):
        job.done, job.dead, job.payload = clock.now(), None, {}
        job.error = job.lane = job.key = None
    db.session.execute(delete(Once).where(Once.person_id == person.id))


def _jobs_about(person: Person) -> list[Job]:
    rows = db.session.scalars(select(Job).where(Job.done.is_(None)).order_by(Job.id))
    return [job for job in rows if _names(job.payload, person) or _names(job.error, person)]


def _names(value: Any, person: Person) -> bool:
    if isinstance(value, dict):
        by_id = any(value.get(word) == person.id for word in WHO)
        return by_id or any(_names(inner, person) for inner in value.values())
    if isinstance(value, list):
        return any(_names(inner, person) for inner in value)
    return bool(person.email) and isinstance(value, str) and str(person.email) in value.lower()


def sweep() -> None:
    """Drop what is older than that."""
    now = clock.now()
    db.session.execute(delete(Job).where(Job.done < now - PERIODIC_KEPT, Job.key.is_not(None)))
    db.session.execute(delete(Job).where(Job.done < now - DONE_KEPT))
    db.session.execute(delete(Job).where(Job.dead < now - KEPT["job"]))
    db.session.execute(delete(Once).where(Once.at < now - KEPT["once"]))
