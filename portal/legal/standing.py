"""Which pages there are, as every page's footer and many forms need it: a copy in each process that costs them no statement.

It is made anew at most every three seconds, and at once in the process that publishes.
"""

import time
from dataclasses import dataclass, field

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..extensions import db
from ..kit.sqlite import Busy
from .models import AGREED, KINDS, TERMS, LegalVersion

FRESH = 3.0  # seconds


@dataclass(frozen=True)
class Standing:
    """The versions in force.

    Attributes:
        numbers: the version of each page that there is.
        anew: of those that people accept, the last version that had to be accepted anew.
        until: when the copy is too old, by time.monotonic().
    """

    numbers: dict[str, int] = field(default_factory=dict)
    anew: dict[str, int] = field(default_factory=dict)
    until: float = 0.0

    @property
    def kinds(self) -> tuple[str, ...]:
        """The pages that there are."""
        return tuple(kind for kind in KINDS if kind in self.numbers)

    @property
    def agreed(self) -> dict[str, int]:
        """The versions that are accepted, or shown, where somebody gives us something."""
        return {kind: self.numbers[kind] for kind in AGREED if kind in self.numbers}

    @property
    def has_terms(self) -> bool:
        return TERMS in self.numbers

    @property
    def shown(self) -> str:
        """The same in a form's field: "privacy-2 terms-1"."""
        return " ".join(f"{kind}-{number}" for kind, number in self.agreed.items())


def standing() -> Standing:
    """The copy of this process; without the database the one of before, so that an error page still has its footer."""
    known: Standing | None = current_app.extensions.get("legal_standing")
    if known and known.until > time.monotonic():
        return known
    try:
        found = _look()
    except (OperationalError, PoolTimeout, Busy):
        return known or Standing()
    current_app.extensions["legal_standing"] = found
    return found


def look_anew() -> None:
    """The next page of this process is to know what was just published."""
    current_app.extensions.pop("legal_standing", None)


def _look() -> Standing:
    numbers: dict[str, int] = {}
    anew: dict[str, int] = {}
    rows = select(LegalVersion.kind, LegalVersion.number, LegalVersion.anew).order_by(LegalVersion.number)
    for kind, number, again in db.session.execute(rows):
        numbers[kind] = number
        if again and kind in AGREED:
            anew[kind] = number
    return Standing(numbers, anew, time.monotonic() + FRESH)
