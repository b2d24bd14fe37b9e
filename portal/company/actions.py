"""Verbs: saving a part, trying whether mail arrives, and noting what became of it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from ..audit.actions import record
from ..extensions import db
from ..kit import clock, crypto
from ..kit.company import the_company
from ..kit.rows import insert_or_skip
from ..live.actions import publish
from ..outbox.actions import drop_waiting, enqueue
from ..people.models import Person
from .models import CompanyValue, TestMail
from .queries import ARRIVED, find_test, version_of

TOPIC = "ready-0"
SEND, LOOK, LANE = "company.test-mail", "company.look-at-dns", "company.test-mail"


class Overtaken(Exception):
    """Somebody else saved the part meanwhile; nothing was changed."""


def save(part: str, value: Mapping[str, Any], seen: int, by: Person | None, act: str) -> None:
    """Keep a part, if it still stands as whoever changes it saw it.

    Args:
        seen: its version then; 0 for one that nobody had saved.
        act: what the record says of it.

    Raises:
        Overtaken: somebody was faster.
    """
    values = {"value": dict(value), "version": seen + 1, "at": clock.now()}
    if seen:
        changed = update(CompanyValue).where(CompanyValue.part == part, CompanyValue.version == seen)
        done = db.session.execute(changed.values(**values).returning(CompanyValue.part)).first()
    else:
        done = db.session.execute(
            insert_or_skip(CompanyValue, CompanyValue.part).values(part=part, **values)
        ).first()
    if done is None:
        raise Overtaken
    told = {name: said for name, said in value.items() if name != "LOGO"}
    if "LOGO" in value:
        told["LOGO"] = value["LOGO"]["digest"] if value["LOGO"] else None
    record(act, by, f"company {part}", **told)


def save_first(part: str, value: Mapping[str, Any], act: str) -> None:
    """Keep a part over whatever stands, as commands do."""
    save(part, value, version_of(part), None, act)


def try_mail(email: str, by: Person) -> str:
    """Send a mail to an address, and look at what the names of the sender's domain say; returns the token of its link."""
    token = crypto.new_token()
    row = TestMail(
        person_id=by.id, recipient=email, sender=the_company().sender, token_digest=crypto.digest(token)
    )
    db.session.add(row)
    db.session.flush()
    drop_waiting(SEND, LANE)
    enqueue(SEND, {"test": row.id, "token": token}, lane=LANE)
    enqueue(LOOK, {"test": row.id})
    record("sent a test mail", by, f"test mail {row.id}")
    publish(TOPIC)
    return token


def note_accepted(test: TestMail, answer: str) -> None:
    """A mail server took it, and said this; an empty answer is no news, for the mail was sent by an earlier try."""
    test.accepted_at = test.accepted_at or clock.now()
    test.answer, test.trouble = answer[:1000] or test.answer, ""
    publish(TOPIC)


def note_trouble(test: TestMail, words: str, *, final: bool) -> None:
    """It could not be handed over; unless that is `final` it is tried again."""
    test.trouble, test.is_final = words[:1000], final
    publish(TOPIC)


def note_checks(test: TestMail, checks: Mapping[str, Any], *, certain: bool) -> None:
    """What was seen of SPF, DKIM and DMARC; what a server said of the mail itself is `certain` and stays."""
    test.checks = (
        {**test.checks, **checks}
        if certain
        else {**checks, **{k: v for k, v in test.checks.items() if v.get("certain")}}
    )
    publish(TOPIC)


def note_arrival(test: TestMail, by: str) -> None:
    """It arrived: "link" for somebody who opened it, "mailbox" for the portal's own."""
    if test.arrived_at is None:
        test.arrived_at, test.arrived_by = clock.now(), by
        save_first(ARRIVED, {"sender": test.sender}, "saw a test mail arrive")
    publish(TOPIC)


def came_back(job_id: int, checks: Mapping[str, Any]) -> None:
    """A mail of ours came into the portal's own mailbox: if it was a test, it arrived."""
    test = find_test(job_id=job_id)
    if test:
        note_checks(test, checks, certain=True)
        note_arrival(test, "mailbox")
