"""Answers for watchdogs and load balancers."""

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ..extensions import db
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
    """The process can do its work: the database answers and files can be kept. Names the part that fails, no more."""
    failing = []
    try:
        db.session.execute(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        failing.append("database")
    if not current_app.config["INSTANCE"].is_dir():
        failing.append("files")
    return jsonify(status="failing" if failing else "ok", failing=failing), 503 if failing else 200
