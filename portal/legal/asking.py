"""Asking people who have an account about versions that came later: once, by a line above the page that holds up nothing.

Whoever needs help gets it, whatever they think of the terms: nothing is locked, and silence is no consent. Who says
"Not now" is asked again when they next sign in. Staff is not asked: it is no customer.
"""

from collections.abc import Sequence

from flask import session

from ..people.guards import me
from .models import LegalVersion
from .queries import agreed_numbers, versions_since
from .standing import standing

SETTLED = "pages"  # in the session: of each page the version that this browser needs not ask about any more


def unsettled() -> Sequence[LegalVersion]:
    """What the person who is here is to be asked about; for most people, and in most sessions, at no cost."""
    anew, person = standing().anew, me()
    if not anew or person is None or person.is_staff:
        return ()
    settled = session.get(SETTLED, {})
    if all(settled.get(kind, 0) >= number for kind, number in anew.items()):
        return ()
    agreed = agreed_numbers(person)
    asked = {kind: number for kind, number in anew.items() if _highest(kind, agreed, settled) < number}
    if not asked:
        settle()
        return ()
    return versions_since(asked)


def _highest(kind: str, *numbers: dict[str, int]) -> int:
    return max(one.get(kind, 0) for one in numbers)


def settle() -> None:
    """This browser asks no more, until there is something newer."""
    session[SETTLED] = dict(standing().anew)
