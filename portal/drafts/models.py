"""The table of drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, Json, UtcDateTime


class Draft(Model):
    """What a person writes at one place, as "new" or "ticket-20001"; without words (`size` 0) it was sent or thrown away.

    `kept` and `other` hold {"fields": {name: text}, "once": word of the form, "window": who wrote, "step": its count}.
    `other` is what another device or window wrote at the same time, so that neither is lost.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "place"), Index(None, "updated"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(default=0)
    kept: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    other: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    size: Mapped[int] = mapped_column(default=0)
    updated: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
