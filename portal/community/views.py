"""The community's pages: spaces, topics, and writing in them."""

from flask import Blueprint

from . import models  # noqa: F401

blueprint = Blueprint("community", __name__, url_prefix="/community")
