"""Marking the words that were looked for in a text, and choosing the sentences that show most of them."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import islice

from whoosh.lang import stopwords_for_language

from . import words as w

READ, MOST = 6_000, 60  # characters of a text, and words found in it, among which the excerpt is looked for
ACCENTED = re.compile("[\u00c0-\u017f\u0400-\u0460]")  # letters with accents, and Cyrillic
LENGTH, PROSE = 200, 25  # characters of an excerpt, and of the shortest line that is no cell, heading or code
LONG = 5  # letters of a stem of which three are in all forms of the word
# The end of a sentence, a cell, a line of code; as it begins with a sign of few, the text between them costs little.
_END = re.compile(r"[\n.!?…](?:(?<=\n)\n*|(?<!\n)(?:\n+|[\")»”]?\s+))")
_ENGLISH = frozenset(stopwords_for_language("en"))
Hit = tuple[int, int, str]


@lru_cache(100)
def _likely(heads: tuple[str, ...], *, accented: bool) -> re.Pattern[str]:
    """What finds the words that begin so; to find them under all accents takes milliseconds to make."""
    shapes = ("".join(map(w.variants, head)) if accented else head for head in heads)
    return re.compile(rf"\b(?:{'|'.join(shapes)})\w*", re.IGNORECASE)


class Marker:
    """Marks the words that were looked for in texts of one language.

    Attributes:
        meant: the stems of each thing that was looked for, with how much each counts: where a word stands, those that
            only mean the same are not marked.
    """

    def __init__(self, locale: str, meant: Sequence[Mapping[str, float]], beginning: str = "") -> None:
        self.locale, self.meant, self.beginning = locale, meant, beginning
        self.terms = frozenset(stem for stems in meant for stem in stems)
        # Only words that begin like a stem are looked at closely.
        heads = {stem[: 2 if len(stem) < LONG else 3] for stem in self.terms} | {beginning[:3]} - {""}
        self._heads = tuple(sorted(heads))
        self._known: dict[str, str] = {}

    def _hits(self, text: str) -> Iterator[Hit]:
        known, accented = self._known, ACCENTED.search(text) is not None
        for found in _likely(self._heads, accented=accented).finditer(text) if self._heads else ():
            word = found[0]
            if word not in known:
                known[word] = self._looked_for(word)
            if stem := known[word]:
                yield found.start(), found.end(), stem

    def _looked_for(self, word: str) -> str:
        """The stem for which a word is marked; empty for others."""
        stem = w.term(word, self.locale)
        if stem and stem in self.terms and not self._is_foreign(word, stem):
            return stem
        return self.beginning if self.beginning and w.fold(word).startswith(self.beginning) else ""

    def _is_foreign(self, word: str, stem: str) -> bool:
        """An English word that says nothing, as in a message that is quoted, has the stem of a word here: not, nota."""
        return self.locale not in ("en", w.ANY) and word.lower() == stem and stem in _ENGLISH

    def _worth_marking(self, hits: Sequence[Hit]) -> frozenset[str]:
        """Of each thing the stems that say it best here."""
        there, best = {stem for _start, _end, stem in hits}, {self.beginning}
        for stems in self.meant:
            most = max((worth for stem, worth in stems.items() if stem in there), default=0.0)
            best |= {stem for stem, worth in stems.items() if worth == most}
        return frozenset(best & there)

    def show(self, title: str, text: str) -> tuple[str, str]:
        """A title with its words marked, and an excerpt of the text, as safe HTML."""
        of_title, of_text = list(self._hits(title)), list(islice(self._hits(text[:READ]), MOST))
        wanted = self._worth_marking([*of_title, *of_text])
        return (
            _marked(title, 0, len(title), [hit for hit in of_title if hit[2] in wanted]),
            _excerpt(text, [hit for hit in of_text if hit[2] in wanted]) if text else "",
        )


def _marked(text: str, begin: int, end: int, hits: Sequence[Hit]) -> str:
    """A stretch of a text as safe HTML, on one line."""
    parts, last = [], begin
    for start, stop, _stem in hits:
        if last <= start and stop <= end:
            parts += [escape(text[last:start]), "<mark>", escape(text[start:stop]), "</mark>"]
            last = stop
    return " ".join("".join([*parts, escape(text[last:end])]).split())


def _excerpt(text: str, hits: Sequence[Hit]) -> str:
    """The sentences with most of the words, in the summary if none has more; that one too when no sentence has any."""
    read = text[:READ]
    starts = [0, *(found.end() for found in _END.finditer(read))]
    stops = [*starts[1:], len(read)]
    inside: dict[int, set[str]] = {}
    for start, _end, stem in hits:
        inside.setdefault(bisect_right(starts, start) - 1, set()).add(stem)
    sentences = [place for place in inside if len(read[starts[place] : stops[place]].strip()) >= PROSE]
    best = min(sentences, key=lambda place: (-len(inside[place]), place), default=0)
    begin, last = starts[best], best
    while last + 1 < len(starts) and stops[last + 1] - begin <= LENGTH and _goes_on(read, stops[last]):
        last += 1
    end = begin + len(read[begin : stops[last]].rstrip())
    if end - begin <= LENGTH * 1.25:
        return _marked(text, begin, end, hits)
    return _cut(text, begin, end, hits)


def _goes_on(text: str, place: int) -> bool:
    """Whether a sentence follows on the same line: cells and code are lines of their own."""
    return "\n" not in text[max(place - 2, 0) : place]


def _cut(text: str, begin: int, end: int, hits: Sequence[Hit]) -> str:
    """A stretch of a sentence that is too long to be shown, with its first word that was looked for."""
    first = next((start for start, _end, _stem in hits if begin <= start < end), begin)
    from_here = begin if first - begin < LENGTH - 40 else text.rfind(" ", begin, first - 40) + 1 or first
    stop = min(end, from_here + LENGTH)
    stop = max(text.rfind(" ", from_here, stop), from_here + LENGTH // 2) if stop < end else stop
    shown = _marked(text, from_here, stop, hits)
    return ("…" if from_here > begin else "") + shown + ("…" if stop < end else "")
