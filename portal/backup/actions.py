"""Noting a backup: when it began, how it ended."""

from datetime import datetime

from sqlalchemy import delete, update

from ..extensions import db
from ..kit import clock
from .models import Backup

KEPT = 100  # backups that are remembered, the newest ones


def begin(place: str) -> Backup:
    """A backup is under way; one that was before died, since two never are at once."""
    cut = update(Backup).where(Backup.ended.is_(None))
    db.session.execute(
        cut.values(ended=clock.now(), error="it was cut off: the machine or the program ended")
    )
    row = Backup(place=place[:400])
    db.session.add(row)
    db.session.flush()
    db.session.execute(delete(Backup).where(Backup.id <= row.id - KEPT))
    return row


def end(backup_id: int, began: datetime, *, size: int = 0, error: str | None = None) -> float:
    """How it ended; the seconds that it took."""
    now = clock.now()
    values = {"ended": now, "good": error is None, "size": size, "error": error}
    done = update(Backup).where(Backup.id == backup_id)
    seconds = (now - began).total_seconds()
    db.session.execute(done.values(seconds=seconds, **values))
    return seconds


def came_back(size: int) -> None:
    """In what was restored the backup itself is still under way, as it was when it was written."""
    open_ = update(Backup).where(Backup.ended.is_(None))
    db.session.execute(open_.values(ended=Backup.began, good=True, size=size))
