"""What a person was writing. Kept for 90 days after the last word; a draft set aside, and a row without words, less."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from ..extensions import db
from ..kit import clock
from ..people.models import Person
from .actions import ASIDE
from .models import Draft

KEPT = {"draft": timedelta(days=90)}
ASIDE_KEPT = timedelta(days=1)
EMPTY_KEPT = timedelta(days=8)  # longer than a form's word is known, so that a late text finds one of the two


def export(person: Person) -> list[dict[str, Any]]:
    """The texts, with the place where each was written."""
    rows = select(Draft).where(Draft.person_id == person.id, Draft.size > 0).order_by(Draft.id)
    return [
        {
            "place": draft.place,
            "updated": clock.iso(draft.updated),
            "texts": [text["fields"] for text in (draft.kept, draft.other) if text],
        }
        for draft in db.session.scalars(rows)
    ]


def erase(person: Person) -> None:
    db.session.execute(delete(Draft).where(Draft.person_id == person.id))


def sweep() -> None:
    """Drop what nobody wrote at for that long."""
    now = clock.now()
    db.session.execute(delete(Draft).where(Draft.updated < now - KEPT["draft"]))
    db.session.execute(delete(Draft).where(Draft.size == 0, Draft.updated < now - EMPTY_KEPT))
    db.session.execute(delete(Draft).where(Draft.place.startswith(ASIDE), Draft.updated < now - ASIDE_KEPT))
