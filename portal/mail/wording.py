"""Words of mails that an owner may say otherwise: plain text with places that are filled, in each language by itself."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ..kit.company import the_company
from ..kit.i18n import current_language, lazy

_PLACE = re.compile(r"\{(\w+)\}")
_OURS = re.compile(r"%\((\w+)\)[sd]")
NAMES = {"site": "company"}  # places that people know by another name than our catalogues
_tried: ContextVar[Mapping[str, str] | None] = ContextVar("tried", default=None)


@dataclass(frozen=True)
class Said:
    """One piece of a mail: where it stands, what we say there, and which places can be filled."""

    label: Any
    ours: Any
    places: tuple[str, ...]

    @property
    def original(self) -> str:
        """What we say, with places as people write them."""
        return _OURS.sub(lambda place: f"{{{NAMES.get(place[1], place[1])}}}", str(self.ours))


TEXTS = {
    "greeting": Said(lazy("How each mail begins"), lazy("Hello %(name)s,"), ("name", "company")),
    "received": Said(
        lazy("When a request came"),
        lazy("We have your request. Its number is %(number)d. We answer on its page and by mail."),
        ("number", "company"),
    ),
    "answered": Said(
        lazy("Above an answer"), lazy("%(name)s from %(site)s wrote to you:"), ("name", "company")
    ),
    "solved": Said(
        lazy("When a request is solved"),
        lazy("If it is not, write again and it opens."),
        ("number", "company"),
    ),
    "welcome": Said(
        lazy("When an account is ready"),
        lazy(
            "Your account is ready. Ask us something, and you get a number, a mail and an answer; all of it stands in your account."
        ),
        ("company",),
    ),
    "sign_off": Said(lazy("How each mail ends"), "", ("company",)),
    "footer": Said(lazy("Below each mail, in small letters"), "", ("company",)),
}


def unknown_places(key: str, words: str) -> list[str]:
    """Places in the words that nothing fills there, as they stand."""
    return [place[0] for place in _PLACE.finditer(words) if place[1] not in TEXTS[key].places]


def worded(key: str, ours: str, **values: Any) -> str:
    """The owner's words in the language in force, filled with values, or `ours` where there are none.

    A place that is empty this time, as the name of somebody who gave none, leaves the sentence to ours.
    """
    tried = _tried.get()
    own = the_company().words_of_mails(current_language()) if tried is None else tried
    words = own.get(key, "")
    known = {"company": the_company().name, **values}
    if not words or not all(known.get(name) for name in _PLACE.findall(words)):
        return ours
    return _PLACE.sub(lambda place: str(known[place[1]]), words)


@contextmanager
def trying(words: Mapping[str, str]) -> Iterator[None]:
    """Write mails with these words inside the block, to see them before they are saved."""
    token = _tried.set(words)
    try:
        yield
    finally:
        _tried.reset(token)
