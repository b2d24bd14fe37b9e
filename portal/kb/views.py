"""Pages of the help centre: start, section, article, search and its suggestions."""

from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask_babel import format_date

from ..kit.htmx import is_htmx, render
from ..kit.i18n import LANGUAGES, current_language
from ..people.guards import me, public
from . import queries
from .access import get_article, get_section
from .finding import Found, Narrowed, search_everything, suggest_articles, tags_of
from .kept import kept_for_visitors

blueprint = Blueprint("kb", __name__, url_prefix="/help")
NARROWING = ("kind", "section", "tag", "locale")
TYPED = 200  # characters of a question that are shown again


def _question() -> str:
    return " ".join(request.args.get("q", "").replace("\0", " ").split())[:TYPED]


def tag_of(locale: str) -> str:
    """The language tag that HTML wants."""
    return locale.replace("_", "-")


@blueprint.get("")
@public
@kept_for_visitors
def home() -> Response:
    """The help centre's first page; the site's as well."""
    language = current_language()
    sections = queries.sections(language)
    start = queries.good_start(me(), language)
    return render(
        "kb/home.html", sections=sections, start=start, total=sum(s.articles for s in sections), tag_of=tag_of
    )


@blueprint.get("/section/<slug>")
@public
@kept_for_visitors
def section(slug: str) -> Response:
    found = get_section(slug, current_language())
    articles, after = queries.section_page(me(), found, request.args.get("after", ""))
    return render("kb/section.html", section=found, articles=articles, after=after, tag_of=tag_of)


@blueprint.get("/<slug>")
@public
@kept_for_visitors
def article(slug: str) -> Response:
    language = current_language()
    found = get_article(me(), slug, language)
    siblings = queries.siblings(me(), found, language)
    places = [place for place, row in enumerate(siblings, 1) if row.slug == slug]
    response = render(
        "kb/article.html",
        article=found,
        siblings=siblings,
        following=siblings[places[0] : places[0] + 3] if places else siblings[:3],
        updated=format_date(found.updated, "long") if found.updated else "",
        foreign=tag_of(found.locale) if found.locale != language else None,
        language_name=LANGUAGES[found.locale],
        tag_of=tag_of,
    )
    response.headers["Content-Language"] = tag_of(found.locale)
    return response


def _narrowed() -> Narrowed:
    """What the page is narrowed to; a language that there is not narrows nothing."""
    asked = {name: request.args.get(name, "").replace("\0", " ").strip()[:80] for name in NARROWING}
    return Narrowed(**asked | {"locale": asked["locale"] if asked["locale"] in LANGUAGES else ""})


def _address(question: str, only: Narrowed, **changed: str) -> str:
    """The address of the same search, narrowed otherwise."""
    values = {"q": question, **{name: getattr(only, name) for name in NARROWING}, **changed}
    return "/help/search?" + urlencode({name: value for name, value in values.items() if value})


@blueprint.get("/search")
@public
def search() -> Response:
    question, language, only = _question(), current_language(), _narrowed()
    exact = request.args.get("exact", "") == "yes"
    found = Found([], language)
    if question:
        found = search_everything(me(), question, language, only, as_typed=exact)
    return render(
        "kb/search.html",
        question=question,
        found=found,
        only=only,
        exact=exact,
        sections=queries.sections(language),
        tags=tags_of(found),
        other=LANGUAGES[found.locale]
        if found.answers and found.locale != (only.locale or language)
        else None,
        languages_of=LANGUAGES,
        address=partial(_address, question, only),
        tag_of=tag_of,
    )


@blueprint.get("/suggest")
@public
def suggest() -> Response:
    question, language = _question(), current_language()
    found = suggest_articles(me(), question, language) if question else Found([], language)
    return render(
        "kb/suggest.html",
        "kb/_hits.html",
        question=question,
        found=found,
        bar=request.args.get("bar", "") == "yes" and is_htmx(),
        tag_of=tag_of,
    )
