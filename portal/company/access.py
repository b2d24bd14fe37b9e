"""Who may hear that something of the readiness list changed."""

from ..people.models import Person
from ..people.permissions import Permission


def may_hear_ready(person: Person | None, _key: int) -> bool:
    return person is not None and person.may(Permission.COMPANY)
