"""Who may see which persons and teams."""

from collections.abc import Sequence

from flask import abort
from sqlalchemy import Select, select, true
from sqlalchemy.orm import contains_eager

from ..extensions import db
from .models import Grant, Person, Role, Team
from .permissions import Permission


def visible_teams(person: Person, permission: Permission = Permission.READ) -> Select[Team]:
    """Teams for which the person holds a permission."""
    everywhere, teams = person.reach(permission)
    return select(Team).where(true() if everywhere else Team.id.in_(teams)).order_by(Team.name)


def find_person(email: str) -> Person | None:
    """The active person with an address; for sign-in and mail, not for pages."""
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower(), Person.active))


def is_taken(email: str) -> bool:
    """Whether an address has an account, also a deactivated one; somebody who only wrote to us has none yet."""
    taken = Person.password_hash.is_not(None) | ~Person.active
    return (
        db.session.scalar(select(Person.id).where(Person.email == email.strip().lower(), taken)) is not None
    )


def hold_rights(by: Person | None = None) -> None:
    """Let rights change one after the other until the commit: of two who take them from each other, one keeps them.

    `by`, who changes them, holds from now on what the database says now; 401 when they were deactivated meanwhile.
    """
    db.session.execute(select(Role.id).where(Role.key == "administrator").with_for_update())
    if by:
        if not db.session.scalar(select(Person.active).where(Person.id == by.id)):
            abort(401)
        held = select(Grant.team_id, Role.permissions).join(Grant.role)
        rows = db.session.execute(held.where(Grant.person_id == by.id)).all()
        by.known_held = frozenset((name, team) for team, names in rows for name in names)


def administrators() -> set[int]:
    """Ids of the active people who can give rights and look after people everywhere; without one a portal is stuck."""
    rows = (
        select(Grant.person_id, Role.permissions).join(Grant.role).join(Person, Grant.person_id == Person.id)
    )
    held: dict[int, set[str]] = {}
    for key, names in db.session.execute(rows.where(Person.active, Grant.team_id.is_(None))):
        held.setdefault(key, set()).update(names)
    return {key for key, names in held.items() if names >= {Permission.STAFF, Permission.RIGHTS}}


def is_last_administrator(person: Person) -> bool:
    """Whether nobody else could give rights any more; rights are held until the commit, so that of two one stays."""
    hold_rights()
    return administrators() == {person.id}


def agents_of(team_id: int) -> Sequence[Person]:
    """Active people who answer for a team, in the order of their names; staff is few, so it is sifted here."""
    staff = db.session.scalars(
        select(Person)
        .join(Person.grants)
        .join(Grant.role)
        .where(Person.active, Role.key != "customer")
        .options(contains_eager(Person.grants).contains_eager(Grant.role))
        .order_by(Person.called, Person.id)
    )
    return [person for person in staff.unique() if person.may(Permission.ANSWER, team_id)]
