"""The first line of a ticket and of each of its mails: who owes what to whom by when, in the reader's words and zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..kit import clock
from ..kit.i18n import _, by_when, since
from .models import Ticket
from .promise import spent

NEAR = timedelta(hours=12)


@dataclass(frozen=True)
class FirstLine:
    """The sentence with its tone and icon.

    Attributes:
        due: when our answer is due; None while nothing runs.
        late: whether that is over.
        near: whether it comes so soon that people count the hours.
        percent: how much of the time is used up.
    """

    words: str
    tone: str
    icon: str
    due: datetime | None = None
    late: bool = False
    near: bool = False
    percent: int = 0


@dataclass(frozen=True)
class Due:
    """The time of a promise as a row shows it."""

    words: str
    late: bool


def first_line(ticket: Ticket, *, desk: bool = False, mail: bool = False) -> FirstLine:
    """Never empty, whatever the state.

    Args:
        desk: whether an agent reads; else the customer.
        mail: whether it stands in a mail, which may be read on another day.
    """
    if ticket.state == "waiting":
        return FirstLine(_customer_owes(ticket, desk=desk), "wait", "message-question")
    if ticket.due_at is None:
        return _nothing_owed(ticket)
    now = clock.now()
    late, when = now > ticket.due_at, by_when(ticket.due_at, lasting=mail)
    words = _late_words(ticket, when, desk=desk) if late else _due_words(ticket, when, desk=desk)
    tone, icon = ("bad", "alert-circle") if late else ("", "clock")
    near = not late and ticket.due_at - now <= NEAR
    return FirstLine(words, tone, icon, ticket.due_at, late, near, spent(ticket, now))


def _customer_owes(ticket: Ticket, *, desk: bool) -> str:
    needed = ticket.needed or _("an answer to our last question")
    if desk:
        return _("%(name)s owes us: %(needed)s", name=ticket.requester.shown, needed=needed)
    return _("You owe us: %(needed)s", needed=needed)


def _due_words(ticket: Ticket, when: str, *, desk: bool) -> str:
    if desk:
        return _("We owe %(name)s an answer by %(when)s", name=ticket.requester.shown, when=when)
    return _("We owe you an answer by %(when)s", when=when)


def _late_words(ticket: Ticket, when: str, *, desk: bool) -> str:
    if desk:
        name = ticket.requester.shown
        return _("We are late: %(name)s should have had an answer by %(when)s", name=name, when=when)
    return _("We are late: you should have had an answer by %(when)s", when=when)


def _nothing_owed(ticket: Ticket) -> FirstLine:
    if ticket.is_open:
        return FirstLine(_("Nothing is owed: no answer is wanted"), "rest", "circle-minus")
    if ticket.is_withdrawn:
        return FirstLine(_("Nothing is owed: it was withdrawn"), "rest", "circle-minus")
    if ticket.state == "closed":
        return FirstLine(_("Nothing is owed: it was solved and is closed"), "rest", "circle-minus")
    return FirstLine(_("Nothing is owed: it is solved"), "good", "circle-check")


def due_of(ticket: Ticket) -> Due | None:
    """The time of our answer for a row of the desk; None when none is promised."""
    if ticket.due_at is None:
        return None
    if clock.now() > ticket.due_at:
        return Due(_("%(time)s late", time=since(ticket.due_at)), late=True)
    return Due(by_when(ticket.due_at, short=True), late=False)
