"""What may tell who somebody is, left out of words before they are stored."""

import re

from ..kit.forms import clean_line

_ADDRESS = re.compile(r"\S+\s?[@＠]\s?\S+")
# A telephone, card, account or passport number: digits with what people put between them.
_NUMBER = re.compile(r"\+?\d(?:[\s().,/\-\u2010-\u2015]{0,2}\d){5,}")
MASK = "…"


def masked(words: str) -> str:
    """The words without mail addresses and without numbers of six digits and more."""
    return _NUMBER.sub(MASK, _ADDRESS.sub(MASK, words))


def as_searched(words: str) -> str:
    """A search as it is counted: masked, in small letters, on one line."""
    return clean_line(masked(words)).lower()
