"""Keeping notices for 90 days."""

from .actions import sweep

HANDLERS = {"notifications.sweep": lambda _payload: sweep()}
PERIODIC = {"notifications.sweep": 3600}
