"""Rows that are written past the session's objects."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.exc import DBAPIError

from ..extensions import db


def undo() -> None:
    """Undo what is not committed; a database server that went away has undone it itself."""
    try:
        db.session.rollback()
    except DBAPIError:
        db.session().invalidate()


def leave() -> None:
    """The same at the end of a request, when nobody needs the session's objects any more."""
    try:
        db.session.remove()
    except DBAPIError:
        db.session().invalidate()


def table_of(model: Any) -> Table:
    """The table of a model, for statements past the session's objects: to look for these costs more than the statement."""
    return cast("Table", model.__table__)


def insert_or_skip(table: Any, *returned: Any) -> Any:
    """An INSERT … ON CONFLICT DO NOTHING for the database at hand, past the session's objects, which costs half.

    It is built once, and executed with the values as its parameters. Of a row that was there nothing is `returned`.
    """
    return _insert(db.session.get_bind().dialect.name, table, *returned)


def insert_or_hold(model: Any, key: Sequence[str], *returned: Any) -> Any:
    """An INSERT that gives columns of the new row, or of the one that is there with this key; it is held until the commit.

    It is built once, and executed with the values as its parameters.
    """
    return _insert_or_hold(db.session.get_bind().dialect.name, model, tuple(key), *returned)


def _insert_on(database: str) -> Any:
    return insert_on_postgresql if database == "postgresql" else insert_on_sqlite


@cache
def _insert(database: str, table: Any, *returned: Any) -> Any:
    made = _insert_on(database)(table_of(table)).on_conflict_do_nothing()
    return made.returning(*_columns(returned)) if returned else made


@cache
def _insert_or_hold(database: str, model: Any, key: Sequence[str], *returned: Any) -> Any:
    made = _insert_on(database)(table_of(model))
    same = {key[0]: getattr(made.excluded, key[0])}  # an update that changes nothing
    return made.on_conflict_do_update(index_elements=key, set_=same).returning(*_columns(returned))


def _columns(attributes: Iterable[Any]) -> list[Any]:
    """A statement that gives back a model's attribute, and not its table's column, is the session's affair again."""
    return [attribute.property.columns[0] for attribute in attributes]
