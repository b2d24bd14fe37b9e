"""Rows that are written past the session's objects."""

from typing import Any

from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from ..extensions import db

# For an UPDATE of a row that the session holds as no object: to look for one costs more than the statement.
UNHELD = {"synchronize_session": False}


def insert_or_skip(table: Any) -> Any:
    """An INSERT … ON CONFLICT DO NOTHING for the database at hand, past the session's objects, which costs half."""
    name = db.session.get_bind().dialect.name
    insert = insert_on_postgresql if name == "postgresql" else insert_on_sqlite
    return insert(table.__table__).on_conflict_do_nothing()
