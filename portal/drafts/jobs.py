"""Keeping the table of drafts small."""

from .privacy import sweep

HANDLERS = {"drafts.sweep": lambda _payload: sweep()}
PERIODIC = {"drafts.sweep": 3600}
