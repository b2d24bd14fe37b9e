"""Shape of a draft as a page sends it."""

import re
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from ..kit.forms import LONG_TEXT, clean_text
from ..kit.numbers import number_in

PLACE = re.compile(r"[a-z][a-z0-9-]{0,50}")
WORD = re.compile(r"[\w-]{16,64}", re.ASCII)
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
MOST_FIELDS = 20
PREFIX = "words."


class BadDraft(ValueError):
    """Not the shape that our pages send."""


class LongDraft(ValueError):
    """More text than is kept."""


@dataclass(frozen=True)
class Text:
    """What a window holds: the fields by name, the once-word of their form, and the how-manieth state of the window it is."""

    fields: dict[str, str]
    once: str
    window: str
    step: int

    @property
    def size(self) -> int:
        """Characters in all fields."""
        return sum(len(words) for words in self.fields.values())


def number_of(value: str) -> int:
    """A count that a page sends. Raises BadDraft for anything else."""
    number = number_in(value)
    if number is None:
        raise BadDraft(value)
    return number


def place_of(form: MultiDict[str, str]) -> str:
    """Where the draft is written. Raises BadDraft."""
    place = form.get("place", "")
    if not PLACE.fullmatch(place):
        raise BadDraft(place)
    return place


def text_of(form: MultiDict[str, str]) -> Text:
    """The text of a posted draft. Raises BadDraft or LongDraft."""
    fields = {
        name.removeprefix(PREFIX): clean_text(words)
        for name, words in form.items()
        if name.startswith(PREFIX)
    }
    once, window = form.get("once", ""), form.get("window", "")
    shaped = all(NAME.fullmatch(name) for name in fields) and 0 < len(fields) <= MOST_FIELDS
    if not (shaped and WORD.fullmatch(once) and WORD.fullmatch(window)):
        raise BadDraft(once)
    text = Text(fields, once, window, number_of(form.get("step", "0")))
    if text.size > LONG_TEXT:
        raise LongDraft
    return text
