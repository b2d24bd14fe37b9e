"""Keeping the outbox small."""

from .privacy import sweep

HANDLERS = {"outbox.sweep": lambda _payload: sweep()}
PERIODIC = {"outbox.sweep": 3600}
