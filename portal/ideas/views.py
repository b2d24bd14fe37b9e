"""The board of ideas, the roadmap and the change log."""

from flask import Blueprint

from . import models  # noqa: F401

blueprint = Blueprint("ideas", __name__, url_prefix="/ideas")
