"""Selects for the desk: views, their counts, the queue, who can look after a ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..feedback.queries import WITH_FEEDBACK
from ..kit import clock
from ..kit.calendar import the_calendar
from ..kit.i18n import lazy
from ..kit.pages import Page, page_by
from ..kit.types import UtcDateTime
from ..notifications.queries import Unread, unread_columns
from ..people.models import Person, Team
from ..people.permissions import Permission
from ..people.readers import Reader, reader_of
from ..tickets.access import at_desk, desk_tickets
from ..tickets.fulltext import holds
from ..tickets.models import OPEN, Ticket

SIZE = 40
SOON = timedelta(hours=8)  # of opening: about a working day, so in the afternoon also tomorrow's morning
KEPT = 200  # readers, and their views, whose statements a process remembers
BY_DUE = ("due", "overdue")  # views that show what is due first on top


@dataclass(frozen=True)
class View:
    """One entry of the rail."""

    key: str
    words: Any
    icon: str
    counted: bool = True


VIEWS = {
    view.key: view
    for view in (
        View("due", lazy("Due soon"), "clock"),
        View("overdue", lazy("Late"), "alert-circle"),
        View("unassigned", lazy("Not taken"), "inbox"),
        View("mine", lazy("Mine"), "user-check"),
        View("team", lazy("My teams'"), "users"),
        View("waiting", lazy("Waiting for customer"), "message-question"),
        View("open", lazy("All open"), "progress"),
        View("unconfirmed", lazy("Address not confirmed"), "mail"),
        View("held", lazy("Held back"), "alert-circle"),
        View("solved", lazy("Solved"), "circle-check", counted=False),
        View("all", lazy("All"), "file-text", counted=False),
    )
}


COUNTED = tuple(key for key, view in VIEWS.items() if view.counted)


def _moments() -> dict[str, datetime]:
    """What the conditions ask for when they are run."""
    now = clock.now()
    return {"now": now, "soon": the_calendar().add(now, SOON)}


def _conditions(reader: Reader) -> dict[str, ColumnElement[bool]]:
    """What each view shows that does not show all of the open ones; what is late is due as well.

    My teams' are those that a role names; who has a role everywhere belongs to none in particular.
    """
    sure = Ticket.gate == ""
    with_us = Ticket.state.in_(("new", "open")) & sure
    own_teams = reader.reach(Permission.ANSWER)[1]
    return {
        "due": (Ticket.due_at <= bindparam("soon", type_=UtcDateTime)) & sure,
        "overdue": (Ticket.due_at < bindparam("now", type_=UtcDateTime)) & sure,
        "unassigned": Ticket.assignee_id.is_(None) & with_us,
        "mine": (Ticket.assignee_id == reader.id) & with_us,
        "team": Ticket.team_id.in_(own_teams) & with_us if own_teams else with_us,
        "waiting": (Ticket.state == "waiting") & sure,
        "open": sure,
        "unconfirmed": Ticket.gate == "unconfirmed",
        "held": Ticket.gate == "held",
    }


def counts(
    person: Person, here: str, more: Mapping[str, ScalarSelect[int]] | None = None
) -> tuple[dict[str, int], Unread]:
    """Exact numbers of every open view, and the notices that the page `here` leaves unread, in one statement.

    `more` are counts that other features hand in, by the keys of their entries in the rail.
    """
    more = more or {}
    rows = _counting(reader_of(person), tuple(more.values()))
    *numbers, elsewhere, at_hand = db.session.execute(rows, {**_moments(), "here": here}).one()
    return dict(zip([*COUNTED, *more], numbers, strict=True)), Unread(elsewhere, at_hand)


@lru_cache(KEPT)
def _counting(reader: Reader, more: tuple[ScalarSelect[int], ...]) -> Select[Any]:
    conditions = _conditions(reader)
    columns: list[Any] = [func.count().filter(conditions[key]) for key in COUNTED]
    columns += [*more, *unread_columns(reader)]
    return at_desk(reader).where(OPEN).with_only_columns(*columns)


@lru_cache(KEPT)
def _rows(view: str, reader: Reader) -> Select[Ticket]:
    people = (joinedload(Ticket.requester), joinedload(Ticket.assignee), joinedload(Ticket.organisation))
    rows = at_desk(reader).options(*people, WITH_FEEDBACK)
    if view == "solved":
        return rows.where(Ticket.state.in_(("solved", "closed")))
    condition = _conditions(reader).get(view)
    if condition is not None:
        rows = rows.where(condition)
    # What is due is open as well; not to ask for that leads to the index of what is due.
    return rows if view in ("all", *BY_DUE) else rows.where(OPEN)


def queue(person: Person, view: str, asked: str = "", cursor: str = "", size: int = SIZE) -> Page[Ticket]:
    """One page of a view, what was touched last first; of what is due, what is due first."""
    rows = _rows(view, reader_of(person))
    found = holds(asked, internal=True)
    if found is not None:
        rows = rows.where(found)
    if view in BY_DUE:
        rows = rows.params(**_moments())
    if view in BY_DUE and not asked:
        return page_by(rows, Ticket.due_at, Ticket.id, cursor, size, rising=True)
    kept = found is None and view not in BY_DUE
    return page_by(rows, Ticket.touched_at, Ticket.id, cursor, size, kept=kept)


def neighbour(page: Page[Ticket], ticket: Ticket, view: str) -> Ticket | None:
    """The ticket after this one in its view; the first one when this one has left the view."""
    others = [row for row in page.rows if row.id != ticket.id]
    if view in BY_DUE:
        after = [row for row in others if _is_due_after(row, ticket)]
    else:
        after = [row for row in others if (row.touched_at, row.id) < (ticket.touched_at, ticket.id)]
    return next(iter(after or others), None)


def _is_due_after(row: Ticket, ticket: Ticket) -> bool:
    return bool(row.due_at and ticket.due_at and (row.due_at, row.id) > (ticket.due_at, ticket.id))


def earlier_tickets(person: Person, ticket: Ticket) -> Sequence[Ticket]:
    """The customer's other tickets that the agent may read, newest first."""
    rows = desk_tickets(person).where(Ticket.requester_id == ticket.requester_id, Ticket.id != ticket.id)
    return db.session.scalars(rows.order_by(Ticket.spoken_at.desc(), Ticket.id.desc()).limit(6)).all()


def teams() -> Sequence[Team]:
    """All teams: a ticket can be handed to any of them."""
    return db.session.scalars(select(Team).order_by(Team.name)).all()
