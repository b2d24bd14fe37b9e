"""Verbs of signing in by a link in a mail, for customers who have no password at hand.

Staff gets no such link: who reads an agent's mail must not be at the desk with one quiet click. They sign in with their
password; a new one can be set by mail, which ends every sign-in and is told to its owner.
"""

from datetime import timedelta

from sqlalchemy import delete

from ..audit.actions import record
from ..extensions import db
from ..kit import crypto
from ..outbox.actions import enqueue
from ..people.access import find_person
from ..people.models import Person
from .actions import lane_of, leave_link, take_in, use_up
from .models import MailLink

PURPOSE = "sign_in_link"
LIFE = timedelta(minutes=15)


def ask_sign_in_link(email: str, browser: str, next_page: str = "") -> None:
    """Mail a link that signs in, if the address is that of an account or is known to be somebody's; else nothing.

    The same work is done for every address. Whether it is one of the staff's is asked by the worker.

    Args:
        email: the address that was typed.
        browser: a random word that the asking browser keeps.
        next_page: where they were on the way to.
    """
    email = email.strip().lower()
    person = find_person(email)
    if person and (person.password_hash or person.confirmed_at):
        leave_link(PURPOSE, email, LIFE, {"browser": crypto.digest(browser), "next": next_page}, person)
    else:
        enqueue("accounts.nobody", {}, lane=lane_of(email))


def person_of(link: MailLink) -> Person | None:
    """Whom a link signs in; None when they have another address, left, or belong to the staff meanwhile."""
    person = find_person(link.email)
    return person if person and person.id == link.person_id and not person.is_staff else None


def sign_in_by(link: MailLink) -> Person | None:
    """Use a link up, and all others of the same kind to the address; None when it is over."""
    person = person_of(link)
    if person is None or not use_up(link):
        return None
    db.session.execute(delete(MailLink).where(MailLink.email == link.email, MailLink.purpose == PURPOSE))
    take_in(person)
    record("used a sign-in link", person, f"person {person.id}")
    return person
