"""Numbers that anybody may have written into an address or a form."""

import pytest

from portal.kit.numbers import BIGINT, INTEGER, number_in, numbers_in


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("0", 0),
        ("017", 17),
        ("9" * INTEGER, 10**INTEGER - 1),
        *(
            (odd, None)
            for odd in (None, "", "-1", "+1", "1.0", "1e3", " 1", "1_0", "²", "١", "x", "9" * 5000)
        ),
    ],
)
def test_what_is_no_number_of_ours_is_none(words: str | None, number: int | None) -> None:
    assert number_in(words) == number


def test_a_number_is_only_as_long_as_its_column() -> None:
    assert number_in("1" * BIGINT) is None
    assert number_in("1" * BIGINT, BIGINT) == int("1" * BIGINT)
    assert numbers_in(["1", "x", "2"]) == [1, 2]
