"""What people are told under the bell when one thing becomes another."""

from typing import Any

from markupsafe import Markup

from ..kit.i18n import _
from ..notifications.actions import News, notify
from ..notifications.wording import ANSWER, STATE, Kind, filled, strong
from ..people.models import Person
from ..tickets.models import Ticket
from ..tickets.wording import name_in


def _values(data: dict[str, Any]) -> dict[str, str]:
    return {"who": strong(name_in(data, "who")), "subject": data["subject"]}


def _made(data: dict[str, Any]) -> Markup:
    return filled(
        _("%(who)s made a request of your topic “%(subject)s”: only you and we read it"), **_values(data)
    )


def _asked(data: dict[str, Any]) -> Markup:
    return filled(
        _("%(who)s asks whether others may read question and answer of “%(subject)s”"), **_values(data)
    )


def _agreed(data: dict[str, Any]) -> Markup:
    return filled(_("%(who)s agreed: “%(subject)s” is a topic in the community now"), **_values(data))


def _declined(data: dict[str, Any]) -> Markup:
    return filled(_("%(who)s does not want others to read “%(subject)s”"), **_values(data))


MADE = Kind("made", STATE, "messages", _made)
ASKED = Kind("proposed", ANSWER, "message-question", _asked)
AGREED = Kind("agreed", STATE, "circle-check", _agreed)
DECLINED = Kind("declined", STATE, "circle-minus", _declined)
KINDS = (MADE, ASKED, AGREED, DECLINED)


def tell(person: Person, kind: Kind, ticket: Ticket, by: Person, address: str) -> None:
    """Tell a reader of a request what became of it, or what they are asked."""
    if person.id == by.id or not person.active:
        return
    data = {
        "who": by.shown,
        "initials": by.initials,
        "us": by.id != ticket.requester_id,
        "subject": ticket.title,
    }
    notify(person, kind, News(address, address, data, ("ticket", ticket.id)))
