"""Who may turn what into what, and who sees which part of it."""

from collections.abc import Sequence

from flask import abort
from sqlalchemy import select

from ..community.access import visible_posts, visible_spaces
from ..community.models import Post, Space, Topic
from ..extensions import db
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.access import ALL_EVENTS, Reading, get_for_desk
from ..tickets.models import Ticket, TicketEvent
from .models import ArticleWish, Crossing, Proposal


def answers(person: Person | None) -> bool:
    """Whether a person answers customers for any team, and so may turn one into another."""
    return person is not None and person.may(Permission.ANSWER)


def is_crossable(topic: Topic) -> bool:
    """Whether a request can be made of a topic: all its readers see it, and somebody asks there who has not left."""
    return topic.kind != "announcement" and not topic.gate and bool(topic.title)


def get_answered(person: Person, number: int, *, change: bool = False) -> Ticket:
    """A ticket that the person answers at the desk: 404 for others, 403 for who may only read it."""
    ticket = get_for_desk(person, number, change=change)
    return ticket if person.may(Permission.ANSWER, ticket.team_id) else abort(403)


def may_be_asked(ticket: Ticket) -> bool:
    """Whether its requester can be asked whether others may read it: somebody whom our mail reaches, and who agrees alone."""
    asker = ticket.requester
    return not ticket.gate and asker.active and bool(asker.email) and bool(ticket.subject)


def spaces_for_words(asker: Person, agent: Person) -> Sequence[Space]:
    """The spaces that a request's question can go to: both of them read it, and people may ask there."""
    mine = visible_spaces(agent).with_only_columns(Space.id)
    rows = visible_spaces(asker).where(Space.id.in_(mine), Space.open_to_all)
    spaces = db.session.scalars(rows.order_by(Space.place, Space.name, Space.id)).all()
    return [space for space in spaces if takes_questions(space)]


def takes_questions(space: Space) -> bool:
    return not space.kinds or "question" in space.kinds


def get_proposal(found: Reading, key: int) -> Proposal:
    """What the requester of a request is asked; 404 for everybody else who reads it."""
    rows = select(Proposal).where(Proposal.id == key, Proposal.ticket_id == found.ticket.id)
    proposal = db.session.scalar(rows)
    if proposal is None or found.person.id != found.ticket.requester_id:
        abort(404)
    return proposal


def may_agree(found: Reading) -> bool:
    """Whether who reads it now may say yes: number and code are heard on a phone, and do not show whose words they are."""
    return found.guest is None or not found.guest.by_code


def crossing_of(ticket: Ticket) -> Crossing | None:
    return db.session.scalar(select(Crossing).where(Crossing.ticket_id == ticket.id))


def get_event(person: Person, number: int, key: int) -> TicketEvent:
    """An answer of the desk in a ticket that the person answers, or 404."""
    ticket = get_answered(person, number)
    event = db.session.scalar(ALL_EVENTS.where(TicketEvent.id == key), {"ticket": ticket.id})
    if event is None or event.kind != "message" or not event.by_staff or event.is_erased:
        abort(404)
    return event


def get_wish(key: int) -> ArticleWish:
    """A wish for an article, or 404; what of its words a reader sees, words_for() says."""
    return db.session.get(ArticleWish, key) or abort(404)


def readable_posts(person: Person, ids: Sequence[int]) -> dict[int, Post]:
    """Those of these posts that a person may read, and that no one took back, by their ids."""
    rows = visible_posts(person).where(Post.id.in_(ids), Post.gate == "")
    return {post.id: post for post in db.session.scalars(rows)}
