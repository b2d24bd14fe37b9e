"""What people are told of requests under the bell, and which class of mail each letter belongs to."""

from typing import Any

from markupsafe import Markup

from ..extensions import db
from ..kit.i18n import _
from ..notifications.actions import News, notify
from ..notifications.wording import ANSWER, STATE, Kind, filled, strong
from ..people.models import Person
from .models import Ticket, TicketEvent
from .wording import STATES, name_in


def _answered(data: dict[str, Any]) -> Markup:
    return filled(_("%(who)s answered “%(subject)s”"), **_values(data))


def _asked(data: dict[str, Any]) -> Markup:
    return filled(_("%(who)s asks: “%(subject)s”"), **_values(data))


def _wrote(data: dict[str, Any]) -> Markup:
    return filled(_("%(who)s wrote in “%(subject)s”"), **_values(data))


def _solved(data: dict[str, Any]) -> Markup:
    return filled(_("%(who)s thinks that “%(subject)s” is solved"), **_values(data))


def _moved(data: dict[str, Any]) -> Markup:
    return filled(
        _("“%(subject)s”: %(state)s"), subject=data["subject"], state=str(STATES[data["to"]].customer.word)
    )


def _handed(data: dict[str, Any]) -> Markup:
    return filled(_("%(who)s handed “%(subject)s” to you"), **_values(data))


def _values(data: dict[str, Any]) -> dict[str, str]:
    return {"who": strong(name_in(data, "who")), "subject": data["subject"]}


def _added(data: dict[str, Any]) -> Markup:
    return filled(_("%(who)s added you to “%(subject)s”"), **_values(data))


ADDED = Kind("added", STATE, "user-plus", _added)
HANDED = Kind("handed", STATE, "user-check", _handed)
# By the name of the letter that tells the same; "asked" is its first one, and "moved" stands under the bell alone.
KINDS = {
    "asked": Kind("asked", ANSWER, "message-question", _asked),
    "answered": Kind("answered", ANSWER, "messages", _answered, "#newest"),
    "customer_wrote": Kind("wrote", ANSWER, "messages", _wrote, "#newest"),
    "solved": Kind("solved", STATE, "circle-check", _solved, "#newest"),
    "moved": Kind("moved", STATE, "progress", _moved, "#newest"),
    "needed": Kind("needed", STATE, "message-question", _moved, "#newest"),
}
LETTERS = {
    "answered": ANSWER,
    "customer_wrote": ANSWER,
    "received": STATE,
    "made": STATE,
    "solved": STATE,
    "needed": STATE,
}
FIRST = ("received", "made")  # about the words that a request begins with: those sent here, or said elsewhere


DESK = ("asked", "customer_wrote")  # what the desk is told; all else is told to who asked and who follows


def _data(ticket: Ticket, by: Person | None, *, us: bool) -> dict[str, Any]:
    who, initials = (by.shown, by.initials) if by else ("", "")
    return {"who": who, "initials": initials, "us": us, "subject": ticket.title}


def own_act(person: Person, event: TicketEvent) -> bool:
    """Whether a person did it, or wrote down at the desk what somebody said."""
    return person.id in (event.actor_id, event.data.get("told_to_id"), event.data.get("made_by_id"))


def tell(person: Person, name: str, event: TicketEvent) -> None:
    """Tell a reader of an event what the letter `name` tells; nothing of what was their own act."""
    if name not in KINDS or not event.public or own_act(person, event):
        return
    ticket = event.ticket
    data = _data(ticket, event.actor, us=event.by_staff)
    if "to" in event.data:
        data["to"] = event.data["to"]
    address = f"/desk/tickets/{ticket.number}" if name in DESK else f"/tickets/{ticket.number}"
    about = ("ticket", ticket.id)
    notify(person, KINDS[name], News(str(event.id), address, data, about, event.at))


def tell_added(person: Person, ticket: Ticket, event: TicketEvent, by: Person) -> None:
    """Somebody else let a person follow a request."""
    if person.id != by.id:
        db.session.flush()  # the event has its number
        about = ("ticket", ticket.id)
        notify(
            person,
            ADDED,
            News(str(event.id), f"/tickets/{ticket.number}", _data(ticket, by, us=False), about),
        )


def tell_handed(person: Person, ticket: Ticket, event: TicketEvent, by: Person) -> None:
    """Somebody else gave a person a ticket to look after."""
    if person.id != by.id:
        db.session.flush()  # the event has its number
        news = News(
            str(event.id), f"/desk/tickets/{ticket.number}", _data(ticket, by, us=True), ("ticket", ticket.id)
        )
        notify(person, HANDED, news)
