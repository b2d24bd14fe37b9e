"""Noting what was seen."""

from typing import Any

from ..extensions import db
from ..kit import clock
from .models import HealthNote


def note(name: str, facts: dict[str, Any]) -> None:
    """Keep what was seen now, in place of what was seen before."""
    row = db.session.get(HealthNote, name[:100]) or HealthNote(name=name[:100])
    row.at, row.facts = clock.now(), facts
    db.session.add(row)
    db.session.flush()
