"""What search knows of words: their stems in each language, their spelling, and marking them in a text."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from html import escape
from threading import Lock
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA
from whoosh.analysis import CharsetFilter, LowercaseFilter, RegexTokenizer, StemFilter, StopFilter
from whoosh.lang import stemmer_for_language, stopwords_for_language
from whoosh.support.charset import accent_map

WORD = re.compile(r"\w+")
SHORT = 4  # letters up to which one slip is allowed, and two beyond
READ = 20_000  # characters of a text in which the excerpt is looked for
_lock = Lock()


def analyzer(locale: str) -> Any:
    """Whoosh's chain for a language; term() gives the same for one word."""
    language = locale[:2]
    stop = StopFilter(stoplist=None, lang=language)
    return (
        RegexTokenizer(WORD)
        | LowercaseFilter()
        | stop
        | StemFilter(lang=language)
        | CharsetFilter(accent_map)
    )


def folded_analyzer() -> Any:
    """Words without accents, to be found by their beginning."""
    return RegexTokenizer(WORD) | LowercaseFilter() | CharsetFilter(accent_map)


@cache
def _parts(language: str) -> tuple[frozenset[str], Any]:
    return frozenset(stopwords_for_language(language)), stemmer_for_language(language)


@lru_cache(maxsize=50_000)
def term(word: str, language: str) -> str:
    """A word's stem without accents; empty for a stop word."""
    word = word.lower()
    stops, stem = _parts(language)
    if len(word) < 2 or word in stops:  # noqa: PLR2004 -- as StopFilter has it
        return ""
    with _lock:  # the stemmers are shared
        return str(stem(word)).translate(accent_map)


def fold(word: str) -> str:
    """Lower case without accents."""
    return word.lower().translate(accent_map)


def nearest(word: str, dictionary: Mapping[str, tuple[int, str]]) -> str | None:
    """The word of the dictionary that was meant, or None.

    Args:
        word: folded.
        dictionary: folded word -> (in how many articles, as it is written).
    """
    if word in dictionary:
        return dictionary[word][1]
    if len(word) < 3 or any(c.isdigit() for c in word):  # noqa: PLR2004 -- too short to tell, or a number
        return None
    most = 1 if len(word) <= SHORT else 2
    near = process.extract(word, list(dictionary), scorer=OSA.distance, score_cutoff=most, limit=20)
    if not near:
        return None
    best = min(near, key=lambda n: (n[0][0] != word[0], n[1], -dictionary[n[0]][0], n[0]))
    return dictionary[best[0]][1]


class Marker:
    """Marks the words that were looked for in texts of one language."""

    def __init__(self, locale: str, terms: frozenset[str], beginning: str = "") -> None:
        self.language, self.terms, self.beginning = locale[:2], terms, beginning

    def _hits(self, text: str) -> Iterator[tuple[int, int, str]]:
        for found in WORD.finditer(text):
            stem = term(found[0], self.language)
            if stem and stem in self.terms:
                yield found.start(), found.end(), stem
            elif self.beginning and fold(found[0]).startswith(self.beginning):
                yield found.start(), found.end(), self.beginning

    def mark(self, text: str) -> str:
        """The whole text as safe HTML."""
        parts, last = [], 0
        for start, end, _stem in self._hits(text):
            parts += [escape(text[last:start]), "<mark>", escape(text[start:end]), "</mark>"]
            last = end
        return "".join(parts) + escape(text[last:])

    def excerpt(self, text: str, length: int = 200) -> str:
        """The stretch with most of the words, as safe HTML; the beginning when there is none."""
        hits = list(self._hits(text[:READ]))
        begin, most = 0, 0
        for place, (start, _end, _stem) in enumerate(hits):
            inside = {stem for at, end, stem in hits[place : place + 20] if end <= start + length - 40}
            if len(inside) > most:
                begin, most = max(0, start - 40), len(inside)
        end = min(len(text), begin + length)
        if begin:
            begin = text.find(" ", begin, begin + 40) + 1 or begin
        if end < len(text):
            end = max(text.rfind(" ", begin, end), begin + length // 2)
        shown = self.mark(" ".join(text[begin:end].split()))
        return ("…" if begin else "") + shown + ("…" if end < len(text) else "")
