"""Keeping the list of letters small."""

from .privacy import sweep

HANDLERS = {"mail.sweep": lambda _payload: sweep()}
PERIODIC = {"mail.sweep": 3600}
