"""Which documents answer a question best."""

import math
import re
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest, nsmallest
from itertools import compress
from operator import attrgetter
from statistics import fmean
from typing import Any

from . import lanes
from . import words as w
from .question import WEAK, Part, Phrased, Question
from .shelf import Postings, Selection, Ways, itself

MANY = 2000  # documents from which words that are everywhere are left out
MOST_PARTS, MOST_READ = 10, 14  # of a question: those that say most, of the rarest ones
DAMP = 1.5  # added to the documents that hold a word: in a few articles, rare is often chance
LOOKED_AT = 40  # documents that are looked at closely
EACH = 16  # score of so many is one that tells how high the best are
MOST_PHRASED = 1000  # documents in which a phrase is looked for
MOST_READ_THROUGH = 300  # documents whose text is read for a phrase with stop words
# What an answer must hold of what the best one holds, by the rarity of the words: below it, it only shares a common one.
FLOOR = 0.5
CLOSE = 0.5  # of the best sum, from which an answer is one whatever it holds
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
    """A part of the question with the documents that hold it, and what it says by its rarity.

    Attributes:
        own: the ways that are the word itself; `sure` are the documents that hold those, where there are others too.
    """

    part: Part
    ways: Ways
    weight: float
    own: Ways = ()
    held: list[Postings] = field(default_factory=list)
    sure: list[Postings] = field(default_factory=list)

    def gain(self, document: "Ranked") -> float:
        """What the part is worth in a document; 0 if it does not hold it."""
        ids, gains = self.held[document.part]
        at = bisect_left(ids, document.number)
        return gains[at] if at < len(ids) and ids[at] == document.number else 0.0


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
            own = itself(ways)
            masses = [view.measure((one,)).weight for one in own]
            rarity = _rarity(view, min(filter(None, masses), default=mass.weight))
            found.append(_Weighed(part, ways, rarity * part.weight, own))
    _quieten(found)
    found = nlargest(MOST_PARTS, found, key=lambda one: one.weight)
    for one in found:
        one.held = view.merged(one.ways)
        if 0 < len(one.own) < len(one.ways):
            one.sure = view.merged(one.own)
    return found


def _quieten(weighed: Sequence[_Weighed]) -> None:
    """However rare a word that says little happens to be, it counts no more than the others do on average."""
    telling = [one.weight for one in weighed if one.part.weight > WEAK]
    if telling:
        most = WEAK * fmean(telling)
        for one in weighed:
            if one.part.weight <= WEAK:
                one.weight = min(one.weight, most)


def _held(view: Selection, weighed: Sequence[_Weighed], place: int) -> int:
    """What each document of a segment that the reader may find has in all, as lanes."""
    mask = view.masks[place]
    unit = lanes.WHOLE / sum(one.weight for one in weighed)
    total, few = 0, array("Q", bytes(len(mask) * 8))
    for one in weighed:
        weight = max(round(one.weight * unit), 1)
        if lanes.worthwhile(len(one.held[place][0]), len(mask)):
            total += weight * view.lanes(place, one.ways)
            continue
        own = frozenset(one.sure[place][0]) if one.sure else ()
        most = lanes.HALF if one.sure else lanes.FULL
        for number, gain in zip(*one.held[place], strict=True):
            holds = lanes.FULL if number in own else most
            few[number] += weight * ((holds << lanes.SCORE) + round(gain * lanes.FINE))
    total += lanes.of(few)
    return lanes.only(total, lanes.opened(mask)) if 0 in mask else total


def _answers(view: Selection, weighed: Sequence[_Weighed]) -> tuple[list[Sequence[int]], int]:
    """The scores of each segment, 0 for what holds too little of the question beside the best; and how many are left."""
    sizes = [len(mask) for mask in view.masks]
    held = [_held(view, weighed, place) for place in range(len(sizes))] if weighed else [0] * len(sizes)
    sums = [lanes.scores(*pair) for pair in zip(held, sizes, strict=True)]
    floor = close = 1
    if len(weighed) > 1:
        most = max((lanes.largest(*pair) for pair in zip(held, sizes, strict=True)), default=0)
        floor = math.ceil(FLOOR * (most >> lanes.SCORE)) << lanes.SCORE
        close = math.ceil(
            CLOSE * max((lanes.largest(*pair) for pair in zip(sums, sizes, strict=True)), default=0)
        )
    found: list[Sequence[int]] = []
    count = 0
    for place, size in enumerate(sizes):
        good = lanes.at_least(held[place], size, lanes.everywhere(floor, size))
        good |= lanes.at_least(sums[place], size, lanes.everywhere(close, size))
        count += good.bit_count()
        found.append(lanes.numbers(lanes.only(sums[place], good), size))
    return found, count


def _best(sums: Sequence[Sequence[int]], first: int) -> list[Ranked]:
    """The documents that their sums put from place `first` on, as many as are looked at closely."""
    most = first + LOOKED_AT
    found: list[Ranked] = []
    for place, scores in enumerate(sums):
        near = _near_the_top(scores, most)
        found += [
            Ranked(place, number, scores[number]) for number in nlargest(most, near, key=scores.__getitem__)
        ]
    return nlargest(most, found, key=attrgetter("score"))[first:]


def _near_the_top(scores: Sequence[int], most: int) -> list[int]:
    """The places of so many of the highest scores at least, as far as there are any; a few of all tell how high."""
    some = sorted(scores[::EACH], reverse=True)
    at = 2 * most // EACH
    while at < len(some) and some[at]:
        near = [*compress(range(len(scores)), map(some[at].__le__, scores))]
        if len(near) >= most:
            return near
        at *= 4
    return [*compress(range(len(scores)), scores)]


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
        gains = [w_.gain(one) for w_ in weighed]
        one.matched = sum(w_.part.weight == 1.0 for w_, gain in zip(weighed, gains, strict=True) if gain)
        likeness = _likeness(head.stems, weighed)
        exact = sum(w_.weight * gain for w_, gain in zip(weighed, gains, strict=True))
        one.score = exact * (1 + TITLE * likeness + SAME * likeness**4)
        one.order = (-_step(one.score), -one.matched, -head.lift, -one.score, head.id)
    found.sort(key=lambda one: one.order)
    best = _best(sums, 0) if first else found
    held = max((sum(w_.weight for w_ in weighed if w_.gain(one)) for one in best), default=0.0)
    share = held / total if total else 0.0
    return Ranking(found[skip - first : skip - first + limit], count, share)


def _step(score: float) -> int:
    return round(math.log(score) * 100) if score > 0 else -10_000
