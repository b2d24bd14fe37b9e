"""Which documents answer a question best."""

import math
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest, nsmallest
from itertools import islice
from operator import mul
from typing import Any

from . import words as w
from .question import Part, Phrased, Question
from .shelf import Postings, Selection, Ways

MANY = 2000  # documents from which words that are everywhere are left out
MOST_PARTS, MOST_READ = 10, 14  # of a question: those that say most, of the rarest ones
DAMP = 1.5  # added to the documents that hold a word: in a few articles, rare is often chance
LEAST = 1e-30  # of what a document that answers at all has
LOOKED_AT = 40  # documents that are looked at closely
MOST_PHRASED = 1000  # documents in which a phrase is looked for
MOST_READ_THROUGH = 300  # documents whose text is read for a phrase with stop words
# What an answer must hold of what the best one holds, by the rarity of the words: below it, it only shares a common one.
FLOOR = 0.5
CLOSE = 0.5  # of the best sum, from which an answer is one whatever it holds
EXPANDED = 0.5  # what another word counts for it, where the word itself stands elsewhere
TITLE = 1.0  # what a title that says the same as the question adds at most, as a share
SAME = 1.0  # and when it says nothing else


@dataclass
class Ranked:
    """A document that answers."""

    part: int
    number: int
    score: float
    matched: int = 0
    order: tuple[float, ...] = ()


@dataclass
class _Weighed:
    """A part of the question with the documents that hold it, and what it says by its rarity."""

    part: Part
    ways: Ways
    weight: float
    own: Ways = ()
    held: list[Postings] = field(default_factory=list)


@dataclass
class Ranking:
    """The documents that answer: some of them, best first, how many there are, and how much of the question one holds."""

    found: list[Ranked]
    total: int
    share: float = 0.0


def _telling(view: Selection, question: Question) -> list[tuple[Part, Ways]]:
    """The parts of a question without those that are everywhere, and the rarest of many."""
    parts = [(part, tuple(sorted(part.ways.items()))) for part in question.parts]
    if view.count < MANY and len(parts) <= MOST_READ:
        return parts
    spread = {ways: view.spread(ways) for _part, ways in parts}
    rare = [pair for pair in parts if view.count < MANY or spread[pair[1]] <= view.count / 2]
    return nsmallest(MOST_READ, rare or parts, key=lambda pair: spread[pair[1]])


def _rarity(view: Selection, mass: float) -> float:
    """How much a word says; what stands in all documents still tells a little: a help centre may have one article."""
    return math.log(1 + (max(view.count - mass, 0.0) + 0.5) / (mass + DAMP))


def _weighed(view: Selection, question: Question) -> list[_Weighed]:
    found = []
    for part, ways in _telling(view, question):
        mass = view.measure(ways)
        if mass.documents:
            # What is rare is so by itself: its synonyms make it no commoner.
            own = tuple((way, worth) for way, worth in ways if worth == 1.0)
            masses = [view.measure((one,)).weight for one in own]
            rarity = _rarity(view, min(filter(None, masses), default=mass.weight))
            found.append(_Weighed(part, ways, rarity * part.weight, own))
    found = nlargest(MOST_PARTS, found, key=lambda one: one.weight)
    for one in found:
        one.held = view.merged(one.ways)
    return found


def _sums(view: Selection, weighed: Sequence[_Weighed], place: int) -> list[float]:
    """What each document of a segment that the reader may find has in all."""
    mask = view.masks[place]
    sums = [0.0] * len(mask)
    for one in weighed:
        weight = one.weight
        for number, gain in zip(*one.held[place], strict=True):
            sums[number] += weight * gain
    return [*map(mul, sums, mask)] if 0 in mask else sums


def _covered(view: Selection, weighed: Sequence[_Weighed], place: int) -> list[float]:
    """How much of the question each document of a segment holds, however often: another word is not the word itself."""
    mask = view.masks[place]
    covered = [0.0] * len(mask)
    for one in weighed:
        mixed = 0 < len(one.own) < len(one.ways)
        weight = one.weight * EXPANDED if mixed else one.weight
        for number in one.held[place][0]:
            covered[number] += weight
        if mixed:
            for number in view.merged(one.own)[place][0]:
                covered[number] += one.weight - weight
    return [*map(mul, covered, mask)] if 0 in mask else covered


def _answers(view: Selection, weighed: Sequence[_Weighed]) -> tuple[list[list[float]], int]:
    """The sums of each segment, 0 for what holds too little of the question beside the best; and how many are left."""
    places = range(len(view.masks))
    sums = [_sums(view, weighed, place) for place in places]
    if len(weighed) > 1:
        covered = [_covered(view, weighed, place) for place in places]
        floor = FLOOR * max(map(max, filter(None, covered)), default=0.0)
        close = CLOSE * max(map(max, filter(None, sums)), default=0.0)
        sums = [
            [score if held >= floor or score >= close else 0.0 for score, held in zip(*pair, strict=True)]
            for pair in zip(sums, covered, strict=True)
        ]
    return sums, sum(len(scores) - scores.count(0.0) for scores in sums)


def _best(sums: Sequence[list[float]], first: int) -> list[Ranked]:
    """The documents that their sums put from place `first` on, as many as are looked at closely."""
    found: list[Ranked] = []
    for place, scores in enumerate(sums):
        least = (nlargest(first + LOOKED_AT, scores) or [0.0])[-1] or LEAST
        best = (number for number, score in enumerate(scores) if score >= least)
        found += [Ranked(place, number, scores[number]) for number in islice(best, 2 * (first + LOOKED_AT))]
    return nlargest(first + LOOKED_AT, found, key=lambda one: one.score)[first:]


def _phrased(view: Selection, question: Question) -> None:
    """Leave only documents in the view that hold every phrase of the question."""
    for phrase in question.phrases:
        for place, mask in enumerate(view.masks):
            numbers = [number for number, open_ in enumerate(mask) if open_]
            for _at, stem in phrase.stems:
                ids = set(view.postings(stem)[place][0])
                numbers = [number for number in numbers if number in ids]
            kept = numbers
            if len(phrase.stems) > 1:
                kept = _side_by_side(view, place, numbers[:MOST_PHRASED], phrase.stems)
            if phrase.needs_words:
                says = _saying(phrase.words)
                kept = [
                    number for number in kept[:MOST_READ_THROUGH] if _says(view.stored(place, number), says)
                ]
            mask[:] = bytes(len(mask))
            for number in kept:
                mask[number] = 1


def _side_by_side(view: Selection, place: int, numbers: list[int], phrase: Phrased) -> list[int]:
    """Those of the documents in which the stems of a phrase, which they all hold, stand as in the phrase."""
    starts: list[set[int]] | None = None
    for at, stem in phrase:
        here = [{where - at for where in found} for found in view.places(place, numbers, stem)]
        starts = here if starts is None else [a & b for a, b in zip(starts, here, strict=True)]
    return [number for number, left in zip(numbers, starts or (), strict=True) if left]


def _saying(words: Sequence[str]) -> re.Pattern[str]:
    """What finds these words one after the other, under any accents."""
    return re.compile(r"\W+".join(rf"\b{''.join(map(w.variants, word))}\b" for word in words), re.IGNORECASE)


def _says(stored: Mapping[str, Any], says: re.Pattern[str]) -> bool:
    return bool(says.search(stored["title"]) or says.search(stored["text"]))


def _has(postings: Postings, number: int) -> bool:
    ids = postings[0]
    at = bisect_left(ids, number)
    return at < len(ids) and ids[at] == number


def _likeness(stems: frozenset[str], weighed: Sequence[_Weighed]) -> float:
    """How much a title says the same as the question, from 0 to 1: rare words count more, on both sides."""
    if not stems:
        return 0.0
    total = inside = 0.0
    covered: set[str] = set()
    for one in weighed:
        total += one.weight
        worth = max((worth for way, worth in one.ways if stems.issuperset(way)), default=0.0)
        inside += one.weight * worth
        covered |= {stem for way, worth in one.ways if worth for stem in way} & stems
    said, asked = len(covered) / len(stems), inside / total if total else 0.0
    return 2 * said * asked / (said + asked) if said and asked else 0.0


def _inside(weighed: Sequence[_Weighed], one: Ranked) -> float:
    """How much of the question a document holds."""
    return sum(w_.weight for w_ in weighed if _has(w_.held[one.part], one.number))


def rank(view: Selection, question: Question, locale: str, limit: int, skip: int = 0) -> Ranking:
    """The best documents, best first, but for the first `skip`.

    They are looked at closely in rounds of LOOKED_AT, so that none stands on two pages and none between them.

    `lift` decides only between documents that hold as many parts of the question and whose scores are equal to about
    one hundredth, so it never puts one before another that matches more.
    """
    if question.phrases:
        view = Selection(view.parts, [bytearray(mask) for mask in view.masks])
        _phrased(view, question)
    weighed = _weighed(view, question)
    unknown = question.lost * math.log(1 + (view.count + 0.5) / DAMP)
    total = sum(one.weight for one in weighed) + unknown
    sums, count = _answers(view, weighed)
    first = skip - skip % LOOKED_AT
    found = _best(sums, first)
    for one in found:
        head = view.head(one.part, one.number, locale)
        inside = [w_ for w_ in weighed if _has(w_.held[one.part], one.number)]
        one.matched = sum(w_.part.weight == 1.0 for w_ in inside)
        likeness = _likeness(head.stems, weighed)
        one.score *= 1 + TITLE * likeness + SAME * likeness**4
        one.order = (-_step(one.score), -one.matched, -head.lift, -one.score, head.id)
    found.sort(key=lambda one: one.order)
    held = max((_inside(weighed, one) for one in (_best(sums, 0) if first else found)), default=0.0)
    share = held / total if total else 0.0
    return Ranking(found[skip - first : skip - first + limit], count, share)


def _step(score: float) -> int:
    return round(math.log(score) * 100) if score > 0 else -10_000
