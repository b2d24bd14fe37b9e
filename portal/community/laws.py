"""Tables of what keeps people and words back: rules for words and links, and suspensions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, UtcDateTime, Word


class Rule(Model):
    """A word or the host of a link that keeps a post: it is held for a look, or refused."""

    __tablename__ = "community_rule"
    __table_args__ = (UniqueConstraint("kind", "pattern"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(Word(5))  # word or link
    pattern: Mapped[str] = mapped_column(String(100))  # folded, as it is compared
    does: Mapped[str] = mapped_column(String(6), default="hold")  # hold or refuse
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Suspension(Model):
    """Somebody may not write in the community until a moment, and is told why."""

    __tablename__ = "suspension"
    __table_args__ = (Index(None, "person_id", "ends"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ends: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
