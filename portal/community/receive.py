"""From a posted form to words in the community, and what becomes of them."""

from dataclasses import replace

from ..people.models import Person
from .actions import profile_of
from .forms import PostForm
from .gate import Verdict, look_at
from .models import HELD, Space

QUICK = 3  # seconds that nobody takes to write


def _is_odd(form: PostForm) -> bool:
    """Whether a machine may have filled it in: a field that people do not see, or all of it in no time."""
    seconds = form.began.seconds()
    return bool(form.homepage.data) or seconds is None or seconds < QUICK


def verdict_on(form: PostForm, person: Person, space: Space, text: str) -> Verdict:
    """What becomes of the words of a form; those of new people that a machine may have written are held.

    Args:
        text: all of the words, title and body.

    Raises:
        Refused: they are not taken; says why.
    """
    profile = profile_of(person)
    verdict = look_at(person, profile, space, text)
    is_new = not (profile.standing or person.is_staff)
    return replace(verdict, gate=HELD, why=verdict.why or "odd") if is_new and _is_odd(form) else verdict
