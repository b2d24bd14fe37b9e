"""The table of feedback: what a request of that kind knows besides its words."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, Json, UtcDateTime
from ..tickets.models import Ticket
from ..tickets.wording import FACES, Look


class Feedback(Model):
    """How somebody felt at a page. `situation` is what they saw it with: language, window, browser, signed in or not.

    Whether an answer is wanted, and can reach anybody, says the ticket's `reach`.
    """

    __tablename__ = "feedback"
    __table_args__ = (CheckConstraint("mood BETWEEN 1 AND 5", name="mood"), Index(None, "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    mood: Mapped[int] = mapped_column()
    page: Mapped[str] = mapped_column(String(500), default="")  # its path, without secrets
    situation: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def look(self) -> Look:
        """The face."""
        return FACES[self.mood]

    @property
    def is_link(self) -> bool:
        """Whether the page can be opened: one that had a secret in its address cannot."""
        return bool(self.page) and "…" not in self.page


# The desk's lists fetch it along with their rows; tickets themselves know nothing of feedback.
Ticket.feedback = relationship(Feedback, uselist=False, viewonly=True)
