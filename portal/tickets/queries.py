"""Selects for pages about tickets."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..kit.pages import KEPT, Page, page_by
from ..notifications.queries import Unread, unread_columns
from ..people.models import Person
from ..people.readers import Reader, built_once
from .access import others_to_read, own_tickets, shared_tickets
from .fulltext import holds
from .models import OPEN, Ticket
from .wording import OPEN_STATES

SIZE = 25
SHOWS = {
    "open": OPEN_STATES,
    "waiting": ("waiting",),
    "solved": ("solved", "closed"),
    "all": None,
    "feedback": None,
    "others": None,
}


@dataclass(frozen=True)
class Counts:
    """How many of a person's requests are open, how many of them wait for the person; whether there are some of others."""

    open: int
    waiting: int
    others: bool


def own_counts(person: Person, here: str) -> tuple[Counts, Unread]:
    """Exact numbers over the open requests, and the notices that the page `here` leaves unread, in one statement."""
    row = db.session.execute(_counting(person), {"here": here}).one()
    return Counts(row[0], row[1], bool(row[2])), Unread(row[3], row[4])


@built_once
def _counting(reader: Reader) -> Select[int, int, bool, int, int]:
    waiting = func.count().filter(Ticket.state == "waiting")
    others = select(others_to_read(reader)).scalar_subquery()
    counted = select(func.count(), waiting, others, *unread_columns(reader)).select_from(Ticket)
    return counted.where(Ticket.requester_id == reader.id, Ticket.gate == "", OPEN)


@lru_cache(KEPT)
def _shown(rows: Select[Ticket], show: str) -> Select[Ticket]:
    """Those of one list, with who spoke last; `rows` are of an access function that builds them once."""
    states, rows = SHOWS[show], rows.options(joinedload(Ticket.last_by))
    if show == "feedback":
        rows = rows.where(Ticket.kind == "feedback")
    return rows.where(Ticket.state.in_(states)) if states else rows


def own_page(person: Person, show: str, asked: str, cursor: str) -> Page[Ticket]:
    """One page of a person's requests, or of those of others that the person reads, what was said last first."""
    found_by = shared_tickets if show == "others" else own_tickets
    rows, found = _shown(found_by(person), show), holds(asked, internal=False)
    if found is not None:
        rows = rows.where(found)
    return page_by(rows, Ticket.spoken_at, Ticket.id, cursor, SIZE, kept=found is None)
