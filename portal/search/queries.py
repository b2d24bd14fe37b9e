"""What editors taught search."""

from functools import lru_cache

from sqlalchemy import bindparam, select

from ..config import LANGUAGES
from ..extensions import db
from .lore import lore_of
from .models import Pin, Synonym
from .thesaurus import sound
from .words import clean, term, words_of

# Asked for every question: to build such a statement takes longer than to run it.
SYNONYMS = select(Synonym.words).where(Synonym.locale == bindparam("locale")).order_by(Synonym.id)
PINS = select(Pin.words, Pin.slug).where(Pin.locale == bindparam("locale")).order_by(Pin.id)


def synonyms_of(locale: str) -> tuple[str, ...]:
    """Groups of words that mean the same, in the order they were given; none for ANY."""
    if locale not in LANGUAGES:
        return ()
    return tuple(db.session.scalars(SYNONYMS, {"locale": locale}))


def pins_of(locale: str) -> tuple[tuple[str, str], ...]:
    """Questions, with commas between, and the slug of the article that answers them first."""
    return tuple((words, slug) for words, slug in db.session.execute(PINS, {"locale": locale}))


def pinned(words: str, locale: str) -> list[str]:
    """Slugs of the articles that stand first for a question: it has all the words of a pin and no other that says much."""
    asked = _telling(words, locale)
    return list(
        dict.fromkeys(slug for pin, slug in pins_of(locale) if asked and asked in _asked(pin, locale))
    )


@lru_cache(maxsize=2000)
def _asked(pin: str, locale: str) -> frozenset[frozenset[str]]:
    return frozenset(_telling(question, locale) for question in pin.split(","))


def _telling(words: str, locale: str) -> frozenset[str]:
    """What a question is about: its stems but those of words that say little; all of its words when nothing is left."""
    said = [word.text for word in words_of(clean(words))]
    weak = lore_of(locale[:2]).weak
    stems = frozenset(stem for word in said if word.lower() not in weak and (stem := term(word, locale)))
    return stems or frozenset(sound(word, locale) for word in said)
