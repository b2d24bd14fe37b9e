"""One language of the index in memory: the postings of words that were asked for, and what each reader may find.

Whoosh's own scoring takes 50 ms for three words of 10,000 articles. A word's postings are therefore decoded once and
kept as two arrays: segments of an index never change, only which of their documents are still alive does.
"""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial, reduce
from itertools import compress
from pathlib import Path
from typing import Any, NamedTuple, cast

from rapidfuzz import process
from rapidfuzz.distance import OSA

from . import lanes
from . import words as w
from .disk import blocks, open_index

PRESENT = 0.1  # what standing in a document at all is worth, beside how often
K1, B, USUAL = (
    6.0,
    0.5,
    400,
)  # BM25, with a usual length instead of the average, so that no document moves another
MOST_POSTINGS = 6_000_000  # kept decoded in one process for each segment; 8 bytes each
LARGE = 1000  # documents of a segment from which its common words are decoded before they are asked for
FEW = 20  # a reader of this many times fewer documents than there are is looked up one by one
NEAR = 20  # words that are written nearly like another
MOST_STORED = 100  # documents kept as pages show them
MOST_MEASURED = 5_000  # words whose spread is remembered for each reader
Postings = tuple["array[int]", "array[float]"]
Way = tuple[tuple[str, ...], float]  # stems that stand in a document together, and what that is worth
Ways = tuple[Way, ...]


class Mass(NamedTuple):
    """How many documents there are, and how much they are about a thing in all: one that mentions it counts little."""

    documents: int
    weight: float


class Head(NamedTuple):
    """Stems of a document's title, its lift, and its id."""

    stems: frozenset[str]
    lift: float
    id: int


def itself(ways: Ways) -> Ways:
    """The ways that are the word itself and no other that stands for it."""
    return tuple((way, worth) for way, worth in ways if worth == 1.0)


def is_plain(ways: Ways) -> bool:
    """Whether they are one word as it is."""
    return len(ways) == 1 and len(ways[0][0]) == 1 and ways[0][1] == 1.0


def _count(postings: Postings) -> int:
    return len(postings[0])


class Segment:
    """A part of the index that never changes, and what was decoded of it."""

    def __init__(self, size: int, lengths: Sequence[int]) -> None:
        self.size = size
        self.held = 0
        self._norms = [K1 * (1 - B + B * length / USUAL) for length in lengths]
        self._kept: OrderedDict[tuple[str, Any], tuple[Any, int]] = OrderedDict()
        self.vocabulary: Vocabulary | None = None
        self._heads: dict[int, Head] = {}
        self._stored: OrderedDict[int, dict[str, Any]] = OrderedDict()

    def head(self, reader: Any, number: int, locale: str) -> Head:
        """What decides the order of a document; read once."""
        if number not in self._heads:
            stored = self.stored(reader, number)
            stems = (w.term(word, locale) for word, _place in w.spoken(stored["title"]))
            self._heads[number] = Head(frozenset(stems) - {""}, stored["lift"], stored["number"])
        return self._heads[number]

    def stored(self, reader: Any, number: int) -> dict[str, Any]:
        """What pages show of a document; that of the last ones is kept, since what is looked at is often shown."""
        if number not in self._stored:
            if len(self._stored) >= MOST_STORED:
                self._stored.popitem(last=False)
            self._stored[number] = reader.stored_fields(number)
        return self._stored[number]

    def _once(self, kind: str, key: Any, make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """What was made before, or is made now and kept until others were asked for more lately."""
        if (kind, key) in self._kept:
            self._kept.move_to_end((kind, key))
            return self._kept[kind, key][0]
        made = make()
        self._kept[kind, key] = made, size(made)
        self.held += size(made)
        while self.held > MOST_POSTINGS:
            self.held -= self._kept.popitem(last=False)[1][1]
        return made

    def postings(self, reader: Any, name: str, text: str) -> Postings:
        """Numbers of the documents that hold a term, and what it is worth in each; read once."""
        return cast("Postings", self._once(name, text, partial(self._decoded, reader, name, text), _count))

    def _decoded(self, reader: Any, name: str, text: str) -> Postings:
        ids, gains, norms = array("I"), array("f"), self._norms
        for numbers, weights in blocks(reader, name, text):
            ids.extend(numbers)
            pairs = zip(numbers, weights, strict=True)
            gains.extend([PRESENT + weight / (weight + norms[number]) for number, weight in pairs])
        return ids, gains

    def first(self, reader: Any, stem: str, mask: bytearray) -> bool:
        """Whether a stem stands in any document of the mask."""
        if ("stem", stem) not in reader:
            return False
        matcher = reader.postings("stem", stem)
        while matcher.is_active():
            if mask[matcher.id()]:
                return True
            matcher.next()
        return False

    def merged(self, reader: Any, ways: Ways) -> Postings:
        """The documents that hold any of some ways to say a thing, each by the best; made once."""
        if is_plain(ways):
            return self.postings(reader, "stem", ways[0][0][0])
        return cast("Postings", self._once("", ways, partial(self._merged, reader, ways), _count))

    def _merged(self, reader: Any, ways: Ways) -> Postings:
        def of(stem: str) -> Postings:
            return self.postings(reader, "stem", stem)

        common = self._common(reader, ways)
        scores = lanes.scores(self._largest(reader, common), self.size)
        begun = [score / lanes.FINE for score in lanes.numbers(scores, self.size)]
        return merge(begun, [pair for pair in ways if pair not in common], of)

    def is_common(self, reader: Any, stem: str) -> bool:
        """Whether many of the documents hold a stem."""
        return lanes.worthwhile(reader.doc_frequency("stem", stem), self.size)

    def _common(self, reader: Any, ways: Ways) -> Ways:
        """Those of the ways that are one word as it is, which many documents hold."""
        return tuple(pair for pair in ways if is_plain((pair,)) and self.is_common(reader, pair[0][0]))

    def _largest(self, reader: Any, ways: Ways) -> int:
        """Of each document the lane of that way which says most in it."""
        return reduce(partial(lanes.larger, size=self.size), (self.lanes(reader, (one,)) for one in ways), 0)

    def lanes(self, reader: Any, ways: Ways) -> int:
        """The same as lanes."""

        def make() -> int:
            if len(ways) > 1 and self._common(reader, ways) == ways:
                return self._largest(reader, ways)
            own = itself(ways)
            mixed = 0 < len(own) < len(ways)
            sure = self.merged(reader, own)[0] if mixed else None
            return lanes.said(self.size, *self.merged(reader, ways), sure)

        return cast("int", self._once("lanes", ways, make, lambda _made: self.size))

    def among(self, reader: Any, text: str, wanted: Sequence[int]) -> Postings:
        """The same of a stem for a few documents only, in rising order; nothing is kept."""
        ids, gains = array("I"), array("f")
        matcher = reader.postings("stem", text)
        for number in wanted:
            if matcher.is_active():
                matcher.skip_to(number)
            if not matcher.is_active():
                break
            if matcher.id() == number:
                ids.append(number)
                weight = matcher.weight()
                gains.append(PRESENT + weight / (weight + self._norms[number]))
        return ids, gains


def merge(best: list[float], ways: Iterable[Way], postings: Callable[[str], Postings]) -> Postings:
    """The documents that hold any of the ways, each by the best; of a way all stems must stand in it.

    Args:
        best: what each document of the segment has already.
    """
    for way, worth in ways:
        for number, gain in _together(way, postings):
            if worth * gain > best[number]:  # noqa: PLR1730 -- max() takes twice as long, and this is done 100,000 times
                best[number] = worth * gain
    return array("I", compress(range(len(best)), best)), array("f", filter(None, best))


def _together(way: tuple[str, ...], postings: Callable[[str], Postings]) -> Iterable[tuple[int, float]]:
    """The documents that hold all stems of a way, each by the least of them."""
    first = zip(*postings(way[0]), strict=True)
    if len(way) == 1:
        return first
    least = dict(first)
    for stem in way[1:]:
        other = dict(zip(*postings(stem), strict=True))
        least = {number: min(gain, other[number]) for number, gain in least.items() if number in other}
    return least.items()


class Vocabulary:
    """The words of a segment as they are written, found by how they begin or sound alike."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.written: dict[str, list[str]] = {}
        self.counts = counts
        for word in counts:
            self.written.setdefault(w.fold(word), []).append(word)
        self.folded = sorted(self.written)

    def near(self, word: str, slips: int) -> list[tuple[str, int]]:
        """Folded words that are written with at most so many slips, and how many it takes."""
        found = process.extract(word, self.folded, scorer=OSA.distance, score_cutoff=slips, limit=NEAR)
        return [(folded, int(distance)) for folded, distance, _place in found]


class Selection:
    """One state of the index for one reader: which documents of which segments the reader may find."""

    def __init__(self, parts: Sequence["tuple[Segment, Any]"], masks: Sequence[bytearray]) -> None:
        self.parts, self.masks = parts, masks
        self.count = sum(map(sum, masks))
        self._few = [
            [number for number, open_ in enumerate(mask) if open_] if sum(mask) * FEW < len(mask) else None
            for mask in masks
        ]

        self._measured: dict[Ways, Mass] = {}
        self._held: dict[str, bool] = {}

    def postings(self, stem: str) -> list[Postings]:
        """Of each segment the documents that hold a stem, the reader's among them at least."""
        return [self._of(place, stem) for place in range(len(self.parts))]

    def merged(self, ways: Ways) -> list[Postings]:
        """The same of several ways to say a thing."""
        if is_plain(ways):
            return self.postings(ways[0][0][0])
        return [
            segment.merged(reader, ways)
            if self._few[place] is None
            else merge([0.0] * segment.size, ways, partial(self._of, place))
            for place, (segment, reader) in enumerate(self.parts)
        ]

    def lanes(self, place: int, ways: Ways) -> int:
        """The same in one segment as lanes; for what many documents hold."""
        segment, reader = self.parts[place]
        return segment.lanes(reader, ways)

    def measure(self, ways: Ways) -> Mass:
        """How many of the reader's documents hold any of the ways, and how much they are about it in all."""
        if ways not in self._measured:
            if len(self._measured) > MOST_MEASURED:
                self._measured.clear()
                self._held.clear()
            found = zip(self.masks, self.merged(ways), strict=True)
            own = [
                [*compress(gains, map(mask.__getitem__, ids))] if 0 in mask else gains
                for mask, (ids, gains) in found
            ]
            self._measured[ways] = Mass(sum(map(len, own)), sum(map(sum, own)))
        return self._measured[ways]

    def _of(self, place: int, stem: str) -> Postings:
        if self._few[place] is None:
            segment, reader = self.parts[place]
            return segment.postings(reader, "stem", stem)
        return self._few_of(place, stem)

    def _few_of(self, place: int, stem: str) -> Postings:
        segment, reader = self.parts[place]
        if ("stem", stem) not in reader:
            return array("I"), array("f")
        return segment.among(reader, stem, self._few[place] or ())

    def holds(self, stem: str) -> bool:
        """Whether a stem stands in anything that the reader may find; a common one is seen at its first documents."""
        if stem not in self._held:
            self._held[stem] = any(
                segment.first(reader, stem, mask)
                for mask, (segment, reader) in zip(self.masks, self.parts, strict=True)
            )
        return self._held[stem]

    def spread(self, ways: Ways) -> int:
        """In how many documents of anybody some way stands at most; known without reading where."""
        return max(
            sum(reader.doc_frequency("stem", way[0]) for _segment, reader in self.parts)
            for way, _worth in ways
        )

    def shows(self, word: str) -> int:
        """In how many documents that the reader may find a word stands as it is written."""
        return sum(
            mask[number]
            for mask, (segment, reader) in zip(self.masks, self.parts, strict=True)
            for number in segment.postings(reader, "word", word)[0]
        )

    def places(self, part: int, numbers: Sequence[int], stem: str) -> Iterator[list[int]]:
        """Where in each of some documents, in rising order, a stem stands that is in all of them."""
        if not numbers:  # then it may be in none at all
            return
        matcher = self.parts[part][1].postings("stem", stem)
        for number in numbers:
            matcher.skip_to(number)
            yield matcher.value_as("positions")

    def common(self) -> list[str]:
        """The stems that many documents of a segment hold, the commonest first: to decode one takes milliseconds."""
        counts = {
            text.decode(): int(info.doc_frequency())
            for segment, reader in self.parts
            for text, info in reader.iter_field("stem")
            if lanes.worthwhile(info.doc_frequency(), segment.size) and segment.size >= LARGE
        }
        return sorted(counts, key=lambda stem: -counts[stem])

    def decode(self, stem: str) -> None:
        """Have a common stem at hand before anybody asks for it, as far as there is room."""
        way = ((stem,), 1.0)
        for segment, reader in self.parts:
            if segment.held < MOST_POSTINGS / 2 and segment.is_common(reader, stem):
                segment.lanes(reader, (way,))

    def vocabularies(self) -> Iterator[Vocabulary]:
        for segment, reader in self.parts:
            if segment.vocabulary is None:
                counts = {
                    text.decode(): int(info.doc_frequency()) for text, info in reader.iter_field("word")
                }
                segment.vocabulary = Vocabulary(counts)
            yield segment.vocabulary

    def head(self, part: int, number: int, locale: str) -> Head:
        segment, reader = self.parts[part]
        return segment.head(reader, number, locale)

    def stored(self, part: int, number: int) -> dict[str, Any]:
        segment, reader = self.parts[part]
        return segment.stored(reader, number)


class Shelf:
    """The newest state of one language, with what was decoded; used by one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self.reader: Any = None
        self.index = open_index(folder)
        self._segments: dict[str, Segment] = {}
        self._views: dict[tuple[frozenset[str], frozenset[str]], Selection] = {}
        self.refresh()

    def refresh(self) -> bool:
        """Take over what was written since; whether there was anything."""
        if self.reader is not None and self.index.latest_generation() == self.reader.generation():
            return False
        if self.reader is not None:
            self.reader.close()
        # Not Whoosh's own refresh: it keeps segments that it knows, and so shows what was dropped from them since.
        self.reader = self.index.reader()
        known, self._segments, self._views = self._segments, {}, {}
        self._parts: list[tuple[Segment, Any]] = []
        for reader, _offset in self.reader.leaf_readers():
            if reader.doc_count_all():
                name = reader.segment().segment_id()
                segment = known.get(name) or self._new(reader)
                self._segments[name] = segment
                self._parts.append((segment, reader))
        return True

    @staticmethod
    def _new(reader: Any) -> Segment:
        size = reader.doc_count_all()
        return Segment(size, [reader.doc_field_length(number, "stem") for number in range(size)])

    def view(self, who: frozenset[str], facets: frozenset[str]) -> Selection:
        """What a reader with these tokens may find, narrowed to documents with all of the facets."""
        if (who, facets) not in self._views:
            if len(self._views) > 64:  # noqa: PLR2004 -- readers; a view is a byte a document
                self._views.clear()
            masks = [self._mask(part, who, facets) for part in self._parts]
            self._views[who, facets] = Selection(self._parts, masks)
        return self._views[who, facets]

    @staticmethod
    def _mask(part: tuple[Segment, Any], who: Iterable[str], facets: Iterable[str]) -> bytearray:
        segment, reader = part
        mask = bytearray(segment.size)
        for token in who:
            for number in segment.postings(reader, "who", token)[0]:
                mask[number] = 1
        for facet in facets:
            kept, mask = mask, bytearray(segment.size)
            for number in segment.postings(reader, "facet", facet)[0]:
                mask[number] = kept[number]
        for number in reader.deleted_docs_set:
            mask[number] = 0
        return mask

    def close(self) -> None:
        if self.reader is not None:
            self.reader.close()
        self.reader = None

    def __del__(self) -> None:
        self.close()  # the files, which are no memory maps
