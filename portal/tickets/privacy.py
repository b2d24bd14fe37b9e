"""What requests hold of a person, and how it goes when the person is erased.

Requests are the record of what was asked and done, and are kept until who asked is erased; then the skeleton stays for
reports: number, dates, states, kind, priority, score. A stop of mailed links is kept as long as such a link lives, 30
days; what an article solved is kept for two years.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select, update

from ..accounts.models import MailLink
from ..drafts.models import Draft
from ..extensions import db
from ..kit import clock
from ..kit.markdown import excerpt
from ..mail.models import Letter
from ..notifications.models import Notice
from ..outbox.actions import enqueue, let_go
from ..people.models import Person
from . import fulltext
from .access import PUBLIC_EVENTS
from .actions import assign, tell
from .guests import LIFE
from .models import Attachment, Follower, LinkStop, Rating, SolvedByArticle, Ticket, TicketEvent
from .second_thoughts import withdraw
from .wording import OPEN_STATES

KEPT = {
    **dict.fromkeys(("ticket", "ticket_event", "attachment", "follower", "rating"), clock.UNTIL_ERASED),
    "link_stop": LIFE,
    "solved_by_article": timedelta(days=730),
}
_IN_ORDER = PUBLIC_EVENTS.order_by(TicketEvent.id)
PLAIN_DATA: set[str] = {"from", "to", "needed", "score", "shared"}  # of events: what names nobody


# What we hold


def export(person: Person) -> dict[str, Any]:
    """Their requests with what both sides said, and what they wrote, followed and had solved elsewhere.

    What others wrote beside them is named by its time alone, and what the desk notes for itself not at all.
    """
    followed = select(Ticket.number, Follower.at).join(Follower, Follower.ticket_id == Ticket.id)
    followed = followed.where(Follower.person_id == person.id).order_by(Follower.id)
    solved = select(SolvedByArticle).where(SolvedByArticle.person_id == person.id)
    stops = select(Ticket.number, LinkStop.before).join(LinkStop, LinkStop.ticket_id == Ticket.id)
    return {
        "requests": [_request(ticket, person) for ticket in db.session.scalars(_asked_by(person))],
        "in_requests_of_others": [
            {"number": event.ticket.number, **_words(event)}
            for event in db.session.scalars(_said_elsewhere(person).order_by(TicketEvent.id))
        ],
        "at_the_desk": [
            {"number": row.number, "at": clock.iso(row.at)} for row in db.session.execute(_desk_words(person))
        ],
        "follows": [
            {"number": row.number, "since": clock.iso(row.at)} for row in db.session.execute(followed)
        ],
        "links_stopped": [
            {"number": row.number, "before": clock.iso(row.before)}
            for row in db.session.execute(stops.where(LinkStop.person_id == person.id))
        ],
        "solved_by_articles": [
            {"question": row.question, "article": row.article, "at": clock.iso(row.at)}
            for row in db.session.scalars(solved.order_by(SolvedByArticle.id))
        ],
    }


def _asked_by(person: Person) -> Select[Ticket]:
    return select(Ticket).where(Ticket.requester_id == person.id).order_by(Ticket.id)


def _is_desks() -> ColumnElement[bool]:
    return TicketEvent.data["team"].as_string().is_not(None)


def _said_elsewhere(person: Person) -> Select[TicketEvent]:
    """What a person wrote on the customer's side of requests of others."""
    rows = select(TicketEvent).join(TicketEvent.ticket).where(Ticket.requester_id != person.id)
    return rows.where(TicketEvent.actor_id == person.id, TicketEvent.body.is_not(None), ~_is_desks())


def _desk_words(person: Person) -> Select[int, datetime]:
    rows = select(Ticket.number, TicketEvent.at).join(TicketEvent, TicketEvent.ticket_id == Ticket.id)
    written = TicketEvent.kind.in_(("message", "note")), TicketEvent.actor_id == person.id, _is_desks()
    return rows.where(*written).order_by(TicketEvent.id)


def _request(ticket: Ticket, person: Person) -> dict[str, Any]:
    """One request; of one whose address nobody confirmed no words: they may be somebody else's."""
    told = {
        "number": ticket.number,
        "kind": ticket.kind,
        "state": ticket.state,
        "priority": ticket.priority,
        "created": clock.iso(ticket.created_at),
        "solved": clock.iso(ticket.solved_at),
        "closed": clock.iso(ticket.closed_at),
        "shared": ticket.shared,
    }
    if ticket.gate:
        return told
    rating = ticket.rating
    return told | {
        "subject": ticket.subject,
        "we_need": ticket.needed,
        "asked_from_article": ticket.article,
        "rating": rating and {"score": rating.score, "comment": rating.comment, "at": clock.iso(rating.at)},
        "story": [_told(event, person) for event in db.session.scalars(_IN_ORDER, {"ticket": ticket.id})],
    }


def _told(event: TicketEvent, person: Person) -> dict[str, Any]:
    own = event.actor_id == person.id
    by = "you" if own else "us" if event.by_staff or event.actor_id is None else "somebody else"
    if event.kind == "message" and by != "somebody else":
        return {"by": by, **_words(event)}
    told: dict[str, Any] = {"by": by, "at": clock.iso(event.at), "what": event.kind}
    return told | {key: value for key, value in event.data.items() if key in PLAIN_DATA}


def _words(event: TicketEvent) -> dict[str, Any]:
    files = [{"name": file.name, "type": file.type, "size": file.size} for file in event.files]
    return {"at": clock.iso(event.at), "words": event.body, "files": files}


# Erasing


def erase(person: Person) -> None:
    """Empty their requests, take their words from those of others, and their name from what the desk did."""
    for ticket in db.session.scalars(_asked_by(person).with_for_update()).all():
        _empty(ticket, person)
    _take_words(person)
    _take_name(person)
    _hand_back(person)
    for table in (Follower, LinkStop):
        db.session.execute(delete(table).where(table.person_id == person.id))
    theirs = SolvedByArticle.person_id == person.id
    db.session.execute(update(SolvedByArticle).where(theirs).values(person_id=None, question=""))
    invited = MailLink.purpose == "follow", MailLink.payload["by"].as_integer() == person.id
    db.session.execute(delete(MailLink).where(*invited))
    enqueue(fulltext.SQUEEZE, {})


def _empty(ticket: Ticket, person: Person) -> None:
    """Leave the skeleton of a request; what was open is closed as if it were withdrawn, which nobody is mailed about."""
    story = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id)
    events = db.session.scalars(story).all()
    _take_from(events, story)
    ticket.subject = ticket.last_words = ticket.needed = ticket.code_digest = ""
    ticket.shared = False
    db.session.execute(update(Rating).where(Rating.ticket_id == ticket.id).values(comment=""))
    places = Draft.place == f"ticket-{ticket.number}", Draft.place.startswith(f"desk-{ticket.number}-")
    db.session.execute(delete(Draft).where(or_(*places)))
    db.session.execute(delete(Letter).where(Letter.thread.startswith(f"{ticket.id:x}-")))
    db.session.execute(delete(Notice).where(Notice.about == "ticket", Notice.about_id == ticket.id))
    if ticket.is_open:
        withdraw(ticket, person)
    if not any(event.kind == "erased" for event in events):
        # It touches nothing: what was closed long ago does not come to the top of lists again.
        told = {"kind": "erased", "public": True, "data": {}, "at": clock.now()}
        db.session.add(TicketEvent(ticket_id=ticket.id, **told))
    db.session.flush()
    fulltext.put(ticket.id)
    tell(ticket, public=True)


def _take_from(events: Iterable[TicketEvent], which: Select[TicketEvent]) -> None:
    """The words of events, what was needed, and files with their bytes; `which` finds the same events."""
    theirs = Attachment.event_id.in_(which.with_only_columns(TicketEvent.id))
    let_go(db.session.scalars(delete(Attachment).where(theirs).returning(Attachment.key)).all())
    for event in events:
        event.body = event.html = event.edited_at = None
        if "needed" in event.data:
            event.data = {key: value for key, value in event.data.items() if key != "needed"}
    db.session.flush()


def _take_words(person: Person) -> None:
    """What they wrote in requests of others, with files, mails and notices of it; words of others stay."""
    said = _said_elsewhere(person)
    events = db.session.scalars(said).all()
    _take_from(events, said)
    for event in events:
        about = f".{event.id:x}."  # as it stands in the ids of mails about it, see mail/threads.py
        thread = Letter.thread.startswith(f"{event.ticket_id:x}-")
        db.session.execute(delete(Letter).where(thread, Letter.message_id.contains(about)))
    for ticket in {event.ticket for event in events}:
        _reread(ticket)


def _reread(ticket: Ticket) -> None:
    """What a list shows as said last, and what a search finds."""
    said = PUBLIC_EVENTS.where(TicketEvent.kind == "message", TicketEvent.body.is_not(None))
    newest = db.session.scalars(said.order_by(TicketEvent.id.desc()).limit(1), {"ticket": ticket.id}).first()
    ticket.last_words = excerpt(newest.body or "", 160) if newest else ""
    ticket.last_by_id = newest.actor_id if newest else None
    db.session.flush()
    fulltext.put(ticket.id)
    tell(ticket, public=True)


def _take_name(person: Person) -> None:
    """Their name in what events and notices were made of; the reader's language says what they were instead."""
    data = TicketEvent.data
    named = or_(data["id"].as_integer() == person.id, data["told_to_id"].as_integer() == person.id)
    kinds = TicketEvent.kind.in_(("assignee", "follower", "left", "message"))
    for event in db.session.scalars(select(TicketEvent).where(kinds, named)):
        key = "told_to" if "told_to_id" in event.data else "name"
        event.data = {**event.data, key: "", "erased": person.erased}
    acts = select(TicketEvent.id, TicketEvent.ticket_id).where(TicketEvent.actor_id == person.id)
    theirs = {str(row.id) for row in db.session.execute(acts)}
    about = Notice.about == "ticket", Notice.about_id.in_(acts.with_only_columns(TicketEvent.ticket_id))
    for notice in db.session.scalars(select(Notice).where(*about)):
        if notice.key.rpartition(":")[2] in theirs:  # as tell() keys them
            notice.data = {**notice.data, "who": "", "initials": "", "erased": person.erased}


def _hand_back(person: Person) -> None:
    """Open requests that they looked after are their team's again."""
    rows = select(Ticket).where(Ticket.assignee_id == person.id, Ticket.state.in_(OPEN_STATES))
    for ticket in db.session.scalars(rows.with_for_update()).all():
        assign(ticket, None, person)


def sweep() -> None:
    """Drop what is older than that."""
    now = clock.now()
    db.session.execute(delete(LinkStop).where(LinkStop.before < now - KEPT["link_stop"]))
    db.session.execute(delete(SolvedByArticle).where(SolvedByArticle.at < now - KEPT["solved_by_article"]))
