"""Verbs on persons, roles and teams."""

from sqlalchemy import select

from ..extensions import db
from ..kit import clock
from ..kit.rows import insert_or_skip
from .models import Grant, Person, Role, Team
from .permissions import FIRST_ROLES


def make_first_roles() -> None:
    """The roles and the team that every instance starts with; nothing when they exist."""
    known = set(db.session.scalars(select(Role.key)))
    for key, permissions in FIRST_ROLES.items():
        if key not in known:
            db.session.add(Role(key=key, permissions=sorted(permissions)))
    if db.session.scalar(select(Team.id).limit(1)) is None:
        db.session.add(Team(name="Support", is_default=True))
    db.session.flush()


def know(email: str | None, called: str, language: str) -> Person:
    """The person with an address, be it with or without an account; somebody new when nobody has it (or there is none)."""
    if not email:
        person = Person(email=None, called=called, language=language)
        db.session.add(person)
        db.session.flush()
        return person
    known = select(Person).where(Person.email == email.strip().lower())
    found = db.session.scalar(known)
    if found is None:  # of two that come at once, the second finds what the first made
        values = {"email": email.strip().lower(), "called": called, "language": language}
        blank = {"name": "", "zone": "", "active": True, "erased": "", "created_at": clock.now()}
        db.session.execute(insert_or_skip(Person).values(**values, **blank))
        found = db.session.scalars(known).one()
    return found


def give(person: Person, role: Role, team: Team | None, by: Person | None) -> Grant:
    """Let a person hold a role, everywhere or for one team."""
    grant = Grant(role=role, team=team, given_by_id=by.id if by else None)
    person.grants.append(grant)
    person.known_held = None
    db.session.flush()
    return grant


def give_role(person: Person, key: str, *, team: Team | None = None, by: Person | None = None) -> Grant:
    """Give a role, everywhere or for one team.

    Raises:
        LookupError: there is no role with that key.
    """
    role = db.session.scalar(select(Role).where(Role.key == key))
    if role is None:
        raise LookupError(f"no role is called {key!r}")
    return give(person, role, team, by)
