"""Verbs of requests that come without an account: from visitors, whose address is asked by mail, and from callers."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ..extensions import db
from ..kit import clock, codes
from ..legal.actions import agreed_by
from ..outbox.actions import enqueue
from ..people.access import visible_teams
from ..people.actions import know
from ..people.models import Person
from ..people.permissions import Permission
from . import guests
from .actions import Words, add_event, first_team, index_anew, mail_about, open_ticket, tell
from .models import Ticket, TicketEvent

CONFIRM_LIFE = timedelta(days=14)


@dataclass(frozen=True)
class Visitor:
    """Who asks, as the form says."""

    name: str
    email: str
    language: str


def ask_as_visitor(
    subject: str, words: Words, visitor: Visitor, kind: str, *, odd: bool, **more: Any
) -> Ticket:
    """A visitor's request: the desk sees it at once; its own sender only once the address is confirmed.

    Args:
        subject, words, kind: what is asked.
        visitor: who says that it is theirs; without an address there is nothing to confirm.
        odd: whether a machine may have sent it: then somebody looks at it before we write to that address.
        more: as for open_ticket().
    """
    person = know(visitor.email or None, visitor.name, visitor.language)
    gate = "held" if odd or not person.active else "unconfirmed" if person.email else ""
    ticket = open_ticket(subject, words, person, kind=kind, gate=gate, **more)
    db.session.flush()
    if gate == "unconfirmed":
        _ask_to_confirm(ticket)
    return ticket


def _ask_to_confirm(ticket: Ticket) -> None:
    until = (clock.now() + CONFIRM_LIFE).isoformat()
    enqueue("tickets.confirm", {"ticket": ticket.id, "until": until}, lane=f"ticket-{ticket.id}")


def let_through(ticket: Ticket, by: Person) -> None:
    """Somebody looked: a person sent it. Now the address is asked; what has none is a request like others at once."""
    if ticket.gate != "held":
        return
    ticket.gate = "unconfirmed" if ticket.requester.email else ""
    add_event(ticket, "let-through", by, {}, public=False)
    if ticket.gate:
        _ask_to_confirm(ticket)
    else:
        _mail_what_was_said(ticket)
    tell(ticket, public=False)
    db.session.flush()


def confirm_request(ticket: Ticket) -> None:
    """The address is the sender's: the request is theirs from now on, and what was said meanwhile goes to them by mail."""
    if not ticket.gate:
        return
    person = ticket.requester
    ticket.gate = ""
    agreed_by(ticket.id, person)
    person.confirmed_at = person.confirmed_at or clock.now()
    add_event(ticket, "confirmed", person, {}, public=True)
    _mail_what_was_said(ticket)
    tell(ticket, public=True)


def _mail_what_was_said(ticket: Ticket) -> None:
    """It is a request like others from now on: its mails go out."""
    db.session.flush()
    said = db.session.scalars(
        select(TicketEvent)
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.public, TicketEvent.kind == "message")
        .order_by(TicketEvent.id)
    )
    for place, event in enumerate(said):
        mail_about(event, "answered" if event.by_staff else "customer_wrote" if place else "received")
    index_anew(ticket)


def open_for_caller(subject: str, words: Words, caller: Person, by: Person, kind: str) -> tuple[Ticket, str]:
    """An agent writes down what a caller asks; returns the ticket and the code to read out.

    It comes to the team that takes this kind, or to one of the agent's own when that one's requests are not theirs to
    read: they are on the phone about it.
    """
    team = first_team(kind)
    if not by.may(Permission.READ, team.id):
        team = db.session.scalar(visible_teams(by, Permission.ANSWER).limit(1)) or team
    ticket = open_ticket(subject, words, caller, kind=kind, told_to=by, team=team)
    return ticket, replace_code(ticket, by)


def replace_code(ticket: Ticket, by: Person) -> str:
    """A new code for a request, made by an agent; the one before opens it no more."""
    code = codes.new_code()
    ticket.code_digest = guests.digest_of(ticket.number, code)
    ticket.code_at, ticket.code_by_id = clock.now(), by.id
    return code
