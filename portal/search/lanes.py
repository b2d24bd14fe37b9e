"""What all documents of a segment hold, side by side in one long integer: one step of arithmetic does them all.

Each document has a lane of 64 bits. The lower ones say how much it scores, the upper ones how much of the question it
holds, and the topmost is free to compare by. To add up the words of a question so takes a twentieth of a loop over the
documents that hold them. A lane is as exact as a float of 32 bits.
"""

import struct
import sys
from array import array
from collections.abc import Iterable
from functools import lru_cache

WIDE = 64  # bits of a lane
SCORE = 44  # of them, those of the score
FINE = 1 << 25  # steps of what a word is worth in a document
# Added to a float it leaves just these steps in the lower bits, and sets the highest but one, which 0.0 has not
# (IEEE 754, binary64: 52 bits of fraction).
MOVE = float(1 << 27)
WHOLE = 250_000  # steps of what the words of a question weigh together
HALF, FULL = 1, 2  # how much of a part a document holds: another word for it, or the word itself
LOW = (1 << SCORE) - 1
COMMON = 16  # one of so many documents holds what is worth a lane for each


def worthwhile(count: int, size: int) -> bool:
    """Whether so many of the documents hold a thing that lanes are quicker than to go through them."""
    return count * COMMON >= size


def of(numbers: "array[int] | array[float]") -> int:
    """Lanes from one number a document."""
    return int.from_bytes(numbers.tobytes(), sys.byteorder)


def said(size: int, ids: Iterable[int], gains: Iterable[float], own: Iterable[int] | None) -> int:
    """The lanes of a part of a question.

    Args:
        ids, gains: documents that hold it, and what it is worth in each.
        own: those that hold the word itself; None if all do.
    """
    moved = array("d", bytes(size * 8))
    for number, gain in zip(ids, gains, strict=True):
        moved[number] = gain + MOVE
    bits = of(moved)
    held = (bits >> (WIDE - 2)) & _ones(size)
    lanes = (bits & _lows(size)) + held * ((FULL if own is None else HALF) << SCORE)
    if own is not None:
        mask = bytearray(size)
        for number in own:
            mask[number] = 1
        lanes += opened(mask) * ((FULL - HALF) << SCORE)
    return lanes


@lru_cache(128)  # sizes of segments, and the halves of them
def _ones(size: int) -> int:
    """One in each lane."""
    return of(array("Q", [1]) * size)


def at_least(lanes: int, size: int, least: int) -> int:
    """One in each lane that has as much as in others, which may be everywhere()."""
    tops = _ones(size) << (WIDE - 1)
    return (((lanes | tops) - least) & tops) >> (WIDE - 1)


def everywhere(number: int, size: int) -> int:
    """The same number in each lane."""
    return _ones(size) * number


def larger(one: int, other: int, size: int) -> int:
    """Of each lane the larger one of two."""
    chosen = at_least(one, size, other)
    return other ^ ((one ^ other) & ((chosen << (WIDE - 1)) - chosen))


def largest(lanes: int, size: int) -> int:
    """The largest lane: the halves are laid upon each other until one is left."""
    while size > 1:
        half = size - size // 2
        over = lanes >> (half * WIDE)
        lanes, size = larger(lanes ^ (over << (half * WIDE)), over, half), half
    return lanes


def opened(mask: bytearray) -> int:
    """One in each lane of a document that is open."""
    spread = bytearray(len(mask) * 8)
    spread[0 if sys.byteorder == "little" else 7 :: 8] = mask
    return int.from_bytes(spread, sys.byteorder)


def only(lanes: int, ones: int) -> int:
    """The lanes that have a one, without their topmost bit; the others are empty."""
    return lanes & ((ones << (WIDE - 1)) - ones)


@lru_cache(32)
def _lows(size: int) -> int:
    """The bits of the score in each lane."""
    return everywhere(LOW, size)


def scores(lanes: int, size: int) -> int:
    """The lanes without how much of the question they hold."""
    return lanes & _lows(size)


def numbers(lanes: int, size: int) -> tuple[int, ...]:
    """One number a document."""
    return struct.unpack(f"{size}Q", lanes.to_bytes(size * 8, sys.byteorder))
