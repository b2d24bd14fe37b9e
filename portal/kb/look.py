"""What differs between the content folder and the articles."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ..extensions import db
from .contents import parse
from .files import File, Folder, find_files
from .front import BadFile
from .models import Article, Revision
from .parts import Shared
from .pictures import Facts, known_pictures, pictures_used

Track = Callable[[Iterable[File]], Iterable[File]]


@dataclass
class Found:
    """What a look at the folder found; see look().

    Attributes:
        revision: of the articles when the folder was looked at.
        shared: what articles share; it holds the pictures that were made.
        fresh: new and changed files, each with the columns of its article.
        pictures: of each of those, what it uses by its place in the folder, None where there is no such file.
        same: keys of articles whose files are as before.
        faults: files that cannot be taken over.
    """

    root: Path
    folder: Folder
    revision: int
    shared: Shared
    fresh: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    pictures: dict[tuple[str, str], dict[str, Facts | None]] = field(default_factory=dict)
    same: set[tuple[str, str]] = field(default_factory=set)
    faults: list[BadFile] = field(default_factory=list)


def look(root: Path, track: Track = iter) -> Found:
    """Read the folder and render what differs from the articles; changes nothing, so that nobody waits for it.

    Args:
        root: holds <locale>/<section>/…/<slug>.md.
        track: wraps the files while they are read, to show progress.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    if not root.is_dir():
        raise FileNotFoundError(root)
    revision = db.session.scalar(select(Revision.value)) or 0
    held = {row.path: row for row in db.session.execute(held_articles())}
    folder, shared, used = find_files(root), Shared(root, known_pictures()), pictures_used()
    found = Found(root, folder, revision, shared, faults=list(folder.faults))
    files: list[_Read] = []
    for file in track(folder.files):
        try:
            data, digest = file.read(shared)
            row = held.get(relative(root, file.path))
            before = used.get(row.id, {}) if row else {}
            as_before = row and row.digest == digest and row.locale == file.locale
            if as_before and not shared.has_other_pictures(before):
                files.append(_Read(file, row))
            else:
                more = {"digest": digest, "path": relative(root, file.path), "locale": file.locale}
                values, pictures = parse(file, data, shared)
                files.append(_Read(file, row, values | more, pictures))
        except BadFile as error:
            found.faults += error.each()
    _name(files, found)
    return found


@dataclass
class _Read:
    """A file and the row of its article; without values it is as before."""

    file: File
    row: Any
    values: dict[str, Any] | None = None
    pictures: dict[str, Facts | None] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return self.file.locale, self.values["slug"] if self.values else self.row.slug

    @property
    def rank(self) -> tuple[bool, int, str]:
        """Of two files with one name the one that had it keeps it, else the one that lies higher."""
        return self.row is None, self.file.section.count("/"), str(self.file.path)


def _name(files: list[_Read], found: Found) -> None:
    """Note in what was found which file each name belongs to."""
    owners: dict[tuple[str, str], Path] = {}
    for one in sorted(files, key=lambda one: one.rank):
        if one.key in owners:
            first = relative(found.root, owners[one.key])
            found.faults.append(BadFile(one.file.path, 1, f"{first} has the same name already, {one.key[1]}"))
            continue
        owners[one.key] = one.file.path
        if one.values:
            found.fresh[one.key], found.pictures[one.key] = one.values, one.pictures
        else:
            found.same.add(one.key)


def held_articles() -> Any:
    """A select of what is held of every article, without its text."""
    columns = (Article.id, Article.locale, Article.slug, Article.path, Article.digest)
    return select(*columns, Article.wording, Article.changed)


def relative(root: Path, path: Path) -> str:
    """A path inside the folder as words that can be kept and shown, whatever a disk allows."""
    words = os.fsencode(path.relative_to(root)).decode("utf-8", "replace")
    shown = words if words.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in words)
    return shown[:500]
