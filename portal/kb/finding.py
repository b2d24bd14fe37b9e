"""Finding what answers a question: articles in the reader's language or another, and what else the reader may see."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from markupsafe import escape
from sqlalchemy import Select, select

from ..extensions import db
from ..people.models import Person
from ..search.documents import Hit, Results, Shown, Way
from ..search.index import find, the_search
from ..search.queries import pinned
from ..search.words import ANY
from .access import KEPT, Audience, audience, columns, languages_for, visible_among, visible_articles
from .models import Article, Section

GOOD = 0.5  # share of a question that an answer holds, below which another language is asked
BETTER = 1.3  # how many times more of it an answer in another language must hold
PAGE, MOST_PAGES = 20, 20  # articles on a page of results, and such pages
OTHERS = 5  # answers of each kind that is no article
KIND = "articles"


@dataclass(frozen=True)
class Narrowed:
    """What a search is narrowed to; empty means everything.

    Attributes:
        kind: of documents, as the sources of search are called.
        locale: answers in this language alone.
    """

    kind: str = ""
    section: str = ""
    tag: str = ""
    locale: str = ""

    @property
    def facets(self) -> frozenset[str]:
        parts = (("section", self.section), ("tag", self.tag.casefold()))
        return frozenset(f"{name}:{value}" for name, value in parts if value)


EVERYTHING = Narrowed()


@dataclass(frozen=True)
class Found:
    """Answers to a question.

    Attributes:
        answers: pairs of a search hit and the article's light row.
        locale: the language of the answers.
        corrected: the question as it was also understood, when a word that stands nowhere was taken for another.
        limited: search cannot be used at the moment.
        total: how many articles answer, these among them.
        others: what is no article: by kind, pairs of a hit and what a page says of it.
    """

    answers: list[tuple[Hit, Any]]
    locale: str
    corrected: str | None = None
    limited: bool = False
    total: int = 0
    others: dict[str, list[tuple[Hit, Shown]]] = field(default_factory=dict)


def search_everything(  # noqa: PLR0913 -- what a page of results is asked for
    person: Person | None,
    words: str,
    language: str,
    only: Narrowed = EVERYTHING,
    *,
    as_typed: bool,
    page: int,
) -> Found:
    """Articles, and whatever else the person may see, as far as the search is narrowed to it; that on the first page."""
    found = Found([], language)
    if only.kind in ("", KIND):
        skip = (page - 1) * PAGE
        found = search_articles(person, words, language, PAGE, only=only, as_typed=as_typed, skip=skip)
    if only.section or only.tag or only.locale or page > 1:
        return found
    return replace(found, others=_others(person, words, only.kind, as_typed=as_typed))


def search_articles(  # noqa: PLR0913 -- two of them are switches with a usual value
    person: Person | None,
    words: str,
    language: str,
    limit: int = PAGE,
    *,
    only: Narrowed = EVERYTHING,
    as_typed: bool = False,
    skip: int = 0,
) -> Found:
    """Answers in the reader's language, or in another when they hold clearly more of the question."""
    way = Way(as_typed=as_typed, facets=only.facets, skip=skip)
    best, locale = Results(), only.locale or language
    for code in [only.locale] if only.locale else languages_for(language):
        results = find(words, code, audience(person), limit, way)
        if results.limited:
            return Found([], language, limited=True)
        if results.total and results.share > best.share * BETTER:
            best, locale = results, code
        if best.share >= GOOD and locale == language:
            break
    answers = _still_visible(person, best.hits, language)
    if only == EVERYTHING and not skip:
        answers = _with_pinned(person, words, language, answers)
    return Found(answers[:limit], locale, best.corrected, total=max(best.total, len(answers)))


def suggest_articles(person: Person | None, words: str, language: str, limit: int = 5) -> Found:
    """Answers while the last word is still being typed, in the reader's language alone; titles only."""
    results = find(words, language, audience(person), limit, Way(beginning=True, brief=True))
    if results.limited:
        return Found([], language, limited=True)
    return Found(_still_visible(person, results.hits, language), language, results.corrected)


def tags_of(found: Found, most: int = 8) -> list[str]:
    """The tags that most of the answers have, to narrow a search by."""
    counts = Counter(tag for _hit, row in found.answers for tag in row.tags)
    return [tag for tag, count in counts.most_common(most) if count > 1]


def _light(rows: Select[Article], language: str) -> Any:
    """Light rows of articles with the title of their section."""
    # Not a join: SQLite would take each section first, and look through all of the articles for it.
    of_section = (Section.slug == Article.section) & (Section.locale == language)
    title = select(Section.title).where(of_section).scalar_subquery().label("section_title")
    return columns(rows).add_columns(title, Article.tags)


@lru_cache(KEPT)  # building such a statement takes longer than running it
def _of_ids(who: Audience, language: str) -> Any:
    return _light(visible_among(who), language)


def _still_visible(person: Person | None, hits: Sequence[Hit], language: str) -> list[tuple[Hit, Any]]:
    """Hits whose article may be read now: the index learns of a change a moment later."""
    ids = [hit.id for hit in hits]
    if not ids:
        return []
    rows = db.session.execute(_of_ids(audience(person), language), {"ids": ids})
    held = {row.id: row for row in rows}
    return [(hit, held[hit.id]) for hit in hits if hit.id in held]


def _with_pinned(
    person: Person | None, words: str, language: str, answers: list[tuple[Hit, Any]]
) -> list[tuple[Hit, Any]]:
    """The answers that editors put first for this question, in the reader's language, before the others."""
    slugs = pinned(words, language)
    if not slugs:
        return answers
    rows = visible_articles(audience(person)).where(Article.slug.in_(slugs), Article.locale == language)
    held = {row.slug: row for row in db.session.execute(_light(rows, language))}
    known = {row.slug: hit for hit, row in answers}
    first = [(known.get(slug) or _hit(held[slug]), held[slug]) for slug in slugs if slug in held]
    return first + [(hit, row) for hit, row in answers if row.slug not in slugs]


def _hit(row: Any) -> Hit:
    return Hit(KIND, row.id, escape(row.title), escape(row.summary), f"/help/{row.slug}")


def _others(
    person: Person | None, words: str, kind: str, *, as_typed: bool
) -> dict[str, list[tuple[Hit, Shown]]]:
    """What is no article, by kind: each source says whose tokens the person has, and what may be shown now."""
    found = {}
    for name, source in the_search().sources.items():
        tokens = source.tokens(person)
        if name == KIND or kind not in ("", name) or not tokens:
            continue
        way = Way(as_typed=as_typed, facets=frozenset({f"kind:{name}"}))
        hits = find(words, ANY, tokens, OTHERS * (4 if kind else 1), way).hits
        shown = source.shown(person, [hit.id for hit in hits]) if hits else {}
        if answers := [(hit, shown[hit.id]) for hit in hits if hit.id in shown]:
            found[name] = answers
    return found
