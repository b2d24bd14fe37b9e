"""The last backups."""

from datetime import timedelta

from sqlalchemy import select

from ..extensions import db
from ..kit import clock
from .models import Backup

LONGEST = timedelta(hours=6)  # one that is under way longer than this died


def last_good() -> Backup | None:
    """The newest backup that is whole."""
    return db.session.scalar(select(Backup).where(Backup.good).order_by(Backup.began.desc()).limit(1))


def last_tried() -> Backup | None:
    """The newest backup, whole or not."""
    return db.session.scalar(select(Backup).order_by(Backup.began.desc(), Backup.id.desc()).limit(1))


def is_under_way() -> bool:
    """Whether somebody reads the store now."""
    open_ = select(Backup.id).where(Backup.ended.is_(None), Backup.began > clock.now() - LONGEST)
    return db.session.scalar(open_.limit(1)) is not None
