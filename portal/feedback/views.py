"""The form of feedback, and sending it."""

from flask import Blueprint

from . import models  # noqa: F401

blueprint = Blueprint("feedback", __name__, url_prefix="/feedback")
