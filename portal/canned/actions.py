"""Verbs of canned answers."""

from dataclasses import dataclass

from ..audit.actions import record
from ..extensions import db
from ..kit import clock
from ..people.models import Person
from .models import CannedAnswer


@dataclass(frozen=True)
class Saying:
    """What a canned answer holds; no language means any, no team means all."""

    title: str
    keyword: str
    body: str
    language: str | None = None
    team_id: int | None = None


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


def change_canned(answer: CannedAnswer, saying: Saying, by: Person) -> None:
    """Other words for it; the record keeps the former title."""
    record("changed a ready answer", by, f"ready answer {answer.id}", title=answer.title)
    _put(answer, saying)
    db.session.flush()


def drop_canned(answer: CannedAnswer, by: Person) -> None:
    """Away with it; what was sent with it stays as it is."""
    record("deleted a ready answer", by, f"ready answer {answer.id}", title=answer.title)
    db.session.delete(answer)
    db.session.flush()
