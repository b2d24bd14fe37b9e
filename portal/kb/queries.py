"""Selects of the help pages; each fetches a bounded number of rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Select, bindparam, func, select, tuple_

from ..extensions import db
from ..people.models import Person
from ..readership.models import Popular
from .access import (
    KEPT,
    VISITORS,
    Audience,
    audience,
    columns,
    find_article,
    paths_to,
    visible_articles,
    visible_once,
    visible_sections,
)
from .models import ARCHIVED, Article, Redirect, Section

PAGE = 40  # articles of a section on one page
SIBLINGS = 12
START = 6
SHOWN = 5  # favourites of each kind
NEWEST = 50  # entries of a feed
BATCH = 500  # articles that a sitemap reads at once


@dataclass(frozen=True)
class Entry:
    """A section as a page lists it, with how many articles its reader finds in it and below it."""

    slug: str
    title: str
    summary: str
    icon: str
    articles: int


def sections(person: Person | None, language: str, parent: str = "") -> list[Entry]:
    """The sections in another one (at the top unless given) that have something to read for the person, in their order."""
    who = audience(person)
    rows = db.session.scalars(_sections(who, language), {"of": parent}).all()
    counts = _counts(who) if rows and who != VISITORS else {row.slug: row.articles for row in rows}
    return [Entry(row.slug, row.title, row.summary, row.icon, counts.get(row.slug, 0)) for row in rows]


@lru_cache(KEPT)
def _sections(who: Audience, language: str) -> Select[Section]:
    rows = visible_sections(who, language).where(Section.parent == bindparam("of"))
    return rows.order_by(Section.order, Section.slug)


def _counts(who: Audience) -> dict[str, int]:
    """How many articles these readers find in each section and below it."""
    counts: dict[str, int] = {}
    for section, count in db.session.execute(_counted(who)):
        for path in paths_to(section):
            counts[path] = counts.get(path, 0) + count
    return counts


@lru_cache(KEPT)
def _counted(who: Audience) -> Select[Any]:
    once = func.count(func.distinct(Article.slug))
    rows = visible_articles(who).where(Article.status != ARCHIVED).group_by(Article.section)
    return cast("Select[Any]", rows.with_only_columns(Article.section, once))


def trail(section: str, language: str, beside: Sequence[Any] = ()) -> Sequence[Any]:
    """A section and those around it (slug, title), outermost first: the way to an article that the person may read.

    `beside` are rows of siblings(), which name a section that is in no other one.
    """
    if beside and "/" not in section:
        return [Entry(section, beside[0].section_title, "", "", len(beside))]
    rows = select(Section).where(Section.locale == language, Section.slug.in_(paths_to(section)))
    return sorted(db.session.scalars(rows), key=lambda row: len(row.slug))


def new_address(person: Person | None, address: str, language: str) -> str | None:
    """Where an old address leads today; None if nowhere, or to nothing that the person may read."""
    target = db.session.scalar(select(Redirect.target).where(Redirect.address == address[:300]))
    if target and find_article(person, target.rpartition("/")[2], language):
        return target
    return None


def _in_section(language: str) -> Any:
    return (Section.slug == Article.section) & (Section.locale == language)


@lru_cache(KEPT)  # building such a statement takes longer than running it
def _listed(who: Audience, language: str) -> Select[Any]:
    """Light rows of articles in their order, each in the language that suits best, with the title of their section."""
    rows = columns(visible_once(who, language)).add_columns(Section.title.label("section_title"))
    return rows.join(Section, _in_section(language)).order_by(Article.order, Article.slug)


@lru_cache(KEPT)
def _start(who: Audience, language: str) -> Select[Any]:
    own_first = _listed(who, language).order_by(None).order_by(Article.locale != language)
    return own_first.order_by(Article.order, Article.slug).limit(START)


@lru_cache(KEPT)
def _of_section(who: Audience, language: str, most: int) -> Select[Any]:
    return _listed(who, language).where(Article.section == bindparam("of")).limit(most)


def good_start(person: Person | None, language: str) -> Sequence[Any]:
    """The first articles of the whole centre, those in the reader's language before others, with the title of their section."""
    return db.session.execute(_start(audience(person), language)).all()


@lru_cache(KEPT)
def _favourites(who: Audience, language: str) -> Select[Any]:
    rows = _listed(who, language).order_by(None).join(Popular, Popular.article == Article.slug)
    return rows.add_columns(Popular.kind, Popular.place)


def favourites(person: Person | None, language: str) -> dict[str, list[Any]]:
    """The first articles of those that help most ("useful"), and of the others those that are looked for most ("opened").

    Those in the reader's language stand before others.
    """
    found: dict[str, list[Any]] = {"useful": [], "opened": []}
    shown: set[str] = set()
    rows = db.session.execute(_favourites(audience(person), language))
    for row in sorted(rows, key=lambda row: (row.kind != "useful", row.locale != language, row.place)):
        if len(found[row.kind]) < SHOWN and row.slug not in shown:
            found[row.kind].append(row)
            shown.add(row.slug)
    return found


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


def public_sections() -> list[str]:
    """Slugs of sections with something that everybody may read, in their order."""
    rows = visible_articles(audience(None)).with_only_columns(Article.section).distinct()
    return sorted(db.session.scalars(rows))


def public_versions(section: str) -> Iterator[tuple[str, list[Any]]]:
    """Slugs of a section, each with its versions (locale, updated) that everybody may read; not all at once."""
    held = visible_articles(audience(None)).where(Article.section == section)
    rows = held.with_only_columns(Article.slug, Article.locale, Article.updated)
    last = ""
    while True:
        slugs = held.with_only_columns(Article.slug).where(Article.slug > last).distinct()
        batch = db.session.scalars(slugs.order_by(Article.slug).limit(BATCH)).all()
        if not batch:
            return
        found = db.session.execute(rows.where(Article.slug.in_(batch)).order_by(Article.slug)).all()
        for slug, versions in groupby(found, key=lambda row: row.slug):
            yield slug, list(versions)
        last = batch[-1]


def newest(language: str, section: str = "") -> Sequence[Any]:
    """The articles of a language that everybody may read, of one section or of all, the newest first."""
    rows = visible_articles(audience(None)).where(Article.locale == language, Article.updated.is_not(None))
    rows = rows.where(Article.section == section) if section else rows
    shown = (Article.slug, Article.title, Article.summary, Article.owner, Article.updated)
    newest_first = rows.order_by(Article.updated.desc(), Article.slug).limit(NEWEST)
    return db.session.execute(newest_first.with_only_columns(*shown)).all()
