"""What was searched, opened, asked and voted, counted for editors and for the help centre's first page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from ..extensions import db
from ..kit import clock
from .models import Searched, Vote

FAVOURITES = 60  # of each kind; more than a page shows, since a reader may not see them all
RECENT = timedelta(days=90)
SURE = 0.2  # one yes of one, or five of ten
MOST = 15  # rows of a table


@dataclass(frozen=True)
class Span:
    """What an editor looks at: since when, and one language or all ("")."""

    since: datetime
    language: str = ""

    def of_searches(self) -> Sequence[ColumnElement[bool]]:
        wanted = [Searched.at >= self.since]
        return [*wanted, Searched.language == self.language] if self.language else wanted

    def of_votes(self) -> Sequence[ColumnElement[bool]]:
        wanted = [Vote.at >= self.since]
        return [*wanted, Vote.locale == self.language] if self.language else wanted


def vote_of(article: str, voter: str) -> Vote | None:
    return db.session.scalar(select(Vote).where(Vote.article == article, Vote.voter == voter))


def totals(span: Span) -> Any:
    """How many searches there were, how many of them found nothing, led to an article, and ended in a request."""
    columns = (
        func.count().label("searches"),
        func.count().filter(Searched.results == 0).label("in_vain"),
        func.count().filter(Searched.opened != "").label("opened"),
        func.count().filter(Searched.asked).label("asked"),
    )
    return db.session.execute(select(*columns).where(*span.of_searches())).one()


def most_searched(span: Span) -> Sequence[Any]:
    """(words, language, times, opened): most often searched first."""
    opened = func.count().filter(Searched.opened != "").label("opened")
    return _by_words(span, opened)


def found_nothing(span: Span) -> Sequence[Any]:
    """(words, language, times, asked) of searches without a result; `asked`: a request followed."""
    return _by_words(span, func.count().filter(Searched.asked).label("asked"), Searched.results == 0)


def _by_words(span: Span, column: Any, *more: ColumnElement[bool]) -> Sequence[Any]:
    times = func.count().label("times")
    rows = select(Searched.words, Searched.language, times, column).where(*span.of_searches(), *more)
    rows = rows.group_by(Searched.words, Searched.language)
    return db.session.execute(rows.order_by(times.desc(), Searched.words).limit(MOST)).all()


def opened_and_asked(span: Span) -> Sequence[Any]:
    """(opened, words, times): which article was opened for which words, and a request was written all the same."""
    times = func.count().label("times")
    rows = select(Searched.opened, Searched.words, times).where(
        *span.of_searches(), Searched.opened != "", Searched.asked
    )
    rows = rows.group_by(Searched.opened, Searched.words)
    return db.session.execute(rows.order_by(times.desc(), Searched.words).limit(MOST)).all()


def unhelpful(span: Span) -> Sequence[Any]:
    """(article, yes, no) of articles that somebody found unhelpful, the most unhelpful first."""
    yes, no = _yes(), _no()
    rows = select(Vote.article, yes.label("yes"), no.label("no")).where(*span.of_votes())
    rows = rows.group_by(Vote.article).having(no > 0)
    return db.session.execute(rows.order_by(no.desc(), yes, Vote.article).limit(MOST)).all()


def reasons(span: Span, articles: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """Why each of these articles was found unhelpful: (reason, times), the most frequent first."""
    times = func.count().label("times")
    rows = select(Vote.article, Vote.reason, times).where(
        *span.of_votes(), Vote.article.in_(articles), Vote.reason != ""
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for row in db.session.execute(rows.group_by(Vote.article, Vote.reason).order_by(times.desc())):
        found.setdefault(row.article, []).append((row.reason, row.times))
    return found


def said(span: Span, articles: Sequence[str]) -> Sequence[Vote]:
    """The newest votes with words on these articles."""
    rows = select(Vote).where(*span.of_votes(), Vote.article.in_(articles), Vote.words != "")
    return db.session.scalars(rows.order_by(Vote.at.desc(), Vote.id.desc()).limit(MOST)).all()


def _yes() -> Any:
    return func.sum(case((Vote.helpful, 1), else_=0))


def _no() -> Any:
    return func.sum(case((Vote.helpful, 0), else_=1))


def favourites() -> dict[str, list[str]]:
    """Slugs of the articles that help most ("useful") and that are opened most from searches ("opened")."""
    since = clock.now() - RECENT
    votes = select(Vote.article, _yes().label("yes"), _no().label("no")).where(Vote.at >= since)
    rows = db.session.execute(votes.group_by(Vote.article)).all()
    scored = sorted(((_surely(row.yes, row.yes + row.no), row.article) for row in rows), reverse=True)
    times = func.count()
    opened = select(Searched.opened).where(Searched.at >= since, Searched.opened != "")
    opened = opened.group_by(Searched.opened).order_by(times.desc(), Searched.opened).limit(FAVOURITES)
    return {
        "useful": [slug for score, slug in scored if score >= SURE][:FAVOURITES],
        "opened": list(db.session.scalars(opened)),
    }


def _surely(yes: int, votes: int) -> float:
    """The share of readers whom an article surely helps: the lower end of Wilson's interval at 95 %, so that one yes of
    one vote is less than ninety of a hundred (Wilson 1927, J. Am. Stat. Assoc. 22).
    """
    z = 1.96
    middle = yes / votes + z * z / (2 * votes)
    width = z * sqrt(yes / votes * (1 - yes / votes) / votes + z * z / (4 * votes * votes))
    return (middle - width) / (1 + z * z / votes)
