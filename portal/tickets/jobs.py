"""What the worker does for tickets: index them, write the mails, tell what is late, close what was solved, forget."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import joinedload

from ..accounts.actions import make_link
from ..extensions import db
from ..mail.actions import send
from ..mail.compose import About, as_name, compose, compose_to
from ..mail.threads import Thread
from ..notifications.letters import compose_of
from ..notifications.queries import wants_mail
from ..outbox.actions import enqueue
from ..people.access import agents_of
from ..people.models import Person
from ..people.permissions import Permission
from . import fulltext
from .actions import LOOKS_EVERY, close_solved, tell_late
from .following import followers_of
from .guests import link_path
from .models import Ticket, TicketEvent
from .notices import FIRST, LETTERS, own_act, tell
from .privacy import sweep
from .wording import FACES


def index(payload: dict[str, Any]) -> None:
    fulltext.put(payload["ticket"])


def _desk_readers(ticket: Ticket) -> list[Person]:
    """Who of the desk hears of a customer's words: who looks after the ticket, else the whole team."""
    if ticket.assignee and ticket.assignee.active and ticket.assignee.may(Permission.ANSWER, ticket.team_id):
        return [ticket.assignee]
    return list(agents_of(ticket.team_id))


def _customers_side(ticket: Ticket) -> list[Person]:
    return [ticket.requester, *followers_of(ticket)]


def _letters(ticket: Ticket, template: str) -> list[tuple[Person, str]]:
    """Who gets which letter about an event: the desk about words of the customer's side, and that side about all."""
    if template not in (*FIRST, "customer_wrote"):
        return [(person, template) for person in _customers_side(ticket)]
    letters = [(person, "customer_wrote") for person in _desk_readers(ticket)]
    if template in FIRST:
        return [*letters, (ticket.requester, template)]
    return [*letters, *((person, "answered") for person in _customers_side(ticket))]


def mail(payload: dict[str, Any]) -> None:
    """Tell every reader of an event: a notice, and one job for each mail, so that one bad address holds up nobody else."""
    event = db.session.get(TicketEvent, payload["event"], options=[joinedload(TicketEvent.ticket)])
    if event is None or not event.public or event.is_erased or event.ticket.gate:
        return
    ticket, template = event.ticket, payload["template"]
    for person, name in _letters(ticket, template):
        if person.active and (name in FIRST or not own_act(person, event)):
            first = template in FIRST and name == "customer_wrote"
            tell(person, "asked" if first else name, event)
            unwanted = ticket.reach and person.id == ticket.requester_id
            if name not in LETTERS or not person.email or unwanted:
                continue
            values = {"event": event.id, "person": person.id, "template": name}
            key = f"mail:{event.id}:{name}:{person.id}"
            enqueue("tickets.letter", values, key=key, lane=f"ticket-{ticket.id}-{person.id}")


def letter(payload: dict[str, Any]) -> None:
    """One mail to one reader, with rights asked again: what is no longer theirs, or was taken back, is not sent."""
    person = db.session.get(Person, payload["person"])
    event = db.session.get(TicketEvent, payload["event"], options=[joinedload(TicketEvent.ticket)])
    if person is None or event is None or not event.public or not person.active or event.ticket.gate:
        return
    ticket, template = event.ticket, payload["template"]
    if event.kind == "unsaid" or event.is_erased:
        return
    own = template != "customer_wrote" and person in _customers_side(ticket)
    if not own and not person.may(Permission.READ, ticket.team_id):
        return
    group = LETTERS[template]
    if not wants_mail(person.id, group):
        return
    values = {"ticket": ticket, "event": event, "called": person.shown, "own": own}
    if own:
        values |= {"path": link_path(ticket, person), "faces": _faces(ticket, person, template)}
    else:
        values["path"] = f"/desk/tickets/{ticket.number}"
    about = About(Thread(ticket.id, person.id), event.id, template)
    # An answer is what a person wrote: all else a program says.
    draft = replace(
        compose_of(group, template, person, **values), about=about, automatic=template != "answered"
    )
    send(draft, payload["job"])


def _faces(ticket: Ticket, person: Person, template: str) -> list[tuple[Any, str]]:
    """With the news that it is solved: words of the five faces, each with the path of the page where it is chosen."""
    if template != "solved" or person.id != ticket.requester_id:
        return []
    return [(look.word, link_path(ticket, person, score=score)) for score, look in FACES.items()]


def confirm(payload: dict[str, Any]) -> None:
    """Ask the address that a visitor gave whether it is theirs; nothing in the mail is the sender's."""
    ticket = db.session.get(Ticket, payload["ticket"])
    if (
        ticket is None
        or ticket.gate != "unconfirmed"
        or not ticket.requester.email
        or not ticket.requester.active
    ):
        return
    email, language = ticket.requester.email, ticket.requester.language
    token = make_link("request", email, {"ticket": ticket.id}, None, payload["until"])
    path = f"/tickets/confirm/{token}"
    send(compose_to("confirm_request", email, language, path=path, number=ticket.number), payload["job"])


def invite(payload: dict[str, Any]) -> None:
    """Ask an address whether it wants to follow a request; nothing of the request is in the mail."""
    ticket, by = db.session.get(Ticket, payload["ticket"]), db.session.get(Person, payload["by"])
    if ticket is None or by is None:
        return
    values = {"ticket": ticket.id, "by": by.id}
    token = make_link("follow", payload["email"], values, None, payload["until"])
    path = f"/tickets/join/{token}"
    words = {"path": path, "by": as_name(by.shown, by.email or ""), "number": ticket.number}
    draft = compose_to("invited", payload["email"], by.language, **words)
    send(draft, payload["job"])


def link(payload: dict[str, Any]) -> None:
    """A new link to a request, for somebody who takes part in it."""
    ticket, person = db.session.get(Ticket, payload["ticket"]), db.session.get(Person, payload["person"])
    if ticket and person and person.active and person.email:
        values = {"ticket": ticket, "called": person.shown, "path": link_path(ticket, person)}
        send(compose("link", person, **values), payload["job"])


def close(_payload: dict[str, Any]) -> None:
    close_solved()


def late(_payload: dict[str, Any]) -> None:
    tell_late()


def squeeze(_payload: dict[str, Any]) -> None:
    """Press erased words out of the index, a little at a time: nobody waits long for the database."""
    if fulltext.squeeze():
        enqueue(fulltext.SQUEEZE, {})


HANDLERS = {
    fulltext.SQUEEZE: squeeze,
    "tickets.sweep": lambda _payload: sweep(),
    "tickets.index": index,
    "tickets.mail": mail,
    "tickets.letter": letter,
    "tickets.confirm": confirm,
    "tickets.invite": invite,
    "tickets.link": link,
    "tickets.close": close,
    "tickets.late": late,
}
SLOW = {fulltext.SQUEEZE}
PERIODIC = {"tickets.sweep": 3600, "tickets.close": 900, "tickets.late": int(LOOKS_EVERY.total_seconds())}
