"""Verbs of tickets: each changes rows, tells the story, and leaves mail, index and live updates to be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage

from ..extensions import db
from ..kit import clock
from ..kit.files import store
from ..kit.markdown import excerpt, render_markdown
from ..live.actions import publish
from ..outbox.actions import enqueue, insert_or_skip
from ..people.models import Membership, Person, Team
from .models import Attachment, Counter, Ticket, TicketEvent
from .notices import tell_handed

FIRST_NUMBER = 20_000
CLOSES_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Words:
    """What a person writes: markdown, and files as (safe name, content)."""

    body: str
    files: Sequence[tuple[str, FileStorage]] = ()


def _next_number() -> int:
    counted = (
        update(Counter)
        .where(Counter.name == "ticket")
        .values(value=Counter.value + 1)
        .returning(Counter.value)
    )
    number = db.session.execute(counted).scalar()
    if number is None:  # the first ticket of all
        db.session.execute(insert_or_skip(Counter).values(name="ticket", value=FIRST_NUMBER))
        number = db.session.execute(counted).scalar_one()
    return int(number)


def _tell(ticket: Ticket, *, public: bool) -> None:
    """Open windows hear of a change; a change that is not public is heard at the desk alone."""
    topics = [f"desk-ticket-{ticket.id}", f"team-{ticket.team_id}"]
    if public:
        topics += [f"ticket-{ticket.id}", f"person-{ticket.requester_id}"]
    publish(*topics)


def _event(
    ticket: Ticket, kind: str, by: Person | None, data: dict[str, Any], *, public: bool
) -> TicketEvent:
    event = TicketEvent(
        ticket=ticket, kind=kind, actor_id=by.id if by else None, public=public, data=data, at=clock.now()
    )
    db.session.add(event)
    ticket.touched_at = event.at
    if public:
        ticket.spoken_at = event.at
    return event


def _say(ticket: Ticket, words: Words, by: Person, *, public: bool) -> TicketEvent:
    data = {} if by.id == ticket.requester_id else {"team": ticket.team.name}
    event = _event(ticket, "message" if public else "note", by, data, public=public)
    event.body, event.html = words.body, render_markdown(words.body)
    for name, content in words.files:
        kept = store(name, content)
        event.files.append(Attachment(key=kept.key, name=kept.name, type=kept.type, size=kept.size))
    if public:
        ticket.last_words, ticket.last_by_id = excerpt(words.body, 160), by.id
    db.session.flush()
    enqueue("tickets.index", {"ticket": ticket.id})
    return event


def _mail(ticket: Ticket, event: TicketEvent, template: str) -> None:
    enqueue("tickets.mail", {"event": event.id, "template": template}, lane=f"ticket-{ticket.id}")


def _move(ticket: Ticket, state: str, by: Person | None) -> TicketEvent | None:
    if ticket.state == state:
        return None
    event = _event(ticket, "state", by, {"from": ticket.state, "to": state}, public=True)
    ticket.state = state
    ticket.solved_at = event.at if state == "solved" else ticket.solved_at if state == "closed" else None
    return event


def open_ticket(
    subject: str, words: Words, by: Person, *, team: Team | None = None, priority: str = "normal"
) -> Ticket:
    """A customer asks: a new ticket with a number of its own, in `team` or the default one."""
    team = team or db.session.scalars(select(Team).order_by(Team.is_default.desc(), Team.id)).first()
    organisation = db.session.scalar(select(Membership.organisation_id).where(Membership.person_id == by.id))
    moment = clock.now()
    ticket = Ticket(
        number=_next_number(),
        subject=subject,
        priority=priority,
        requester=by,
        requester_id=by.id,
        team=team,
        organisation_id=organisation,
        created_at=moment,
        state="new",
    )
    db.session.add(ticket)
    event = _say(ticket, words, by, public=True)
    _mail(ticket, event, "received")
    _tell(ticket, public=True)
    return ticket


def reply(ticket: Ticket, words: Words, by: Person, *, then: str | None = None) -> TicketEvent:
    """Words that both sides read.

    The customer's own words open the ticket again. An agent's words take a new ticket, and set the state `then`.
    """
    event = _say(ticket, words, by, public=True)
    if by.id == ticket.requester_id:
        if ticket.state != "new":
            _move(ticket, "open", by)
        _mail(ticket, event, "customer_wrote")
    else:
        if ticket.assignee_id is None:
            _assign(ticket, by, by)
        _move(ticket, then or "open", by)
        _mail(ticket, event, "answered")
    _tell(ticket, public=True)
    db.session.flush()
    return event


def note(ticket: Ticket, words: Words, by: Person) -> TicketEvent:
    """Words that only the desk reads: no mail, no topic that a customer hears, no change of what a customer sees."""
    event = _say(ticket, words, by, public=False)
    _tell(ticket, public=False)
    return event


def set_state(ticket: Ticket, state: str, by: Person | None) -> bool:
    """Move a ticket to a state; False when it is there already. The customer is told when the desk moves it."""
    event = _move(ticket, state, by)
    if event is None:
        return False
    db.session.flush()
    if by and by.id != ticket.requester_id:
        _mail(ticket, event, "solved" if state == "solved" else "moved")
    _tell(ticket, public=True)
    return True


def _assign(ticket: Ticket, person: Person | None, by: Person) -> None:
    if ticket.assignee_id == (person.id if person else None):
        return
    ticket.assignee, ticket.assignee_id = person, person.id if person else None
    data = {"id": person.id if person else None, "name": person.shown if person else "", "by": by.id}
    event = _event(ticket, "assignee", by, data, public=True)
    if person:
        tell_handed(person, ticket, event, by)


def assign(ticket: Ticket, person: Person | None, by: Person) -> None:
    """Hand a ticket to a person, or back to the team; a new ticket that somebody takes is open."""
    _assign(ticket, person, by)
    if person and ticket.state == "new":
        _move(ticket, "open", by)
    _tell(ticket, public=True)
    db.session.flush()


def set_priority(ticket: Ticket, priority: str, by: Person) -> None:
    """Change how urgent it is for us; the customer is not told."""
    if ticket.priority == priority:
        return
    _event(ticket, "priority", by, {"from": ticket.priority, "to": priority}, public=False)
    ticket.priority = priority
    _tell(ticket, public=False)
    db.session.flush()


def set_team(ticket: Ticket, team: Team, by: Person) -> None:
    """Hand a ticket to another team; whoever looked after it there does so no more."""
    if ticket.team_id == team.id:
        return
    publish(f"team-{ticket.team_id}")
    ticket.team, ticket.team_id = team, team.id
    if ticket.assignee and not ticket.assignee.may("tickets.answer", team.id):
        ticket.assignee, ticket.assignee_id = None, None
    _event(ticket, "team", by, {"name": team.name}, public=True)
    enqueue("tickets.index", {"ticket": ticket.id})
    _tell(ticket, public=True)
    db.session.flush()


def close_solved() -> int:
    """Close what was solved a week ago and not written to since; returns how many."""
    tickets = db.session.scalars(
        select(Ticket)
        .where(Ticket.state == "solved", Ticket.solved_at <= clock.now() - CLOSES_AFTER)
        .limit(500)
        .with_for_update()  # a customer who writes at this moment opens it again, before or after
    ).all()
    for ticket in tickets:
        set_state(ticket, "closed", None)
    return len(tickets)
