"""Alembic's way into the portal's database: one transaction over all migrations, on both databases."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app

from portal.kit.types import UtcDateTime

MADE_BY_HAND = ("ticket_text",)  # full-text tables, which the two databases spell differently


def is_ours(_object: Any, name: str | None, kind: str, *_more: Any) -> bool:
    """Whether migrations and models are compared for this object."""
    return not (kind == "table" and name and name.startswith(MADE_BY_HAND))


def spell(kind: str, thing: Any, autogen: Any) -> str | Literal[False]:
    """How a new migration writes our column types: without importing the portal, which changes after it."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, sa.JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run() -> None:
    """Run the migrations that alembic chose; on a connection that is handed in, as a part of its transaction."""
    database = current_app.extensions["migrate"].db
    if given := context.config.attributes.get("connection"):
        context.configure(connection=given, target_metadata=database.metadata)
        context.run_migrations()
        return
    with database.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:  # it changes a table by making it anew, while others point to it
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            include_object=is_ours,
            render_item=spell,
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if not sqlite:
                # Of two machines that start at once one migrates, and the other waits and finds it done.
                connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7067114)")
                connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'")
            context.run_migrations()
            if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RuntimeError("a migration left a row that points to nothing; nothing was changed")
        connection.commit()
        if sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


run()
