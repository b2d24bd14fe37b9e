"""Verbs of a change of address: asked for, said yes or no to from both mailboxes, made, and taken back.

A person who asks themselves needs the yes of both. Who has lost the old mailbox is asked for a code by an agent: then the
yes of the new one makes the change, and the old one can object for OBJECT_LIFE, also after it was made.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from ..audit.actions import record
from ..extensions import db
from ..kit import clock, codes
from ..notifications.actions import News, notify
from ..outbox.actions import drop_waiting, enqueue
from ..people.models import Person
from .actions import (
    RESET_LIFE,
    SECURITY_PAGE,
    end_all_sign_ins,
    lane_of,
    leave_link,
    use_up,
    void_links,
)
from .models import AddressChange, MailLink
from .notices import ADDRESS_ASKED, ADDRESS_CHANGED, ADDRESS_STOPPED
from .queries import change_of, may_come_back

NEW, OLD, OBJECT, SPOKEN = "address_new", "address_old", "address_object", "spoken"
ASK_LIFE, OBJECT_LIFE, SPOKEN_LIFE = timedelta(hours=24), timedelta(hours=72), timedelta(minutes=15)


def _mail_link(change: AddressChange, purpose: str, life: timedelta) -> None:
    """Leave a mail with a link to one of the two addresses; the worker makes the token."""
    email = change.new if purpose == NEW else change.old
    payload = {"change": change.id, "purpose": purpose, "until": (clock.now() + life).isoformat()}
    enqueue("accounts.address_link", payload, lane=lane_of(email))


def _tell(change: AddressChange, template: str) -> None:
    """A mail without a link, to the old address."""
    enqueue("accounts.address_told", _told(change) | {"template": template}, lane=lane_of(change.old))


def _told(change: AddressChange) -> dict[str, Any]:
    return {"person": change.person_id, "old": change.old, "new": change.new, "at": clock.now().isoformat()}


def _holder(email: str) -> Person | None:
    """Whoever has an address, also somebody deactivated, and somebody who only wrote to us."""
    return db.session.scalar(select(Person).where(Person.email == email))


def ask_change(person: Person, new: str, proof: str, by: Person | None = None) -> None:
    """Ask for another address; what was asked before is called off. Not while the last change may be taken back.

    Nobody learns whether the address has an account: if it has one, its owner gets a letter that says so, and no yes.

    Args:
        person: whose address it is.
        new: the address, in its normal form.
        proof: what was shown for it: "password", "link", "spoken" or "code".
        by: the agent who asks for the person.
    """
    drop_change(person)
    change = AddressChange(
        person_id=person.id,
        by_id=by.id if by else None,
        proof=proof,
        old=person.email or "",
        new=new,
        asked=clock.now(),
        ends=clock.now() + (OBJECT_LIFE if by else ASK_LIFE),
    )
    db.session.add(change)
    db.session.flush()
    if _holder(new) or may_come_back(new):
        enqueue("accounts.address_taken", {"email": new}, lane=lane_of(new))
    else:
        _mail_link(change, NEW, ASK_LIFE)
    _mail_link(change, OBJECT if by else OLD, OBJECT_LIFE if by else ASK_LIFE)
    notify(person, ADDRESS_ASKED, News(str(change.id), SECURITY_PAGE))
    record("asked for another address", by or person, f"person {person.id}", proof=proof)


def drop_change(person: Person) -> None:
    """Forget what was asked, with its links, be they in a mail or on their way."""
    change = db.session.scalar(select(AddressChange).where(AddressChange.person_id == person.id))
    if change is None:
        return
    ours = MailLink.purpose.in_((NEW, OLD, OBJECT))
    db.session.execute(delete(MailLink).where(MailLink.person_id == person.id, ours))
    for email in (change.old, change.new):
        drop_waiting("accounts.address_link", lane_of(email))
        drop_waiting("accounts.address_taken", lane_of(email))
    db.session.delete(change)
    db.session.flush()


def call_off(person: Person) -> None:
    """The person takes back what was asked and is not made yet: that the old address can object is not theirs to end."""
    if change_of(person) is None:
        return
    drop_change(person)
    record("called off a change of address", person, f"person {person.id}")


def say_yes(change: AddressChange, link: MailLink) -> str:
    """One of the two addresses says yes.

    Returns:
        "waits" for the other one, "done", or "taken" when somebody else has the address meanwhile; "over" when another
        press of the button was quicker.
    """
    if change.done or not use_up(link):
        return "over"
    if link.purpose == NEW:
        change.new_said = clock.now()
    else:
        change.old_said = clock.now()
    if change.new_said is None or (change.old_said is None and change.by_id is None):
        return "waits"
    return _make(change)


def _make(change: AddressChange) -> str:
    """The address changes: no link to the account or to a request that was mailed before opens anything."""
    person = change.person
    try:
        with db.session.begin_nested():
            person.email = change.new
    except IntegrityError:
        drop_change(person)
        return "taken"
    _leave(person, change.old)
    person.confirmed_at = change.done = clock.now()
    proof = change.proof
    record(
        "changed the address",
        db.session.get(Person, change.by_id or person.id),
        f"person {person.id}",
        proof=proof,
    )
    notify(person, ADDRESS_CHANGED, News(str(change.id), SECURITY_PAGE))
    if change.by_id:
        end_all_sign_ins(person)
        change.ends = clock.now() + OBJECT_LIFE
        db.session.execute(
            delete(MailLink).where(MailLink.person_id == person.id, MailLink.purpose == OBJECT)
        )
        _mail_link(change, OBJECT, OBJECT_LIFE)
    else:
        _tell(change, "address_changed")
        drop_change(person)
    return "done"


def _leave(person: Person, email: str) -> None:
    """What was mailed to an address that is not the person's any more opens nothing."""
    person.links_after = clock.now() + timedelta(seconds=1)  # a link's time has whole seconds
    theirs = or_(MailLink.email == email, MailLink.person_id == person.id)
    account = MailLink.purpose.not_in((NEW, OLD, OBJECT))
    db.session.execute(delete(MailLink).where(theirs, account))
    drop_waiting("accounts.link", lane_of(email))


def say_no(change: AddressChange, link: MailLink, *, shut: bool) -> bool:
    """The old address says no: what was asked is over, and what was made is taken back; False when it was over already.

    Args:
        change, link: what was asked, and by which link it is answered.
        shut: whether every device is signed out and the password is void, since somebody else may know it; always so
            when an agent had asked.
    """
    if not use_up(link):
        return False
    person, made, by_agent = change.person, change.done is not None, change.by_id is not None
    if made:
        _take_back(change)
    drop_change(person)
    record("objected to a change of address", person, f"person {person.id}", taken_back=made)
    notify(person, ADDRESS_STOPPED, News(clock.now().isoformat(), SECURITY_PAGE))
    if shut or by_agent:
        end_all_sign_ins(person)
        void_links(person)
        person.password_hash = None
        leave_link("reset", person.email or "", RESET_LIFE, {}, person)
    return True


def _take_back(change: AddressChange) -> None:
    """The person has the old address again. Who only wrote from it meanwhile, without an account, is left without it."""
    person, meanwhile = change.person, _holder(change.old)
    if meanwhile:
        meanwhile.email = None
        db.session.flush()
    void_links(person)
    person.email = change.old
    _leave(person, change.new)
    db.session.flush()


def make_spoken(person: Person) -> str:
    """A code that the person reads to an agent, to show that they know their password; the one before is void."""
    forget_spoken(person)
    code = codes.new_code()
    row = MailLink(
        digest=codes.digest_of(f"{SPOKEN}|{person.id}", code),
        purpose=SPOKEN,
        email=person.email or "",
        person_id=person.id,
        ends=clock.now() + SPOKEN_LIFE,
    )
    db.session.add(row)
    record("asked for a code to read out", person, f"person {person.id}")
    return code


def forget_spoken(person: Person) -> None:
    """The code is used, or replaced by another."""
    db.session.execute(delete(MailLink).where(MailLink.person_id == person.id, MailLink.purpose == SPOKEN))
