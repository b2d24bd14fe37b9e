"""Selects for pages about tickets."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..kit.pages import Page, page_by
from ..people.models import Person
from .access import own_tickets
from .fulltext import holds
from .models import OPEN, Ticket
from .wording import OPEN_STATES

SIZE = 25
SHOWS = {"open": OPEN_STATES, "waiting": ("waiting",), "solved": ("solved", "closed"), "all": None}


@dataclass(frozen=True)
class Counts:
    """How many of a person's requests are open, and how many of them wait for the person."""

    open: int
    waiting: int


def own_counts(person: Person) -> Counts:
    """Exact numbers over the open requests, in one statement."""
    row = db.session.execute(
        select(func.count(), func.count().filter(Ticket.state == "waiting")).where(
            Ticket.requester_id == person.id, OPEN
        )
    ).one()
    return Counts(row[0], row[1])


def own_page(person: Person, show: str, asked: str, cursor: str) -> Page[Ticket]:
    """One page of a person's requests, what was said last first."""
    rows = own_tickets(person).options(joinedload(Ticket.last_by))
    states = SHOWS[show]
    if states:
        rows = rows.where(Ticket.state.in_(states))
    found = holds(asked, internal=False)
    if found is not None:
        rows = rows.where(found)
    return page_by(rows, Ticket.spoken_at, Ticket.id, cursor, SIZE)
