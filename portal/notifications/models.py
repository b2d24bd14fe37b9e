"""Tables of notices, and of what a person wants by mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, Json, UtcDateTime, Word

UNREAD = text("read IS NULL")


class Notice(Model):
    """One thing that a person is told; its words are made from `data` when it is read, in the reader's language.

    `about` and `about_id` name what it speaks of, so that the right to know of it is asked again at each look.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_notice_person", "person_id", "made", "id"),
        Index("ix_notice_unread", "person_id", "made", "id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        Index("ix_notice_made", "made"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    group: Mapped[str] = mapped_column("class", String(10))
    kind: Mapped[str] = mapped_column(Word(30))
    key: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(Word(20), default="")
    about_id: Mapped[int | None] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    made: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    read: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailChoice(Model):
    """Whether a person wants notices of a class by mail as well; without a row they do."""

    __tablename__ = "mail_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    group: Mapped[str] = mapped_column("class", String(10), primary_key=True)
    wanted: Mapped[bool] = mapped_column(default=True)
