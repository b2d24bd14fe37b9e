"""Tables of what the owner said of the company, and of mails that try whether mail arrives."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, Json, UtcDateTime


class CompanyValue(Model):
    """What one form of the pages saved; `version` counts how often, so that of two who save at once one is told."""

    __tablename__ = "company_value"

    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class TestMail(Model):
    """A mail to an address of an administrator, and what became of it.

    `answer` is what the server said that took it, `trouble` what it said that did not; `checks` holds for spf, dkim and
    dmarc what was seen, as company/mailway.py finds it.
    """

    __tablename__ = "test_mail"
    __test__ = False  # its name is no word to pytest

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(254))
    sender: Mapped[str] = mapped_column(String(254))
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    job_id: Mapped[int | None] = mapped_column(BigId, unique=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    trouble: Mapped[str] = mapped_column(Text, default="")
    is_final: Mapped[bool] = mapped_column(default=False)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrived_by: Mapped[str] = mapped_column(String(7), default="")
    checks: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
