"""Saying that something changed."""

from datetime import timedelta

from sqlalchemy import delete, insert

from ..extensions import db
from ..kit import clock
from ..kit.rows import table_of
from .models import LiveRow

KEPT = timedelta(minutes=10)
_SAID = insert(table_of(LiveRow))


def publish(*topics: str) -> None:
    """Name topics that this transaction changes; windows hear of them once it commits."""
    moment = clock.now()
    db.session.execute(_SAID, [{"topic": topic, "at": moment} for topic in topics])


def sweep() -> None:
    """Drop rows that every window has heard."""
    db.session.execute(delete(LiveRow).where(LiveRow.at < clock.now() - KEPT))
