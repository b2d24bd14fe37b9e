"""What a page of the help centre says beside its words: addresses for each language, anchors, questions with answers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import nh3
from flask import request
from markupsafe import Markup, escape
from sqlalchemy import bindparam

from ..extensions import db
from ..kit import crypto
from ..kit.company import the_company
from ..kit.i18n import _
from ..kit.languages import base, sorted_locales, tag_of
from ..people.guards import me
from ..people.models import Person
from .access import KEPT, Audience, audience, visible_articles
from .models import Article, Related

_HEADING = re.compile(r'<(h[2-6]) id="([^"]+)">(.*?)</\1>', re.DOTALL)
_QUESTION = re.compile(r'<h2 id="[^"]+">(.*?)</h2>(.*?)(?=<h2 id="|\Z)', re.DOTALL)
LEAST_QUESTIONS = 2
# What may stand in an answer of a FAQPage (developers.google.com/search/docs/appearance/structured-data/faqpage).
_ANSWER = nh3.Cleaner(
    tags={"a", "br", "em", "h3", "h4", "h5", "h6", "li", "ol", "p", "strong", "ul"},
    attributes={"a": {"href"}, "ol": {"start"}},
    link_rel=None,
)
VOTE = "vote"  # the cookie of a browser that said whether an article helped; it goes to that article alone


def original_of(article: Article, locales: Sequence[str]) -> str:
    """The language of the article that this one was translated from, if the reader may read that; else ""."""
    source = next((code for code in (the_company().language, "en") if code in locales), "")
    return source if source != article.locale else ""


@dataclass(frozen=True)
class Around:
    """What an article's page asks of an article beside its words.

    Attributes:
        locales: the languages in which this reader may read it.
        others: slugs of related articles, whoever may see them.
    """

    locales: Sequence[str]
    others: Sequence[str]


def around(person: Person | None, article: Article) -> Around:
    """All of it in one statement."""
    found = db.session.execute(_around(audience(person)), {"slug": article.slug}).all()
    return Around(sorted_locales(row.locale for row in found), (found[0].others if found else ()) or ())


@lru_cache(KEPT)  # building such a statement takes longer than running it
def _around(who: Audience) -> Any:
    versions = visible_articles(who).where(Article.slug == bindparam("slug"))
    rows = versions.with_only_columns(Article.locale, Related.others)
    return rows.outerjoin(Related, Related.slug == Article.slug)


def voter(person: Person | None, slug: str) -> str:
    """Who says whether an article helped, as a word that says the same for no other article; "" for nobody yet."""
    if person:
        return crypto.signature("vote", f"{person.id}|{slug}")
    token = request.cookies.get(VOTE, "")
    return crypto.digest(token) if token else ""


def with_anchors(article: Article, language: str) -> Markup:
    """The article's HTML; each heading has a link to itself beside it."""
    tag = f' lang="{tag_of(language)}"' if language != article.locale else ""

    def beside(found: re.Match[str]) -> str:
        words = re.sub(r"<[^>]+>", "", found[3])
        name = escape(_("Link to “%(heading)s”", heading=Markup(words).unescape()))  # noqa: S704 -- unescaped at once
        link = f'<a class="anchor" href="#{found[2]}" aria-label="{name}"{tag}><span aria-hidden="true">#</span></a>'
        return f'<div class="head">{found[0]}{link}</div>'

    return Markup(_HEADING.sub(beside, article.html))  # noqa: S704 -- cleaned when the file was read


def questions(article: Article) -> dict[str, Any] | None:
    """The article as data of schema.org/FAQPage, if all its headings of second order are questions."""
    heads = [head["words"].rstrip() for head in article.toc]
    if len(heads) < LEAST_QUESTIONS or not all(head.endswith(("?", "？")) for head in heads):
        return None
    pairs = [(_plain(found[1]), _answer(found[2], article)) for found in _QUESTION.finditer(article.html)]
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "inLanguage": tag_of(article.locale),
        "mainEntity": [
            {"@type": "Question", "name": asked, "acceptedAnswer": {"@type": "Answer", "text": answer}}
            for asked, answer in pairs
        ],
    }


def _plain(html: str) -> str:
    return " ".join(str(Markup(html).striptags()).split())  # noqa: S704 -- cleaned when the file was read


def _answer(html: str, article: Article) -> str:
    """An answer with whole addresses, for somebody who reads it elsewhere."""
    html = html.replace('href="/', f'href="{base()}/').replace(
        'href="#', f'href="{base()}/help/{article.slug}#'
    )
    return _ANSWER.clean(html).strip()


def visitor_is_known() -> bool:
    """Whether a kept page would not be this reader's own: somebody is signed in, or this browser has voted on it."""
    return me() is not None or VOTE in request.cookies
