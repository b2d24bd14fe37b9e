"""Making an instance of a backup: all is looked at before anything is written, and put in place once all of it is there."""

import json
import os
import shlex
import shutil
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import select

from ..audit.actions import record
from ..extensions import db
from ..grammar import database_address
from ..kit import clock
from ..kit.migrating import upgrade
from ..kit.schema import MIGRATIONS
from ..outbox.actions import hold_all
from ..people.actions import make_first_roles
from ..privacy import ledger
from ..search.index import the_search
from ..tickets import fulltext
from ..tickets.models import Ticket
from . import ground, parts, sealed, tables
from .actions import came_back
from .making import Seen

STAGE, ASIDE = ".restoring", "before-restore"
MADE = (
    "portal.sqlite",
    "portal.sqlite-wal",
    "portal.sqlite-shm",
    "files",
    "search",
    "kb_content",
    "secret_key",
    "portal.toml",
    "erased",
    "environment",
)


class CannotRestore(Exception):
    """Nothing was restored; the message is a sentence that says why and what to do."""


@dataclass
class Known:
    """What a backup is, once all of it was looked at."""

    path: Path
    secret: sealed.Secret
    head: dict[str, Any]
    told: dict[str, Any]
    keys: dict[str, bytes]

    @property
    def environment(self) -> dict[str, str]:
        """The settings that the environment gave to the portal that was backed up."""
        return dict(json.loads(self.keys.get("environment", b"{}")))


@dataclass
class Restored:
    """What became of a restore.

    Attributes:
        held: jobs that wait for somebody to say whether they are done again.
        not_erased: numbers of persons who are the last administrator.
        articles: where the articles lie, if not where the settings say.
        aside: where what was there before is kept.
        lacking: settings that the environment gave to the portal then, and does not now.
    """

    rows: int = 0
    files: int = 0
    held: int = 0
    erased: int = 0
    not_erased: list[int] = field(default_factory=list)
    articles: str = ""
    aside: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)


def look(path: Path, secret: sealed.Secret, seen: Seen) -> Known:
    """Read a backup to its end; nothing is written.

    Raises:
        BadBackup: it is not whole, not one, or of a newer portal.
        OSError: it cannot be read.
    """
    keys = {}
    with path.open("rb") as file:
        reader = parts.Reader(sealed.Opener(file, secret))
        _check_revision(reader.head)
        for piece in reader:
            if piece.name.startswith("keys/"):
                keys[piece.name.removeprefix("keys/")] = piece.data()
            for data in piece.chunks:
                seen(len(data))
        return Known(path, secret, reader.head, reader.told(), keys)


def _check_revision(head: dict[str, Any]) -> None:
    try:
        known = ScriptDirectory(str(MIGRATIONS)).get_revision(head["revision"])
    except CommandError:
        known = None
    if known is None:
        raise sealed.BadBackup(
            f"The backup is of a newer portal (its tables are at {head['revision']}); put that version in place first."
        )


def check_place(instance: Path, url: str, *, replace: bool) -> None:
    """See that the place of the new instance is empty, or may be put aside.

    Raises:
        CannotRestore: it is not, or the portal runs there.
        NotReached: the database cannot be used.
    """
    there = [name for name in MADE if (instance / name).exists()]
    there = [name for name in there if not (instance / name).is_dir() or any((instance / name).iterdir())]
    if ground.is_at_work(url):
        raise CannotRestore("The portal is running on this database; stop it first.")
    if not replace and there:
        raise CannotRestore(
            f"{instance} holds an instance already ({', '.join(there)}); choose an empty folder with PORTAL_INSTANCE,"
            " or say --replace to put what is there aside."
        )
    if not replace and not ground.is_empty(url):
        raise CannotRestore(
            "The database has tables already; name an empty one, or say --replace to put them aside."
        )


class Restore:
    """One restore: its stage is a folder inside the instance, which ends up empty and is removed."""

    def __init__(self, known: Known, instance: Path, seen: Seen) -> None:
        self.known, self.instance, self.seen = known, instance, seen
        self.stage = instance / STAGE
        self.aside = f"{ASIDE}-{clock.now():%Y-%m-%dT%H%M%SZ}"
        self.done = Restored()

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """By which the restored portal is made: what stands there now goes before what stood there then."""
        return {**self.known.environment, **environ, "PORTAL_INSTANCE": str(self.stage)}

    def database(self, environ: Mapping[str, str]) -> str:
        """The database that will be filled, as far as it is not a file of the instance.

        Raises:
            CannotRestore: the settings name none that can be.
        """
        given = environ.get("PORTAL_DATABASE_URL") or self._of_file("database_url")
        try:
            known = database_address(given)
        except ValueError as error:
            raise CannotRestore(f"PORTAL_DATABASE_URL is {given!r}, but {error}.") from error
        return known or f"sqlite:///{self.instance / 'portal.sqlite'}"

    def _of_file(self, name: str) -> str:
        return str(tomllib.loads(self.known.keys.get("portal.toml", b"").decode()).get(name, ""))

    def begin(self) -> None:
        """Put the settings and keys onto the stage, by which the app of the restore is made."""
        shutil.rmtree(self.stage, ignore_errors=True)
        self.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.stage.mkdir(mode=0o700)
        # A portal without this folder takes no files, and says that it is not well.
        (self.stage / "files").mkdir()
        for name in ("portal.toml", "secret_key", "erased"):
            if name in self.known.keys:
                self._write_private(self.stage / name, self.known.keys[name])

    def drop(self) -> None:
        """A restore that failed leaves nothing."""
        shutil.rmtree(self.stage, ignore_errors=True)

    def fill(self, quiet: Iterable[str], notes: Iterable[Path]) -> None:
        """Make tables, rows and files of it; inside the context of the app on the stage.

        Args:
            quiet: kinds of work that may be done twice without anybody outside hearing of it.
            notes: files that may say who was erased meanwhile.
        """
        upgrade(self.known.head["revision"])
        self._read_all()
        upgrade()
        make_first_roles()
        tables.count_on_sqlite(db.session.connection())
        self.done.held = hold_all(quiet)
        came_back(self.known.path.stat().st_size)
        said = {note for path in (*notes, self.stage / ledger.NAME) for note in ledger.notes_in(path)}
        self.done.erased, self.done.not_erased = ledger.apply(said)
        ledger.write(self.stage / ledger.NAME, said)
        record(
            "restored the portal from a backup", None, "", made=self.known.head["made"], held=self.done.held
        )

    def index(self) -> None:
        """Make search of the rows that are there now."""
        for number, key in enumerate(db.session.scalars(select(Ticket.id).order_by(Ticket.id)).all()):
            fulltext.put(key)
            if number % tables.TOGETHER == 0:
                db.session.flush()
                db.session.expunge_all()
        db.session.flush()
        the_search().rebuild()

    def _read_all(self) -> None:
        layouts = {told["name"]: tables.layout_of(told) for told in self.known.head["tables"]}
        with ExitStack() as stack:
            file = stack.enter_context(self.known.path.open("rb"))
            connection = stack.enter_context(db.engine.connect())
            sqlite = connection.dialect.name == "sqlite"
            if sqlite:
                connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                tables.empty_all(connection)
                order = tables.without_order(connection)
                for piece in parts.Reader(sealed.Opener(file, self.known.secret)):
                    if piece.name.startswith("tables/"):
                        lines = parts.rows_in(piece.data()).splitlines()
                        self.done.rows += tables.put_rows(
                            connection, layouts[piece.name.split("/")[1]], lines
                        )
                    else:
                        self._put_file(piece)
                    self.seen(piece.size)
                for statement in order:
                    connection.exec_driver_sql(statement)
                if stray := tables.stray_rows(connection):
                    raise CannotRestore(
                        f"A row of the table {stray} points to one that is not in the backup."
                    )
                tables.count_on(connection)
            if sqlite:
                connection.connection.cursor().execute("PRAGMA foreign_keys=ON")

    def _put_file(self, piece: parts.Piece) -> None:
        part, _, rest = piece.name.partition("/")
        if part not in ("files", "articles") or not rest:
            return
        path = self.stage / ("files" if part == "files" else "kb_content") / rest
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            for data in piece.chunks:
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self.done.files += part == "files"

    def finish(self, articles: Path, environ: Mapping[str, str]) -> None:
        """Put all of it in place.

        Args:
            articles: the folder of the articles, by the settings.
            environ: the environment as it is now.
        """
        lacking = {n: v for n, v in self.known.environment.items() if n not in environ}
        if lacking:
            lines = "".join(f"{name}={shlex.quote(value)}\n" for name, value in sorted(lacking.items()))
            self._write_private(self.stage / "environment", lines.encode())
        self.done.lacking = sorted(lacking)
        self._set_aside()
        self._put_articles(articles)
        for path in sorted(self.stage.iterdir()):
            path.rename(self.instance / path.name)
        self.stage.rmdir()

    def _set_aside(self) -> None:
        there = [self.instance / name for name in MADE if (self.instance / name).exists()]
        there = [path for path in there if path.name != "kb_content" or (self.stage / "kb_content").exists()]
        if there:
            (self.instance / self.aside).mkdir(mode=0o700)
            for path in there:
                path.rename(self.instance / self.aside / path.name)
            if any(
                any(path.rglob("*")) if path.is_dir() else True
                for path in (self.instance / self.aside).iterdir()
            ):
                self.done.aside.append(str(self.instance / self.aside))

    def _put_articles(self, place: Path) -> None:
        """Into the folder that the settings name, if that is elsewhere and empty; else they stay in the instance."""
        made = self.stage / "kb_content"
        if place in (made, self.instance / "kb_content") or not made.exists():
            return
        try:
            place.mkdir(parents=True, exist_ok=True)
            empty = not any(place.iterdir())
            if empty:
                shutil.copytree(made, place, dirs_exist_ok=True)
                shutil.rmtree(made)
        except OSError:
            empty = False
        if not empty:
            self.done.articles = str(self.instance / "kb_content")

    @staticmethod
    def _write_private(path: Path, data: bytes) -> None:
        path.touch(mode=0o600)
        path.write_bytes(data)
