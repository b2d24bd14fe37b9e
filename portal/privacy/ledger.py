"""Who was erased, noted outside of the database: a backup from before knows nothing of it, and a restore asks here.

A line is a person's number, the moment, and our mark on both, so that a note of another portal erases nobody here.
The notes stand in the file `erased` of the instance, and in the folder of the backups if the settings name one.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app

from ..extensions import db
from ..kit import clock
from ..kit.crypto import is_signed, signature
from ..people.models import Person
from .actions import LastAdministrator, erase

NAME, PURPOSE = "erased", "erased"


@dataclass(frozen=True, order=True)
class Note:
    """That a person was erased, not before `at`."""

    person: int
    at: str

    @property
    def words(self) -> str:
        return f"{self.person} {self.at}"


def folders() -> list[Path]:
    """Where the notes are kept."""
    config = current_app.config
    return [Path(config["INSTANCE"]), *([Path(config["BACKUPS"])] if config["BACKUPS"] else [])]


def notes_in(path: Path) -> set[Note]:
    """The notes of a file that are ours; none if there is no file."""
    lines = path.read_text(encoding="ascii", errors="replace").splitlines() if path.exists() else []
    found = set()
    for line in lines:
        words, _, mark = line.strip().rpartition(" ")
        person, _, at = words.partition(" ")
        if person.isascii() and person.isdigit() and is_signed(PURPOSE, words, mark):
            found.add(Note(int(person), at))
    return found


def note(person_id: int) -> None:
    """Note that a person was erased, in each place; twice is once."""
    for folder in folders():
        folder.mkdir(parents=True, exist_ok=True)
        known = notes_in(folder / NAME)
        if person_id not in {one.person for one in known}:
            write(folder / NAME, known | {Note(person_id, str(clock.iso(clock.now())))})


def write(path: Path, notes: Iterable[Note]) -> None:
    """All the notes of a file, in one step."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    draft.touch(mode=0o600)
    lines = [f"{one.words} {signature(PURPOSE, one.words)}\n" for one in sorted(notes)]
    with draft.open("w", encoding="ascii") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def apply(notes: Iterable[Note]) -> tuple[int, list[int]]:
    """Erase again whom a restore brought back: how many, and who could not go since nobody else is an administrator."""
    count, kept = 0, []
    for one in sorted(set(notes)):
        person = db.session.get(Person, one.person)
        if person is None or person.erased or person.created_at > datetime.fromisoformat(one.at):
            continue
        try:
            erase(person, None)
            count += 1
        except LastAdministrator:
            kept.append(person.id)
    return count, kept
