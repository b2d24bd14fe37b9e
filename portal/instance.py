"""An instance: whether there is one, and bringing it up to date."""

import click
import flask_migrate
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import inspect

from .extensions import db, migrate
from .people.actions import make_first_roles


def is_empty() -> bool:
    """Whether the database has no tables of ours yet."""
    return not inspect(db.engine).has_table("alembic_version")


def _refuse_newer() -> None:
    known = {one.revision for one in ScriptDirectory.from_config(migrate.get_config()).walk_revisions()}
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and revision not in known:
        raise click.ClickException(
            f"The tables are of a newer portal ({revision}), and stay as they are; put that version in place."
        )


def prepare() -> None:
    """Make folders and tables, migrate what is older, and see that roles and a team exist.

    Raises:
        ClickException: the tables are of a newer portal.
    """
    for folder in ("", "files", "search"):
        (current_app.config["INSTANCE"] / folder).mkdir(parents=True, exist_ok=True)
    current_app.config["KB_CONTENT"].mkdir(parents=True, exist_ok=True)
    _refuse_newer()
    flask_migrate.upgrade()
    make_first_roles()
    db.session.commit()
