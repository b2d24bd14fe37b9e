"""The table of what was seen last."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..kit import clock
from ..kit.types import Json, UtcDateTime


class HealthNote(Model):
    """What was seen when somebody looked last: `name` is "worker" with its machine, or something outside of us."""

    __tablename__ = "health_note"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
