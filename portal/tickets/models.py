"""Tables of requests: the ticket, its story, its files."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..kit import clock
from ..kit.i18n import _
from ..kit.types import NEVER_AGAIN, BigId, Json, UtcDateTime, Word
from ..people.models import Organisation, Person, Team
from .wording import OPEN_STATES, PRIORITIES, STATES, Look

SHARED = text("shared")
OPEN = text("state IN ('new', 'open', 'waiting')")
DUE = text("due_at IS NOT NULL")
READ = text("article <> ''")
NEEDED = 200  # characters of what we need from the customer


class Counter(Model):
    """Numbers shown to people: counted by us, without gaps, apart from the database's ids."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    value: Mapped[int] = mapped_column()


class Ticket(Model):
    """A request. `spoken_at` and `last_*` tell only of what the customer may see; `touched_at` of everything.

    `gate` keeps a visitor's request from the one whose address was given: "unconfirmed" until they confirm it, "held"
    while somebody has to look whether a machine sent it; empty for all others. `read_to` is the newest event that an
    agent had on the screen. `code_digest` lets a caller in who has its number and code, which `code_by_id` made at
    `code_at`. `reach` says how far an answer
    gets: "page" when who asked wants no mail, "none" when nobody left an address; empty for all others.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_own", "requester_id", "spoken_at", "id"),
        Index("ix_ticket_own_open", "requester_id", "state", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_ticket_open", "touched_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_ticket_state", "state", "touched_at", "id"),
        Index("ix_ticket_touched", "touched_at", "id"),
        Index(
            "ix_ticket_solved",
            "solved_at",
            sqlite_where=text("state = 'solved'"),
            postgresql_where=text("state = 'solved'"),
        ),
        Index("ix_ticket_organisation", "organisation_id", "spoken_at", "id"),
        Index("ix_ticket_shared", "organisation_id", sqlite_where=SHARED, postgresql_where=SHARED),
        Index("ix_ticket_gate", "gate", sqlite_where=text("gate <> ''"), postgresql_where=text("gate <> ''")),
        Index("ix_ticket_due", "due_at", "id", sqlite_where=DUE, postgresql_where=DUE),
        Index("ix_ticket_article", "created_at", "article", sqlite_where=READ, postgresql_where=READ),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    subject: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(Word(10), default="question")
    state: Mapped[str] = mapped_column(Word(10), default="new")
    gate: Mapped[str] = mapped_column(Word(12), default="")
    reach: Mapped[str] = mapped_column(Word(4), default="")
    tied: Mapped[bool] = mapped_column(
        default=False
    )  # a topic, an idea or an article has to do with it: else none is asked for
    priority: Mapped[str] = mapped_column(String(10), default="normal")
    requester_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    spoken_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    solved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shared: Mapped[bool] = mapped_column(default=False)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    code_digest: Mapped[str] = mapped_column(String(64), default="")
    code_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code_by_id: Mapped[int | None] = mapped_column(
        BigId
    )  # only ever compared: no key that the database keeps
    read_to: Mapped[int] = mapped_column(BigId, default=0)
    last_words: Mapped[str] = mapped_column(String(200), default="")
    last_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # The clock of promise.py: the answer we owe ("first", "next"), counted from when, due when, what was paused.
    owed_answer: Mapped[str | None] = mapped_column(String(5))
    owed_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_seconds: Mapped[int] = mapped_column(default=0)  # of opening hours
    needed: Mapped[str] = mapped_column(String(NEEDED), default="")  # what the customer owes us, in our words

    article: Mapped[str] = mapped_column(String(120), default="")  # slug of the one that it was asked from

    # Read here and set by their ids: a flush of the session would look through all tables that it could set for.
    requester: Mapped[Person] = relationship(foreign_keys=requester_id, viewonly=True)
    organisation: Mapped[Organisation | None] = relationship(viewonly=True)
    team: Mapped[Team] = relationship(viewonly=True)
    assignee: Mapped[Person | None] = relationship(foreign_keys=assignee_id, viewonly=True)
    last_by: Mapped[Person | None] = relationship(foreign_keys=last_by_id, viewonly=True)
    follows: Mapped["Ticket | None"] = relationship(foreign_keys=follows_id, remote_side=id, viewonly=True)
    followers: Mapped[list[Person]] = relationship(
        secondary="follower",
        primaryjoin="Ticket.id == Follower.ticket_id",
        secondaryjoin="Person.id == Follower.person_id",
        order_by="Follower.id",
        viewonly=True,
    )
    rating: Mapped["Rating | None"] = relationship(viewonly=True)

    @property
    def title(self) -> str:
        """The subject as it is read: one that was erased with the person who asked has words of ours."""
        return self.subject or _("Erased request")

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_withdrawn(self) -> bool:
        """Closed without ever having been solved: only those who asked do that."""
        return self.state == "closed" and self.solved_at is None

    @property
    def look(self) -> Look:
        """Word, tone and icon of the state, as customers read it."""
        return STATES[self.state].customer

    @property
    def desk_look(self) -> Look:
        """The same as agents read it."""
        return STATES[self.state].agent

    @property
    def priority_look(self) -> Look:
        return PRIORITIES[self.priority]


class TicketEvent(Model):
    """One thing that happened to a ticket; words are one kind. `public` says whether the customer may know."""

    __tablename__ = "ticket_event"
    __table_args__ = (Index(None, "ticket_id", "id"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Word(20))
    public: Mapped[bool] = mapped_column()
    body: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    actor: Mapped[Person | None] = relationship(viewonly=True)
    ticket: Mapped[Ticket] = relationship()
    files: Mapped[list["Attachment"]] = relationship(order_by="Attachment.id", back_populates="event")

    @property
    def is_words(self) -> bool:
        return self.kind in ("message", "note") and not self.is_erased

    @property
    def is_erased(self) -> bool:
        """Whether these were words, and are gone with the person who wrote or asked them."""
        return self.kind in ("message", "note") and self.body is None

    @property
    def by_staff(self) -> bool:
        """Whether words are those of the desk; a person of the staff can ask as a customer too."""
        return bool(self.data.get("team"))


class Follower(Model):
    """Somebody beside the requester who reads and answers a request, and gets its mails."""

    __tablename__ = "follower"
    __table_args__ = (UniqueConstraint("ticket_id", "person_id"), Index(None, "person_id", "ticket_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    person: Mapped[Person] = relationship(foreign_keys=person_id)


class LinkStop(Model):
    """Links of mails to one person about one ticket that were made before a moment open nothing any more."""

    __tablename__ = "link_stop"
    __table_args__ = (PrimaryKeyConstraint("ticket_id", "person_id"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    before: Mapped[datetime] = mapped_column(UtcDateTime)


class Rating(Model):
    """How it was, from 1 to 5, as the requester says; each ticket has one, the last word counts."""

    __tablename__ = "rating"
    __table_args__ = (CheckConstraint("score BETWEEN 1 AND 5", name="score"), Index(None, "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    score: Mapped[int] = mapped_column()
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Attachment(Model):
    """A file that came with words; its name is the sender's, its place in the store is ours."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("ticket_event.id"), index=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(150))
    type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column()

    event: Mapped[TicketEvent] = relationship(back_populates="files")

    @property
    def is_image(self) -> bool:
        return self.type.startswith("image/")


class SolvedByArticle(Model):
    """A question that an article answered before it was sent: for reports; of a visitor nothing but the words is kept."""

    __tablename__ = "solved_by_article"
    __table_args__ = (Index(None, "article", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    word: Mapped[str] = mapped_column(String(64), unique=True)  # of the form, so that it counts once
    article: Mapped[str] = mapped_column(String(120))  # its slug, which outlives the article's row
    locale: Mapped[str] = mapped_column(String(5))
    question: Mapped[str] = mapped_column(String(255))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
