"""Who may see which persons and teams."""

from collections.abc import Sequence

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


def is_last_administrator(person: Person) -> bool:
    """Whether nobody else could give rights any more; their roles are held until the commit, so that of two one stays."""
    held = select(Grant).join(Grant.role).where(Role.key == "administrator", Grant.team_id.is_(None))
    grants = db.session.scalars(held.with_for_update(of=Grant)).all()
    ids = [grant.person_id for grant in grants]
    active = db.session.scalars(select(Person.id).where(Person.id.in_(ids), Person.active)).all()
    return set(active) == {person.id}


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
