"""The table of letters that went out."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, UtcDateTime


class Letter(Model):
    """A mail that was handed over. Only a demo keeps the words; else they would be a second copy of everything."""

    __tablename__ = "letter"
    __table_args__ = (Index(None, "sent_at", "id"), Index(None, "thread", "id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    job_id: Mapped[int] = mapped_column(BigId, unique=True)
    message_id: Mapped[str] = mapped_column(String(200))
    thread: Mapped[str | None] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(400))
    text: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
