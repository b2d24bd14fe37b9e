"""Turning one into another."""

from flask import Blueprint

from . import models  # noqa: F401

blueprint = Blueprint("crossing", __name__)
