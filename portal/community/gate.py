"""What keeps words back before others read them: suspensions, rules for words and links, the first posts of new people."""

from dataclasses import dataclass

from sqlalchemy import select

from ..extensions import db
from ..kit import clock
from ..kit.i18n import _
from ..people.models import Person
from .mentions import TOO_MANY
from .mentions import count_of as names_in
from .models import HELD, Profile, Space, Suspension


class Refused(Exception):
    """These words are not taken; says why in a sentence for who wrote them."""


@dataclass(frozen=True)
class Verdict:
    """What becomes of words: `gate` as in models.py, and why, for moderators."""

    gate: str = ""
    why: str = ""


def suspension_of(person: Person) -> Suspension | None:
    """The suspension that keeps a person from writing now."""
    now = clock.now()
    rows = select(Suspension).where(
        Suspension.person_id == person.id, Suspension.ends > now, Suspension.lifted_at.is_(None)
    )
    return db.session.scalar(rows.order_by(Suspension.ends.desc()).limit(1))


def look_at(person: Person, profile: Profile, space: Space, text: str) -> Verdict:
    """What becomes of a person's words in a space.

    Args:
        text: all of the words, title and body.

    Raises:
        Refused: they are not taken.
    """
    if names_in(text) > TOO_MANY:
        raise Refused(_("You name too many people. Write the names of those alone who should answer."))
    if profile.standing == HELD or (space.holds_first and not profile.standing and not person.is_staff):
        return Verdict(HELD, "new")
    return Verdict()
