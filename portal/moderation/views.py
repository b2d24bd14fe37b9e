"""Moderators' pages."""

from flask import Blueprint

from . import models  # noqa: F401

blueprint = Blueprint("moderation", __name__, url_prefix="/community/moderation")
