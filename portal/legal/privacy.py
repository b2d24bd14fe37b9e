"""What a person accepted. It is kept until the person is erased.

What the company's pages say is the company's; of who published a version only a number stays.
"""

from typing import Any

from sqlalchemy import delete, update

from ..extensions import db
from ..kit import clock
from ..people.models import Person
from .models import LegalAcceptance, LegalDraft
from .queries import agreements_of

KEPT = dict.fromkeys(("legal_version", "legal_text", "legal_draft", "legal_acceptance"), clock.UNTIL_ERASED)


def export(person: Person) -> list[dict[str, Any]]:
    """Which versions they accepted, or were shown, when, in which language, and with what."""
    return [
        {
            "page": row.version.kind,
            "version": row.version.number,
            "of": clock.iso(row.version.at),
            "at": clock.iso(row.at),
            "language": row.language,
            "with": row.way,
        }
        for row in agreements_of(person)
    ]


def erase(person: Person) -> None:
    """Nothing is left of what they accepted; drafts stay, without who wrote them."""
    db.session.execute(delete(LegalAcceptance).where(LegalAcceptance.person_id == person.id))
    db.session.execute(update(LegalDraft).where(LegalDraft.by_id == person.id).values(by_id=None))
