"""The part of the demo about what became of what: topics and requests, wishes for articles, articles that are quoted."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ..community.actions import Opening, begin_topic
from ..community.gate import Verdict
from ..community.models import Post, Space, Topic
from ..crossing.actions import Wanted, make_request, propose, settle, wish_for_answer, wish_for_post
from ..crossing.models import ArticleWish
from ..extensions import db
from ..kit import clock
from ..people.models import Person, Team
from ..tickets.actions import Words
from ..tickets.models import Ticket, TicketEvent

Moment = Callable[[str], datetime]


def fill_crossings(
    data: dict[str, Any], people: dict[str, Person], teams: dict[str, Team], moment: Moment
) -> None:
    """Make what crossings.yaml says, in the order of the file; `moment` turns its "ago" into a time."""
    for row in data["requests"]:
        with clock.at(moment(row["ago"])):
            make_request(_topic(row["topic"]), (), teams[row["team"]], people[row["by"]])
    for row in data["proposals"]:
        words = {name: row[name].strip() for name in ("title", "question", "answer")}
        with clock.at(moment(row["ago"])):
            propose(_ticket(row["ticket"]), Wanted(_space(row["space"]), **words), people[row["by"]])
    for row in data["wishes"]:
        with clock.at(moment(row["ago"])):
            _wish(row, people[row["by"]])
    for row in data["topics"]:
        with clock.at(moment(row["ago"])):
            opening = Opening(row["title"], locale="en")
            begin_topic(
                _space(row["space"]), opening, Words(row["text"].strip()), people[row["by"]], Verdict()
            )


def _topic(title: str) -> Topic:
    return db.session.scalars(select(Topic).where(Topic.title == title)).one()


def _ticket(subject: str) -> Ticket:
    return db.session.scalars(select(Ticket).where(Ticket.subject == subject)).one()


def _space(slug: str) -> Space:
    return db.session.scalars(select(Space).where(Space.slug == slug)).one()


def _wish(row: dict[str, Any], by: Person) -> None:
    """Of a post, or of the first answer in a request; settled where an article is named."""
    if "topic" in row:
        topic = _topic(row["topic"])
        post = select(Post).where(Post.topic_id == topic.id, Post.place == row["place"])
        wish_for_post(db.session.scalars(post).one(), row["why"], by)
    else:
        said = select(TicketEvent).where(TicketEvent.ticket_id == _ticket(row["ticket"]).id)
        answer = said.where(TicketEvent.kind == "message", TicketEvent.actor_id == by.id)
        first = db.session.scalars(answer.order_by(TicketEvent.id).limit(1)).one()
        wish_for_answer(first, row["why"], row["text"], by)
    if row.get("article"):
        wish = select(ArticleWish).order_by(ArticleWish.id.desc()).limit(1)
        settle(db.session.scalars(wish).one(), by, row["article"])
