"""Keeping notices for 90 days."""

from .privacy import sweep

HANDLERS = {"notifications.sweep": lambda _payload: sweep()}
PERIODIC = {"notifications.sweep": 3600}
