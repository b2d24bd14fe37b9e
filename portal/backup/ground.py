"""The database that a restore fills: whether it is empty, put aside if it may be, and as it was when the restore fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from ..kit import clock

LIVES = timedelta(seconds=20)  # a worker that was heard of within these is at work


class NotReached(Exception):
    """The database cannot be used; the message is a sentence."""


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url, poolclass=NullPool)
    try:
        yield engine
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        shown = make_url(url).render_as_string(hide_password=True)
        raise NotReached(f"The database {shown} cannot be used: {said}.") from error
    finally:
        engine.dispose()


def _file_of(url: str) -> Path | None:
    """The file of an SQLite database."""
    address = make_url(url)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def is_empty(url: str) -> bool:
    """Whether there is no table yet. Raises NotReached."""
    file = _file_of(url)
    if file is not None and not file.exists():
        return True
    with _engine(url) as engine:
        return not inspect(engine).get_table_names()


def is_at_work(url: str) -> bool:
    """Whether a worker of a portal was heard of just now. Raises NotReached."""
    if is_empty(url):
        return False
    with _engine(url) as engine, engine.connect() as connection:
        if not inspect(connection).has_table("health_note"):
            return False
        newest = connection.execute(
            text("SELECT max(at) FROM health_note WHERE name LIKE 'worker %'")
        ).scalar()
    if newest is None:
        return False
    since = f"{clock.now() - LIVES:%Y-%m-%d %H:%M:%S.%f}"
    return newest > since if isinstance(newest, str) else bool(clock.now() - newest < LIVES)


@contextmanager
def cleared(url: str, aside: str) -> Iterator[str]:
    """An empty database to fill; where the old one is kept, if there was one. What fails inside leaves it as it was.

    Args:
        url: SQLAlchemy's address.
        aside: the name under which a schema, or the end of the name under which a file, is kept.
    """
    file = _file_of(url)
    if file is not None:
        with _cleared_file(file, aside) as kept:
            yield kept
    else:
        with _cleared_schema(url, aside.replace("-", "_")) as kept:
            yield kept


@contextmanager
def _cleared_file(file: Path, aside: str) -> Iterator[str]:
    endings = ("", "-wal", "-shm")
    there = [Path(f"{file}{ending}") for ending in endings if Path(f"{file}{ending}").exists()]
    for one in there:
        one.rename(f"{one}.{aside}")
    try:
        yield f"{file}.{aside}" if there else ""
    except BaseException:
        for ending in endings:
            Path(f"{file}{ending}").unlink(missing_ok=True)
        for one in there:
            Path(f"{one}.{aside}").rename(one)
        raise


@contextmanager
def _cleared_schema(url: str, aside: str) -> Iterator[str]:
    full = not is_empty(url)
    with _engine(url) as engine, engine.begin() as connection:
        name = str(connection.scalar(text("SELECT current_schema()")))
        if full:
            connection.exec_driver_sql(f'ALTER SCHEMA "{name}" RENAME TO "{aside}"')
            connection.exec_driver_sql(f'CREATE SCHEMA "{name}"')
    try:
        yield f"the schema {aside} of the database" if full else ""
    except BaseException:
        with _engine(url) as engine, engine.begin() as connection:
            if full:
                connection.exec_driver_sql(f'DROP SCHEMA "{name}" CASCADE')
                connection.exec_driver_sql(f'ALTER SCHEMA "{aside}" RENAME TO "{name}"')
            else:
                _drop_all(connection)
        raise


def _drop_all(connection: Connection) -> None:
    for table in inspect(connection).get_table_names():
        connection.exec_driver_sql(f'DROP TABLE "{table}" CASCADE')
    connection.exec_driver_sql("DROP FUNCTION IF EXISTS audit_entry_refuse()")
