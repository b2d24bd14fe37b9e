"""What the editors' pages show: counts over requests and articles, files to mend, and what search was taught."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from ..extensions import db
from ..kb.access import audience, visible_once
from ..kb.models import OF_FILES, Article, Fault
from ..kit import clock
from ..people.models import Person
from ..readership.queries import Span
from ..search.models import Pin, Synonym
from ..search.queries import pins_of, synonyms_of
from ..tickets.models import SolvedByArticle, Ticket

WEEK = timedelta(days=7)
PERIODS = (4, 13, 52)  # weeks that can be looked at
MOST = 15
MOST_FAULTS = 50
SYNONYMS, PINS = "synonyms", "pins"  # what search is taught
ARROW = "->"  # from the questions of a pinned answer to its article


@dataclass(frozen=True)
class Week:
    """A week of seven days that ends now or some weeks ago: requests that were begun, and those an article ended."""

    begins: datetime
    sent: int
    ended: int

    @property
    def begun(self) -> int:
        return self.sent + self.ended

    @property
    def share(self) -> int | None:
        """How many of a hundred an article ended; None of none."""
        return round(100 * self.ended / self.begun) if self.begun else None


def span(weeks: int, language: str) -> Span:
    return Span(clock.now() - weeks * WEEK, language)


def weeks_of(span: Span) -> list[Week]:
    """The weeks of a span, the newest first."""
    moment, begins = clock.now(), []
    while moment - WEEK >= span.since:
        moment -= WEEK
        begins.append(moment)
    # A request that goes on from an earlier one was not begun at the form.
    sent = select(*_per_week(Ticket.created_at, begins)).where(
        Ticket.created_at >= span.since, Ticket.follows_id.is_(None)
    )
    ended = select(*_per_week(SolvedByArticle.at, begins)).where(SolvedByArticle.at >= span.since)
    if span.language:
        sent = sent.join(Person, Person.id == Ticket.requester_id).where(Person.language == span.language)
        ended = ended.where(SolvedByArticle.locale == span.language)
    numbers = zip(begins, db.session.execute(sent).one(), db.session.execute(ended).one(), strict=True)
    return [Week(*row) for row in numbers]


def _per_week(moment: Any, begins: Iterable[datetime]) -> list[Any]:
    return [func.count().filter(moment >= one, moment < one + WEEK) for one in begins]


def asked_from(span: Span) -> Sequence[Any]:
    """(article, times): from which articles requests were asked."""
    times = func.count().label("times")
    rows = select(Ticket.article, times).where(Ticket.created_at >= span.since, Ticket.article != "")
    if span.language:
        rows = rows.join(Person, Person.id == Ticket.requester_id).where(Person.language == span.language)
    rows = rows.group_by(Ticket.article).order_by(times.desc(), Ticket.article)
    return db.session.execute(rows.limit(MOST)).all()


def titles(person: Person | None, slugs: Iterable[str], language: str) -> dict[str, Any]:
    """Light rows by slug of the articles that the person may read."""
    rows = visible_once(audience(person), language).where(Article.slug.in_(set(slugs)))
    found = db.session.execute(rows.with_only_columns(Article.slug, Article.title, Article.locale))
    return {row.slug: row for row in found}


def faults() -> tuple[Sequence[Any], int]:
    """What is to be mended in the files of articles: path, line, why, at, and the slug and locale of an article that is there.

    Files that are not taken over first, then the newest, and not all of it; and how much there is.
    """
    shown = (Fault.kind, Fault.path, Fault.line, Fault.why, Fault.at, Article.slug, Article.locale)
    rows = select(*shown).outerjoin(Article, Article.path == Fault.path)
    rows = rows.order_by(Fault.kind != OF_FILES, Fault.at.desc(), Fault.path, Fault.line).limit(MOST_FAULTS)
    return db.session.execute(rows).all(), db.session.scalar(select(func.count()).select_from(Fault)) or 0


def taught(language: str) -> dict[str, int]:
    """How many synonyms and pinned answers there are, in a language or in all."""
    return {what: _count_of(model, language) for what, model in ((SYNONYMS, Synonym), (PINS, Pin))}


def _count_of(model: type[Synonym | Pin], language: str) -> int:
    rows = select(func.count()).select_from(model)
    return db.session.scalar(rows.where(model.locale == language) if language else rows) or 0


def text_of(what: str, locale: str) -> str:
    """What search was taught in a language as editors change it: a line for each group or pin."""
    if what == PINS:
        return "\n".join(f"{words} {ARROW} {slug}" for words, slug in pins_of(locale))
    return "\n".join(synonyms_of(locale))
