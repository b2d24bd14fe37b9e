"""A person's sign-ins, browsers and links in mails.

Sign-ins are kept as long as they live, 30 days at most, links in mails 14 days at most; a browser is known for half a
year after it was seen. What was asked about an address ends with its links, three days after the change at most.
Counted attempts hold no address and are dropped the next day.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update

from ..extensions import db
from ..kit import clock
from ..outbox.models import Job
from ..people.models import Person
from .actions import LONG, lane_of
from .models import AddressChange, Attempt, Device, MailLink, SignIn

KEPT = {
    "sign_in": LONG,
    "device": timedelta(days=180),
    "mail_link": timedelta(days=14),
    "address_change": timedelta(days=4),
    "attempt": timedelta(days=1),
}


def export(person: Person) -> dict[str, Any]:
    """Where the person is and was signed in, and what we asked their address."""
    sign_ins = select(SignIn).where(SignIn.person_id == person.id).order_by(SignIn.id)
    devices = select(Device).where(Device.person_id == person.id).order_by(Device.words)
    links = select(MailLink).where(_their_links(person)).order_by(MailLink.id)
    changes = select(AddressChange).where(AddressChange.person_id == person.id)
    return {
        "sign_ins": [
            {
                "since": clock.iso(row.created),
                "seen": clock.iso(row.seen),
                "ends": clock.iso(row.ends),
                "browser": row.device,
                "address": row.place,
            }
            for row in db.session.scalars(sign_ins)
        ],
        "browsers": [
            {"words": row.words, "seen": clock.iso(row.seen)} for row in db.session.scalars(devices)
        ],
        "links_in_mails": [
            {"purpose": row.purpose, "to": row.email, "ends": clock.iso(row.ends)}
            for row in db.session.scalars(links)
        ],
        "changes_of_address": [
            {"from": row.old, "to": row.new, "asked": clock.iso(row.asked), "made": clock.iso(row.done)}
            for row in db.session.scalars(changes)
        ],
    }


def _their_links(person: Person) -> ColumnElement[bool]:
    return or_(MailLink.person_id == person.id, MailLink.email == person.email)


def erase(person: Person) -> None:
    """Sign out everywhere; no link to the address works any more."""
    left = select(AddressChange).where(AddressChange.person_id == person.id)
    for email in {email for row in db.session.scalars(left) for email in (row.old, row.new)}:
        db.session.execute(update(Job).where(Job.lane == lane_of(email)).values(lane=None))
    db.session.execute(update(AddressChange).where(AddressChange.by_id == person.id).values(by_id=None))
    for table in (SignIn, Device, AddressChange):
        db.session.execute(delete(table).where(table.person_id == person.id))
    db.session.execute(delete(MailLink).where(_their_links(person)))
    if person.email:  # of done work the lane still tells whose address it was
        db.session.execute(update(Job).where(Job.lane == lane_of(person.email)).values(lane=None))


def sweep() -> None:
    """Drop what is over."""
    now = clock.now()
    db.session.execute(delete(SignIn).where(SignIn.ends < now))
    db.session.execute(delete(MailLink).where(MailLink.ends < now))
    db.session.execute(delete(AddressChange).where(AddressChange.ends < now))
    db.session.execute(delete(Device).where(Device.seen < now - KEPT["device"]))
    db.session.execute(delete(Attempt).where(Attempt.starts < now - KEPT["attempt"]))
