"""Teaching search from a text that an editor changed: a line for each group of words, or for each pinned answer."""

from collections.abc import Sequence

from sqlalchemy import select

from ..extensions import db
from ..kb.models import Revision
from ..kit.crypto import digest
from ..kit.i18n import _
from ..people.models import Person
from ..search.actions import BadWords, set_pins, set_synonyms
from .queries import ARROW, PINS, text_of, titles


class Overtaken(Exception):
    """Somebody else changed the text since it was shown; `text` is what stands there now."""

    def __init__(self, text: str) -> None:
        super().__init__("changed meanwhile")
        self.text = text


def teach(what: str, locale: str, text: str, shown: str, by: Person) -> None:
    """Put the lines of a text in place of all that search was taught in a language; `shown` is the digest of what was shown.

    Raises:
        BadWords: a line cannot be taken, or names an article that not everybody may read.
        Overtaken: another text stands there than the one that was shown.
    """
    # Of two who save at once the second waits; and no article goes away while it is pinned.
    db.session.execute(select(Revision.id).with_for_update())
    stands = text_of(what, locale)
    if _parts(text) == _parts(stands):
        return  # also for a form that was sent twice
    if digest(stands) != shown:
        raise Overtaken(stands)
    lines = text.split("\n")
    if what == PINS:
        pins = [_pin(line) for line in lines]
        _check_open(pins, locale)
        set_pins(locale, pins, by)
    else:
        set_synonyms(locale, lines, by)


def _parts(text: str) -> list[list[str]]:
    """The words and commas of each line, however they are spaced."""
    return [parts for line in text.split("\n") if (parts := line.replace(",", " , ").split())]


def _pin(line: str) -> tuple[str, str]:
    """The questions of a line and the slug after its arrow, which may be written as a whole address."""
    words, arrow, place = line.rpartition(ARROW)
    if not arrow:
        return line, ""
    slug = place.partition("/help/")[2] or place
    return words, slug.partition("?")[0].partition("#")[0].strip()


def _check_open(pins: Sequence[tuple[str, str]], locale: str) -> None:
    open_to_all = titles(None, [slug for _words, slug in pins], locale)
    for place, (_words, slug) in enumerate(pins, 1):
        if slug and slug not in open_to_all:
            raise BadWords(place, _("No article that everybody may read has this address."))
