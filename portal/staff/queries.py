"""Selects for pages about people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from ..accounts.models import SignIn
from ..audit.models import AuditEntry
from ..extensions import db
from ..kit import clock
from ..kit.i18n import lazy
from ..kit.pages import Page, page_by, page_in_order
from ..people.models import CUSTOMER, Grant, Person, Role, Team
from ..tickets.access import desk_tickets
from ..tickets.models import OPEN, Ticket
from .access import WITH, visible_invitations, visible_people
from .models import Invitation

SIZE, ACTS = 40, 20
MOST = 200  # who hold a role, on its page
INVITED = "invited"
SHOWS = {
    "staff": lazy("Staff"),
    "customers": lazy("Customers"),
    "deactivated": lazy("Deactivated"),
    INVITED: lazy("Invited"),
}


def _works() -> ColumnElement[bool]:
    return exists().where(Grant.person_id == Person.id, Grant.role_id == Role.id, Role.key != CUSTOMER)


def _holding(asked: str, *columns: Any) -> ColumnElement[bool]:
    """Rows that hold all words; the databases know no capitals beyond ASCII, so the usual spellings are tried."""
    every = []
    for word in asked.split():
        spellings = {word, word.lower(), word.upper(), word.capitalize()}
        every.append(or_(*(c.contains(one, autoescape=True) for c in columns for one in spellings)))
    return and_(*every)


def people_page(by: Person, show: str, asked: str, cursor: str) -> Page[Person]:
    """One page of the people that somebody looks after, by name."""
    rows: Select[Person] = visible_people(by).options(*WITH)
    if show == "deactivated":
        rows = rows.where(~Person.active)
    else:
        rows = rows.where(Person.active, _works() if show == "staff" else ~_works())
    if asked:
        rows = rows.where(_holding(asked, Person.email, Person.called, Person.name))
    called = func.lower(
        func.coalesce(func.nullif(Person.called, ""), func.nullif(Person.name, ""), Person.email, "")
    )
    return page_in_order(rows, called, Person.id, cursor, SIZE)


def invitations_page(by: Person, asked: str, cursor: str) -> Page[Invitation]:
    """One page of the invitations that wait, the latest first."""
    rows = visible_invitations(by).options(joinedload(Invitation.by))
    if asked:
        rows = rows.where(_holding(asked, Invitation.email, Invitation.called))
    return page_by(rows, Invitation.sent, Invitation.id, cursor, SIZE)


@dataclass(frozen=True)
class Figures:
    """What a person has to do with now: browsers signed in, requests looked after and asked."""

    sign_ins: int
    looks_after: int
    asked: int


def figures_of(person: Person) -> Figures:
    """Exact numbers, in one statement."""
    living = select(func.count()).where(SignIn.person_id == person.id, SignIn.ends > clock.now())
    after = select(func.count()).where(Ticket.assignee_id == person.id, OPEN)
    asked = select(func.count()).where(Ticket.requester_id == person.id, OPEN)
    parts = (one.scalar_subquery() for one in (living, after, asked))
    return Figures(*db.session.execute(select(*parts)).one())


def acts_about(person: Person) -> Sequence[AuditEntry]:
    """The latest lines of the record about a person."""
    rows = select(AuditEntry).where(AuditEntry.about == f"person {person.id}")
    rows = rows.options(joinedload(AuditEntry.actor)).order_by(AuditEntry.id.desc())
    return db.session.scalars(rows.limit(ACTS)).all()


def readable_of(by: Person, tickets: Sequence[Ticket]) -> list[Ticket]:
    """Those of some requests that somebody may read at the desk: only of these they learn more than how many there are."""
    ids = [ticket.id for ticket in tickets]
    known = set(db.session.scalars(desk_tickets(by).where(Ticket.id.in_(ids)).with_only_columns(Ticket.id)))
    return [ticket for ticket in tickets if ticket.id in known]


def teams_with_figures() -> list[tuple[Team, int, int]]:
    """Every team, with how many people hold a role for it and how many requests are open there."""
    people = (
        select(func.count(Grant.person_id.distinct()))
        .join(Person, Person.id == Grant.person_id)
        .where(Grant.team_id == Team.id, Person.active)
        .correlate(Team)
    )
    tickets = select(func.count(Ticket.id)).where(Ticket.team_id == Team.id, OPEN).correlate(Team)
    rows = select(Team, people.scalar_subquery(), tickets.scalar_subquery()).order_by(Team.name)
    return [(team, members, open_ones) for team, members, open_ones in db.session.execute(rows)]


def members_of(team: Team) -> Sequence[Grant]:
    """The roles that active people hold for a team, in the order of their names."""
    rows = (
        select(Grant)
        .join(Person, Person.id == Grant.person_id)
        .where(Grant.team_id == team.id, Person.active)
    )
    rows = rows.options(joinedload(Grant.role), joinedload(Grant.person))
    return db.session.scalars(rows.order_by(Person.called, Person.id, Grant.id)).all()


def holdings_of(role: Role) -> Sequence[Grant]:
    """Who holds a role and where, in the order of their names."""
    rows = select(Grant).join(Person, Person.id == Grant.person_id).where(Grant.role_id == role.id)
    rows = rows.options(joinedload(Grant.team), joinedload(Grant.person))
    return db.session.scalars(rows.order_by(Person.called, Person.id, Grant.id).limit(MOST)).all()


def is_offered(role: Role) -> bool:
    """Whether an invitation that waits offers a role."""
    waiting = select(Invitation.offers).where(Invitation.state == "waiting")
    return any(role.id in {pair[0] for pair in offers} for offers in db.session.scalars(waiting))
