"""The table of feedback: what a request of that kind knows besides its words."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, Json, UtcDateTime
from ..tickets.models import Ticket


class Feedback(Model):
    """How somebody felt at a page. `situation` is what they saw it with: language, window, browser, signed in or not."""

    __tablename__ = "feedback"
    __table_args__ = (CheckConstraint("mood BETWEEN 1 AND 5", name="mood"), Index(None, "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    mood: Mapped[int] = mapped_column()
    page: Mapped[str] = mapped_column(String(500), default="")  # its path, without secrets
    may_answer: Mapped[bool] = mapped_column(default=True)
    situation: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    ticket: Mapped[Ticket] = relationship()
