"""What machines read: the sitemap, feeds of what is new, robots.txt. All of it is public, whoever asks.

Sitemaps follow sitemaps.org/protocol.html, with each page's languages as search engines read them, feeds RFC 4287.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, current_app, make_response, render_template, stream_with_context

from ..kit.company import the_company
from ..kit.i18n import current_language
from ..kit.languages import HEAD, SITEMAP, Addresses, base, entries, sorted_locales, tag_of
from ..people.guards import public
from . import queries
from .access import get_section

blueprint = Blueprint("feeds", __name__)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # when a feed without entries changed
MOMENT = "public, max-age=5"  # what is taken back is gone from every cache in five seconds
# Pages that are no answer to anybody's question, or another one for each reader.
NOT_FOR_ROBOTS = ("/account", "/admin", "/community/files", "/community/me", "/community/mine", "/community/moderation", "/community/new", "/community/stop", "/desk", "/drafts", "/editors", "/feedback", "/files", "/help/search", "/help/suggest", "/live", "/outbox", "/sign-in", "/sign-up", "/lost-password", "/tickets", "/unsubscribe")  # fmt: skip


def _answer(body: str | Iterator[str], kind: str) -> Response:
    response = Response(body, content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = MOMENT
    return response


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS), ""]
    return _answer("\n".join([*lines, f"Sitemap: {base()}/sitemap.xml", ""]), "text/plain")


@blueprint.get("/sitemap.xml")
@public
def index() -> Response:
    """One sitemap for each section that has something public, one for the pages around them, and those of other features."""
    places = [f"{base()}/sitemap/pages.xml"]
    places += [f"{base()}/sitemap/section/{slug}.xml" for slug in queries.public_sections()]
    places += [base() + path for part in current_app.extensions["sitemaps"] for path in part()]
    rows = "".join(f"<sitemap><loc>{escape(place)}</loc></sitemap>\n" for place in places)
    head = HEAD + '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return _answer(f"{head}{rows}</sitemapindex>\n", "application/xml")


@blueprint.get("/sitemap/pages.xml")
@public
def pages() -> Response:
    paths = ["/help", *(f"/help/section/{slug}" for slug in queries.public_sections())]
    rows = "".join(entries(path, list(the_company().languages), {}) for path in paths)
    return _answer(f"{SITEMAP}{rows}</urlset>\n", "application/xml")


@blueprint.get("/sitemap/section/<path:slug>.xml")
@public
def section_map(slug: str) -> Response:
    """All articles of a section, sent while they are read: a section may have ten thousand."""
    if slug not in queries.public_sections():
        abort(404)

    def made() -> Iterator[str]:
        yield SITEMAP
        for one, versions in queries.public_versions(slug):
            days = {row.locale: row.updated.date().isoformat() for row in versions if row.updated}
            yield entries(f"/help/{one}", sorted_locales(row.locale for row in versions), days)
        yield "</urlset>\n"

    return _answer(stream_with_context(made()), "application/xml")


@blueprint.get("/help/feed.atom")
@public
def feed() -> Response:
    """What is new in the whole help centre, in the language that the address names."""
    return _feed("/help/feed.atom", "/help", "", "")


@blueprint.get("/help/feed/<path:slug>.atom")
@public
def section_feed(slug: str) -> Response:
    section = get_section(None, slug, current_language())
    if slug not in queries.public_sections():
        abort(404)
    return _feed(f"/help/feed/{slug}.atom", f"/help/section/{slug}", slug, section.title)


def _feed(path: str, page: str, section: str, title: str) -> Response:
    language = current_language()
    name, articles = the_company().name, queries.newest(language, section)
    body = render_template(
        "kb/feed.xml",
        title=f"{title} · {name}" if title else name,
        addresses=Addresses(path, language, ()),
        page=Addresses(page, language, ()),
        articles=articles,
        updated=articles[0].updated if articles else LONG_AGO,
        tag=tag_of(language),
        of=lambda slug: Addresses(f"/help/{slug}", language, ()),
    )
    response = make_response(_answer(body, "application/atom+xml"))
    response.vary.update(("Cookie", "Accept-Language"))
    return response
