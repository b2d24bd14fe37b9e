"""Marking the words that were looked for in a text, and cutting the stretch that shows most of them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from itertools import islice

from . import words as w

READ, MOST = 6_000, 60  # characters of a text, and words found in it, among which the excerpt is looked for
ACCENTED = re.compile(f"[{w.ACCENTED}]")
LONG = 5  # letters of a stem of which three are in all forms of the word


@lru_cache(100)
def _likely(heads: tuple[str, ...], *, accented: bool) -> re.Pattern[str]:
    """What finds the words that begin so; to find them under all accents takes milliseconds to make."""
    shapes = ("".join(map(w.variants, head)) if accented else head for head in heads)
    return re.compile(rf"\b(?:{'|'.join(shapes)})\w*", re.IGNORECASE)


class Marker:
    """Marks the words that were looked for in texts of one language."""

    def __init__(self, locale: str, terms: frozenset[str], beginning: str = "") -> None:
        self.locale, self.terms, self.beginning = locale, terms, beginning
        # Only words that begin like a stem are looked at closely.
        heads = {stem[: 2 if len(stem) < LONG else 3] for stem in terms} | {beginning[:3]} - {""}
        self._heads = tuple(sorted(heads))

    def _hits(self, text: str) -> Iterator[tuple[int, int, str]]:
        accented = ACCENTED.search(text) is not None
        for found in _likely(self._heads, accented=accented).finditer(text) if self._heads else ():
            stem = w.term(found[0], self.locale)
            if stem and stem in self.terms:
                yield found.start(), found.end(), stem
            elif self.beginning and w.fold(found[0]).startswith(self.beginning):
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
        hits = list(islice(self._hits(text[:READ]), MOST))
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
