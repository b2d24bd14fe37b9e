"""The SQLite file that an instance moves out of: held so that nobody else has it open, and only read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool


class CannotMove(Exception):
    """Why nothing was moved, in a sentence or two for whoever typed the command."""


def _connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    # Whoever has a database with a write-ahead log open holds a lock on it, also while at rest; only where nobody does
    # is this one to be had (sqlite.org/wal.html, 8). It goes with the process, however that ends.
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")


@contextmanager
def held(path: Path, script: ScriptDirectory) -> Iterator[Connection]:
    """The database of `path` in a transaction that reads, with everybody else kept out.

    Raises:
        CannotMove: it is not there, in use, or not at the newest revision of `script`.
    """
    if not path.is_file():
        raise CannotMove(f"There is no database at {path}. Is PORTAL_INSTANCE right?")
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": 1})
    event.listen(engine, "connect", _connect)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with _opened(engine, script) as connection:
        yield connection


def _opened(engine: Engine, script: ScriptDirectory) -> Connection:
    try:
        connection = engine.connect()
        revision = MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        if "locked" in str(error.orig):
            raise CannotMove(
                "The portal is running, or another command has its database open. Stop `portal serve` and every"
                " `portal worker` of this instance, then move."
            ) from error
        raise CannotMove(f"{engine.url.database} cannot be read: {error.orig}.") from error
    _check(revision, script)
    return connection


def _check(revision: str | None, script: ScriptDirectory) -> None:
    if revision == script.get_current_head():
        return
    if revision is None:
        raise CannotMove("This instance is not made yet. Make it with `portal init`, straight on PostgreSQL.")
    if revision not in {one.revision for one in script.walk_revisions()}:
        raise CannotMove(
            f"The database is of a newer version of the portal ({revision}). Put that version in place first."
        )
    raise CannotMove(
        "The database is of an older version of the portal. Run `portal init --no-input`; it migrates."
    )
