"""Numbers in addresses and forms, which anybody may have written."""

from collections.abc import Iterable

INTEGER, BIGINT = 9, 18  # digits that a column of this kind holds, whichever they are


def number_in(words: str | None, digits: int = INTEGER) -> int | None:
    """The number that words are, of so many digits at most; None for anything else."""
    words = words or ""
    good = words.isascii() and words.isdigit() and len(words) <= digits
    return int(words) if good else None


def numbers_in(words: Iterable[str], digits: int = INTEGER) -> list[int]:
    """Those of some words that are numbers."""
    found = (number_in(one, digits) for one in words)
    return [number for number in found if number is not None]
