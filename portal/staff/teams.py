"""Verbs on teams."""

from collections.abc import Collection

from sqlalchemy import delete, select, update

from ..audit.actions import record
from ..canned.models import CannedAnswer
from ..extensions import db
from ..live.actions import cut_streams, publish
from ..people.models import Grant, Person, Team
from ..tickets.actions import set_team
from ..tickets.models import OPEN, Ticket


def _settle(team: Team, kinds: Collection[str], *, first: bool) -> None:
    """One team is the default one, and each kind of request comes to one team."""
    for other in db.session.scalars(select(Team).where(Team.id != team.id).with_for_update()):
        other.is_default = other.is_default and not first
        if set(other.kinds) & set(kinds):
            other.kinds = [kind for kind in other.kinds if kind not in kinds]
    team.is_default, team.kinds = first or team.is_default, sorted(kinds)
    db.session.flush()


def make_team(name: str, kinds: Collection[str], by: Person, *, first: bool = False) -> Team:
    """A new team; `first` says that what nobody else takes comes to it."""
    team = Team(name=name, kinds=[])
    db.session.add(team)
    db.session.flush()
    _settle(team, kinds, first=first)
    record("made a team", by, f"team {team.id}", team=name)
    return team


def change_team(team: Team, name: str, kinds: Collection[str], by: Person, *, first: bool = False) -> None:
    """Another name, other kinds; the default team stays so until another one is."""
    record("changed a team", by, f"team {team.id}", team=name, before=team.name)
    team.name = name
    _settle(team, kinds, first=first)
    publish(f"team-{team.id}")


def drop_team(team: Team, heir: Team, by: Person) -> int:
    """Away with a team: its requests and ready answers go to another; roles for it end. Returns how many were open."""
    open_ones = db.session.scalars(
        select(Ticket).where(Ticket.team_id == team.id, OPEN).order_by(Ticket.id).with_for_update(of=Ticket)
    ).all()
    for ticket in open_ones:
        set_team(ticket, heir, by)
    over = update(Ticket).where(Ticket.team_id == team.id).values(team_id=heir.id)
    db.session.execute(over)
    db.session.execute(update(CannedAnswer).where(CannedAnswer.team_id == team.id).values(team_id=heir.id))
    gone = delete(Grant).where(Grant.team_id == team.id).returning(Grant.person_id)
    for key in set(db.session.scalars(gone)):
        cut_streams(key)
    record("deleted a team", by, f"team {team.id}", team=team.name, requests=len(open_ones))
    db.session.delete(team)
    db.session.flush()
    return len(open_ones)
