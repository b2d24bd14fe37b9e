"""What everybody reads: the company's pages, their earlier versions and what changed, how to reach us, and the sitemap of these."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort

from ..kit.calendar import the_calendar
from ..kit.company import the_company
from ..kit.compare import differences
from ..kit.htmx import render
from ..kit.i18n import current_language, place_of, same_clock
from ..kit.languages import SITEMAP, Addresses, card, entries, in_words, offered, sorted_locales, tag_of
from ..kit.markdown import render_article
from ..people.guards import public
from .access import find_current, get_version, text_for
from .contact import channels, holidays_ahead
from .models import KINDS, LegalText, LegalVersion
from .queries import reach, versions_of
from .wording import CONTACT, NAMES

blueprint = Blueprint("legal", __name__)
KIND = "<any(privacy, terms, company):kind>"
MOMENT = "public, max-age=5"  # as the other parts of the sitemap


@blueprint.get(f"/{KIND}")
@public
def page(kind: str) -> Response:
    return _shown(find_current(kind) or abort(404), is_current=True)


@blueprint.get(f"/{KIND}/versions/<int:number>")
@public
def version(kind: str, number: int) -> Response:
    """One version by its number, also the one in force."""
    return _shown(get_version(kind, number), is_current=False)


def _shown(version: LegalVersion, *, is_current: bool) -> Response:
    """A version to be read; search engines are led to the one in force alone."""
    language = current_language()
    text = text_for(version.texts, language)
    versions = versions_of(version.kind, language)
    addresses = Addresses(f"/{version.kind}", text.language, _locales(version.texts))
    response = render(
        "legal/page.html",
        version=version,
        text=text,
        here=next(one for one in versions if one.number == version.number),
        versions=versions,
        name=NAMES[version.kind],
        foreign=tag_of(text.language) if text.language != language else None,
        in_language=in_words,
        card=card(addresses, text.title, "", "article") if is_current else None,
        offer=offered(addresses.locales),
        tag_of=tag_of,
    )
    response.headers["Content-Language"] = tag_of(text.language)
    return response


def _locales(texts: Sequence[LegalText]) -> list[str]:
    """The languages that a page is in, of those that the site has."""
    return sorted_locales(text.language for text in texts) or [texts[0].language]


@blueprint.get(f"/{KIND}/versions/<int:number>/changes")
@public
def changes(kind: str, number: int) -> Response:
    """What a version took out and what it brought, word by word, in a language in which both are."""
    new, old, language = get_version(kind, number), get_version(kind, number - 1), current_language()
    held = {text.language: text for text in old.texts}
    after = text_for([text for text in new.texts if text.language in held] or new.texts, language)
    before = held.get(after.language)
    return render(
        "legal/changes.html",
        version=new,
        before=old,
        text=after,
        name=NAMES[kind],
        title=differences(before.title if before else "", after.title),
        pieces=differences(_words(before), _words(after)),
        foreign=tag_of(after.language) if after.language != language else None,
        tag_of=tag_of,
    )


def _words(text: LegalText | None) -> str:
    """A text without its markup, a line for each block, with an empty one between."""
    return render_article(text.body).plain.replace("\n", "\n\n") + "\n" if text else ""


@blueprint.get("/contact")
@public
def contact() -> Response:
    addresses = Addresses("/contact", current_language(), list(the_company().languages))
    zone = the_calendar().zone.key
    return render(
        "legal/contact.html",
        channels=channels(reach()),
        holidays=holidays_ahead(),
        zone="" if same_clock(zone) else zone,
        place_of=place_of,
        card=card(addresses, str(CONTACT), ""),
        offer=offered(addresses.locales),
        tag_of=tag_of,
    )


def maps() -> list[str]:
    """The path of the sitemap's part that holds these pages."""
    return ["/sitemap/company.xml"]


@blueprint.get("/sitemap/company.xml")
@public
def page_map() -> Response:
    rows = [entries("/contact", list(the_company().languages), {})]
    for found in filter(None, map(find_current, KINDS)):
        locales = _locales(found.texts)
        rows.append(entries(f"/{found.kind}", locales, dict.fromkeys(locales, found.at.date().isoformat())))
    response = Response(f"{SITEMAP}{''.join(rows)}</urlset>\n", content_type="application/xml; charset=utf-8")
    response.headers["Cache-Control"] = MOMENT
    return response
