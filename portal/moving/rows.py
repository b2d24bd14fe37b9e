"""Rows on their way: read in the order of their keys, made fit for PostgreSQL, put there, and compared afterwards."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import zip_longest
from typing import Any

from sqlalchemy import JSON, Column, Connection, Insert, Result, Row, String, Table, bindparam, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, OperationalError

from .source import CannotMove

BATCH = 1000  # rows that are held in memory at once


def _order(table: Table, dialect: str) -> list[Any]:
    """The key, ordered byte by byte on both databases: PostgreSQL would sort words as its language does."""
    return [
        column.collate("C") if dialect == "postgresql" and isinstance(column.type, String) else column
        for column in table.primary_key
    ]


def read(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    """All rows of a table, in the order of their keys.

    Raises:
        CannotMove: a row holds what its column cannot mean, such as a word for a moment.
    """
    rows = select(table).order_by(*_order(table, connection.dialect.name))
    with connection.execute(rows, execution_options={"yield_per": BATCH}) as found:
        while some := _some(table, found):
            yield from some


def _some(table: Table, found: Result[Any]) -> Sequence[Row[Any]]:
    try:
        return found.fetchmany(BATCH)
    except (ValueError, OperationalError) as error:
        raise CannotMove(f"A row of {table.name} cannot be read: {error}. Nothing was moved.") from error


def fit(value: Any) -> Any:
    """A value as PostgreSQL can hold it: of a text it takes neither zero bytes nor halves of signs, as � stands for."""
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else _fit_text(value)
    if isinstance(value, dict):
        return {fit(key): fit(one) for key, one in value.items()}
    if isinstance(value, list):
        return [fit(one) for one in value]
    return value


def _fit_text(text: str) -> str:
    # UTF-16 has signs of two halves: a whole pair becomes its sign, a half that stands alone becomes �.
    return text.replace("\0", "�").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def record_of(table: Table, row: Row[Any]) -> dict[str, Any]:
    """A row that was read, by column, as it is put."""
    return {column.name: fit(value) for column, value in zip(table.columns, row, strict=True)}


@cache
def _insert(table: Table) -> Insert:
    """It names every column, so that no default steps in; where a column may be empty, nothing is nothing and not JSON's null."""
    return insert(table).values(
        {column.name: bindparam(column.name, type_=_type(column)) for column in table.columns}
    )


def _type(column: Column[Any]) -> Any:
    return JSONB(none_as_null=True) if isinstance(column.type, JSON) and column.nullable else column.type


def put(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows.

    Raises:
        CannotMove: PostgreSQL refuses one; the sentence names it.
    """
    if not rows:
        return
    try:
        with connection.begin_nested():
            connection.execute(_insert(table), rows)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        if len(rows) == 1:
            raise CannotMove(f"{_name(table, rows[0])} cannot be moved: {_words(error)}.") from error
        half = len(rows) // 2
        put(connection, table, rows[:half])
        put(connection, table, rows[half:])


def _name(table: Table, row: dict[str, Any]) -> str:
    keys = ", ".join(f"{column.name} {row[column.name]!r}" for column in table.primary_key)
    return f"The row of {table.name} with {keys}"


def _words(error: DBAPIError) -> str:
    return str(error.orig).splitlines()[0].rstrip(".")


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same in kind and content; JSON has one kind of number, Python has two."""
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def compare(table: Table, ours: Iterator[Row[Any]], theirs: Iterator[Row[Any]]) -> int:
    """Compare two tables row by row, value by value; returns how many rows there are.

    Raises:
        CannotMove: they differ; the sentence names the first row that does.
    """
    count = 0
    for one, other in zip_longest(ours, theirs):
        if one is None or other is None:
            raise CannotMove(
                f"{table.name} does not hold the same number of rows after the move; nothing was moved."
            )
        for column, value, arrived in zip(table.columns, one, other, strict=True):
            if not same(fit(value), arrived):
                raise CannotMove(
                    f"{_name(table, record_of(table, one))} differs after the move in {column.name}; nothing was moved."
                )
        count += 1
    return count
