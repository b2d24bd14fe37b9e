"""Bringing the tables to a version with Alembic; only commands import this, for it takes a while to load."""

import flask_migrate
from flask import current_app

from ..extensions import db
from .schema import MIGRATIONS

migrate = flask_migrate.Migrate(db=db, directory=str(MIGRATIONS), render_as_batch=True)


def bind() -> None:
    """Let Alembic know the application at hand."""
    migrate.init_app(current_app)


def upgrade(revision: str = "head") -> None:
    """Make the tables of a version out of older ones, or out of none."""
    bind()
    flask_migrate.upgrade(revision=revision)
