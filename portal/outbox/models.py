"""The table of work to be done."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..kit import clock
from ..kit.types import NEVER_AGAIN, BigId, Json, UtcDateTime, Word

PENDING = text("done IS NULL AND dead IS NULL")


class Job(Model):
    """One piece of work; neither done nor dead means that it waits or is under way until `due`.

    What is dead and `held` waited when a backup was made that was restored: it may have been done since.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_todo", "due", "id", sqlite_where=PENDING, postgresql_where=PENDING),
        Index("ix_job_lane", "lane", "id", sqlite_where=PENDING, postgresql_where=PENDING),
        Index(
            "ix_job_dead",
            "dead",
            sqlite_where=text("dead IS NOT NULL"),
            postgresql_where=text("dead IS NOT NULL"),
        ),
        Index("ix_job_done", "done"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(Word(50))
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    key: Mapped[str | None] = mapped_column(String(100), unique=True)
    lane: Mapped[str | None] = mapped_column(String(50))
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    due: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held: Mapped[bool] = mapped_column(default=False, server_default=false())
    error: Mapped[str | None] = mapped_column(Text)


class Once(Model):
    """A form that acted: its random word, whose it was, and where its result is."""

    __tablename__ = "once"
    __table_args__ = (Index(None, "at"),)

    word: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigId)
    address: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
