"""What pages show of what became of what, and what is known of the people of a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true
from sqlalchemy.orm import joinedload

from ..community.access import visible_posts, visible_topics
from ..community.models import Post, Topic
from ..extensions import db
from ..kb.access import audience, visible_once
from ..kb.models import Article
from ..kit.i18n import current_language
from ..people.access import agents_of
from ..people.models import Membership, Organisation, Person
from ..tickets.access import ALL_EVENTS, as_customer, visible_tickets
from ..tickets.models import Follower, Ticket, TicketEvent
from .models import ArticleTopic, ArticleWish, Crossing, Proposal
from .names import Known

MOST_KNOWN = 500  # people, and requests, whose names and numbers are looked for
MOST_ABOUT = 3  # topics about an article
MOST_ANSWERS = 50  # of a topic, to choose from
SIZE = 20  # wishes on a page


# Topics


@dataclass(frozen=True)
class Standing:
    """What became of a topic, as one reader may know it.

    Attributes:
        to: "ticket", "topic" when it came from a request, "" for neither.
        over: whether that request is settled.
        number: of the request, for who may read it; else 0.
        at_desk: whether they read it at the desk.
        article: title and slug of the article that was made of it, if they may read that.
    """

    to: str = ""
    over: bool = False
    number: int = 0
    at_desk: bool = False
    article: tuple[str, str] | None = None


def standing_of(topic: Topic, person: Person | None) -> Standing:
    """In one statement; one more where an article was made of it."""
    rows = _standing(person).where(Topic.id == topic.id)
    row = db.session.execute(rows).one_or_none()
    if row is None:
        return Standing()
    to, number, state, own, seen, slug = row
    return Standing(
        to or "",
        state in ("solved", "closed"),
        number if own or seen else 0,
        bool(seen and not own),
        title_of(person, slug) if slug else None,
    )


def _standing(person: Person | None) -> Select[Any]:
    wished = select(func.max(ArticleWish.article)).join(Post, Post.id == ArticleWish.post_id)
    wished = wished.where(Post.topic_id == Topic.id, ArticleWish.article != "").correlate(Topic)
    own, seen = ~true(), ~true()
    if person:
        own = as_customer(person).where(Ticket.id == Crossing.ticket_id).correlate(Crossing).exists()
        seen = visible_tickets(person).where(Ticket.id == Crossing.ticket_id).correlate(Crossing).exists()
    rows = select(Crossing.to, Ticket.number, Ticket.state, own, seen, wished.scalar_subquery())
    rows = rows.select_from(Topic).outerjoin(Crossing, Crossing.topic_id == Topic.id)
    return rows.outerjoin(Ticket, Ticket.id == Crossing.ticket_id)


def title_of(person: Person | None, slug: str) -> tuple[str, str] | None:
    """Title and slug of an article, if the person may read it."""
    rows = visible_once(audience(person), current_language()).where(Article.slug == slug).limit(1)
    title = db.session.scalar(rows.with_only_columns(Article.title))
    return (title, slug) if title else None


def answers_for(asker: Person, topic: Topic) -> Sequence[Post]:
    """The oldest of a topic's answers that all its readers see, if who asked is still one of them."""
    rows = visible_posts(asker).where(Post.topic_id == topic.id, Post.gate == "", Post.place > 1)
    return db.session.scalars(rows.order_by(Post.place).limit(MOST_ANSWERS)).all()


def topics_about(person: Person | None, slug: str) -> Sequence[Topic]:
    """The newest topics that lead to an article, of those that a person may read."""
    linked = select(ArticleTopic.topic_id).where(ArticleTopic.article == slug)
    rows = visible_topics(person).where(Topic.id.in_(linked), Topic.gate == "")
    return db.session.scalars(rows.order_by(Topic.id.desc()).limit(MOST_ABOUT)).all()


# Requests


@dataclass(frozen=True)
class Beside:
    """What became of a request, as one reader may know it: its topic, what was asked last, articles made of answers."""

    crossing: Crossing | None
    topic: Topic | None
    proposal: Proposal | None
    articles: Sequence[tuple[str, str]] = ()


def beside(ticket: Ticket, person: Person) -> Beside:
    if not ticket.tied:
        return Beside(None, None, None)
    crossing = db.session.scalar(select(Crossing).where(Crossing.ticket_id == ticket.id))
    topic = None
    if crossing:
        topic = db.session.scalar(visible_topics(person).where(Topic.id == crossing.topic_id))
    return Beside(crossing, topic, newest_proposal(ticket))


def newest_proposal(ticket: Ticket) -> Proposal | None:
    rows = select(Proposal).where(Proposal.ticket_id == ticket.id).order_by(Proposal.id.desc())
    return db.session.scalar(rows.limit(1))


def articles_of(ticket: Ticket, person: Person) -> list[tuple[str, str]]:
    """Titles and slugs of the articles that were made of its answers, of those that the person may read."""
    if not ticket.tied:
        return []
    events = select(TicketEvent.id).where(TicketEvent.ticket_id == ticket.id)
    made = select(ArticleWish.article).where(ArticleWish.event_id.in_(events), ArticleWish.article != "")
    found = [title_of(person, slug) for slug in dict.fromkeys(db.session.scalars(made))]
    return [one for one in found if one]


def public_words(ticket: Ticket) -> tuple[str, str]:
    """The question of a request, in its requester's words up to the first answer, and all answers of the desk."""
    rows = ALL_EVENTS.where(TicketEvent.public, TicketEvent.kind == "message").order_by(TicketEvent.id)
    asked: list[str] = []
    answered: list[str] = []
    for event in db.session.scalars(rows, {"ticket": ticket.id}):
        if event.by_staff:
            answered.append(event.body or "")
        elif not answered and event.actor_id == ticket.requester_id:
            asked.append(event.body or "")
    return "\n\n".join(filter(None, asked)), "\n\n".join(filter(None, answered))


def known_of(ticket: Ticket) -> Known:
    """What the portal knows of the people of a request: who takes part, who could, their organisations and requests."""
    asker = ticket.requester
    organisations = [organisation for organisation, _manages in asker.homes]
    acted = select(TicketEvent.actor_id).where(TicketEvent.ticket_id == ticket.id)
    follows = select(Follower.person_id).where(Follower.ticket_id == ticket.id)
    near = select(Membership.person_id).where(Membership.organisation_id.in_(organisations))
    staff = [agent.id for agent in agents_of(ticket.team_id)]
    which = or_(
        Person.id.in_(acted), Person.id.in_(follows), Person.id.in_(near), Person.id.in_([asker.id, *staff])
    )
    people = db.session.scalars(select(Person).where(which, Person.erased == "").limit(MOST_KNOWN)).all()
    told = _names_told(ticket)
    named = [one for person in people for one in (person.name, person.called) if one]
    return Known(
        names=[*named, *told],
        organisations=_organisations(ticket, organisations),
        addresses=[person.email for person in people if person.email],
        numbers=[ticket.number, *_numbers(ticket)],
    )


def _names_told(ticket: Ticket) -> list[str]:
    """Names that the story of a request holds, also of people who have gone since."""
    rows = select(TicketEvent.data).where(TicketEvent.ticket_id == ticket.id)
    rows = rows.where(TicketEvent.kind.in_(("assignee", "follower", "left", "message")))
    return [
        str(data[key]) for data in db.session.scalars(rows) for key in ("name", "told_to") if data.get(key)
    ]


def _organisations(ticket: Ticket, ids: Sequence[int]) -> list[str]:
    wanted = [*ids, *([ticket.organisation_id] if ticket.organisation_id else [])]
    return list(db.session.scalars(select(Organisation.name).where(Organisation.id.in_(wanted))))


def _numbers(ticket: Ticket) -> list[int]:
    """Numbers of the newest requests of whoever asked, and of the one that this goes on from."""
    theirs = or_(Ticket.requester_id == ticket.requester_id, Ticket.id == ticket.follows_id)
    rows = select(Ticket.number).where(theirs).order_by(Ticket.id.desc()).limit(MOST_KNOWN)
    return list(db.session.scalars(rows))


# Wishes for articles


def wishes_page(*, settled: bool, before: int) -> tuple[Sequence[ArticleWish], int]:
    """Wishes, the newest first, and the id before which more stand; 0 for none. `before` is where the page begins."""
    rows = select(ArticleWish).where(ArticleWish.settled_at.is_not(None) if settled else _open())
    rows = rows.where(ArticleWish.id < before) if before else rows
    related = (joinedload(ArticleWish.by), joinedload(ArticleWish.event).joinedload(TicketEvent.ticket))
    found = db.session.scalars(rows.order_by(ArticleWish.id.desc()).limit(SIZE + 1).options(*related)).all()
    return found[:SIZE], found[SIZE - 1].id if len(found) > SIZE else 0


def _open() -> ColumnElement[bool]:
    return ArticleWish.settled_at.is_(None)


def count_wishes() -> int:
    """How many wait for an editor."""
    return db.session.scalar(select(func.count()).select_from(ArticleWish).where(_open())) or 0


def readable_tickets(person: Person, ids: Sequence[int]) -> set[int]:
    """Those of these requests that a person may read, at the desk or as a customer."""
    rows = visible_tickets(person).where(Ticket.id.in_(ids)).with_only_columns(Ticket.id)
    return set(db.session.scalars(rows))


def is_wished(post_id: int | None = None, event_id: int | None = None) -> bool:
    """Whether somebody wished for an article of this post or this answer."""
    where = ArticleWish.post_id == post_id if post_id else ArticleWish.event_id == event_id
    return bool(db.session.scalar(select(exists().where(where))))
