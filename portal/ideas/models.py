"""Tables of ideas: the state of a topic that is one, its steps, who votes for it, and what asks for it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..community.models import Topic
from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, UtcDateTime, Word
from ..people.models import Person
from ..tickets.models import Ticket
from ..tickets.wording import Look
from .wording import OPEN, STATES


class Idea(Model):
    """What a topic of the kind "idea" has besides. `reason` is public; the count of votes is kept in the topic.

    One that is the same as another is declined, and `same_id` leads to that other one, which has its votes.
    """

    __tablename__ = "idea"
    __table_args__ = (Index(None, "state", "changed_at"),)

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(Word(10), default="review")  # one of wording.STATES
    reason: Mapped[str] = mapped_column(Text, default="")
    quarter: Mapped[str] = mapped_column(String(20), default="")  # that it is planned for, as "2027-1"
    demand: Mapped[int] = mapped_column(default=0)  # requests and topics that ask for it
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    same_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))

    topic: Mapped[Topic] = relationship(foreign_keys=topic_id)
    same: Mapped[Topic | None] = relationship(foreign_keys=same_id)

    @property
    def look(self) -> Look:
        """Word, tone and icon of its state."""
        return STATES[self.state]

    @property
    def is_open(self) -> bool:
        """Whether it can still be voted for."""
        return self.state in OPEN


class IdeaStep(Model):
    """An idea came to a state; those that were released make the change log."""

    __tablename__ = "idea_step"
    __table_args__ = (Index(None, "topic_id", "id"), Index(None, "state", "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("idea.topic_id"))
    state: Mapped[str] = mapped_column(Word(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def look(self) -> Look:
        return STATES[self.state]


class IdeaVote(Model):
    """A vote: one of each organisation, whoever of it pressed; one of each person who belongs to none."""

    __tablename__ = "idea_vote"
    __table_args__ = (UniqueConstraint("topic_id", "voter"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("idea.topic_id"))
    voter: Mapped[str] = mapped_column(String(30))  # "org-7" or "person-42"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Demand(Model):
    """A request or a topic asks for an idea: `words` are those of who asked, which they read again on its release."""

    __tablename__ = "idea_demand"
    __table_args__ = (
        UniqueConstraint("idea_id", "ticket_id"),
        UniqueConstraint("idea_id", "topic_id"),
        Index(None, "ticket_id"),
        Index(None, "topic_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.topic_id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # who asked
    words: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who linked it
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    ticket: Mapped[Ticket | None] = relationship()
    topic: Mapped[Topic | None] = relationship(foreign_keys=topic_id)
    by: Mapped[Person | None] = relationship(foreign_keys=by_id)
