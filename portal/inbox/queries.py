"""Selects for the list of mails, and for telling a robot from a person."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ScalarSelect, func, or_, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..kit.pages import Page, page_by
from ..mail.models import Letter
from ..mail.threads import Thread
from ..people.models import Person
from ..people.readers import Reader, built_once
from .access import mails_for, visible_mails
from .models import TO_SORT, IncomingMail, Mailbox
from .wording import SHOWS

SIZE = 40
QUICK = timedelta(minutes=3)  # nobody reads, thinks and answers in less; a mailbox is read once a minute
WINDOW = timedelta(hours=1)


@built_once
def count_to_sort(reader: Reader) -> ScalarSelect[int]:
    """How many mails wait for an agent, exactly; for a statement that counts other things as well."""
    rows = mails_for(reader).where(TO_SORT).with_only_columns(func.count(IncomingMail.id))
    return rows.correlate(None).scalar_subquery()


def mail_page(person: Person, show: str, cursor: str) -> Page[IncomingMail]:
    """One page of the list, the newest first."""
    rows = visible_mails(person).where(IncomingMail.state.in_(SHOWS[show][1]))
    rows = rows.options(joinedload(IncomingMail.ticket), joinedload(IncomingMail.person))
    return page_by(rows, IncomingMail.at, IncomingMail.id, cursor, SIZE)


def mailbox_name() -> str:
    """What tells the mailbox in the settings from others that were there before."""
    config = current_app.config
    place = f"{config['IMAP_USERNAME']} {config['IMAP_SERVER']}:{config['IMAP_PORT']}"
    return f"{config['IMAP_FOLDER']} {place}"[:400]


def failing_mailbox() -> Mailbox | None:
    """The mailbox, if there is one and it cannot be read now."""
    if not current_app.config["IMAP_SERVER"]:
        return None
    return db.session.scalar(
        select(Mailbox).where(Mailbox.name == mailbox_name(), Mailbox.failed_at.is_not(None))
    )


def is_known(message_id: str, but: int) -> bool:
    """Whether another mail with this id was kept before."""
    rows = select(IncomingMail.id).where(IncomingMail.message_id == message_id, IncomingMail.id < but)
    return db.session.scalar(rows.limit(1)) is not None


def answers_quickly(thread: Thread, came: datetime) -> bool:
    """Whether a mail came just after we had written to its sender about the same ticket."""
    written = (Letter.thread == str(thread)) & Letter.sent_at.between(came - QUICK, came)
    return db.session.scalar(select(Letter.id).where(written).limit(1)) is not None


def answers_of_late(mail: IncomingMail) -> Sequence[IncomingMail]:
    """The mails of a sender to a ticket in the hour up to this one, held ones too: what is held must not start anew."""
    counted = or_(IncomingMail.state == "placed", IncomingMail.reason == "loop")
    return db.session.scalars(
        select(IncomingMail)
        .where(IncomingMail.ticket_id == mail.ticket_id, IncomingMail.person_id == mail.person_id, counted)
        .where(IncomingMail.at > mail.at - WINDOW, IncomingMail.id != mail.id)
        .limit(1000)
    ).all()
