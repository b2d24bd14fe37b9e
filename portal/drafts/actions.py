"""Verbs of drafts: keep, end, set aside and bring back."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select

from ..extensions import db
from ..kit import clock
from ..kit.forms import new_once
from ..kit.rows import insert_or_hold
from ..live.actions import publish
from ..outbox.once import result_of
from ..people.models import Person
from .forms import Text
from .models import Draft

MOST = 200  # drafts of one person; beyond that the oldest goes
ASIDE = "aside-"


def _hold(person: Person, place: str) -> Any:
    """Id and texts of the row of a place, made if need be, and held until the commit: so a keep and a send at once go one
    after the other.
    """
    blank = {"version": 0, "kept": {}, "other": {}, "size": 0, "updated": clock.now()}
    made = insert_or_hold(Draft, ("person_id", "place"), Draft.id, Draft.kept, Draft.other)
    return db.session.execute(made, {"person_id": person.id, "place": place, **blank}).one()


def _draft(key: int) -> Draft:
    """A row that is held, as it is now."""
    return db.session.get_one(Draft, key, populate_existing=True)


def _held(person: Person, place: str) -> Draft:
    db.session.flush()
    return _draft(_hold(person, place).id)


def _size(*texts: dict[str, Any]) -> int:
    return sum(len(words) for text in texts for words in text.get("fields", {}).values())


def _set(draft: Draft, kept: dict[str, Any], other: dict[str, Any]) -> None:
    draft.kept, draft.other, draft.size = kept, other, _size(kept, other)
    draft.version += 1
    draft.updated = clock.now()
    publish(f"drafts-{draft.person_id}")
    db.session.flush()


def keep(person: Person, place: str, text: Text, base: int) -> Draft | None:
    """Keep a text; None when its form was sent already, however late this comes.

    What another window wrote meanwhile is kept beside it, and the two go on as two forms, so that sending one never
    ends the other. A text equal to the one beside takes its place back.

    Args:
        base: the version that the window knew when it wrote.
    """
    draft = _held(person, place)
    if (
        result_of(text.once, person.id) is not None
    ):  # asked after the row is held: the send is over, or waits for us
        return None
    kept, new = draft.kept, asdict(text)
    own = kept.get("window") == text.window
    if kept and (kept["fields"] == text.fields or (own and kept["step"] > text.step)):
        return draft
    overtaken = bool(kept) and not own and base != draft.version
    chosen = draft.other.get("fields") == text.fields
    if overtaken:
        new["once"] = new_once()
    _set(draft, new, kept if overtaken or chosen else draft.other)
    _drop_oldest(person)
    return draft


def _drop_oldest(person: Person) -> None:
    newest = (
        select(Draft.id)
        .where(Draft.person_id == person.id, Draft.size > 0)
        .order_by(Draft.updated.desc(), Draft.id.desc())
        .limit(MOST)
    )
    db.session.execute(
        delete(Draft).where(Draft.person_id == person.id, Draft.size > 0, Draft.id.not_in(newest))
    )


def end_with(person: Person, place: str, once: str) -> None:
    """A form was sent, when its word has acted, or thrown away: its text goes; one that stands beside it stays."""
    held = _hold(person, place)
    texts = [text for text in (held.kept, held.other) if text]
    left = [text for text in texts if text["once"] != once]
    if left != texts:
        _set(_draft(held.id), *[*left, {}, {}][:2])


def set_aside(person: Person, place: str) -> None:
    """Take a draft out of sight, so that it can be brought back."""
    draft = _held(person, place)
    if draft.size:
        _set(_held(person, ASIDE + place), draft.kept, draft.other)
        _set(draft, {}, {})


def bring_back(person: Person, place: str) -> None:
    """Undo set_aside(); what was written there meanwhile stays beside it."""
    draft, aside = _held(person, place), _held(person, ASIDE + place)
    if aside.size:
        _set(draft, aside.kept, draft.kept or aside.other)
        _set(aside, {}, {})
