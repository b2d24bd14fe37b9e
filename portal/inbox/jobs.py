"""What the worker does for mail in: sort what came, read the mailbox each minute, drop what is old."""

import logging
from typing import Any

from flask import current_app

from ..extensions import db
from ..kit.sqlite import reading
from ..outbox.actions import enqueue
from . import actions, mailbox
from .models import IncomingMail
from .privacy import sweep

log = logging.getLogger("portal.inbox")


def sort(payload: dict[str, Any]) -> None:
    """Read a mail before any row is held, since a large one takes a second, then put it where it belongs."""
    with reading():
        row = db.session.get(IncomingMail, payload["mail"])
        kept = (row.raw_key, row.whole) if row else None
        db.session.rollback()
    if kept is None:
        return
    found = actions.read_kept(kept[0], whole=kept[1])
    mail = db.session.get(IncomingMail, payload["mail"], with_for_update=True, populate_existing=True)
    if mail:
        actions.sort(mail, found)


def poll(_payload: dict[str, Any]) -> None:
    """Read the mailbox, if there is one; what fails is told at the desk and tried again in a minute."""
    if not current_app.config["IMAP_SERVER"]:
        return
    try:
        if mailbox.poll().more:
            enqueue("inbox.poll", {})
    except mailbox.FAULTS as error:
        db.session.rollback()
        log.warning("the mailbox cannot be read", extra={"error": repr(error)})
        mailbox.note_failure(error)


HANDLERS = {"inbox.sort": sort, "inbox.poll": poll, "inbox.sweep": lambda _payload: sweep()}
PERIODIC = {"inbox.poll": 60, "inbox.sweep": 3600}
SLOW = {"inbox.poll"}  # a mailbox that was full when it was named
