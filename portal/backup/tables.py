"""Rows of all tables as lines that mean the same on SQLite and PostgreSQL, out of one moment and back in.

A line is a JSON list of a row's values. Moments are UTC as "2026-01-31 09:30:00.000000", truth is 0 or 1, JSON is its
text, bytes are base64. So rows of one database can be put into the other.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, inspect, types

from ..extensions import db

TOGETHER = 2000  # rows that are read or written at once
LEFT_OUT = (
    "ticket_text",
    "health_note",
)  # full text is made anew of the rows; what was seen is of one machine
GAP = 1000  # numbers that are not given again: they may have been told to somebody after the backup


@dataclass(frozen=True)
class Layout:
    """A table's name and its columns with their kinds: number, text, moment, day, truth, json, bytes."""

    name: str
    columns: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def layout_of(told: dict[str, Any]) -> Layout:
    """A Layout from what as_json() made of it."""
    return Layout(told["name"], tuple((str(name), str(kind)) for name, kind in told["columns"]))


KINDS: tuple[tuple[type[types.TypeEngine[Any]], str], ...] = (
    (types.Boolean, "truth"),
    (types.DateTime, "moment"),
    (types.Date, "day"),
    (types.JSON, "json"),
    (types.LargeBinary, "bytes"),
    (types.Numeric, "number"),
    (types.Integer, "number"),
)


def _kind(type_: types.TypeEngine[Any]) -> str:
    return next((kind for known, kind in KINDS if isinstance(type_, known)), "text")


def layouts(connection: Connection) -> list[Layout]:
    """All tables that hold what cannot be made anew."""
    looked = inspect(connection)
    names = [
        n for n in sorted(looked.get_table_names()) if not n.startswith((*LEFT_OUT, "alembic", "sqlite_"))
    ]
    return [
        Layout(name, tuple((c["name"], _kind(c["type"])) for c in looked.get_columns(name))) for name in names
    ]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


# Out


def lines_of(connection: Connection, table: Layout) -> Iterator[bytes]:
    """The rows of a table, as lines of some at a time; never more than TOGETHER rows are held."""
    chosen = [_expression(connection, name, kind) for name, kind in table.columns]
    asked = f"SELECT {', '.join(chosen)} FROM {_quoted(table.name)}"  # noqa: S608 -- names of our own tables
    odd = [n for n, (_name, kind) in enumerate(table.columns) if kind in ("bytes", "json")]
    with _cursor(connection) as cursor:
        cursor.execute(asked)
        while rows := cursor.fetchmany(TOGETHER):
            yield "".join(f"{_line(row, odd)}\n" for row in rows).encode()


def _cursor(connection: Connection) -> Any:
    raw: Any = connection.connection.driver_connection
    if _is_postgresql(connection):
        return raw.cursor(name="backup")  # kept at the server, so that a large table is not all here at once
    return _Closing(raw.cursor())


class _Closing:
    """SQLite's cursor, closed at the end of a block as PostgreSQL's is."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def __enter__(self) -> Any:
        return self.cursor

    def __exit__(self, *_error: object) -> None:
        self.cursor.close()


def _expression(connection: Connection, name: str, kind: str) -> str:
    column = _quoted(name)
    if not _is_postgresql(connection):
        return column
    if kind == "moment":
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    return {"day": f"{column}::text", "json": f"{column}::text", "truth": f"{column}::int"}.get(kind, column)


def _line(row: Sequence[Any], odd: Sequence[int]) -> str:
    if odd:
        row = list(row)
        for place in odd:
            row[place] = _plain(row[place])
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str)


def _plain(value: Any) -> Any:
    """Bytes as base64. SQLite turns JSON that is a bare number into a number; here it is text again."""
    if value is None or isinstance(value, str):
        return value
    return base64.b64encode(value).decode() if isinstance(value, bytes) else json.dumps(value)


# In


def put_rows(connection: Connection, table: Layout, lines: Iterable[bytes]) -> int:
    """Put rows into an empty table; how many there were.

    Raises:
        LookupError: the table has no such column.
    """
    there = {c["name"] for c in inspect(connection).get_columns(table.name)}
    if missing := [name for name, _kind in table.columns if name not in there]:
        raise LookupError(f"the table {table.name} has no column {missing[0]}")
    rows = (_values(json.loads(line), table) for line in lines)
    return _copy(connection, table, rows) if _is_postgresql(connection) else _insert(connection, table, rows)


def _values(row: list[Any], table: Layout) -> list[Any]:
    for place, (_name, kind) in enumerate(table.columns):
        if kind == "bytes" and row[place] is not None:
            row[place] = base64.b64decode(row[place])
    return row


def _insert(connection: Connection, table: Layout, rows: Iterator[list[Any]]) -> int:
    names = ", ".join(_quoted(name) for name, _kind in table.columns)
    marks = ", ".join("?" for _column in table.columns)
    raw: Any = connection.connection.driver_connection
    count = 0
    while some := list(islice(rows, TOGETHER)):
        raw.executemany(f"INSERT INTO {_quoted(table.name)} ({names}) VALUES ({marks})", some)  # noqa: S608 -- as above
        count += len(some)
    return count


def _copy(connection: Connection, table: Layout, rows: Iterator[list[Any]]) -> int:
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _kind in table.columns)
    moments = [n for n, (_name, kind) in enumerate(table.columns) if kind == "moment"]
    truths = [n for n, (_name, kind) in enumerate(table.columns) if kind == "truth"]
    raw = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    count = 0
    with (
        raw.cursor() as cursor,
        cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)) as copy,
    ):
        for row in rows:
            for place in moments:
                row[place] = row[place] and f"{row[place]}+00"
            for place in truths:
                row[place] = None if row[place] is None else bool(row[place])
            copy.write_row(row)
            count += 1
    return count


def without_order(connection: Connection) -> list[str]:
    """Let rows come in before those they point to; returns the statements that ask for the right order again.

    SQLite is asked at the end whether every row points to one (see stray_rows).
    """
    if not _is_postgresql(connection):
        return []
    found = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    ).all()
    for table, name, _told in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {told}" for table, name, told in found]


def stray_rows(connection: Connection) -> str | None:
    """A table with a row that points to nothing; PostgreSQL has refused it before."""
    if _is_postgresql(connection):
        return None
    found = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    return str(found[0]) if found else None


def count_on(connection: Connection) -> None:
    """Numbers go on a little further than the highest that is there: a link sent after the backup opens nothing new."""
    connection.exec_driver_sql(f"UPDATE counter SET value = value + {GAP}")  # noqa: S608 -- a number of ours
    if not _is_postgresql(connection):
        return
    looked = inspect(connection)
    for table in looked.get_table_names():
        for column in looked.get_columns(table):
            place = f"pg_get_serial_sequence('{_quoted(table)}', '{column['name']}')"
            if connection.exec_driver_sql(f"SELECT {place}").scalar():
                highest = f"(SELECT coalesce(max({_quoted(column['name'])}), 0) FROM {_quoted(table)})"  # noqa: S608 -- as above
                connection.exec_driver_sql(f"SELECT setval({place}, {highest} + {GAP})")


def count_on_sqlite(connection: Connection) -> None:
    """The same for ids on SQLite, once all migrations are done: those with NEVER_AGAIN go on further as well."""
    if _is_postgresql(connection):
        return
    for table in db.metadata.sorted_tables:
        if table.dialect_options["sqlite"]["autoincrement"]:
            connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
            highest = f"SELECT ?, coalesce(max(id), 0) + {GAP} FROM {_quoted(table.name)}"  # noqa: S608 -- as above
            connection.exec_driver_sql(f"INSERT INTO sqlite_sequence (name, seq) {highest}", (table.name,))


def empty_all(connection: Connection) -> None:
    """Take away what migrations put into tables, so that the backup's own rows are all there is."""
    for table in layouts(connection):
        if connection.exec_driver_sql(f"SELECT count(*) FROM {_quoted(table.name)}").scalar():  # noqa: S608 -- as above
            connection.exec_driver_sql(f"DELETE FROM {_quoted(table.name)}")  # noqa: S608 -- as above
