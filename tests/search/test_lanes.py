"""Lanes: arithmetic on all documents at once gives what going through them one by one would."""

from array import array
from random import Random

import pytest

from portal.search import lanes


@pytest.mark.parametrize("size", [1, 2, 3, 63, 500])
def test_lanes_say_the_same_as_going_through_the_documents(size: int) -> None:
    dice = Random(size)
    top = 1 << (lanes.WIDE - 1)
    one, other = ([dice.choice([0, 1, dice.randrange(top), top - 1]) for _ in range(size)] for _ in "ab")
    mask = bytearray(dice.choices([0, 1], k=size))
    a, b = lanes.of(array("Q", one)), lanes.of(array("Q", other))

    assert list(lanes.numbers(a, size)) == one
    assert list(lanes.numbers(lanes.larger(a, b, size), size)) == [*map(max, one, other)]
    assert list(lanes.numbers(lanes.at_least(a, size, b), size)) == [
        x >= y for x, y in zip(one, other, strict=True)
    ]
    assert lanes.largest(a, size) == max(one)
    assert list(lanes.numbers(lanes.only(a, lanes.opened(mask)), size)) == [
        x * is_open for x, is_open in zip(one, mask, strict=True)
    ]
    assert list(lanes.numbers(lanes.scores(a, size), size)) == [x & lanes.LOW for x in one]


def test_a_part_says_what_it_is_worth_and_whether_the_word_itself_is_held() -> None:
    said = lanes.numbers(lanes.said(4, [0, 2, 3], [0.5, 1.1, 0.25], [2]), 4)
    assert [number >> lanes.SCORE for number in said] == [lanes.HALF, 0, lanes.FULL, lanes.HALF]
    assert [(number & lanes.LOW) / lanes.FINE for number in said] == pytest.approx([0.5, 0, 1.1, 0.25])


def test_the_heaviest_question_stays_in_its_lane() -> None:
    held = lanes.said(3, [1], [1.1], None) * (lanes.WHOLE + 10)
    assert [number > 0 for number in lanes.numbers(held, 3)] == [False, True, False]
    assert held < 1 << (2 * lanes.WIDE - 1)
