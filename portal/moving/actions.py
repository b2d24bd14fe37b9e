"""The move itself: PostgreSQL gets tables, rows and counters in one transaction, and all is compared before it ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Table, create_engine, delete, func, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ..extensions import db
from ..tickets.fulltext import PUT_ON_POSTGRESQL
from . import rows
from .source import CannotMove

Track = Callable[[str, int], None]


@dataclass
class Moved:
    """What was moved: how many rows of each table, and tables that are none of ours and stayed behind."""

    tables: dict[str, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.tables.values())


@contextmanager
def empty_target(url: str) -> Iterator[Connection]:
    """A connection to the empty PostgreSQL database `url`, in a transaction that the caller commits.

    Raises:
        CannotMove: it cannot be reached, holds something already, or speaks no UTF-8.
    """
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            _check(connection)
            yield connection
    except DBAPIError as error:
        words = str(error.orig).splitlines()[0].rstrip(".")
        raise CannotMove(f"PostgreSQL says: {words}. Nothing was moved.") from error


def _check(connection: Connection) -> None:
    if held := inspect(connection).get_table_names():
        raise CannotMove(
            f"The database holds tables already ({', '.join(sorted(held)[:5])}{', …' if held[5:] else ''})."
            " Make an empty one for the portal: createdb --encoding UTF8 portal"
        )
    coding = connection.scalar(text("SHOW server_encoding"))
    if coding != "UTF8":
        raise CannotMove(f"The database keeps texts as {coding}. Make one with: createdb --encoding UTF8")


def move(source: Connection, target: Connection, migrations: Config, track: Track) -> Moved:
    """Make the tables, copy all rows, set the counters and compare; the caller commits.

    Args:
        track: is told each table's name with the rows that were copied of it, and at the end of each pass.

    Raises:
        CannotMove: PostgreSQL refuses a row, or something differs afterwards.
    """
    migrations.attributes["connection"] = target
    command.upgrade(migrations, "head")
    tables = db.metadata.sorted_tables
    moved = Moved(left=_left(source, tables))
    with _references_at_the_end(target):
        for table in reversed(tables):  # what migrations put there comes with the source
            if target.scalar(select(func.count()).select_from(table)):
                target.execute(delete(table))
        for table in tables:
            _copy(source, target, table, track)
        _copy_full_text(source, target)
    for table in tables:
        moved.tables[table.name] = rows.compare(table, rows.read(source, table), rows.read(target, table))
        track(table.name, moved.tables[table.name])
        _set_counter(target, table)
    _compare_full_text(source, target)
    target.exec_driver_sql("ANALYZE")
    return moved


def _left(source: Connection, tables: list[Table]) -> list[str]:
    """Tables of the source that no model has; the full text is copied apart."""
    ours = {table.name for table in tables} | {"alembic_version"}
    found = inspect(source).get_table_names()
    return sorted(name for name in found if name not in ours and not name.startswith("ticket_text"))


@contextmanager
def _references_at_the_end(target: Connection) -> Iterator[None]:
    """Inside, a row may point to one that comes later; at the end all are checked, and all is as it was."""
    found = target.execute(
        text(
            "SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint"
            " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
        )
    ).all()
    for table, name in found:
        target.exec_driver_sql(f"ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED")
    yield
    target.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table, name in found:
        target.exec_driver_sql(f"ALTER TABLE {table} ALTER CONSTRAINT {name} NOT DEFERRABLE")


def _copy(source: Connection, target: Connection, table: Table, track: Track) -> None:
    batch = []
    for row in rows.read(source, table):
        batch.append(rows.record_of(table, row))
        if len(batch) == rows.BATCH:
            rows.put(target, table, batch)
            track(table.name, len(batch))
            batch = []
    rows.put(target, table, batch)
    track(table.name, len(batch))


def _set_counter(target: Connection, table: Table) -> None:
    """The next row gets the number after the highest."""
    column = table.autoincrement_column
    if column is None:
        return
    name = target.scalar(
        text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
    )
    highest = target.scalar(select(func.max(column)))
    if name and highest is not None:
        target.execute(text("SELECT setval(:name, :highest)"), {"name": name, "highest": highest})


def _copy_full_text(source: Connection, target: Connection) -> None:
    found = source.execute(text("SELECT rowid AS id, public, internal FROM ticket_text"))
    while some := found.fetchmany(rows.BATCH):
        target.execute(
            PUT_ON_POSTGRESQL, [{key: rows.fit(v) for key, v in row._asdict().items()} for row in some]
        )


def _compare_full_text(source: Connection, target: Connection) -> None:
    ours = source.scalars(text("SELECT rowid FROM ticket_text ORDER BY rowid")).all()
    theirs = target.scalars(text("SELECT ticket_id FROM ticket_text ORDER BY ticket_id")).all()
    if ours != theirs:
        raise CannotMove("The full text of requests differs after the move; nothing was moved.")
