"""An agent's practice request. What was written in it goes when it is put away; that it was tried stays until they are erased."""

from typing import Any

from sqlalchemy import delete

from ..extensions import db
from ..kit import clock
from ..people.models import Person
from .models import Practice

KEPT = {"practice": clock.UNTIL_ERASED}


def export(person: Person) -> list[dict[str, Any]]:
    """When it was begun and put away, and what the person wrote in it."""
    row = db.session.get(Practice, person.id)
    if row is None:
        return []
    said = [line["body"] for line in row.said]
    return [{"began": clock.iso(row.began), "put_away": clock.iso(row.put_away), "written": said}]


def erase(person: Person) -> None:
    db.session.execute(delete(Practice).where(Practice.person_id == person.id))
