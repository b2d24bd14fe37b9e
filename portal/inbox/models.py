"""Tables of mail that came in, and of how far the mailbox was read."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, Json, UtcDateTime, Word
from ..people.models import Person
from ..tickets.models import Ticket

TO_SORT = text("state IN ('new', 'waiting')")


class IncomingMail(Model):
    """A mail that came in; its bytes lie in the store under `raw_key`, all else here was read from them.

    `state` is new (nobody looked yet), waiting (for an agent), quiet (of a program), placed (in a ticket) or aside.
    `reason` says why it is there; see wording.py. `digest` is of what the sender made of it, so that a mail
    that arrives by two ways is one.
    """

    __tablename__ = "incoming_mail"
    __table_args__ = (
        Index("ix_incoming_mail_to_sort", "at", "id", sqlite_where=TO_SORT, postgresql_where=TO_SORT),
        Index("ix_incoming_mail_state", "state", "at", "id"),
        Index("ix_incoming_mail_ticket", "ticket_id", "person_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    raw_key: Mapped[str] = mapped_column(String(32))
    size: Mapped[int] = mapped_column()
    whole: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(Word(10), default="new")
    reason: Mapped[str] = mapped_column(String(20), default="")
    message_id: Mapped[str | None] = mapped_column(String(255), index=True)
    answers: Mapped[str | None] = mapped_column(String(255))
    quick: Mapped[bool] = mapped_column(default=False)
    sender: Mapped[str] = mapped_column(String(254), default="")
    sender_name: Mapped[str] = mapped_column(String(200), default="")
    subject: Mapped[str] = mapped_column(String(400), default="")
    text: Mapped[str | None] = mapped_column(Text)
    files: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_event.id"))

    person: Mapped[Person | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()

    @property
    def waits(self) -> bool:
        return self.state in ("new", "waiting")


class Mailbox(Model):
    """How far an IMAP folder was read, and since when it cannot be; `name` is folder, account and server."""

    __tablename__ = "mailbox"

    name: Mapped[str] = mapped_column(String(400), primary_key=True)
    validity: Mapped[int] = mapped_column(BigInteger, default=0)
    last: Mapped[int] = mapped_column(BigInteger, default=0)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(400))
