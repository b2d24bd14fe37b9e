"""Which canned answers fit a ticket, and which a person may keep."""

from flask import abort
from sqlalchemy import Select, or_, select, true

from ..extensions import db
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.models import Ticket
from .models import CannedAnswer


def fitting_answers(ticket: Ticket) -> Select[CannedAnswer]:
    """Those of all teams and of the ticket's own; whoever may read the ticket may use them."""
    return select(CannedAnswer).where(
        or_(CannedAnswer.team_id.is_(None), CannedAnswer.team_id == ticket.team_id)
    )


def kept_answers(person: Person) -> Select[CannedAnswer]:
    """Those that a person may change: all, or those of the teams that their role names."""
    everywhere, teams = person.reach(Permission.CANNED)
    return select(CannedAnswer).where(true() if everywhere else CannedAnswer.team_id.in_(teams))


def may_keep_for(person: Person, team_id: int | None) -> bool:
    """Whether a person may keep answers of a team, or with None those of all teams."""
    everywhere, teams = person.reach(Permission.CANNED)
    return everywhere or (team_id is not None and team_id in teams)


def get_kept(person: Person, key: int, *, change: bool = False) -> CannedAnswer:
    """One that the person may change, or 404; held until the commit when it is to be changed."""
    rows = kept_answers(person).where(CannedAnswer.id == key)
    if change:
        rows = rows.with_for_update(of=CannedAnswer).execution_options(populate_existing=True)
    return db.session.scalar(rows) or abort(404)
