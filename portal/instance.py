"""An instance: whether there is one, and bringing it up to date."""

from flask import current_app
from sqlalchemy import inspect

from .extensions import db
from .kit.migrating import upgrade
from .people.actions import make_first_roles


def is_empty() -> bool:
    """Whether the database has no tables of ours yet."""
    return not inspect(db.engine).has_table("alembic_version")


def prepare() -> None:
    """Make folders and tables, migrate what is older, and see that roles and a team exist."""
    for folder in ("", "files", "search"):
        (current_app.config["INSTANCE"] / folder).mkdir(parents=True, exist_ok=True)
    current_app.config["KB_CONTENT"].mkdir(parents=True, exist_ok=True)
    upgrade()
    make_first_roles()
    db.session.commit()
