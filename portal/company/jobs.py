"""What the worker does: sends a test mail and notes what the server said, looks at the DNS, drops old test mails."""

from typing import Any

from ..extensions import db
from ..kit.sqlite import reading
from ..mail.actions import send
from ..mail.compose import compose_to
from ..outbox.worker import Hopeless, keep_so_far
from ..people.models import Person
from . import nameservers
from .actions import LOOK, SEND, note_accepted, note_checks, note_trouble
from .mailway import domain_of
from .models import TestMail
from .privacy import sweep


def send_test(payload: dict[str, Any]) -> None:
    """Send it by the way that every mail goes; whatever the server says stands on the list at once."""
    test = db.session.get(TestMail, payload["test"])
    person = db.session.get(Person, test.person_id) if test else None
    if test is None or person is None:
        return
    test.job_id = payload["job"]
    path = f"/admin/ready/arrived/{payload['token']}"
    draft = compose_to("test_mail", test.recipient, person.language, called=person.called, path=path)
    try:
        answer = send(draft, payload["job"])
    except (Hopeless, OSError) as error:
        note_trouble(test, str(error), final=isinstance(error, Hopeless))
        keep_so_far()
        raise
    note_accepted(test, answer)


def look_at_dns(payload: dict[str, Any]) -> None:
    """Ask the DNS while no transaction is open: it may take seconds."""
    with reading():
        test = db.session.get(TestMail, payload["test"])
        sender = test.sender if test else None
        db.session.rollback()
    if sender is None:
        return
    found = nameservers.look(domain_of(sender))
    test = db.session.get(TestMail, payload["test"], with_for_update=True, populate_existing=True)
    if test:
        note_checks(test, found, certain=False)


HANDLERS = {SEND: send_test, LOOK: look_at_dns, "company.sweep": lambda _payload: sweep()}
PERIODIC = {"company.sweep": 3600}
