"""Teaching search: words that mean the same, and answers that stand first."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete

from ..audit.actions import record
from ..extensions import db
from ..kit.i18n import _
from ..people.models import Person
from .models import Pin, Synonym

MOST_GROUPS, MOST_LETTERS = 500, 1000  # of a language; of a group
Fault = tuple[int, str]  # a line, counted from 1, and a sentence


class BadWords(ValueError):
    """What cannot be taken as synonyms or questions: each line with its reason, in their order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("; ".join(f"line {place}: {why}" for place, why in self.faults))


def _phrases(words: str) -> list[str]:
    """The phrases of a line, each once."""
    phrases = (" ".join(phrase.split()) for phrase in words.replace("\0", " ").split(","))
    return list(dict.fromkeys(phrase for phrase in phrases if phrase))


def _fault_of(phrases: Sequence[str], least: int) -> str:
    """Why the phrases of a line cannot be taken; "" if they can."""
    if len(phrases) < least:
        return (
            _("Here a comma and a second word are missing.")
            if least > 1
            else _("Here the words are missing.")
        )
    return _("This line is too long.") if len(", ".join(phrases)) > MOST_LETTERS else ""


def _too_many(lines: Sequence[object]) -> list[Fault]:
    return [(MOST_GROUPS + 1, _("These are too many lines."))] if len(lines) > MOST_GROUPS else []


def set_synonyms(locale: str, groups: Iterable[str], by: Person | None) -> None:
    """The groups of a language in place of all it had: phrases with commas between; empty lines are passed over.

    Raises:
        BadWords: lines have one phrase only or are too long, or there are too many.
    """
    lines = [(place, _phrases(group)) for place, group in enumerate(groups, 1) if group.strip()]
    faults = [(place, why) for place, phrases in lines if (why := _fault_of(phrases, 2))]
    if faults := faults or _too_many(lines):
        raise BadWords(faults)
    db.session.execute(delete(Synonym).where(Synonym.locale == locale))
    db.session.add_all(Synonym(locale=locale, words=", ".join(phrases)) for _place, phrases in lines)
    db.session.flush()
    record("changed the synonyms", by, f"synonyms {locale}", groups=len(lines))


def faults_of_pins(pins: Iterable[tuple[str, str]]) -> list[Fault]:
    """What is wrong with pinned answers as set_pins() takes them."""
    lines = [(place, *pin) for place, pin in enumerate(pins, 1) if any(said.strip() for said in pin)]
    faults = [(place, why) for place, words, _slug in lines if (why := _fault_of(_phrases(words), 1))]
    odd = (place for place, _words, slug in lines if not slug.strip() or len(slug.strip()) > 80)  # noqa: PLR2004 -- as the column holds
    missing = _("After the words, an arrow (->) and the last part of an article's address must follow.")
    return [*faults, *((place, missing) for place in odd)] or _too_many(lines)


def set_pins(locale: str, pins: Sequence[tuple[str, str]], by: Person | None) -> None:
    """The pinned answers of a language in place of all it had: questions with commas between, and an article's slug.

    Raises:
        BadWords: lines have no question or no article or are too long, or there are too many.
    """
    if faults := faults_of_pins(pins):
        raise BadWords(faults)
    rows = [
        Pin(locale=locale, words=", ".join(_phrases(words)), slug=slug.strip())
        for words, slug in pins
        if words.strip()
    ]
    db.session.execute(delete(Pin).where(Pin.locale == locale))
    db.session.add_all(rows)
    db.session.flush()
    record("changed the pinned answers", by, f"pinned answers {locale}", pins=len(rows))
