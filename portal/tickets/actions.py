"""Verbs of tickets: each changes rows, tells the story, and leaves mail, index and live updates to be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update
from werkzeug.datastructures import FileStorage

from ..extensions import db
from ..kit import clock
from ..kit.files import store
from ..kit.markdown import render_message
from ..kit.rows import insert_or_skip, table_of
from ..live.actions import publish
from ..outbox.actions import Work, enqueue_all
from ..people.models import Person, Team
from . import promise
from .models import Attachment, Counter, Ticket, TicketEvent
from .notices import tell_handed

FIRST_NUMBER = 20_000
CLOSES_AFTER = timedelta(days=7)
LOOKS_EVERY = timedelta(minutes=1)  # after answers that became late

# What each new request asks, built once.
_NUMBERS = table_of(Counter).c
_COUNTED = (
    update(table_of(Counter))
    .where(_NUMBERS.name == "ticket")
    .values(value=_NUMBERS.value + 1)
    .returning(_NUMBERS.value)
)
_TEAMS = select(Team).order_by(Team.is_default.desc(), Team.id)


@dataclass(frozen=True)
class Words:
    """What a person writes: markdown, and files as (safe name, content)."""

    body: str
    files: Sequence[tuple[str, FileStorage]] = ()


def _next_number() -> int:
    number = db.session.execute(_COUNTED).scalar()
    if number is None:  # the first ticket of all
        db.session.execute(insert_or_skip(Counter), {"name": "ticket", "value": FIRST_NUMBER})
        number = db.session.execute(_COUNTED).scalar_one()
    return int(number)


def tell(ticket: Ticket, *, public: bool) -> None:
    """Open windows hear of a change; a change that is not public is heard at the desk alone."""
    topics = [f"desk-ticket-{ticket.id}", f"team-{ticket.team_id}"]
    if public and not ticket.gate:
        topics += [f"ticket-{ticket.id}", f"person-{ticket.requester_id}"]
    publish(*topics)


def add_event(
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


def index_anew(ticket: Ticket, *more: Work) -> None:
    """What is said in it, or who may read it, changed: the desk's search and the customers' learn of it, and `more` is done."""
    enqueue_all(
        Work("tickets.index", {"ticket": ticket.id}),
        Work("search.index", {"tickets": [ticket.id]}, lane="search"),
        *more,
    )


def _say(  # noqa: PLR0913 -- who says what where, who reads it and how they hear of it
    ticket: Ticket, words: Words, by: Person, *, public: bool, staff: bool, mail: str = ""
) -> TicketEvent:
    """Add a message or note; `mail` is the template by which others hear of it."""
    data = {"team": ticket.team.name} if staff else {}
    event = add_event(ticket, "message" if public else "note", by, data, public=public)
    event.body, (event.html, first_words) = words.body, render_message(words.body)
    for name, content in words.files:
        kept = store(name, content)
        event.files.append(Attachment(key=kept.key, name=kept.name, type=kept.type, size=kept.size))
    if public:
        ticket.last_words, ticket.last_by_id = first_words, by.id
    db.session.flush()
    index_anew(ticket, *([_mail_about(event, mail)] if mail else []))
    return event


def _mail_about(event: TicketEvent, template: str) -> Work:
    return Work("tickets.mail", {"event": event.id, "template": template}, lane=f"ticket-{event.ticket_id}")


def mail_about(event: TicketEvent, template: str) -> None:
    """Have the others hear of an event."""
    enqueue_all(_mail_about(event, template))


def _move(
    ticket: Ticket, state: str, by: Person | None, *, staff: bool, needed: str | None = None
) -> TicketEvent | None:
    """Set the state and, for one that waits, what the customer owes; None when both are so already."""
    needed = needed if state == "waiting" else None
    if ticket.state == state and needed in (None, ticket.needed):
        return None
    data = {"from": ticket.state, "to": state} | ({"needed": needed} if needed else {})
    data |= {"team": ticket.team.name} if staff else {}
    event = add_event(ticket, "state", by, data, public=True)
    ticket.state = state
    ticket.needed = ticket.needed if needed is None else needed
    by_us = staff or by is None
    settled = state == "solved" or (state == "closed" and by_us and ticket.solved_at is None)
    ticket.solved_at = event.at if settled else ticket.solved_at if state == "closed" else None
    ticket.closed_at = event.at if state == "closed" else None
    promise.follow_state(ticket, event.at)
    if "closed" in (data["from"], state):
        index_anew(ticket)  # what was withdrawn is found no more, until it is opened again
    return event


def first_team(kind: str) -> Team:
    """The team that requests of a kind come to, else the default one."""
    teams = db.session.scalars(_TEAMS).all()
    return next((team for team in teams if kind in team.kinds), teams[0])


def open_ticket(
    subject: str, words: Words, by: Person, *, kind: str = "question", gate: str = "", **more: Any
) -> Ticket:
    """Somebody asks: a new ticket with a number of its own.

    Args:
        subject, words: what they say.
        by: who asks.
        kind: one of KINDS; it decides the team, unless that is named.
        gate: of GATES, for a visitor's request.
        more: `team`, `priority`, `reach`, `follows` (the earlier ticket), `told_to`, the agent who wrote down what a caller
            said, and `made_by`, the agent who made it of what somebody had said elsewhere.
    """
    team = more.get("team") or first_team(kind)
    moment, follows = clock.now(), more.get("follows")
    ticket = Ticket(
        number=_next_number(),
        subject=subject,
        kind=kind,
        gate=gate,
        priority=more.get("priority", "normal"),
        reach=more.get("reach", ""),
        follows_id=follows.id if follows else None,
        requester=by,
        requester_id=by.id,
        team=team,
        team_id=team.id,
        organisation_id=min((organisation for organisation, _manages in by.homes), default=None),
        created_at=moment,
        state="new",
        needed="",
    )
    promise.begin(ticket, moment)
    db.session.add(ticket)
    mail = "" if gate else "made" if more.get("made_by") else "received"
    event = _say(ticket, words, by, public=True, staff=False, mail=mail)
    if more.get("told_to"):
        event.data = {"told_to": more["told_to"].shown, "told_to_id": more["told_to"].id}
    if more.get("made_by"):
        event.data = {"made_by_id": more["made_by"].id}
    tell(ticket, public=True)
    return ticket


def reply(  # noqa: PLR0913 -- who says what where, and three things that an agent's words may settle
    ticket: Ticket,
    words: Words,
    by: Person,
    *,
    then: str | None = None,
    needed: str = "",
    staff: bool | None = None,
) -> TicketEvent:
    """Words that both sides read.

    Words of the customer's side open the ticket again. An agent's words take a new ticket, keep what we promised, and
    set the state `then`.

    Args:
        ticket, words, by: who says what where.
        then: the state that an agent's words leave it in.
        needed: if that is to wait, for what; without it, what was said before stays.
        staff: whether they are the desk's words; unless said, those of everybody but the requester are.
    """
    staff = by.id != ticket.requester_id if staff is None else staff
    event = _say(ticket, words, by, public=True, staff=staff, mail="answered" if staff else "customer_wrote")
    if staff:
        if ticket.assignee_id is None:
            _assign(ticket, by, by)
        promise.stop(ticket)
        _move(ticket, then or "open", by, staff=True, needed=needed or None)
        promise.follow_state(ticket, event.at)
        ticket.read_to = event.id  # what was answered can no longer be changed by its writer
    elif ticket.state != "new":
        _move(ticket, "open", by, staff=False)
    tell(ticket, public=True)
    db.session.flush()
    return event


def note(ticket: Ticket, words: Words, by: Person) -> TicketEvent:
    """Words that only the desk reads: no mail, no topic that a customer hears, no change of what a customer sees."""
    event = _say(ticket, words, by, public=False, staff=True)
    tell(ticket, public=False)
    return event


def set_state(
    ticket: Ticket, state: str, by: Person | None, *, needed: str | None = None, staff: bool | None = None
) -> bool:
    """Move a ticket to a state; False when it is there already.

    The customer is told when the desk moves it, by mail when it is solved, or waits and says for what: `needed`, which
    replaces what was said before (None leaves that).
    """
    staff = (by is not None and by.id != ticket.requester_id) if staff is None else staff
    event = _move(ticket, state, by, staff=staff, needed=needed)
    if event is None:
        return False
    db.session.flush()
    if staff:
        news = "solved" if state == "solved" else "needed" if event.data.get("needed") else "moved"
        mail_about(event, news)
    tell(ticket, public=True)
    return True


def _assign(ticket: Ticket, person: Person | None, by: Person) -> None:
    if ticket.assignee_id == (person.id if person else None):
        return
    ticket.assignee, ticket.assignee_id = person, person.id if person else None
    data = {"id": person.id if person else None, "name": person.shown if person else "", "by": by.id}
    event = add_event(ticket, "assignee", by, data, public=True)
    if person:
        tell_handed(person, ticket, event, by)


def assign(ticket: Ticket, person: Person | None, by: Person) -> None:
    """Hand a ticket to a person, or back to the team; a new ticket that somebody takes is open."""
    _assign(ticket, person, by)
    if person and ticket.state == "new":
        _move(ticket, "open", by, staff=True)
    tell(ticket, public=True)
    db.session.flush()


def set_priority(ticket: Ticket, priority: str, by: Person) -> None:
    """Change how urgent it is for us; the customer is not told."""
    if ticket.priority == priority:
        return
    add_event(ticket, "priority", by, {"from": ticket.priority, "to": priority}, public=False)
    ticket.priority = priority
    promise.follow_priority(ticket)
    tell(ticket, public=True)  # by when the customer is answered may have changed
    db.session.flush()


def set_kind(ticket: Ticket, kind: str, by: Person) -> None:
    """Say what kind of request it is; the team stays."""
    if ticket.kind == kind:
        return
    add_event(ticket, "kind", by, {"from": ticket.kind, "to": kind}, public=True)
    ticket.kind = kind
    tell(ticket, public=True)
    db.session.flush()


def set_team(ticket: Ticket, team: Team, by: Person) -> None:
    """Hand a ticket to another team; whoever looked after it there does so no more."""
    if ticket.team_id == team.id:
        return
    publish(f"team-{ticket.team_id}")
    ticket.team, ticket.team_id = team, team.id
    if ticket.assignee and not ticket.assignee.may("tickets.answer", team.id):
        ticket.assignee, ticket.assignee_id = None, None
    add_event(ticket, "team", by, {"name": team.name}, public=True)
    index_anew(ticket)
    tell(ticket, public=True)
    db.session.flush()


def mark_read(ticket: Ticket, shown: int) -> None:
    """An agent has seen the story up to the event with the id `shown`; nothing newer than what there is."""
    newest = (
        db.session.scalar(select(func.max(TicketEvent.id)).where(TicketEvent.ticket_id == ticket.id)) or 0
    )
    if ticket.read_to < min(shown, newest):
        ticket.read_to = min(shown, newest)
        tell(ticket, public=True)


def tell_late() -> int:
    """Open windows hear of answers that became late in the last two minutes; returns of how many."""
    now = clock.now()
    fallen = select(Ticket).where(Ticket.due_at > now - 2 * LOOKS_EVERY, Ticket.due_at <= now)
    tickets = db.session.scalars(fallen).all()
    for ticket in tickets:
        tell(ticket, public=True)
    return len(tickets)


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
