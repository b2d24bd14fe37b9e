"""Column types that mean the same on SQLite and PostgreSQL."""

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, String, literal_column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator

BigId = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER counts up by itself on SQLite
# Last of a table's arguments where ids leave the house, in mails and links: SQLite gives none of them a second time, as
# PostgreSQL does by itself. Else the id of a row that is gone, or was lost with what came after a backup, comes again.
NEVER_AGAIN = {"sqlite_autoincrement": True}
Json = JSON().with_variant(JSONB(), "postgresql")


def _as_written(value: Any) -> Any:
    """A word of ours as it stands in a statement; anything else as it was given."""
    if isinstance(value, str):
        return literal_column(f"'{value}'") if re.fullmatch(r"[a-z-]{0,20}", value) else value
    return [_as_written(one) for one in value] if isinstance(value, Collection) else value


class Word(String):
    """A word of our own, as a state: what it is compared with is part of a statement and no parameter.

    SQLite plans a statement anew at each call when a parameter might decide on a partial index, which takes a
    millisecond for long ones (`sqlite3_bind_*` and `SQLITE_ENABLE_STAT4` in its documentation).
    """

    class comparator_factory(String.Comparator[str]):  # noqa: N801 -- SQLAlchemy's name for it
        """Comparisons of such a column."""

        def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
            return super().operate(op, *(_as_written(one) for one in other), **kwargs)


def _from_sqlite(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


def _from_server(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in UTC; a naive one is refused, for nobody knows what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        return _from_sqlite if dialect.name == "sqlite" else _from_server
