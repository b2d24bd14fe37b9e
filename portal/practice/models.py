"""The table of practice requests. They are no tickets, so that no list, count, search, mail or report can ever hold one."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..kit import clock
from ..kit.types import Json, UtcDateTime


class Practice(Model):
    """One agent's practice request: its state, what was written in it, and which steps were really done.

    Once it is put away only the day is left, so that it is not offered again.
    """

    __tablename__ = "practice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(5))
    began: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    put_away: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="new")
    steps: Mapped[list[str]] = mapped_column(Json, default=list)
    said: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # body, html, note, at

    @property
    def is_on(self) -> bool:
        return self.put_away is None
