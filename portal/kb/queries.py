"""Selects of the help pages; each fetches a bounded number of rows."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, tuple_

from ..extensions import db
from ..people.models import Person
from .access import Audience, audience, columns, visible_once
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
