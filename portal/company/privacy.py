"""Test mails that an administrator sent, or that went to an address. Kept for 90 days.

That mail arrives is kept for longer, in a part of the company's values that names nobody.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select

from ..extensions import db
from ..kit import clock
from ..people.models import Person
from .models import TestMail

KEPT = {"test_mail": timedelta(days=90)}


def _theirs(person: Person) -> ColumnElement[bool]:
    return or_(TestMail.person_id == person.id, TestMail.recipient == person.email)


def export(person: Person) -> list[dict[str, Any]]:
    """When one was sent to which address, and when it arrived."""
    rows = db.session.scalars(select(TestMail).where(_theirs(person)).order_by(TestMail.id))
    return [
        {
            "asked": clock.iso(row.asked_at),
            "from": row.sender,
            "to": row.recipient,
            "accepted": row.answer,
            "refused": row.trouble,
            "seen": row.checks,
            "arrived": clock.iso(row.arrived_at),
            "arrived_by": row.arrived_by,
        }
        for row in rows
    ]


def erase(person: Person) -> None:
    """Drop them."""
    db.session.execute(delete(TestMail).where(_theirs(person)))


def sweep() -> None:
    """Drop what is older than that."""
    db.session.execute(delete(TestMail).where(TestMail.asked_at < clock.now() - KEPT["test_mail"]))
