"""Teaching search from a text that an editor changed: a line for each group of words, or for each pinned answer."""

from collections.abc import Sequence
from difflib import ndiff

from sqlalchemy import select

from ..extensions import db
from ..kb.models import Revision
from ..kit.crypto import digest
from ..kit.i18n import _
from ..people.models import Person
from ..search.actions import BadWords, Fault, faults_of_pins, set_pins, set_synonyms
from .queries import ARROW, PINS, text_of, titles


class Overtaken(Exception):
    """Somebody else changed the text since it was shown; `text` is what stands there now."""

    def __init__(self, text: str) -> None:
        super().__init__("changed meanwhile")
        self.text = text


def teach(what: str, locale: str, text: str, shown: str, by: Person) -> None:
    """Put the lines of a text in place of all that search was taught in a language; `shown` is the digest of what was shown.

    Raises:
        BadWords: lines cannot be taken, or name articles that not everybody may read.
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
        if faults := faults_of_pins(pins) + _unreadable(pins, locale):
            raise BadWords(faults)
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


def _unreadable(pins: Sequence[tuple[str, str]], locale: str) -> list[Fault]:
    """The lines that name an article that not everybody may read."""
    open_to_all = titles(None, [slug for _words, slug in pins], locale)
    why = _("No article that everybody may read has this address.")
    lines = enumerate(pins, 1)
    return [(place, why) for place, (_words, slug) in lines if slug and slug not in open_to_all]


def difference(own: str, stands: str) -> list[tuple[bool, str]]:
    """The lines that stand in one of two texts alone, and whether in one's own."""
    one, other = ([" ".join(line.split()) for line in text.split("\n")] for text in (own, stands))
    lines = ndiff(one, other)
    return [(line[0] == "-", line[2:]) for line in lines if line[0] in "-+" and line[2:]]
