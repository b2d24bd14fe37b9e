"""Keeping the table of topics small."""

from .actions import sweep

HANDLERS = {"live.sweep": lambda _payload: sweep()}
PERIODIC = {"live.sweep": 300}
