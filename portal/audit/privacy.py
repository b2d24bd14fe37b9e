"""What a person did, as the record has it.

Who did what and when stays for good; who was erased stays as a bare number. The address that an act came from is
kept for half a year. Nothing else of a line can be changed: the database sees to that.
"""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, or_, select, update

from ..extensions import db
from ..kit import clock
from ..people.models import Person
from .models import AuditEntry

KEPT = {"audit_entry": clock.UNTIL_ERASED, "audit_entry.source": timedelta(days=180)}


def export(person: Person) -> list[dict[str, Any]]:
    """The person's own acts, and those of others on their account without who it was or whence."""
    about_them = AuditEntry.about == f"person {person.id}"
    rows = select(AuditEntry).where(or_(AuditEntry.actor_id == person.id, about_them))
    return [
        {"at": clock.iso(row.at), "act": row.act, "about": row.about}
        | ({"address": row.source, "detail": row.detail} if row.actor_id == person.id else {})
        for row in db.session.scalars(rows.order_by(AuditEntry.at, AuditEntry.id))
    ]


def erase(person: Person) -> None:
    """Empty the detail and the source of lines by the person, about them, or with their address."""
    which: list[ColumnElement[bool]] = [
        AuditEntry.actor_id == person.id,
        AuditEntry.about == f"person {person.id}",
    ]
    if person.email:  # one of the databases keeps JSON as ASCII
        detail = cast(AuditEntry.detail, Text)
        spellings = {person.email, json.dumps(person.email)[1:-1]}
        which += [detail.contains(email, autoescape=True) for email in spellings]
    tells = or_(AuditEntry.detail != {}, AuditEntry.source != "")
    db.session.execute(update(AuditEntry).where(or_(*which), tells).values(detail={}, source=""))


def sweep() -> None:
    """Forget where acts came from that are older than that."""
    old = AuditEntry.at < clock.now() - KEPT["audit_entry.source"]
    db.session.execute(update(AuditEntry).where(old, AuditEntry.source != "").values(source=""))
