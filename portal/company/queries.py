"""Selects about the company's values and about test mails."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from ..audit.models import AuditEntry
from ..extensions import db
from ..kit import clock, crypto
from ..kit.company import the_company
from .models import CompanyValue, TestMail

LINK_WORKS = timedelta(days=7)
ARRIVED = "arrived"  # the part that says from which address a mail arrived last
MOST_TESTS = 10  # in an hour: enough for somebody who mends a domain, and no way to flood an address


def version_of(part: str) -> int:
    """How often a part was saved."""
    return db.session.scalar(select(CompanyValue.version).where(CompanyValue.part == part)) or 0


def value_of(part: str) -> dict[str, Any]:
    """A part as it was saved, straight from the table; nothing when nobody did."""
    return db.session.scalar(select(CompanyValue.value).where(CompanyValue.part == part)) or {}


def who_saved(part: str, act: str) -> str:
    """How the person is called who saved a part last."""
    rows = select(AuditEntry).where(AuditEntry.act == act, AuditEntry.about == f"company {part}")
    entry = db.session.scalar(rows.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(1))
    return entry.actor.shown if entry and entry.actor else ""


def find_test(*, token: str = "", job_id: int | None = None) -> TestMail | None:
    """The test mail whose link has a token, while it works, or which a job sent."""
    if job_id is not None:
        return db.session.scalar(select(TestMail).where(TestMail.job_id == job_id))
    young = TestMail.asked_at > clock.now() - LINK_WORKS
    return db.session.scalar(select(TestMail).where(TestMail.token_digest == crypto.digest(token), young))


def newest_test() -> TestMail | None:
    """The last one from the address that mails come from now."""
    rows = select(TestMail).where(TestMail.sender == the_company().sender)
    return db.session.scalar(rows.order_by(TestMail.id.desc()).limit(1))


def mail_arrived() -> bool:
    """Whether one from the address of today arrived; from another one it may not."""
    return bool(value_of(ARRIVED).get("sender") == the_company().sender)


def too_many_tests() -> bool:
    """Whether no further one is sent for now."""
    rows = select(func.count()).select_from(TestMail)
    sent = db.session.scalar(rows.where(TestMail.asked_at > clock.now() - timedelta(hours=1))) or 0
    return bool(sent >= MOST_TESTS)
