"""What feedback holds of a person beside its ticket, and how it goes when the person is erased.

Mood and day stay for reports, as a request's score does; the page's address, which may hold words that were searched
for, and what it was seen with go.
"""

from typing import Any

from sqlalchemy import select, update

from ..extensions import db
from ..kit import clock
from ..people.models import Person
from ..tickets.models import Ticket
from .models import Feedback

KEPT = {"feedback": clock.UNTIL_ERASED}


def export(person: Person) -> list[dict[str, Any]]:
    """Their feedback: number of the request that holds the words, mood, page, and what it was seen with."""
    rows = select(Feedback, Ticket.number).join(Ticket, Ticket.id == Feedback.ticket_id)
    rows = rows.where(Ticket.requester_id == person.id).order_by(Feedback.id)
    return [
        {
            "request": number,
            "at": clock.iso(row.at),
            "mood": row.mood,
            "page": row.page,
            "situation": row.situation,
        }
        for row, number in db.session.execute(rows)
    ]


def erase(person: Person) -> None:
    theirs = select(Ticket.id).where(Ticket.requester_id == person.id)
    db.session.execute(update(Feedback).where(Feedback.ticket_id.in_(theirs)).values(page="", situation={}))
