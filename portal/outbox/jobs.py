"""Keeping the outbox small."""

from typing import Any

from . import once
from .actions import sweep


def _sweep(_payload: dict[str, Any]) -> None:
    sweep()
    once.sweep()


HANDLERS = {"outbox.sweep": _sweep}
PERIODIC = {"outbox.sweep": 3600}
