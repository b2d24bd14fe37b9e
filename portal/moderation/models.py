"""Tables of moderation: reports, and the record of what moderators did."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..community.models import Post, Topic
from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, Json, UtcDateTime

OPEN = text("settled_at IS NULL")


class Report(Model):
    """Somebody says that a post should not stand there; each person once for each post."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("post_id", "person_id"),
        Index("ix_report_open", "at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index(None, "person_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(10))  # one of wording.REASONS
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str] = mapped_column(String(10), default="")  # one of wording.OUTCOMES

    post: Mapped[Post] = relationship()


class ModeratorAct(Model):
    """What a moderator did, for those whom it concerns and for the other moderators."""

    __tablename__ = "moderator_act"
    __table_args__ = (Index(None, "person_id", "id"), Index(None, "topic_id", "id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    act: Mapped[str] = mapped_column(String(15))  # one of wording.ACTS
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: a rule did
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # whom it concerns
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    topic: Mapped[Topic | None] = relationship()
    post: Mapped[Post | None] = relationship()
