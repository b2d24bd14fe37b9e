"""The table of invitations."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, Json, UtcDateTime
from ..people.models import Person

WAITING = text("state = 'waiting'")


class Invitation(Model):
    """A colleague was asked by mail to join; of one address at most one waits.

    `offers` are pairs of a role's id and a team's, or None for everywhere. The link of the newest mail counts alone:
    `turn` says which that is, and `digest` is its token's. `state` is "waiting", "used" or "withdrawn".
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index("ix_invitation_waiting", "email", unique=True, sqlite_where=WAITING, postgresql_where=WAITING),
        Index(None, "state", "sent", "id"),
        Index(None, "by_id"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    called: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(5))
    offers: Mapped[list[tuple[int, int | None]]] = mapped_column(Json)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who came of it
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    turn: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(9), default="waiting")
    sent: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ends: Mapped[datetime] = mapped_column(UtcDateTime)

    by: Mapped[Person | None] = relationship(foreign_keys=by_id)

    @property
    def ran_out(self) -> bool:
        return self.state == "waiting" and self.ends <= clock.now()
