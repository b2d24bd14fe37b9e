"""Who may read which article, and in which language."""

from functools import cache
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, bindparam, case, exists, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ..config import LANGUAGES
from ..extensions import db
from ..people.models import Person
from ..people.permissions import Permission
from ..search.documents import EVERYBODY, PUBLIC
from .models import PUBLISHED, Article, Section

STAFF = "staff"
Audience = frozenset[str]


def may_preview(person: Person | None) -> bool:
    return person is not None and person.may(Permission.PREVIEW)


def audience(person: Person | None) -> Audience:
    """The tokens by which the person reads and searches: an article that has any of them in readers_of() is open."""
    if person is None:
        return EVERYBODY
    homes = {f"org-{membership.organisation_id}" for membership in person.memberships}
    return EVERYBODY | {"signed-in"} | homes | ({STAFF} if may_preview(person) else set())


def readers_of(article: Article) -> tuple[str, ...]:
    """Tokens of audience(); who has any of them may read the article."""
    return (STAFF,) if article.is_draft else (PUBLIC,)


def languages_for(language: str) -> list[str]:
    """All languages, best first for a reader of `language`: the wanted one, English, the others."""
    return list(dict.fromkeys([language, "en", *LANGUAGES]))


def visible_articles(who: Audience) -> Select[Article]:
    """Published articles, and drafts for those who may preview them; in all languages."""
    rows = select(Article)
    return rows if STAFF in who else rows.where(Article.status == PUBLISHED)


def _rank(locale: InstrumentedAttribute[str], language: str) -> ColumnElement[int]:
    order = {code: place for place, code in enumerate(languages_for(language))}
    return case(order, value=locale, else_=len(order))


def visible_once(who: Audience, language: str) -> Select[Article]:
    """visible_articles(), each only in the language that suits a reader of `language` best."""
    better = aliased(Article)
    same = exists().where(
        better.slug == Article.slug, _rank(better.locale, language) < _rank(Article.locale, language)
    )
    if STAFF not in who:
        same = same.where(better.status == PUBLISHED)
    return visible_articles(who).where(~same)


def get_article(person: Person | None, slug: str, language: str) -> Article:
    """The article in the wanted language or the next best one; 404 when the person may not see it in any."""
    found = db.session.scalar(_article(audience(person), language), {"slug": slug})
    return found or abort(404)


@cache  # building such a statement takes longer than running it
def _article(who: Audience, language: str) -> Select[Article]:
    rows = visible_articles(who).where(Article.slug == bindparam("slug"))
    return rows.order_by(_rank(Article.locale, language)).limit(1)


def get_section(slug: str, language: str) -> Section:
    """A section in the reader's language, or 404; sections themselves are public."""
    found = db.session.scalar(select(Section).where(Section.slug == slug, Section.locale == language))
    return found or abort(404)


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
