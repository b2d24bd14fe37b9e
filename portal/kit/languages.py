"""A page in several languages: an address for each, what search engines and readers are told of the others, the sitemap's entry."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from flask import current_app, request
from flask_babel import force_locale

from ..config import LANGUAGES
from .company import the_company
from .i18n import _, in_language, lazy, own_language, remember_choice

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SITEMAP = (
    HEAD
    + '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)


def tag_of(locale: str) -> str:
    """The language tag that HTML wants."""
    return locale.replace("_", "-")


# What a sentence says of a text's language; their own names do not bend.
IN_LANGUAGE = {
    "en": lazy("in English"),
    "pt_BR": lazy("in Portuguese"),
    "es": lazy("in Spanish"),
    "ru": lazy("in Russian"),
}


def in_words(code: str) -> str:
    """What a sentence of the page says of a language: in English."""
    return str(IN_LANGUAGE[code])


@cache  # they are looked up a word at a time, for each of thousands of files
def markup_words(locale: str) -> dict[str, str]:
    """What stands around the words of an article in its language, by the names that kit/markdown.py has for them."""
    with force_locale(locale):
        return {
            "NOTE": _("Note"),
            "TIP": _("Tip"),
            "IMPORTANT": _("Important"),
            "WARNING": _("Careful"),
            "CAUTION": _("Stop"),
            "TABLE": _("Table"),
            "NOTES": _("Footnotes"),
            "BACK": _("Back to the text"),
            "MORE": _("More"),
            "VIDEO": _("Video"),
            # Translators: %(site)s is a site of videos, such as YouTube; it stands under a button that plays one
            "PLAYS": _("Plays from %(site)s, which learns of your visit once you press", site="%(site)s"),
        }


def base() -> str:
    """The public address of the site; from the settings, never from a request's Host."""
    return str(current_app.config["BASE_URL"])


@dataclass(frozen=True)
class Addresses:
    """A page's addresses: one for each language that it is in, and one that chooses by the reader.

    Attributes:
        path: the page's path.
        locale: the language of what is shown.
        locales: the languages that the page is in.
    """

    path: str
    locale: str
    locales: Sequence[str]

    @property
    def canonical(self) -> str:
        return self.of(self.locale)

    @property
    def default(self) -> str:
        """For readers of every other language."""
        return base() + self.path

    @property
    def alternates(self) -> list[tuple[str, str]]:
        """Language tags and addresses; none when there is nothing to choose."""
        return [(tag_of(code), self.of(code)) for code in self.locales] if len(self.locales) > 1 else []

    def of(self, code: str) -> str:
        """The whole address in a language."""
        return f"{base()}{self.path}?lang={code}"


def sorted_locales(found: Iterable[str]) -> list[str]:
    """Codes of languages in the order of the site's list; of one that is not offered only where there is no other."""
    held = set(found)
    offered_ones = [code for code in the_company().languages if code in held]
    return offered_ones or [code for code in LANGUAGES if code in held]


def offered(locales: Sequence[str]) -> tuple[str, str] | None:
    """The reader's own language for a page whose address names another: its code, and a line in that language."""
    own = own_language()
    named = request.args.get("lang", "")
    if named not in the_company().languages or own == named or own not in locales or remember_choice():
        return None
    with in_language(own):
        return own, _("Read this page in English")


def own_if_offered() -> str:
    """What a page that is kept for many visitors must be told apart by, beside its own language."""
    return "" if remember_choice() else own_language()


def card(addresses: Addresses, title: str, summary: str, kind: str = "website") -> dict[str, Any]:
    """What the head of a page tells search engines and those who share it (ogp.me)."""
    return {"addresses": addresses, "title": title, "summary": summary, "kind": kind, "base": base()}


def entries(path: str, locales: list[str], days: dict[str, str]) -> str:
    """An entry for each language of a page; each names all of them."""
    addresses = Addresses(path, locales[0], locales)
    links = [*addresses.alternates, ("x-default", addresses.default)] if addresses.alternates else []
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{tag}" href={quoteattr(place)}/>' for tag, place in links
    )
    made = []
    for code in locales:
        day = f"<lastmod>{days[code]}</lastmod>" if code in days else ""
        made.append(f"<url><loc>{escape(addresses.of(code))}</loc>{day}{others}</url>\n")
    return "".join(made)
