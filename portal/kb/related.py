"""Articles that are like one: by tags, section and the words of their titles; rare ones tell more."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import log
from typing import Any

from sqlalchemy import bindparam, delete, select

from ..extensions import db
from ..people.models import Person
from ..search.words import WORD, term
from .access import KEPT, Audience, audience, columns, visible_once
from .models import Article, Related

MOST = 12  # kept of each article, more than are shown, since a reader may not see them all
SHOWN = 4
COMMON = 80  # articles from which a tag or a word tells nothing
TAG, TITLE, SECTION = 2.0, 1.0, 1.0  # what sharing one counts


def likest(rows: Iterable[Any]) -> dict[str, list[str]]:
    """Slugs of the likest others by slug.

    Args:
        rows: articles of all languages with slug, section, tags, title and locale.
    """
    marks: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        marks[row.slug] |= _marks(row)
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for slug in sorted(marks):
        for mark in marks[slug]:
            holders[mark].append(slug)
    telling = {mark: slugs for mark, slugs in holders.items() if 1 < len(slugs) <= COMMON}
    weights = {"tag": TAG, "title": TITLE, "section": SECTION}
    found = {}
    for slug, own in marks.items():
        score: Counter[str] = Counter()
        for mark in own & telling.keys():
            worth = weights[mark[0]] * log(1 + len(marks) / len(telling[mark]))
            score.update(dict.fromkeys(telling[mark], worth))
        del score[slug]
        found[slug] = [other for other, _ in sorted(score.items(), key=lambda one: (-one[1], one[0]))[:MOST]]
    return found


def _marks(row: Any) -> set[tuple[str, str]]:
    tags = {("tag", re.sub(r"\W+", " ", tag.lower())) for tag in row.tags}
    stems = {("title", stem) for word in WORD.findall(row.title) if (stem := term(word, row.locale[:2]))}
    return tags | stems | {("section", row.section)}


def count_related() -> dict[str, list[str]]:
    """What is like what today; at ten thousand articles it takes a second, so it is counted before anything is locked."""
    shown = (Article.slug, Article.section, Article.tags, Article.title, Article.locale)
    return likest(db.session.execute(select(*shown)))


def relate(wanted: dict[str, list[str]]) -> bool:
    """Write what changed of it; whether anything did."""
    held = {row.slug: row for row in db.session.scalars(select(Related))}
    changed = False
    for slug, others in wanted.items():
        row = held.pop(slug, None)
        if row is None:
            db.session.add(Related(slug=slug, others=others))
        elif row.others != others:
            row.others = others
        changed |= row is None or row in db.session.dirty
    if held:
        db.session.execute(delete(Related).where(Related.slug.in_(held)))
    db.session.flush()
    return changed or bool(held)


def related(person: Person | None, slugs: Sequence[str], language: str) -> list[Any]:
    """The light rows of these articles that the person may see: those in the reader's language first, else in this order."""
    if not slugs:
        return []
    rows = db.session.execute(_named(audience(person), language), {"slugs": list(slugs)})
    found = {row.slug: row for row in rows}
    held = (found[slug] for slug in slugs if slug in found)
    return sorted(held, key=lambda row: row.locale != language)[:SHOWN]


@lru_cache(KEPT)  # building such a statement takes longer than running it
def _named(who: Audience, language: str) -> Any:
    return columns(visible_once(who, language)).where(Article.slug.in_(bindparam("slugs", expanding=True)))
