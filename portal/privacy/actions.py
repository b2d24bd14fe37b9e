"""Handing out all that is kept of a person, and erasing a person.

A feature whose tables point to a person, or hold what tells of one, has a `privacy.py`, which stands in PRIVACY_PARTS
of features.py, those before which it needs later ones' rows first. It holds what Part says, and where something ends by
itself a `sweep()` that its `jobs.py` calls each hour. tests/test_house.py asks for the part of each table, and
tests/privacy/ for a word in each of its columns that is handed out and then gone.
"""

from datetime import timedelta
from typing import Any, Protocol

from flask import current_app
from flask_babel import force_locale

from ..audit.actions import record
from ..extensions import db
from ..kit import clock
from ..outbox.actions import enqueue
from ..people.access import is_last_administrator
from ..people.models import Person

AGAIN = "privacy.again"
NOTE = "privacy.note"
UNDER_WAY = timedelta(minutes=15)  # longer than any request, or try of a job, takes


class Part(Protocol):
    """A feature's privacy.py.

    Attributes:
        KEPT: for each table that tells of people (or a column of it, as "audit_entry.source"), how long its rows are
            kept at most once they are of no use; clock.UNTIL_ERASED for those that end with the person alone.
    """

    __name__: str
    KEPT: dict[str, timedelta]

    def export(self, person: Person) -> Any:
        """All that the feature holds of the person, as values of JSON, with moments by clock.iso().

        Nothing of others, no internal notes, no addresses of staff, no tokens or their digests.
        """

    def erase(self, person: Person) -> None:
        """Take it from the session at hand; it is called again a little later, when `email` and names are gone.

        `person.erased` says already what the person was. Files go by outbox.actions.let_go().
        """


class LastAdministrator(Exception):
    """Without this person nobody could look after the portal."""


def _parts() -> tuple[Part, ...]:
    parts: tuple[Part, ...] = current_app.extensions["privacy_parts"]
    return parts


def name_of(part: Part) -> str:
    """The feature that a part belongs to."""
    return part.__name__.split(".")[-2]


def export(person: Person, by: Person | None) -> dict[str, Any]:
    """All that the portal holds of a person, by feature, in their language.

    Args:
        person: whose data it is.
        by: who asks for it; None at the command line.
    """
    with force_locale(person.language):
        told = {name_of(part): part.export(person) for part in _parts()}
    record("exported what is kept of a person", by, f"person {person.id}")
    return {"made": clock.iso(clock.now()), **told}


def erase(person: Person, by: Person | None) -> None:
    """Take a person out of every feature; an empty shell stays, and the record of who did it.

    Args:
        person: who goes, signed out everywhere and without roles.
        by: who does it; None at the command line.

    Raises:
        LastAdministrator: there is no other.
    """
    if is_last_administrator(person):
        raise LastAdministrator
    person.erased = person.erased or ("colleague" if person.is_colleague else "customer")
    _erase(person)
    record("erased a person", by, f"person {person.id}")
    enqueue(NOTE, {"erased": person.id})
    enqueue(AGAIN, {"erased": person.id}, due=clock.now() + UNDER_WAY)


def _erase(person: Person) -> None:
    db.session.flush()
    for part in _parts():
        part.erase(person)
    db.session.flush()


def erase_again(person_id: int) -> None:
    """Take out what was under way while a person was erased, as a mail that was just being sent."""
    person = db.session.get(Person, person_id)
    if person and person.erased:
        _erase(person)
