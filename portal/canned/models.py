"""The table of canned answers."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, UtcDateTime
from ..people.models import Team


class CannedAnswer(Model):
    """A text to be put into an answer: of one team or of all, in one language or for any."""

    __tablename__ = "canned_answer"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    keyword: Mapped[str] = mapped_column(String(30), default="")
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(5))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    changed: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    team: Mapped[Team | None] = relationship()
