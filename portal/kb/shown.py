"""An article's page as all readers of one audience, language and address see it: the greater part of it as HTML."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask_babel import format_date
from markupsafe import Markup

from ..kit.company import the_company
from ..kit.i18n import current_language
from ..kit.languages import Addresses, card, in_words, offered, own_if_offered, tag_of
from ..people.guards import me
from . import queries
from .access import audience, find_article
from .reading import around, original_of, questions, with_anchors
from .related import related
from .sharing import address_of

# Between the words and what is further the reader says whether it helped.
PIECES = {
    "head": "kb/_head.html",
    "siblings": "kb/_siblings.html",
    "words": "kb/_words.html",
    "further": "kb/_further.html",
    "contents": "kb/_contents.html",
}


@dataclass(frozen=True)
class Shown:
    """What the page of an article is made of.

    Attributes:
        players: the hosts of its videos' players.
        pieces: HTML by the names of PIECES.
        questions: data of schema.org, if the article is of questions and answers.
    """

    slug: str
    locale: str
    title: str
    summary: str
    players: Sequence[str]
    pieces: dict[str, Markup]
    questions: dict[str, Any] | None

    def __len__(self) -> int:
        """How heavy it is to keep, in characters."""
        return sum(map(len, self.pieces.values()))


def apart() -> tuple[Hashable, ...]:
    """What tells apart those for whom a page of the help centre is not the same."""
    named = request.args.get("lang", "")
    return (
        current_language(),
        named if named in the_company().languages else "",
        own_if_offered(),
        audience(me()),
    )


def shown_article(slug: str) -> Shown | None:
    """The article with all that stands beside it; None if the reader may not see it."""
    language, person = current_language(), me()
    article = find_article(person, slug, language)
    if article is None:
        return None
    beside = around(person, article)
    siblings = queries.siblings(person, article, language)
    addresses = Addresses(f"/help/{slug}", article.locale, beside.locales)
    values = {
        "article": article,
        "trail": queries.trail(article.section, language, siblings),
        "text": with_anchors(article, language),
        "siblings": siblings,
        "related": related(person, beside.others, language) or _following(siblings, slug),
        "updated": format_date(article.updated, "long") if article.updated else "",
        "foreign": tag_of(article.locale) if article.locale != language else None,
        "in_language": in_words,
        "original": original_of(article, beside.locales),
        "offer": offered(addresses.locales),
        "tag_of": tag_of,
        "card": card(addresses, article.title, article.summary, "article") | {"picture": address_of(article)},
    }
    return Shown(
        slug=slug,
        locale=article.locale,
        title=article.title,
        summary=article.summary,
        players=article.players,
        pieces={name: Markup(render_template(file, **values)) for name, file in PIECES.items()},  # noqa: S704 -- ours
        questions=questions(article),
    )


def _following(siblings: Sequence[Any], slug: str) -> Sequence[Any]:
    """The next articles of the section, for one that is like no other."""
    places = [place for place, row in enumerate(siblings, 1) if row.slug == slug]
    return siblings[places[0] : places[0] + 3] if places else siblings[:3]
