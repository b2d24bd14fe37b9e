"""Selects of the help pages; each fetches a bounded number of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, tuple_

from ..extensions import db
from ..people.models import Person
from ..search.index import Hit, find
from .access import Audience, audience, columns, languages_for, visible_articles, visible_once
from .models import Article, Section

PAGE = 40  # articles of a section on one page
SIBLINGS = 12
START = 6


def sections(language: str) -> Sequence[Section]:
    """All sections that have something to read, in their order."""
    rows = select(Section).where(Section.locale == language, Section.articles > 0)
    return db.session.scalars(rows.order_by(Section.order, Section.slug)).all()


def _in_section(language: str) -> Any:
    return (Section.slug == Article.section) & (Section.locale == language)


@cache  # building such a statement takes longer than running it
def _listed(who: Audience, language: str) -> Select[Any]:
    """Light rows of articles in their order, each in the language that suits best, with the title of their section."""
    rows = columns(visible_once(who, language)).add_columns(Section.title.label("section_title"))
    return rows.join(Section, _in_section(language)).order_by(Article.order, Article.slug)


@cache
def _start(who: Audience, language: str) -> Select[Any]:
    return _listed(who, language).limit(START)


@cache
def _of_section(who: Audience, language: str, most: int) -> Select[Any]:
    return _listed(who, language).where(Article.section == bindparam("of")).limit(most)


def good_start(person: Person | None, language: str) -> Sequence[Any]:
    """The first articles of the whole centre, with the title of their section."""
    return db.session.execute(_start(audience(person), language)).all()


def siblings(person: Person | None, article: Article, language: str) -> Sequence[Any]:
    """The first articles of the article's section, with the title of the section."""
    rows = _of_section(audience(person), language, SIBLINGS)
    return db.session.execute(rows, {"of": article.section}).all()


def section_page(person: Person | None, section: Section, after: str) -> tuple[Sequence[Any], str | None]:
    """Articles of a section from the key `after` on, and the key of the next page; a foreign key shows the first page."""
    rows = _of_section(audience(person), section.locale, PAGE + 1)
    order, _, slug = after.partition(".")
    if slug and order.lstrip("-").isascii() and order.lstrip("-").isdigit() and len(order) < 10:  # noqa: PLR2004 -- an int
        rows = rows.where(tuple_(Article.order, Article.slug) > (int(order), slug))
    found = db.session.execute(rows, {"of": section.slug}).all()
    more = len(found) > PAGE
    return found[:PAGE], f"{found[PAGE - 1].order}.{found[PAGE - 1].slug}" if more else None


@dataclass(frozen=True)
class Found:
    """Answers to a question.

    Attributes:
        answers: pairs of a search hit and the article's light row.
        locale: the language of the answers.
        corrected: the question as it was understood, when a word was misspelt.
        limited: search cannot be used at the moment.
    """

    answers: list[tuple[Hit, Any]]
    locale: str
    corrected: str | None = None
    limited: bool = False


def search_articles(person: Person | None, words: str, language: str, limit: int = 20) -> Found:
    """Answers in the reader's language, else in the next one that has any.

    Words are corrected only after they were looked up as typed in every language: a question in Portuguese is no
    misspelt English.
    """
    who = audience(person)
    for correct in (False, True):
        for locale in languages_for(language):
            results = find(words, locale, who, limit, correct=correct)
            if results.limited:
                return Found([], language, limited=True)
            if results.hits:
                results = results if correct else find(words, locale, who, limit)
                return Found(_still_visible(person, results.hits, language), locale, results.corrected)
    return Found([], language)


def suggest_articles(person: Person | None, words: str, language: str, limit: int = 5) -> Found:
    """Answers while the last word is still being typed, in the reader's language alone."""
    results = find(words, language, audience(person), limit, beginning=True)
    if results.limited:
        return Found([], language, limited=True)
    return Found(_still_visible(person, results.hits, language), language, results.corrected)


def _still_visible(person: Person | None, hits: Sequence[Hit], language: str) -> list[tuple[Hit, Any]]:
    """Hits whose article may be read now: the index learns of a change a moment later."""
    ids = [hit.id for hit in hits if hit.kind == "articles"]
    if not ids:
        return []
    rows = columns(visible_articles(audience(person))).add_columns(Section.title.label("section_title"))
    rows = rows.join(Section, _in_section(language)).where(Article.id.in_(ids))
    held = {row.id: row for row in db.session.execute(rows)}
    return [(hit, held[hit.id]) for hit in hits if hit.id in held]
