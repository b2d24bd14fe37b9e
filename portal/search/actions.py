"""Teaching search: words that mean the same, and answers that stand first."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete

from ..audit.actions import record
from ..extensions import db
from ..kit.i18n import _
from ..people.models import Person
from .models import Pin, Synonym

MOST_GROUPS, MOST_LETTERS = 500, 1000  # of a language; of a group


class BadWords(ValueError):
    """What cannot be taken as synonyms or questions; `place` counts lines from 1, `why` is a sentence."""

    def __init__(self, place: int, why: str) -> None:
        super().__init__(f"line {place}: {why}")
        self.place, self.why = place, why


def _phrases(place: int, words: str, least: int) -> str:
    """The phrases of a line, each once, with commas between."""
    phrases = list(
        dict.fromkeys(" ".join(p.split()) for p in words.replace("\0", " ").split(",") if p.strip())
    )
    if len(phrases) < least:
        raise BadWords(
            place,
            _("Here a comma and a second word are missing.")
            if least > 1
            else _("Here the words are missing."),
        )
    joined = ", ".join(phrases)
    if len(joined) > MOST_LETTERS:
        raise BadWords(place, _("This line is too long."))
    return joined


def _check_count(lines: Sequence[object]) -> None:
    if len(lines) > MOST_GROUPS:
        raise BadWords(MOST_GROUPS + 1, _("These are too many lines."))


def set_synonyms(locale: str, groups: Iterable[str], by: Person | None) -> None:
    """The groups of a language in place of all it had: phrases with commas between; empty lines are passed over.

    Raises:
        BadWords: a line has one phrase only or is too long, or there are too many.
    """
    lines = [(place, group) for place, group in enumerate(groups, 1) if group.strip()]
    _check_count(lines)
    rows = [Synonym(locale=locale, words=_phrases(place, group, 2)) for place, group in lines]
    db.session.execute(delete(Synonym).where(Synonym.locale == locale))
    db.session.add_all(rows)
    db.session.flush()
    record("changed the synonyms", by, f"synonyms {locale}", groups=len(rows))


def set_pins(locale: str, pins: Iterable[tuple[str, str]], by: Person | None) -> None:
    """The pinned answers of a language in place of all it had: questions with commas between, and an article's slug.

    Raises:
        BadWords: a line has no question or is too long, or there are too many.
    """
    lines = [
        (place, words, slug) for place, (words, slug) in enumerate(pins, 1) if words.strip() or slug.strip()
    ]
    _check_count(lines)
    rows = [
        Pin(locale=locale, words=_phrases(place, words, 1), slug=_slug(place, slug))
        for place, words, slug in lines
    ]
    db.session.execute(delete(Pin).where(Pin.locale == locale))
    db.session.add_all(rows)
    db.session.flush()
    record("changed the pinned answers", by, f"pinned answers {locale}", pins=len(rows))


def _slug(place: int, slug: str) -> str:
    if not slug.strip() or len(slug.strip()) > 80:  # noqa: PLR2004 -- as the column holds
        raise BadWords(place, _("Here the article is missing."))
    return slug.strip()
