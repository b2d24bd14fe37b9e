"""What a person was told, kept for 90 days, and what they want by mail, kept until they are erased.

What others were told of them goes with what it was about: the feature that told it takes it back.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from ..extensions import db
from ..kit import clock
from ..people.models import Person
from .models import MailChoice, Notice
from .queries import lines

KEPT = {"notice": timedelta(days=90), "mail_choice": clock.UNTIL_ERASED}


def export(person: Person) -> dict[str, Any]:
    """Notices as the person reads them; of those about something that others may have written, only their kind."""
    rows = db.session.scalars(select(Notice).where(Notice.person_id == person.id).order_by(Notice.id))
    chosen = select(MailChoice).where(MailChoice.person_id == person.id).order_by(MailChoice.group)
    return {
        "notices": [
            {"made": clock.iso(row.made), "read": clock.iso(row.read), "kind": row.kind}
            | ({} if row.about else {"words": [line.words.striptags() for line in lines([row])]})
            for row in rows
        ],
        "by_mail": {choice.group: choice.wanted for choice in db.session.scalars(chosen)},
    }


def erase(person: Person) -> None:
    for table in (Notice, MailChoice):
        db.session.execute(delete(table).where(table.person_id == person.id))


def sweep() -> None:
    """Drop notices that are older than that."""
    db.session.execute(delete(Notice).where(Notice.made < clock.now() - KEPT["notice"]))
