"""Verbs on roles: given, taken, made and changed; whoever they are about feels it at once."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import select

from ..audit.actions import record
from ..extensions import db
from ..kit import crypto
from ..live.actions import cut_streams
from ..notifications.actions import News, notify
from ..people.access import administrators
from ..people.actions import give
from ..people.models import Grant, Person, Role, Team
from ..people.permissions import Permission
from ..tickets.actions import assign
from ..tickets.models import OPEN, Ticket
from .notices import GIVEN, TAKEN


class LastAdministrator(Exception):
    """Afterwards nobody could give rights or look after people any more."""


class Overtaken(Exception):
    """Somebody else changed it meanwhile."""


@contextmanager
def keep_an_administrator() -> Iterator[None]:
    """Refuse what is done inside if nobody is left afterwards to undo it.

    Raises:
        LastAdministrator: then the caller rolls back.
    """
    before = administrators()
    yield
    db.session.flush()
    if before and not administrators():
        raise LastAdministrator


def _told(role: Role, team: Team | None) -> dict[str, str]:
    return {"role": role.name or role.key} | ({"team": team.name} if team else {})


def _changed(person: Person, by: Person | None) -> None:
    """What a person may do is another: open windows ask anew, and requests they may no longer answer go back."""
    person.known_held = None
    cut_streams(person.id)
    open_ones = select(Ticket).where(Ticket.assignee_id == person.id, OPEN).with_for_update(of=Ticket)
    for ticket in db.session.scalars(open_ones).all():
        if not person.may(Permission.ANSWER, ticket.team_id):
            assign(ticket, None, by or person)


def give_role(person: Person, role: Role, team: Team | None, by: Person | None) -> bool:
    """Let a person hold a role; False when they hold it there, or everywhere, already."""
    if any(one.role_id == role.id and one.team_id in (None, team and team.id) for one in person.grants):
        return False
    grant = give(person, role, team, by)
    cut_streams(person.id)
    record("gave a role", by, f"person {person.id}", **_told(role, team))
    if by and by.id != person.id:
        notify(person, GIVEN, News(str(grant.id), "/account", {"who": by.shown, **_told(role, team)}))
    return True


def take_role(person: Person, grant: Grant, by: Person | None) -> None:
    """Let a person hold a role no more; requests that they can no longer answer go back to their teams.

    Raises:
        LastAdministrator: nobody could give rights any more.
    """
    told = _told(grant.role, grant.team)
    with keep_an_administrator():
        person.grants.remove(grant)
        db.session.delete(grant)
    _changed(person, by)
    record("took a role", by, f"person {person.id}", **told)
    if by and by.id != person.id:
        notify(person, TAKEN, News(str(grant.id), "/account", {"who": by.shown, **told}))


def make_role(name: str, permissions: Collection[str], by: Person) -> Role:
    """A role of one's own."""
    role = Role(key=f"own-{crypto.new_token()[:20]}", name=name, permissions=sorted(permissions))
    db.session.add(role)
    db.session.flush()
    record("made a role", by, f"role {role.id}", role=name)
    return role


def change_role(role: Role, name: str, permissions: Collection[str], by: Person, version: int) -> None:
    """Another name or other permissions for a role; all who hold it feel it with their next click.

    Raises:
        Overtaken: it is not the version any more that was changed.
        LastAdministrator: nobody could give rights any more.
    """
    if role.version != version:
        raise Overtaken
    before, after = set(role.permissions), set(permissions)
    detail = {"role": name, "added": sorted(after - before), "removed": sorted(before - after)}
    with keep_an_administrator():
        role.name, role.permissions, role.version = name, sorted(after), version + 1
    record("changed a role", by, f"role {role.id}", **detail)
    if before != after:
        for person in holders_of(role):
            _changed(person, by)


def holders_of(role: Role) -> list[Person]:
    """Who holds a role, in the order of their names."""
    rows = select(Person).join(Person.grants).where(Grant.role_id == role.id).distinct()
    return sorted(db.session.scalars(rows), key=lambda person: (person.shown.casefold(), person.id))


def drop_role(role: Role, by: Person) -> None:
    """Away with a role that nobody holds."""
    record("deleted a role", by, f"role {role.id}", role=role.name)
    db.session.delete(role)
    db.session.flush()
