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


def rights_of(person_id: int) -> str:
    """The topic that ends a person's open streams: nobody can ask for it, and each listens to their own."""
    return f"rights-{person_id}"


def cut_streams(person_id: int) -> None:
    """What a person may see changed, or a sign-in of theirs ended: their streams end, and what comes back is asked anew."""
    publish(rights_of(person_id))


def sweep() -> None:
    """Drop rows that every window has heard."""
    db.session.execute(delete(LiveRow).where(LiveRow.at < clock.now() - KEPT))
