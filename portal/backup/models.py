"""The table of backups that were made or tried."""

from datetime import datetime

from sqlalchemy import BigInteger, Float, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, UtcDateTime


class Backup(Model):
    """A backup: under way until `ended`, then whole (`good`) or not, with the reason in `error`."""

    __tablename__ = "backup"
    __table_args__ = (Index(None, "good", "began"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    began: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime)
    good: Mapped[bool] = mapped_column(default=False)
    place: Mapped[str] = mapped_column(String(400))
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)
    error: Mapped[str | None] = mapped_column(Text)
