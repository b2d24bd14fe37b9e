"""Making a backup while the portal runs: one moment of the database, then all files that it names.

A file lies in the store before the row that names it is committed, and the worker takes none away while a backup is
under way (see outbox/jobs.py). So of each row in the database's one moment the file is there when it is read, though
that is later.
"""

import contextlib
import fcntl
import json
import os
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from flask import current_app
from sqlalchemy import Connection, text

from ..config import ROOT, SETTINGS
from ..extensions import db
from ..kit import clock
from ..kit.company import the_company
from ..kit.sqlite import reading
from . import parts, sealed, tables

ENDING = ".backup"
MOST_AT_ONCE = 1 << 22  # bytes of lines in one piece
NOT_TOLD = {
    "INSTANCE",
    "DATABASE_URL",
    "BACKUP_PASSPHRASE",
    "KB_CONTENT",
    "BACKUPS",
}  # these belong to a machine
Seen = Callable[[int], None]


class CannotBackUp(Exception):
    """A backup cannot be made now; the message is a sentence that says why and what to do."""


@dataclass(frozen=True)
class Made:
    """A backup that was written and read again: where, bytes, and what its list says."""

    path: Path
    size: int
    told: dict[str, Any]

    @property
    def rows(self) -> int:
        return sum(part["rows"] for part in self.told.values())

    @property
    def files(self) -> int:
        return int(self.told.get("files", {}).get("pieces", 0))


def instance() -> Path:
    return Path(current_app.config["INSTANCE"])


def place_for(given: Path, called: str) -> Path:
    """The file that a backup is written to: the one that is given, or one named after this moment in a folder.

    Raises:
        CannotBackUp: the place is one that readers of the web can reach, or that the backup itself takes in.
    """
    path = given / f"{called}-{clock.now():%Y-%m-%dT%H%M%SZ}{ENDING}" if given.is_dir() else given
    inside = (
        ROOT / "portal",
        instance() / "files",
        instance() / "search",
        Path(current_app.config["KB_CONTENT"]),
    )
    for folder in inside:
        if path.resolve().is_relative_to(folder.resolve()):
            raise CannotBackUp(
                f"{path} lies in {folder}, which the portal serves or backs up itself; choose another folder."
            )
    if not path.parent.is_dir():
        raise CannotBackUp(f"The folder {path.parent} does not exist; make it first.")
    return path


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One backup at a time on this machine; the lock of one that died is free.

    Raises:
        CannotBackUp: another one is under way.
    """
    with (instance() / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotBackUp("Another backup of this instance is under way; wait for its end.") from None
        yield


def make(path: Path, secret: sealed.Secret, seen: Seen) -> Made:
    """Write a backup beside its place, read it again to its end, and put it there: a name that exists is a whole backup.

    Raises:
        BadBackup: what was written cannot be read again.
        OSError: the disk is full, or something cannot be read or written.
        SQLAlchemyError: the database went away.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b", buffering=parts.CHUNK) as file:
            told = _write(file, secret, seen)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
            file.seek(0)
            parts.look_through(sealed.Opener(file, secret), seen)
        draft.replace(path)
        _sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)
    return Made(path, size, told)


def _sync_folder(folder: Path) -> None:
    """A new name is on the disk only once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(file: IO[bytes], secret: sealed.Secret, seen: Seen) -> dict[str, Any]:
    with reading(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        found = tables.layouts(connection)
        head = {
            "made": clock.iso(clock.now()),
            "portal": tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
                "version"
            ],
            "revision": revision,
            "database": connection.dialect.name,
            "name": the_company().name,
            "base_url": current_app.config["BASE_URL"],
            "tables": [table.as_json() for table in found],
        }
        writer = parts.Writer(sealed.Sealer(file, secret), head)
        for table in found:
            _write_table(writer, connection, table, seen)
    _write_files(writer, "files", instance() / "files", seen)
    _write_files(writer, "articles", Path(current_app.config["KB_CONTENT"]), seen)
    _write_keys(writer)
    return writer.end()


def _write_table(writer: parts.Writer, connection: Connection, table: tables.Layout, seen: Seen) -> None:
    number, kept = 0, bytearray()
    for lines in tables.lines_of(connection, table):
        kept += lines
        if len(kept) >= MOST_AT_ONCE:
            writer.put_rows(f"tables/{table.name}/{number}", bytes(kept))
            seen(len(kept))
            number, kept = number + 1, bytearray()
    writer.put_rows(f"tables/{table.name}/{number}", bytes(kept))
    seen(len(kept))


def files_in(folder: Path) -> Iterator[Path]:
    """Files of a folder and those below it, folder by folder; links are not followed, what is half written is left."""
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(root, name)
            if path.is_file() and not path.is_symlink() and not name.endswith(".part"):
                yield path


def _write_files(writer: parts.Writer, part: str, folder: Path, seen: Seen) -> None:
    for path in files_in(folder):
        with (
            contextlib.suppress(FileNotFoundError),
            path.open("rb") as file,
        ):  # an article that was just removed
            size = os.fstat(file.fileno()).st_size
            writer.put_file(f"{part}/{path.relative_to(folder).as_posix()}", file, size)
            seen(size)


def _write_keys(writer: parts.Writer) -> None:
    """What signs links and cookies, the settings of the file, and those of the environment, which the machine takes along."""
    writer.put("keys/secret_key", current_app.config["SECRET_KEY"].encode())
    for name in ("portal.toml", "erased"):
        path = instance() / name
        if path.exists():
            writer.put(f"keys/{name}", path.read_bytes())
    given = {
        s.variable: os.environ[s.variable]
        for s in SETTINGS
        if s.name not in NOT_TOLD and s.variable in os.environ
    }
    writer.put("keys/environment", json.dumps(given).encode())


def let_go_of_old(folder: Path, called: str, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups of this name from a folder, and what a backup that was cut off left."""
    whole = sorted(folder.glob(f"{called}-????-??-??T??????Z{ENDING}"))
    old = whole[:-keep] if keep else []
    for path in old:
        path.unlink(missing_ok=True)
    return old
