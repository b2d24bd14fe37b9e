"""The table of the record: the database itself refuses to drop rows, and to change more than to empty detail and source."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, Json, UtcDateTime
from ..people.models import Person

FROM_AFAR = text("source <> ''")


class AuditEntry(Model):
    """One act: who, what, on which object, when, from where."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "at", "id"),
        Index(None, "about", "id"),
        Index("ix_audit_entry_source", "at", sqlite_where=FROM_AFAR, postgresql_where=FROM_AFAR),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    act: Mapped[str] = mapped_column(String(50))
    about: Mapped[str] = mapped_column(String(100), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    source: Mapped[str] = mapped_column(String(45), default="")

    actor: Mapped[Person | None] = relationship()
