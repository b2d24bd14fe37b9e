"""Verbs of those who asked, on what they said: change it, take it back, withdraw it, go on after the end, say how it was."""

from datetime import timedelta

from sqlalchemy import select

from ..extensions import db
from ..kit import clock
from ..kit.markdown import excerpt, render_markdown
from ..outbox.actions import let_go
from ..people.models import Person
from .actions import Words, add_event, index_anew, open_ticket, set_state, tell
from .models import Rating, Ticket, TicketEvent

CHANGEABLE = timedelta(minutes=5)
REOPENS = timedelta(days=14)  # after closing; later words begin a new request that is linked


def is_changeable(ticket: Ticket, event: TicketEvent, person: Person) -> bool:
    """Whether a person may still change or take back words: own, public, five minutes young, and read by no agent."""
    own = event.kind == "message" and event.actor_id == person.id and not event.by_staff
    return own and event.id > ticket.read_to and clock.now() - event.at < CHANGEABLE


def is_first(ticket: Ticket, event: TicketEvent) -> bool:
    """Whether these are the words that the request began with."""
    earlier = select(TicketEvent.id).where(TicketEvent.ticket_id == ticket.id, TicketEvent.id < event.id)
    return db.session.scalar(earlier.limit(1)) is None


def edit(ticket: Ticket, event: TicketEvent, body: str) -> None:
    """Say it better."""
    event.body, event.html, event.edited_at = body, render_markdown(body), clock.now()
    _reread(ticket)


def take_back(ticket: Ticket, event: TicketEvent) -> None:
    """Words that were sent too early leave a line that says so, and nothing of themselves."""
    event.kind, event.body, event.html, event.data = "unsaid", None, None, {}
    let_go(file.key for file in event.files)
    for file in list(event.files):
        db.session.delete(file)
    _reread(ticket)


def _reread(ticket: Ticket) -> None:
    db.session.flush()
    newest = db.session.scalar(
        select(TicketEvent)
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.public, TicketEvent.kind == "message")
        .order_by(TicketEvent.id.desc())
    )
    ticket.last_words = excerpt(newest.body or "", 160) if newest else ""
    ticket.last_by_id = newest.actor_id if newest else None
    index_anew(ticket)
    tell(ticket, public=True)


def withdraw(ticket: Ticket, by: Person) -> None:
    """The request is not needed any more."""
    set_state(ticket, "closed", by, staff=False)


def is_over(ticket: Ticket) -> bool:
    """Whether a request was closed so long ago that words about it begin a new one."""
    return ticket.closed_at is not None and clock.now() - ticket.closed_at > REOPENS


def follow_up(ticket: Ticket, words: Words, by: Person) -> Ticket:
    """A new request about what was closed long ago, linked to it, in the same team's hands."""
    return open_ticket(ticket.title, words, by, kind=ticket.kind, team=ticket.team, follows=ticket)


def rating_of(ticket: Ticket) -> Rating | None:
    """What the requester said of it."""
    return db.session.scalar(select(Rating).where(Rating.ticket_id == ticket.id))


def rate(ticket: Ticket, by: Person, score: int, comment: str) -> Rating:
    """Say how it was, from 1 to 5; said again, the last word counts."""
    rating = rating_of(ticket)
    if rating is None:
        rating = Rating(ticket_id=ticket.id, person_id=by.id, agent_id=ticket.assignee_id)
        db.session.add(rating)
    if rating.score != score:
        add_event(ticket, "rated", by, {"score": score}, public=True)
    rating.score, rating.comment, rating.at = score, comment, clock.now()
    tell(ticket, public=True)
    db.session.flush()
    db.session.expire(ticket, ["rating"])
    return rating
