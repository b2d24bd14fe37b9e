"""The revision of all articles: held while they change, counted up, and turned when time itself changes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from ..extensions import db
from ..kit import clock
from ..outbox.actions import enqueue
from .models import PUBLISHED, Article, Revision, Section
from .sections import section_counts

BATCH = 100  # articles that one job indexes


def held_revision() -> Revision:
    """The revision, held against whoever else would change articles now."""
    rows = select(Revision).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(rows).one()


def pass_time() -> list[int]:
    """What appeared or disappeared by itself since the last time; ids of those articles."""
    revision = held_revision()
    now, since = clock.now(), revision.turns
    if since is None or since > now:
        return []
    passed = or_(Article.opens.between(since, now), Article.closes.between(since, now))
    ids = list(db.session.scalars(select(Article.id).where(passed)))
    counts = section_counts()
    for row in db.session.scalars(select(Section)):
        row.articles = counts.get(row.slug, 0)
    turn(revision, ids)
    return ids


def turn(revision: Revision, touched: list[int]) -> None:
    """Let kept pages be made anew, leave work for search, and come back when the next article appears or disappears."""
    revision.value += 1
    revision.turns = _next_turn()
    if revision.turns:
        key = f"kb.turn:{revision.turns.timestamp():.6f}"
        enqueue("kb.turn", {}, key=key, due=revision.turns)
    db.session.flush()
    for start in range(0, len(touched), BATCH):
        enqueue("search.index", {"articles": touched[start : start + BATCH]}, lane="search")


def _next_turn() -> datetime | None:
    def first(moment: Any) -> datetime | None:
        coming: ColumnElement[bool] = and_(Article.status == PUBLISHED, moment > clock.now())
        return db.session.scalar(select(func.min(moment)).where(coming))

    return min(filter(None, (first(Article.opens), first(Article.closes))), default=None)
