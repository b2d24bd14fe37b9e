"""What the ways from one thing to another hold of a person, and how it goes when the person is erased.

What became of what stays as long as the request and the topic stand; words that a customer was asked about, and wishes
for articles with the words of an answer, until who asked, or who wished, is erased.
"""

from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update

from ..community.models import Post, Topic
from ..extensions import db
from ..kit import clock
from ..people.models import Person
from ..tickets.models import Ticket, TicketEvent
from .models import ArticleTopic, ArticleWish, Crossing, Proposal

KEPT = dict.fromkeys(("crossing", "proposal", "article_wish", "article_topic"), clock.UNTIL_ERASED)


def export(person: Person) -> dict[str, Any]:
    """What they were asked about their words, what became of their topics and requests, and what they wished for."""
    asked = select(Proposal).where(Proposal.ticket_id.in_(_requests(person))).order_by(Proposal.id)
    crossed = select(Crossing).where(_of(person)).order_by(Crossing.id)
    wished = select(ArticleWish).where(ArticleWish.by_id == person.id).order_by(ArticleWish.id)
    talked = select(ArticleTopic).where(ArticleTopic.topic_id.in_(_topics(person)))
    return {
        "asked_whether_others_may_read": [
            {
                "number": one.ticket.number,
                "title": one.title,
                "question": one.question,
                "answer": one.answer,
                "taken_out": one.taken_out,
                "said": one.state,
                "at": clock.iso(one.at),
            }
            for one in db.session.scalars(asked)
        ],
        "became": [
            {"to": one.to, "topic": one.topic_id, "request": one.ticket.number, "at": clock.iso(one.at)}
            for one in db.session.scalars(crossed)
        ],
        "wished_for_articles": [
            {"why": one.words, "at": clock.iso(one.at), "article": one.article}
            for one in db.session.scalars(wished)
        ],
        "topics_about_articles": [
            {"topic": one.topic_id, "article": one.article}
            for one in db.session.scalars(talked.order_by(ArticleTopic.topic_id, ArticleTopic.article))
        ],
    }


def _requests(person: Person) -> Any:
    return select(Ticket.id).where(Ticket.requester_id == person.id)


def _topics(person: Person) -> Any:
    return select(Topic.id).where(Topic.author_id == person.id)


def _of(person: Person) -> ColumnElement[bool]:
    return or_(Crossing.ticket_id.in_(_requests(person)), Crossing.topic_id.in_(_topics(person)))


def erase(person: Person) -> None:
    """Take away what was made of their words; what they asked of others is asked no more."""
    db.session.execute(delete(Proposal).where(Proposal.ticket_id.in_(_requests(person))))
    theirs = Proposal.by_id == person.id, Proposal.state == "asked"
    db.session.execute(update(Proposal).where(*theirs).values(state="dropped", settled_at=clock.now()))
    said = select(TicketEvent.id).where(TicketEvent.ticket_id.in_(_requests(person)))
    written = select(Post.id).where(Post.author_id == person.id)
    wishes = or_(
        ArticleWish.by_id == person.id, ArticleWish.event_id.in_(said), ArticleWish.post_id.in_(written)
    )
    db.session.execute(delete(ArticleWish).where(wishes))
    db.session.execute(delete(ArticleTopic).where(ArticleTopic.topic_id.in_(_topics(person))))
    db.session.execute(delete(Crossing).where(_of(person)))
