"""Verbs of what readers do: searches recorded, votes cast, both forgotten in time, and the favourites kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from ..extensions import db
from ..kit import clock
from ..kit.rows import insert_or_skip, table_of
from .masking import masked
from .models import Popular, Searched, Vote

KEPT = timedelta(days=396)  # 13 months: a month can be compared with that of the year before
LINKED = timedelta(days=1)  # how long an opening or a request can still be told of a search
BATCH = 500


@dataclass(frozen=True)
class Said:
    """Whether an article helped, in which language it was read, and why not."""

    helpful: bool
    locale: str
    reason: str = ""
    words: str = ""


def record(notes: Iterable[dict[str, Any]]) -> None:
    """Record searches from their notes; of one search the last word counts, so the same notes may come twice."""
    known: dict[str, dict[str, Any]] = {}
    for one in notes:
        known.setdefault(one["token"], {"at": one["at"]}).update({k: v for k, v in one.items() if k != "at"})
    tokens = list(known)
    for start in range(0, len(tokens), BATCH):
        rows = select(Searched).where(Searched.token.in_(tokens[start : start + BATCH]))
        for row in db.session.scalars(rows):
            _tell(row, known.pop(str(row.token)))
    for token, facts in known.items():
        if facts.get("words"):
            moment = datetime.fromisoformat(facts["at"]).replace(minute=0, second=0, microsecond=0)
            row = Searched(token=token, at=moment, opened="", asked=False)
            _tell(row, facts)
            db.session.add(row)
    db.session.flush()


def _tell(row: Searched, facts: dict[str, Any]) -> None:
    for name in ("words", "language", "results", "opened", "asked"):
        if name in facts:
            setattr(row, name, facts[name])


def vote(said: Said, article: str, voter: str) -> None:
    """Count whether an article helped; a voter who says so again changes the vote.

    Args:
        said: what the reader says; what may tell who wrote it is left out of the words.
        article: its slug.
        voter: a digest.
    """
    values = {
        "locale": said.locale,
        "helpful": said.helpful,
        "reason": "" if said.helpful else said.reason,
        "words": "" if said.helpful else masked(said.words),
        "at": clock.now(),
    }
    db.session.execute(insert_or_skip(Vote), {"article": article, "voter": voter, **values})
    mine = update(table_of(Vote)).where(Vote.article == article, Vote.voter == voter)
    db.session.execute(mine.values(**values))


def set_favourites(favourites: dict[str, list[str]]) -> bool:
    """Set down which articles help most and which are opened most from searches; whether that changed."""
    wanted = {
        (kind, slug): place for kind, slugs in favourites.items() for place, slug in enumerate(slugs, 1)
    }
    held = {(row.kind, row.article): row.place for row in db.session.scalars(select(Popular))}
    if wanted == held:
        return False
    db.session.execute(delete(Popular))
    db.session.add_all(
        Popular(kind=kind, article=slug, place=place) for (kind, slug), place in wanted.items()
    )
    db.session.flush()
    return True


def sweep() -> None:
    """Forget what is older than 13 months, and after a day which page a search was made on."""
    moment = clock.now()
    for table in (Searched, Vote):
        db.session.execute(delete(table).where(table.at < moment - KEPT))
    linked = update(table_of(Searched)).where(Searched.at < moment - LINKED, Searched.token.is_not(None))
    db.session.execute(linked.values(token=None))
