"""Verbs of the practice request. None leaves work for the outbox, tells a live topic, or touches a ticket."""

from typing import Any

from ..extensions import db
from ..kit import clock
from ..kit.markdown import render_message
from ..kit.rows import insert_or_skip
from ..people.models import Person
from .models import Practice
from .queries import practice_of


def begin(person: Person) -> Practice:
    """A practice request in the agent's language: a fresh one after one that was put away, else the one at hand."""
    blank: dict[str, Any] = {"began": clock.now(), "put_away": None, "state": "new", "steps": [], "said": []}
    values = {"person_id": person.id, "language": person.language, **blank}
    db.session.execute(insert_or_skip(Practice).values(**values))
    practice = db.session.get_one(Practice, person.id, populate_existing=True)
    if not practice.is_on:
        for name, value in values.items():
            setattr(practice, name, value)
    db.session.flush()
    return practice


def tick(practice: Practice, *steps: str) -> None:
    """Steps that were really done."""
    practice.steps = [*practice.steps, *(step for step in steps if step not in practice.steps)]


def take(practice: Practice) -> None:
    """The agent looks after it."""
    practice.state = "open" if practice.state == "new" else practice.state
    tick(practice, "take")


def say(practice: Practice, body: str, *, internal: bool, then: str, done: tuple[str, ...]) -> None:
    """Words of the agent's, which stay here; an answer takes the request and moves it, as a real one does.

    Args:
        practice, body: what is written where, in markdown.
        internal: whether it is a note.
        then: the state after an answer.
        done: the steps that the words did.
    """
    line = {"body": body, "html": render_message(body)[0], "note": internal, "at": clock.now().isoformat()}
    practice.said = [*practice.said, line]
    if not internal:
        take(practice)
        tick(practice, "answer", *done)
        settle(practice, then)


def settle(practice: Practice, state: str) -> None:
    """Move it to a state."""
    practice.state = state
    if state in ("waiting", "solved"):
        tick(practice, "settle")


def put_away(person: Person) -> None:
    """All that was written goes; that it was tried stays, so that it is not offered again."""
    practice = practice_of(person)
    if practice:
        practice.put_away, practice.said, practice.steps = clock.now(), [], []
