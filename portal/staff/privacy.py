"""Invitations to and by a person. Kept for 30 days after they are over, or for 30 after they ran out."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update

from ..extensions import db
from ..kit import clock
from ..people.models import Person
from .models import Invitation

KEPT = {"invitation": timedelta(days=37)}  # since it was sent; a link lives for 7


def _to(person: Person) -> ColumnElement[bool]:
    return or_(Invitation.person_id == person.id, Invitation.email == person.email)


def export(person: Person) -> list[dict[str, Any]]:
    """What they were invited to."""
    rows = select(Invitation).where(_to(person)).order_by(Invitation.id)
    return [
        {"to": one.email, "called": one.called, "language": one.language, "sent": clock.iso(one.sent)}
        for one in db.session.scalars(rows)
    ]


def erase(person: Person) -> None:
    """Invitations to them go; of those that they sent stays whom they went to, and they are void."""
    db.session.execute(delete(Invitation).where(_to(person)))
    sent = update(Invitation).where(Invitation.by_id == person.id)
    db.session.execute(sent.where(Invitation.state == "waiting").values(state="withdrawn"))
    db.session.execute(sent.values(by_id=None))


def sweep() -> None:
    """Forget what is over."""
    db.session.execute(delete(Invitation).where(Invitation.sent < clock.now() - KEPT["invitation"]))
