"""Keeping the table of drafts small."""

from .actions import sweep

HANDLERS = {"drafts.sweep": lambda _payload: sweep()}
PERIODIC = {"drafts.sweep": 3600}
