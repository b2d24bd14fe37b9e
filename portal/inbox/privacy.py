"""Mails that came from a person. Kept until they are sorted, and then for 90 days, with their raw form."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select

from ..extensions import db
from ..kit import clock
from ..live.actions import publish
from ..outbox.actions import let_go
from ..people.models import Person
from ..tickets.models import Ticket
from .actions import TOPIC
from .models import IncomingMail

SORTED = ("quiet", "placed", "aside")
KEPT = {"incoming_mail": timedelta(days=90)}


def _sent_by(person: Person) -> ColumnElement[bool]:
    return or_(IncomingMail.person_id == person.id, IncomingMail.sender == person.email)


def export(person: Person) -> list[dict[str, Any]]:
    """The mails, with their words as long as these stand in no request."""
    rows = select(IncomingMail).where(_sent_by(person)).order_by(IncomingMail.id)
    return [
        {
            "at": clock.iso(mail.at),
            "from": mail.sender,
            "name": mail.sender_name,
            "subject": mail.subject,
            "message_id": mail.message_id,
            "answers": mail.answers,
            "words": mail.text,
            "files": mail.files,
            "size": mail.size,
        }
        for mail in db.session.scalars(rows)
    ]


def erase(person: Person) -> None:
    """Their mails, and those of anybody that stand in their requests: these quote what they wrote."""
    own = select(Ticket.id).where(Ticket.requester_id == person.id)
    _drop(or_(_sent_by(person), IncomingMail.ticket_id.in_(own)))
    publish(TOPIC)


def _drop(which: ColumnElement[bool]) -> None:
    gone = delete(IncomingMail).where(which).returning(IncomingMail.raw_key)
    let_go(db.session.scalars(gone).all())


def sweep() -> None:
    """Drop what was sorted, or written by a program, and is older than that."""
    old = IncomingMail.at < clock.now() - KEPT["incoming_mail"]
    _drop(old & IncomingMail.state.in_(SORTED))
