"""Pages of the help centre: start, section, article, search and its suggestions."""

from typing import cast

from flask import Blueprint, Response, abort, redirect, request
from flask_babel import format_date

from ..kit.htmx import render
from ..kit.i18n import LANGUAGES, current_language
from ..kit.policy import policy_with
from ..people.guards import me, public
from . import queries
from .access import find_article, get_section
from .kept import kept_for_visitors

blueprint = Blueprint("kb", __name__, url_prefix="/help")
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
    sections = queries.sections(me(), language)
    start = queries.good_start(me(), language)
    return render(
        "kb/home.html", sections=sections, start=start, total=sum(s.articles for s in sections), tag_of=tag_of
    )


@blueprint.get("/section/<path:slug>")
@public
@kept_for_visitors
def section(slug: str) -> Response:
    person, language = me(), current_language()
    found = get_section(person, slug, language)
    articles, after = queries.section_page(person, found, request.args.get("after", ""))
    return render(
        "kb/section.html",
        section=found,
        trail=queries.trail(found.parent, language) if found.parent else (),
        inner=queries.sections(person, language, slug),
        articles=articles,
        after=after,
        tag_of=tag_of,
    )


@blueprint.get("/<slug>")
@public
@kept_for_visitors
def article(slug: str) -> Response:
    language = current_language()
    found = find_article(me(), slug, language)
    if found is None:
        return _moved()
    siblings = queries.siblings(me(), found, language)
    places = [place for place, row in enumerate(siblings, 1) if row.slug == slug]
    response = render(
        "kb/article.html",
        article=found,
        trail=queries.trail(found.section, language),
        siblings=siblings,
        following=siblings[places[0] : places[0] + 3] if places else siblings[:3],
        updated=format_date(found.updated, "long") if found.updated else "",
        foreign=tag_of(found.locale) if found.locale != language else None,
        language_name=LANGUAGES[found.locale],
        tag_of=tag_of,
    )
    response.headers["Content-Language"] = tag_of(found.locale)
    if found.players:
        response.headers["Content-Security-Policy"] = policy_with(found.players)
    return response


@blueprint.get("/<path:address>")
@public
def moved(address: str) -> Response:  # noqa: ARG001 -- an old one is looked up as a whole
    return _moved()


def _moved() -> Response:
    """To the article that had this address before, for good; 404 unless the person may read it."""
    address = queries.new_address(me(), request.path.rstrip("/"), current_language()) or abort(404)
    query = request.query_string.decode("ascii", "ignore")
    return cast("Response", redirect(f"{address}?{query}" if query else address, 301, Response))


@blueprint.get("/search")
@public
def search() -> Response:
    question, language = _question(), current_language()
    found = queries.search_articles(me(), question, language) if question else queries.Found([], language)
    return render(
        "kb/search.html",
        question=question,
        found=found,
        other=LANGUAGES[found.locale] if found.answers and found.locale != language else None,
        tag_of=tag_of,
    )


@blueprint.get("/suggest")
@public
def suggest() -> Response:
    question, language = _question(), current_language()
    found = queries.suggest_articles(me(), question, language) if question else queries.Found([], language)
    return render("kb/suggest.html", "kb/_hits.html", question=question, found=found, tag_of=tag_of)
