"""The clock of a ticket: which answer we owe, since when it is counted, by when it is due, and what was paused.

Who owes follows from the state: we while it is with us, the customer while it waits, nobody once it is solved. So each
ticket that is with us, and no other, has a `due_at`; but for feedback whose sender wants no answer. What counts is what the field means by first reply time and next
reply time (Zendesk's metrics): the first clock runs from the opening to our first public answer, the next one from the
customer's oldest words without an answer to our next public one; more words do not put it off. Two rules are ours:
- An answer that leaves the ticket with us begins a next clock at that answer (Zendesk calls this the periodic update),
  for a customer who reads "with us" is to know until when; nobody forgets a ticket that says "I will look into it".
- What was promised stays when the settings change: a clock is counted anew only when it goes on or the priority changes.
"""

from datetime import datetime, timedelta

from ..kit.calendar import NOTHING, the_calendar
from ..kit.company import the_company
from .models import Ticket
from .wording import WITH_US


def _begin(ticket: Ticket, answer: str, at: datetime) -> None:
    ticket.owed_answer, ticket.owed_since = answer, at
    ticket.paused_at, ticket.paused_seconds = None, 0
    _reckon(ticket)


def begin(ticket: Ticket, at: datetime) -> None:
    """A new ticket: we owe a first answer."""
    if not ticket.reach:
        _begin(ticket, "first", at)


def stop(ticket: Ticket) -> None:
    """We answered, or nothing is owed any more."""
    ticket.owed_answer = ticket.owed_since = ticket.paused_at = ticket.due_at = None
    ticket.paused_seconds = 0


def follow_state(ticket: Ticket, at: datetime) -> None:
    """Bring the clock in line with the state; a second time changes nothing.

    With us it runs: on with what was left, or anew. While it waits it stands still. Solved or closed, it is over.
    """
    if ticket.state in WITH_US:
        ticket.needed = ""
        if ticket.owed_answer is None:
            if not ticket.reach:
                _begin(ticket, "next", at)
        elif ticket.paused_at is not None:
            worked = the_calendar().between(ticket.paused_at, at)
            ticket.paused_seconds += round(worked.total_seconds())
            ticket.paused_at = None
            _reckon(ticket)
    elif ticket.state == "waiting":
        if ticket.owed_answer is not None and ticket.paused_at is None:
            ticket.paused_at, ticket.due_at = at, None
    else:
        ticket.needed = ""
        stop(ticket)


def follow_priority(ticket: Ticket) -> None:
    """Count again with the priority's hours, from the same start and with the same pauses."""
    if ticket.due_at is not None:
        _reckon(ticket)


def _granted(ticket: Ticket) -> timedelta:
    """What the answer may take, and with it all pauses, as working time."""
    allowed = the_company().answer_hours.meaning[ticket.priority]
    hours = allowed.first if ticket.owed_answer == "first" else allowed.next
    return timedelta(hours=hours, seconds=ticket.paused_seconds)


def _reckon(ticket: Ticket) -> None:
    if ticket.owed_since is not None:
        ticket.due_at = the_calendar().add(ticket.owed_since, _granted(ticket))


def spent(ticket: Ticket, now: datetime) -> int:
    """How much of the time to a promised answer is used up, in percent; for a ticket that has `due_at`."""
    if ticket.owed_since is None or ticket.due_at is None or now >= ticket.due_at:
        return 100
    calendar, pauses = the_calendar(), timedelta(seconds=ticket.paused_seconds)
    whole = calendar.between(ticket.owed_since, ticket.due_at) - pauses
    used = max(calendar.between(ticket.owed_since, now) - pauses, NOTHING)
    return round(100 * (used / whole)) if whole else 100
