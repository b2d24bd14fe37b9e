"""An instance: whether there is one, and bringing it up to date."""

import click
from flask import current_app
from sqlalchemy import inspect, text

from .extensions import db
from .kit.migrating import upgrade
from .kit.schema import versions
from .people.actions import make_first_roles


def is_empty() -> bool:
    """Whether the database has no tables of ours yet."""
    return not inspect(db.engine).has_table("alembic_version")


def _refuse_newer() -> None:
    if is_empty():
        return
    with db.engine.connect() as connection:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if version is not None and version not in versions():
        raise click.ClickException(
            f"The tables are of a newer portal ({version}), and stay as they are; put that version in place."
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
    upgrade()
    make_first_roles()
    db.session.commit()
