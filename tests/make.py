"""Makers: a test names only what it is about."""

from argon2 import PasswordHasher

from portal.extensions import db
from portal.people.models import Person, Team
from portal.tickets.actions import Words, assign, note, open_ticket, reply, set_state
from portal.tickets.models import Ticket, TicketEvent

PASSWORD = "demo-portal-2026"
PASSWORD_HASH = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)


def make_ticket(
    by: Person, subject: str = "The light is orange", body: str = "It blinks.", **more: str
) -> Ticket:
    """A new request of a person; `team` names its team, `state` what it is then set to."""
    team = db.session.query(Team).filter_by(name=more["team"]).one() if "team" in more else None
    ticket = open_ticket(subject, Words(body), by, team=team, priority=more.get("priority", "normal"))
    if "state" in more:
        set_state(ticket, more["state"], None)
    db.session.commit()
    return ticket


def make_answer(
    ticket: Ticket, by: Person, body: str = "Press it for ten seconds.", then: str = "waiting"
) -> TicketEvent:
    """An agent's answer, or the customer's own words."""
    event = reply(ticket, Words(body), by, then=then)
    db.session.commit()
    return event


def make_note(ticket: Ticket, by: Person, body: str = "Known fault, see the firmware list.") -> TicketEvent:
    """An internal note."""
    event = note(ticket, Words(body), by)
    db.session.commit()
    return event


def take(ticket: Ticket, by: Person) -> None:
    """An agent takes a ticket."""
    assign(ticket, by, by)
    db.session.commit()
