"""Letters to a person. Kept for 180 days: as long as somebody may ask whether a mail went out."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select

from ..extensions import db
from ..kit import clock
from ..people.models import Person
from .models import Letter

KEPT = {"letter": timedelta(days=180)}


def _theirs(person: Person) -> ColumnElement[bool]:
    return or_(Letter.person_id == person.id, Letter.recipient == person.email)


def export(person: Person) -> list[dict[str, Any]]:
    """When we wrote to them, and about what unless it is a request or a topic: others may have named that.

    The words are left out too: they hold links that act.
    """
    rows = db.session.scalars(select(Letter).where(_theirs(person)).order_by(Letter.id))
    return [
        {"sent": clock.iso(row.sent_at), "to": row.recipient}
        | ({"about": _kind_of(row.thread)} if row.thread else {"subject": row.subject})
        for row in rows
    ]


def _kind_of(thread: str) -> str:
    return "a topic" if thread.startswith("topic ") else "a request"


def erase(person: Person) -> None:
    """Drop the letters to the person, and the words of letters to others that name them; only a demo keeps any."""
    db.session.execute(delete(Letter).where(_theirs(person)))
    names = [re.escape(name) for name in (person.email, person.name, person.called) if name]
    if not names:
        return
    named = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", re.IGNORECASE)
    for letter in db.session.scalars(select(Letter).where(Letter.text.is_not(None))):
        if named.search(f"{letter.text}\n{letter.html}"):
            letter.text = letter.html = None


def sweep() -> None:
    """Drop letters that are older than that."""
    db.session.execute(delete(Letter).where(Letter.sent_at < clock.now() - KEPT["letter"]))
