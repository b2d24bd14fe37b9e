"""Pages of the help centre: start, section, article, search and its suggestions."""

from functools import partial
from typing import cast
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request

from ..accounts import limits
from ..kit.company import the_company
from ..kit.forms import new_once
from ..kit.htmx import is_htmx, render
from ..kit.i18n import LANGUAGES, _, current_language
from ..kit.languages import Addresses, card, in_words, offered, tag_of
from ..kit.policy import policy_with
from ..people.guards import me, public
from ..readership.forms import VoteForm
from ..readership.notes import note
from . import queries
from .access import get_section
from .finding import MOST_PAGES, PAGE, Found, Narrowed, search_everything, suggest_articles, tags_of
from .kept import kept_for_alike, kept_for_visitors, moment_of
from .shown import apart, shown_article

blueprint = Blueprint("kb", __name__, url_prefix="/help")
NARROWING = ("kind", "section", "tag", "locale")
TYPED = 200  # characters of a question that are shown again


def _question() -> str:
    return " ".join(request.args.get("q", "").replace("\0", " ").split())[:TYPED]


@blueprint.get("")
@public
@kept_for_visitors
def home() -> Response:
    """The help centre's first page; the site's as well."""
    language = current_language()
    sections = queries.sections(me(), language)
    liked = queries.favourites(me(), language)
    addresses = Addresses("/help", language, list(the_company().languages))
    return render(
        "kb/home.html",
        sections=sections,
        liked=liked,
        start=[] if any(liked.values()) else queries.good_start(me(), language),
        total=sum(s.articles for s in sections),
        tag_of=tag_of,
        card=card(addresses, _("What can we help you with?"), ""),
        offer=offered(addresses.locales),
    )


@blueprint.get("/section/<path:slug>")
@public
@kept_for_visitors
def section(slug: str) -> Response:
    person, language, after = me(), current_language(), request.args.get("after", "")
    found = get_section(person, slug, language)
    articles, more = queries.section_page(person, found, after)
    addresses = Addresses(f"/help/section/{slug}", found.locale, list(the_company().languages))
    return render(
        "kb/section.html",
        section=found,
        trail=queries.trail(found.parent, language) if found.parent else (),
        inner=queries.sections(person, language, slug),
        articles=articles,
        after=more,
        tag_of=tag_of,
        card=None if after else card(addresses, found.title, found.summary),
        offer=offered(addresses.locales),
    )


@blueprint.get("/<slug>")
@public
@kept_for_visitors
def article(slug: str) -> Response:
    moment = moment_of(me(), slug)
    shown = kept_for_alike(("article", slug, *apart()), moment, lambda: shown_article(slug))
    if shown is None:
        return _moved()
    response = render("kb/article.html", article=shown, vote=moment.vote, form=VoteForm(formdata=None))
    response.headers["Content-Language"] = tag_of(shown.locale)
    if shown.players:
        response.headers["Content-Security-Policy"] = policy_with(shown.players)
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


def _narrowed() -> Narrowed:
    """What the page is narrowed to; a language that there is not narrows nothing."""
    asked = {name: request.args.get(name, "").replace("\0", " ").strip()[:80] for name in NARROWING}
    return Narrowed(**asked | {"locale": asked["locale"] if asked["locale"] in LANGUAGES else ""})


def _page() -> int:
    """The page of results that is asked for, from 1 on."""
    asked = request.args.get("page", "")
    return int(asked) if asked in map(str, range(1, MOST_PAGES + 1)) else 1


def _address(question: str, only: Narrowed, **changed: str) -> str:
    """The address of the same search, narrowed otherwise."""
    values = {"q": question, **{name: getattr(only, name) for name in NARROWING}, **changed}
    return "/help/search?" + urlencode({name: value for name, value in values.items() if value})


@blueprint.get("/search")
@public
def search() -> Response:
    question, language, only = _question(), current_language(), _narrowed()
    exact = request.args.get("exact", "") == "yes"
    page = _page() if question else 1
    ask = partial(search_everything, me(), question, language, only, as_typed=exact)
    found = ask(page=page) if question else Found([], language)
    if page > 1 and not found.answers:  # there is no such page
        page, found = 1, ask(page=1)
    token = new_once()
    counts = page == 1 and not found.limited and "prefetch" not in request.headers.get("Sec-Purpose", "")
    if question and counts:
        note(token, limits.source(), words=question, language=language, results=found.total)
    return render(
        "kb/search.html",
        question=question,
        searched=token if question and page == 1 else "",
        found=found,
        only=only,
        exact=exact,
        sections=queries.sections(me(), language),
        tags=tags_of(found),
        other=in_words(found.locale) if found.answers and found.locale != (only.locale or language) else None,
        languages_of=LANGUAGES,
        address=partial(_address, question, only),
        page=page,
        first=(page - 1) * PAGE + 1,
        more=page < MOST_PAGES and page * PAGE < found.total,
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
