"""Which documents answer a question best."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import nlargest, nsmallest
from operator import mul

from .question import Part, Phrased, Question
from .shelf import Postings, Selection, Ways

MANY = 2000  # documents from which words that are everywhere are left out
MOST_PARTS, MOST_READ = 10, 14  # of a question: those that say most, of the rarest ones
DAMP = 1.5  # added to the documents that hold a word: in a few articles, rare is often chance
LEAST = 1e-30  # of what a document that answers at all has
LOOKED_AT = 40  # documents that are looked at closely
MOST_PHRASED = 1000  # documents in which a phrase is looked for
TITLE = 1.0  # what a title that says the same as the question adds at most, as a share
SAME = 1.0  # and when it says nothing else


@dataclass
class Ranked:
    """A document that answers."""

    part: int
    number: int
    score: float
    matched: int = 0
    share: float = 0.0
    order: tuple[float, ...] = ()


@dataclass
class _Weighed:
    """A part of the question with the documents that hold it, and what it says by its rarity."""

    part: Part
    ways: Ways
    weight: float
    held: list[Postings] = field(default_factory=list)


def _telling(view: Selection, question: Question) -> list[tuple[Part, Ways]]:
    """The parts of a question without those that are everywhere, and the rarest of many."""
    parts = [(part, tuple(sorted(part.ways.items()))) for part in question.parts]
    if view.count < MANY and len(parts) <= MOST_READ:
        return parts
    spread = {ways: view.spread(ways) for _part, ways in parts}
    rare = [pair for pair in parts if view.count < MANY or spread[pair[1]] <= view.count / 2]
    return nsmallest(MOST_READ, rare or parts, key=lambda pair: spread[pair[1]])


def _weighed(view: Selection, question: Question) -> list[_Weighed]:
    found = []
    for part, ways in _telling(view, question):
        mass = view.measure(ways)
        if mass.documents:
            # What is rare is so by itself: its synonyms make it no commoner.
            own = [view.measure(((way, 1.0),)).weight for way, worth in ways if worth == 1.0]
            rarest = min(filter(None, own), default=mass.weight)
            # What stands in all of them still tells a little: a help centre may have one article.
            rarity = math.log(1 + (max(view.count - rarest, 0.0) + 0.5) / (rarest + DAMP))
            found.append(_Weighed(part, ways, rarity * part.weight))
    found = nlargest(MOST_PARTS, found, key=lambda one: one.weight)
    for one in found:
        one.held = view.merged(one.ways)
    return found


def _best(sums: list[float], mask: bytearray) -> list[int]:
    """The numbers of the documents with the highest sums, and of those that equal the last of them."""
    if 0 in mask:
        sums = [*map(mul, sums, mask)]
    least = nlargest(LOOKED_AT, sums)[-1] or LEAST
    best = [number for number, score in enumerate(sums) if score >= least]
    return best[: 2 * LOOKED_AT]


def _sums(view: Selection, weighed: Sequence[_Weighed]) -> list[Ranked]:
    """The documents that the sums of their parts put first."""
    found: list[Ranked] = []
    for place, mask in enumerate(view.masks):
        sums = [0.0] * len(mask)
        for one in weighed:
            weight = one.weight
            for number, gain in zip(*one.held[place], strict=True):
                sums[number] += weight * gain
        found += [Ranked(place, number, sums[number]) for number in _best(sums, mask)] if sums else []
    return nlargest(LOOKED_AT, found, key=lambda one: one.score)


def _phrased(view: Selection, question: Question) -> None:
    """Leave only documents in the view that hold every phrase of the question."""
    for phrase in question.phrases:
        for place, mask in enumerate(view.masks):
            numbers = [number for number, open_ in enumerate(mask) if open_]
            for _at, stem in phrase:
                ids = set(view.postings(stem)[place][0])
                numbers = [number for number in numbers if number in ids]
            kept = _side_by_side(view, place, numbers[:MOST_PHRASED], phrase) if len(phrase) > 1 else numbers
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
        worth = max((worth for way, worth in one.part.ways.items() if stems.issuperset(way)), default=0.0)
        inside += one.weight * worth
        covered |= {stem for way, worth in one.part.ways.items() if worth for stem in way} & stems
    said, asked = len(covered) / len(stems), inside / total if total else 0.0
    return 2 * said * asked / (said + asked) if said and asked else 0.0


def rank(view: Selection, question: Question, locale: str, limit: int) -> list[Ranked]:
    """The best documents, best first.

    `lift` decides only between documents that hold as many parts of the question and whose scores are equal to about
    one hundredth, so it never puts one before another that matches more.
    """
    if question.phrases:
        view = Selection(view.parts, [bytearray(mask) for mask in view.masks])
        _phrased(view, question)
    weighed = _weighed(view, question)
    unknown = question.lost * math.log(1 + (view.count + 0.5) / DAMP)
    total = sum(one.weight for one in weighed) + unknown
    found = _sums(view, weighed)
    for one in found:
        head = view.head(one.part, one.number, locale)
        inside = [w_ for w_ in weighed if _has(w_.held[one.part], one.number)]
        one.matched = sum(w_.part.weight == 1.0 for w_ in inside)
        one.share = sum(w_.weight for w_ in inside) / total if total else 0.0
        likeness = _likeness(head.stems, weighed)
        one.score *= 1 + TITLE * likeness + SAME * likeness**4
        one.order = (-_step(one.score), -one.matched, -head.lift, -one.score, head.id)
    found.sort(key=lambda one: one.order)
    return found[:limit]


def _step(score: float) -> int:
    return round(math.log(score) * 100) if score > 0 else -10_000
