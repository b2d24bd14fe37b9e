"""Tables of what became of what, and of what was asked of a customer before their words are shown to others."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..community.models import Post, Space, Topic
from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, Json, UtcDateTime, Word
from ..people.models import Person
from ..tickets.models import Ticket, TicketEvent


class Crossing(Model):
    """A topic became a request (`to` is "ticket"), or a request's question a topic ("topic"); each of them once."""

    __tablename__ = "crossing"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    to: Mapped[str] = mapped_column(String(6))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    topic: Mapped[Topic] = relationship()
    ticket: Mapped[Ticket] = relationship()


class Proposal(Model):
    """The words of a request, cleaned of what tells of people, that its requester is asked to let others read.

    `state`: "asked", "agreed", "declined", or "dropped" by the desk. `taken_out` says how much was marked, by kind.
    """

    __tablename__ = "proposal"
    __table_args__ = (Index(None, "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    title: Mapped[str] = mapped_column(String(150))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    taken_out: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(Word(8), default="asked")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    ticket: Mapped[Ticket] = relationship()
    space: Mapped[Space] = relationship()
    by: Mapped[Person | None] = relationship()


class ArticleWish(Model):
    """Somebody of the staff says: make an article of this answer. It stands in the editors' list until it is settled.

    `text` are the words of a request as they were cleaned for the editors; those of a post are read where they stand.
    """

    __tablename__ = "article_wish"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), unique=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_event.id"), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(String(300), default="")  # why
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    article: Mapped[str] = mapped_column(String(120), default="")  # slug of the one that was made of it

    post: Mapped[Post | None] = relationship()
    event: Mapped[TicketEvent | None] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=by_id)


class ArticleTopic(Model):
    """A topic whose first words lead to an article, by the article's slug, which outlives its row."""

    __tablename__ = "article_topic"
    __table_args__ = (PrimaryKeyConstraint("article", "topic_id"), Index(None, "topic_id"))

    article: Mapped[str] = mapped_column(String(120))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
