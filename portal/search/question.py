"""What a question asks for: its words, each with what may stand in its place, and its phrases."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from . import words as w
from .documents import Ask
from .lore import lore_of
from .shelf import Selection
from .thesaurus import Phrase, thesaurus

MOST_WORDS = 24  # of a question that are looked at
MOST_PHRASES = 4
MOST_UNKNOWN = 5  # words that are taken for others
LOOKED_AT, GROWN = 400, 16  # words that begin as the last one does: looked at, and taken
SHORT, LONG = (
    4,
    6,
)  # letters up to which a slip leaves one out or adds one, and from which two slips are allowed
# What stands in for a word counts less than the word.
SYNONYM, INSTEAD, KIN, LIKE = 0.7, 0.9, 0.35, 0.8
WEAK, HALF = 0.5, 0.6
NUMBER = re.compile(r"\d{4,}")  # of an order, an invoice
DIGITS = re.compile(r"\d+")
PHRASE = re.compile(r'["“”«»„]([^"“”«»„]{1,200})["“”«»„]')

Phrased = tuple[tuple[int, str], ...]  # stems with their distances


@dataclass(frozen=True)
class Quoted:
    """A phrase in quotation marks: its words as they are written, folded, and the stems of those that have one."""

    words: tuple[str, ...]
    stems: Phrased

    @property
    def needs_words(self) -> bool:
        """Whether stems alone do not tell: a stop word has none."""
        return len(self.stems) < len(self.words)


@dataclass
class Part:
    """A word of the question, or several that belong together.

    Attributes:
        ways: stems that all must stand in a document for it to hold this part, and how much that counts.
        weight: how much the part says, before its rarity.
    """

    ways: dict[Phrase, float]
    weight: float = 1.0

    def also(self, way: Phrase, worth: float) -> None:
        if way and worth > self.ways.get(way, 0.0):
            self.ways[way] = worth


@dataclass
class Question:
    """A question as it was understood.

    Attributes:
        phrases: words that must stand side by side.
        lost: words that nothing is known of.
        corrected: the whole, when a word was taken for another.
    """

    parts: list[Part] = field(default_factory=list)
    phrases: list[Quoted] = field(default_factory=list)
    lost: int = 0
    corrected: str | None = None
    beginning: str = ""

    def stems(self) -> frozenset[str]:
        """All that is looked for."""
        return frozenset(stem for part in self.parts for way in part.ways for stem in way)

    def told(self) -> frozenset[str]:
        """What of it is worth marking in an answer."""
        return frozenset().union(*self.meant())

    def meant(self) -> list[dict[str, float]]:
        """The stems of each thing that is worth marking, with how much each counts."""
        telling = [part for part in self.parts if part.weight >= HALF] or self.parts
        said = [{stem: worth for way, worth in part.ways.items() for stem in way} for part in telling]
        return said + [{stem: 1.0} for phrase in self.phrases for _place, stem in phrase.stems]


class Reading:
    """Understanding one question, with the words that this reader may know of."""

    def __init__(self, ask: Ask, locale: str, view: Selection) -> None:
        self.ask, self.locale, self.view = ask, locale, view
        self.words = w.words_of(ask.words)[:MOST_WORDS]
        self.weak = lore_of(locale[:2]).weak if locale != w.ANY else frozenset()
        self.said = [word.text for word in self.words]
        spans = [found.span(1) for found in PHRASE.finditer(ask.words)]
        self.quoted = {
            place
            for place, word in enumerate(self.words)
            if any(start <= word.start < end for start, end in spans)
        }
        self.question = Question()
        self.known = thesaurus(ask.synonyms, locale)
        self.guesses = 0

    def understand(self) -> Question:
        parts = [self._part(place, word.text) for place, word in enumerate(self.words)]
        self._same(parts)
        self._together(parts)
        question = self.question
        question.parts = [part for part in parts if part and part.ways]
        said = dict.fromkeys(self._phrase(found) for found in PHRASE.findall(self.ask.words))
        question.phrases = [phrase for phrase in said if phrase.stems][:MOST_PHRASES]
        if [w.fold(word) for word in self.said] != [w.fold(word.text) for word in self.words]:
            question.corrected = self._spoken()
        return question

    def _spoken(self) -> str:
        """The question as it was understood, with all that stood between the words."""
        text, shift = self.ask.words, 0
        for word, said in zip(self.words, self.said, strict=True):
            text = text[: word.start + shift] + said + text[word.end + shift :]
            shift += len(said) - (word.end - word.start)
        return text

    def _phrase(self, words: str) -> Quoted:
        said = w.words_of(words)
        stems = ((word.place, w.term(word.text, self.locale)) for word in said)
        return Quoted(
            tuple(w.fold(word.text) for word in said), tuple((place, stem) for place, stem in stems if stem)
        )

    def _part(self, place: int, word: str) -> Part | None:
        unfinished = self.ask.way.beginning and place == len(self.words) - 1 and len(word) > 1
        stem = w.term(word, self.locale)
        if not stem and not unfinished:
            return None
        part = Part({}, WEAK if self._says_little(place) else 1.0)
        if stem and self.view.holds(stem):
            part.also((stem,), 1.0)
        if place in self.quoted:  # as it is
            self.question.lost += not part.ways
            return part
        if unfinished and self.locale != w.ANY:
            self.question.beginning = w.fold(word)
            for grown in self._grown(w.fold(word)):
                part.also((grown,), 1.0)
        if stem and self.locale != w.ANY:
            self._widen(place, stem, part)
        self.question.lost += bool(stem and not part.ways and part.weight == 1.0)
        return part

    def _says_little(self, place: int) -> bool:
        """Whether a word is of those in most questions, a long number, or one that counts such a thing: "6 days"."""
        word, after = (w.fold(one.text) if one else "" for one in (*self.words[place : place + 2], None)[:2])
        return word in self.weak or bool(NUMBER.fullmatch(word)) or (word.isdigit() and after in self.weak)

    def _widen(self, place: int, stem: str, part: Part) -> None:
        """What else a word may stand for."""
        word = self.words[place].text
        for way, worth in self._accented(word):
            part.also(way, worth)
        if not part.ways and not self.ask.way.as_typed:
            self._guess(place, word, part)
        if not self.ask.way.as_typed:
            for kin in self._kin(stem):
                part.also((kin,), KIN)

    def _accented(self, word: str) -> Iterator[tuple[Phrase, float]]:
        """A word without its accents has another stem: what is written so, but for accents, is meant too."""
        folded = w.fold(word)
        for vocabulary in self.view.vocabularies():
            for written in vocabulary.written.get(folded, ()):
                stem = w.term(written, self.locale)
                if written != word and stem and self.view.holds(stem):
                    yield (stem,), 1.0

    def _grown(self, beginning: str) -> list[str]:
        """Stems of the most used words that begin so."""
        counts: dict[str, int] = {}
        for vocabulary in self.view.vocabularies():
            first = bisect_left(vocabulary.folded, beginning)
            for folded in islice(vocabulary.folded, first, first + LOOKED_AT):
                if not folded.startswith(beginning):
                    break
                for written in vocabulary.written[folded]:
                    if stem := w.term(written, self.locale):
                        counts[stem] = counts.get(stem, 0) + vocabulary.counts[written]
        # Only words of what the reader may find: others would take their place, or be known of.
        used = sorted(counts, key=lambda stem: -counts[stem])
        return list(islice(filter(self.view.holds, used), GROWN))

    def _kin(self, stem: str) -> Iterator[str]:
        """Stems of the same family: "deliver" and "delivery", which the stemmer keeps apart."""
        if len(stem) < 4 or not stem.isalpha():  # noqa: PLR2004 -- shorter ones have too many cousins
            return
        for vocabulary in self.view.vocabularies():
            first = bisect_left(vocabulary.folded, stem)
            for folded in islice(vocabulary.folded, first, first + GROWN):
                if not folded.startswith(stem) or len(folded) > len(stem) + 5:
                    break
                for written in vocabulary.written[folded]:
                    other = w.term(written, self.locale)
                    if other != stem and len(other) <= len(stem) + 4 and self.view.holds(other):
                        yield other

    def _guess(self, place: int, word: str, part: Part) -> None:
        """What an unknown word was meant to be: two that were written as one, or one with other letters."""
        if (
            self.guesses >= MOST_UNKNOWN
            or w.fold(word) in self.weak
            or w.term(word, self.locale) in self.known.stems
        ):
            return  # too many, or a word of the language that only does not occur
        self.guesses += 1
        latin = w.term(w.latin(word), self.locale)
        if latin and self.view.holds(latin):
            part.also((latin,), INSTEAD)
            return
        for left, right in self._split(w.fold(word)):
            part.also(tuple(stem for stem in (left, right) if stem), LIKE)
        if part.ways:
            return
        near = self._near(w.fold(word))
        for meant, slips in near:
            part.also((w.term(meant, self.locale),), LIKE / slips)
        if near:
            self.said[place] = near[0][0]

    def _split(self, word: str) -> Iterator[tuple[str, str]]:
        for cut in range(3, len(word) - 2):
            left, right = word[:cut], word[cut:]
            known = [any(part in v.written for v in self.view.vocabularies()) for part in (left, right)]
            if all(known):
                halves = w.term(left, self.locale), w.term(right, self.locale)
                if all(halves) and all(map(self.view.holds, halves)):
                    yield halves

    def _near(self, word: str) -> list[tuple[str, int]]:
        """Words that this reader may know of and that are written nearly so, the likeliest first, with the slips of each."""
        if len(word) < 3:  # noqa: PLR2004 -- too short to tell
            return []
        most = 1 if len(word) < LONG else 2
        found: dict[str, tuple[bool, int, int]] = {}
        for vocabulary in self.view.vocabularies():
            for folded, slips in vocabulary.near(word, most):
                if not _plausible(word, folded, slips):
                    continue
                for written in vocabulary.written[folded]:
                    if w.term(written, self.locale) and (count := self.view.shows(written)):
                        found[written] = (folded[0] != word[0], slips, -count)
        best = sorted(found, key=lambda written: (found[written], written))[:3]
        return [(written, found[written][1]) for written in best if found[written][:2] == found[best[0]][:2]]

    def _same(self, parts: list[Part | None]) -> None:
        """Words and phrases that mean the same stand beside those of the question."""
        spoken = [w.term(said, self.locale) or w.fold(said) for said in self.said]
        for start, end, same in self.known.found_in(spoken):
            inside = [part for part in parts[start:end] if part]
            if not inside or self.quoted.intersection(range(start, end)):
                continue
            ways = {way: SYNONYM for way in same if all(map(self.view.holds, way))}
            if len(inside) == 1:
                worth = SYNONYM if inside[0].ways else INSTEAD
                for way in ways:
                    inside[0].also(way, worth)
            else:
                own = tuple(
                    stem for stem in (w.term(said, self.locale) for said in self.said[start:end]) if stem
                )
                if own and all(map(self.view.holds, own)):
                    ways[own] = 1.0
                for part in inside:
                    part.weight *= HALF
                parts.append(Part(ways, 1.0))

    def _together(self, parts: list[Part | None]) -> None:
        """Two words that elsewhere are written as one: "wi fi", "mr 6"."""
        for one, two in zip(range(len(self.words)), range(1, len(self.words)), strict=False):
            joined = w.fold(self.words[one].text + self.words[two].text)
            if not all(w.term(self.words[place].text, self.locale) for place in (one, two)):
                continue
            if self.quoted.intersection((one, two)):
                continue
            if len(joined) > 2 and any(joined in v.written for v in self.view.vocabularies()):  # noqa: PLR2004 -- too short to tell
                stem = w.term(joined, self.locale)
                if stem and self.view.holds(stem):
                    parts.append(Part({(stem,): 1.0}))


def _plausible(word: str, other: str, slips: int) -> bool:
    """Whether one may be a slip of the other: numbers are meant as they are, and short words have too many neighbours."""
    if DIGITS.findall(word) != DIGITS.findall(other):
        return False
    if slips > 1:
        return word[0] == other[0]
    return len(word) > SHORT or len(word) != len(other) or sorted(word) == sorted(other)


def read(ask: Ask, locale: str, view: Selection) -> Question:
    """The question as this reader's words let it be understood."""
    return Reading(ask, locale, view).understand()
