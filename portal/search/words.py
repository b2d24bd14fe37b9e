"""What search knows of words: how a text falls into them, and their stems in each language."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from threading import Lock
from typing import Any, NamedTuple

from whoosh.lang import stemmer_for_language, stopwords_for_language
from whoosh.support.charset import accent_map

from .lore import lore_of

ANY = "any"  # instead of a language: texts that customers write in whatever language
WORD = re.compile(r"\w+")
CHUNK = re.compile(r"\w+(?:[-‐‑]\w+){0,9}")
LONGEST = 60  # letters of a word that count
BEGINNING = 4  # letters by which a word is known where its language is not: "bill" and "bills"
_lock = Lock()


class Word(NamedTuple):
    """A word of a question: as it is written, its place among the others, and where it begins and ends."""

    text: str
    place: int
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words of a text in order."""
    return [
        Word(found[0], place, found.start(), found.end()) for place, found in enumerate(WORD.finditer(text))
    ]


def spoken(text: str) -> Iterator[tuple[str, int]]:
    """The words of a text with their places; "wi-fi" gives wi and fi, and wifi in the place of the first."""
    place = 0
    for chunk in CHUNK.findall(text):
        parts = WORD.findall(chunk)
        if len(parts) in (2, 3):
            yield "".join(parts), place
        for part in parts:
            yield part, place
            place += 1


def clean(text: str) -> str:
    """The text with each letter as one sign: an accent may come as a sign of its own."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@cache
def variants(letter: str) -> str:
    """A class of a regular expression: the letter with and without accents."""
    signs = [sign for sign in map(chr, (*range(0xC0, 0x180), *range(0x430, 0x460))) if fold(sign) == letter]
    return f"[{letter}{''.join(signs)}]" if signs else letter


def fold(word: str) -> str:
    """Lower case without accents."""
    return word.lower().translate(accent_map)


# Names of things that are written in Latin letters, as those who type Cyrillic sound them: впн, днс, роутер.
_LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziyklmnoprstufhye", strict=True))
    | {
        "ё": "e",
        "ж": "zh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "sch",
        "ъ": "",
        "ь": "",
        "ю": "yu",
        "я": "ya",
    }
)


def latin(word: str) -> str:
    """A Cyrillic word in Latin letters, a letter at a time; "" for any other."""
    lower = word.lower()
    return "" if lower.isascii() else lower.translate(_LATIN) if lower.translate(_LATIN).isascii() else ""


@cache
def _rules(language: str) -> tuple[frozenset[str], Any]:
    lore = lore_of(language)
    stops = {fold(word) for word in stopwords_for_language(language)} - lore.told | lore.stops
    return frozenset(stops), stemmer_for_language(language)


@lru_cache(maxsize=200_000)
def term(word: str, locale: str) -> str:
    """A word's stem without accents; empty for a stop word and for a single letter.

    Args:
        locale: one of LANGUAGES, or ANY: then a word stands for all that begin like it.
    """
    folded = fold(word[:LONGEST])
    if locale == ANY:
        return "" if len(folded) < 2 else folded[:BEGINNING]  # noqa: PLR2004 -- a letter says nothing
    stops, stem = _rules(locale[:2])
    if (len(folded) < 2 and not folded.isdigit()) or folded in stops:  # noqa: PLR2004 -- a letter says nothing
        return ""
    with _lock:  # the stemmers are shared
        return str(stem(word[:LONGEST].lower().replace("ё", "е"))).translate(accent_map)
