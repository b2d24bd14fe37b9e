"""The person: name, address, language, organisations and roles. Kept until the person is erased."""

from typing import Any

from sqlalchemy import delete

from ..extensions import db
from ..kit import clock
from .models import Grant, Membership, Person

KEPT = dict.fromkeys(("person", "membership", "role_grant"), clock.UNTIL_ERASED)


def export(person: Person) -> dict[str, Any]:
    """The profile, without the password."""
    return {
        "email": person.email,
        "name": person.name,
        "called": person.called,
        "language": person.language,
        "zone": person.zone,
        "active": person.active,
        "known_since": clock.iso(person.created_at),
        "address_confirmed": clock.iso(person.confirmed_at),
        "organisations": [
            {"name": one.organisation.name, "manager": one.is_manager} for one in person.memberships
        ],
        "roles": [
            {
                "role": grant.role.name or grant.role.key,
                "team": grant.team.name if grant.team else None,
                "since": clock.iso(grant.given_at),
            }
            for grant in person.grants
        ],
    }


def erase(person: Person) -> None:
    """Leave an empty shell, so that what happened still has somebody who did it."""
    for table in (Grant, Membership):
        db.session.execute(delete(table).where(table.person_id == person.id))
    person.active, person.email, person.password_hash, person.confirmed_at = False, None, None, None
    person.name = person.called = person.zone = ""
    person.language = "en"
    db.session.flush()
    db.session.expire(person, ["grants", "memberships"])
