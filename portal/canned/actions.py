"""Verbs of canned answers."""

from dataclasses import dataclass

from ..audit.actions import record
from ..extensions import db
from ..kit import clock
from ..kit.crypto import digest
from ..people.models import Person
from .models import CannedAnswer


class Overtaken(Exception):
    """Somebody else changed it since it was shown."""


@dataclass(frozen=True)
class Saying:
    """What a canned answer holds; no language means any, no team means all."""

    title: str
    keyword: str
    body: str
    language: str | None = None
    team_id: int | None = None

    @property
    def digest(self) -> str:
        """What tells it from any other."""
        return digest(repr(self))


def saying_of(answer: CannedAnswer) -> Saying:
    """What it holds now."""
    return Saying(answer.title, answer.keyword, answer.body, answer.language, answer.team_id)


def _put(answer: CannedAnswer, saying: Saying) -> None:
    for name, value in vars(saying).items():
        setattr(answer, name, value)
    answer.changed = clock.now()


def add_canned(saying: Saying, by: Person | None) -> CannedAnswer:
    """A new one."""
    answer = CannedAnswer()
    _put(answer, saying)
    db.session.add(answer)
    db.session.flush()
    record("added a ready answer", by, f"ready answer {answer.id}", title=saying.title)
    return answer


def change_canned(answer: CannedAnswer, saying: Saying, shown: str, by: Person) -> None:
    """Other words for it; the record keeps the former title. `shown` is the digest of what was shown when they were written.

    Raises:
        Overtaken: it says something else by now, and something else than these words.
    """
    db.session.refresh(answer, with_for_update=True)  # of two who save at once the second waits, and sees
    stands = saying_of(answer)
    if stands == saying:
        return  # also for a form that was sent twice
    if stands.digest != shown:
        raise Overtaken
    record("changed a ready answer", by, f"ready answer {answer.id}", title=answer.title)
    _put(answer, saying)
    db.session.flush()


def drop_canned(answer: CannedAnswer, by: Person) -> None:
    """Away with it; what was sent with it stays as it is."""
    record("deleted a ready answer", by, f"ready answer {answer.id}", title=answer.title)
    db.session.delete(answer)
    db.session.flush()
