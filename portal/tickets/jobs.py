"""What the worker does for tickets: index them, write the mails, close what was solved a week ago."""

from typing import Any

from sqlalchemy.orm import joinedload

from ..extensions import db
from ..mail.actions import send
from ..notifications.letters import compose_of
from ..notifications.queries import wants_mail
from ..outbox.actions import enqueue
from ..people.access import agents_of
from ..people.models import Person
from ..people.permissions import Permission
from . import fulltext
from .actions import close_solved
from .models import Ticket, TicketEvent
from .notices import LETTERS, tell


def index(payload: dict[str, Any]) -> None:
    fulltext.put(payload["ticket"])


def _desk_readers(ticket: Ticket) -> list[Person]:
    """Who of the desk hears of a customer's words: who looks after the ticket, else the whole team."""
    if ticket.assignee and ticket.assignee.active and ticket.assignee.may(Permission.ANSWER, ticket.team_id):
        return [ticket.assignee]
    return list(agents_of(ticket.team_id))


def mail(payload: dict[str, Any]) -> None:
    """Tell every reader of an event: a notice, and one job for each mail, so that one bad address holds up nobody else."""
    event = db.session.get(TicketEvent, payload["event"], options=[joinedload(TicketEvent.ticket)])
    if event is None or not event.public:
        return
    ticket, template = event.ticket, payload["template"]
    letters = [(ticket.requester, template)]
    if template in ("received", "customer_wrote"):
        letters = [(person, "customer_wrote") for person in _desk_readers(ticket)]
        letters += [(ticket.requester, "received")] if template == "received" else []
    for person, name in letters:
        if person.active and not (name == "customer_wrote" and person.id == event.actor_id):
            first = template == "received" and name == "customer_wrote"
            tell(person, "asked" if first else name, event)
            if name not in LETTERS:
                continue
            values = {"event": event.id, "person": person.id, "template": name}
            key = f"mail:{event.id}:{name}:{person.id}"
            enqueue("tickets.letter", values, key=key, lane=f"ticket-{ticket.id}-{person.id}")


def letter(payload: dict[str, Any]) -> None:
    """One mail to one reader, with rights asked again: a note or a ticket that is no longer theirs is not sent."""
    person = db.session.get(Person, payload["person"])
    event = db.session.get(TicketEvent, payload["event"], options=[joinedload(TicketEvent.ticket)])
    if person is None or event is None or not event.public or not person.active:
        return
    ticket = event.ticket
    own = person.id == ticket.requester_id
    if not own and not person.may(Permission.READ, ticket.team_id):
        return
    group = LETTERS[payload["template"]]
    if not wants_mail(person.id, group):
        return
    path = f"/tickets/{ticket.number}" if own else f"/desk/tickets/{ticket.number}"
    values = {"ticket": ticket, "event": event, "path": path, "called": person.shown, "own": own}
    draft = compose_of(group, payload["template"], person, **values)
    send(draft, payload["job"])


def close(_payload: dict[str, Any]) -> None:
    close_solved()


HANDLERS = {
    "tickets.index": index,
    "tickets.mail": mail,
    "tickets.letter": letter,
    "tickets.close": close,
}
PERIODIC = {"tickets.close": 900}
