"""Who may read which article, and in which language."""

from functools import lru_cache
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ..config import LANGUAGES
from ..extensions import db
from ..kit import clock
from ..kit.types import UtcDateTime
from ..people.models import Person
from ..people.permissions import Permission
from .models import (
    ARCHIVED,
    ORGANISATION,
    PUBLIC,
    PUBLISHED,
    SIGNED_IN,
    STAFF,
    Article,
    ArticleOrganisation,
    Picture,
    PictureUse,
    Section,
)

# What opens articles: a reader holds some of these words, an article names those of which one is enough.
Audience = frozenset[str]
VISITORS: Audience = frozenset({PUBLIC})
OF = "org-"  # and the id of an organisation
KEPT = 300  # statements of each kind; readers of one organisation share theirs


def may_preview(person: Person | None) -> bool:
    return person is not None and person.may(Permission.PREVIEW)


def audience(person: Person | None) -> Audience:
    """The words that the person reads and searches with."""
    if person is None:
        return VISITORS
    words = {PUBLIC, SIGNED_IN, *(f"{OF}{organisation}" for organisation, _manages in person.homes)}
    return frozenset(words | {STAFF} if may_preview(person) else words)


def readers_of(article: Article) -> tuple[str, ...]:
    """The words any one of which opens the article at this moment."""
    if article.audience == STAFF or not article.is_open:
        return (STAFF,)
    if article.audience == ORGANISATION:
        return (*sorted(f"{OF}{row.organisation_id}" for row in article.readers), STAFF)
    return (PUBLIC,) if article.audience == PUBLIC else (SIGNED_IN, STAFF)


def languages_for(language: str) -> list[str]:
    """All languages, best first for a reader of `language`: the wanted one, English, the others."""
    return list(dict.fromkeys([language, "en", *LANGUAGES]))


def visible_articles(who: Audience) -> Select[Article]:
    """What these readers may read at the moment when it is asked; in all languages."""
    return select(Article).where(_opens(Article, who))


def visible_among(who: Audience) -> Select[Article]:
    """Those of the articles `ids` that these readers may read; the ids are given when it is asked.

    The rights are asked of each of them by itself: else SQLite goes through all that are published.
    """
    same = aliased(Article)
    may = exists().where(same.id == Article.id, _opens(same, who))
    return select(Article).where(Article.id.in_(bindparam("ids", expanding=True)), may)


def _now() -> ColumnElement[Any]:
    """The moment when a statement runs: it may have been built long before."""
    return bindparam("now", callable_=clock.now, type_=UtcDateTime(), unique=True)


def _opens(article: Any, who: Audience) -> ColumnElement[bool]:
    if STAFF in who:
        return article.id.is_not(None)
    reach = article.audience.in_(sorted(who & {PUBLIC, SIGNED_IN}))
    if ids := sorted(int(word.removeprefix(OF)) for word in who if word.startswith(OF)):
        named = exists().where(
            ArticleOrganisation.article_id == article.id, ArticleOrganisation.organisation_id.in_(ids)
        )
        reach = or_(reach, and_(article.audience == ORGANISATION, named))
    begun = or_(article.opens.is_(None), article.opens <= _now())
    return and_(
        article.status == PUBLISHED, reach, begun, or_(article.closes.is_(None), article.closes > _now())
    )


def _rank(locale: InstrumentedAttribute[str], language: str) -> ColumnElement[int]:
    order = {code: place for place, code in enumerate(languages_for(language))}
    return case(order, value=locale, else_=len(order))


def visible_once(who: Audience, language: str) -> Select[Article]:
    """visible_articles() but for archived ones, each only in the language that suits a reader of `language` best."""
    better = aliased(Article)
    same = exists().where(
        better.slug == Article.slug,
        better.status != ARCHIVED,
        _rank(better.locale, language) < _rank(Article.locale, language),
        _opens(better, who),
    )
    return visible_articles(who).where(Article.status != ARCHIVED, ~same)


def find_article(person: Person | None, slug: str, language: str) -> Article | None:
    """The article in the wanted language or the next best one; None when the person may not see it in any."""
    return db.session.scalar(_article(audience(person), language), {"slug": slug})


def get_article(person: Person | None, slug: str, language: str) -> Article:
    """find_article(), or 404."""
    return find_article(person, slug, language) or abort(404)


@lru_cache(KEPT)  # building such a statement takes longer than running it
def _article(who: Audience, language: str) -> Select[Article]:
    rows = visible_articles(who).where(Article.slug == bindparam("slug"))
    return rows.order_by(Article.status == ARCHIVED, _rank(Article.locale, language)).limit(1)


def paths_to(section: str) -> list[str]:
    """A section's path and those of the sections around it, outermost first."""
    parts = section.split("/")
    return ["/".join(parts[: place + 1]) for place in range(len(parts))]


def visible_sections(who: Audience, language: str) -> Select[Section]:
    """Sections in which, or below which, these readers have something to read."""
    rows = select(Section).where(Section.locale == language)
    if who == VISITORS:
        return rows.where(Section.articles > 0)
    inside = or_(Article.section == Section.slug, Article.section.startswith(Section.slug.concat("/")))
    something = exists().where(inside, Article.status != ARCHIVED, _opens(Article, who))
    return rows.where(or_(Section.articles > 0, something))


def get_section(person: Person | None, slug: str, language: str) -> Section:
    """A section in the reader's language; 404 when the person has nothing to read in it."""
    found = db.session.scalar(_section(audience(person), language), {"slug": slug})
    return found or abort(404)


@lru_cache(KEPT)
def _section(who: Audience, language: str) -> Select[Section]:
    return visible_sections(who, language).where(Section.slug == bindparam("slug"))


def columns(rows: Select[Article]) -> Any:
    """The same rows as light ones for lists: without their text."""
    shown = (
        Article.id,
        Article.slug,
        Article.title,
        Article.summary,
        Article.locale,
        Article.section,
        Article.minutes,
    )
    return rows.with_only_columns(*shown, Article.status, Article.order)


def may_see_picture(who: Audience, key: str) -> bool:
    """Whether an article that shows the picture may be read."""
    shown = select(PictureUse.article_id).where(PictureUse.key == key)
    return (
        db.session.scalar(
            visible_articles(who).where(Article.id.in_(shown)).with_only_columns(Article.id).limit(1)
        )
        is not None
    )


def get_picture(person: Person | None, key: str) -> Picture:
    """A picture of an article that the person may read, else 404."""
    found = db.session.get(Picture, key)
    return found if found and may_see_picture(audience(person), key) else abort(404)
