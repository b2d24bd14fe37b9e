"""Answers for watchdogs and load balancers."""

import os

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ..extensions import db
from ..health.queries import failing_parts
from ..people.guards import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """Which parts do not work: names and no more, since anybody may ask.

    503 says that pages cannot be served; what a proxy should not take a server away for is "limited", with 200.
    """
    failing = []
    try:
        db.session.execute(text("SELECT version_num FROM alembic_version"))
        failing = failing_parts()
    except SQLAlchemyError:
        db.session.rollback()
        failing = ["database"]
    files = current_app.config["INSTANCE"] / "files"
    if not (files.is_dir() and os.access(files, os.W_OK)):
        failing.append("files")
    stops = bool({"database", "files"} & set(failing))
    status = "failing" if stops else "limited" if failing else "ok"
    return jsonify(status=status, failing=failing), 503 if stops else 200
