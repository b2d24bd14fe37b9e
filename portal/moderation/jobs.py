"""What the worker does for moderation: closes reports of what is gone, and forgets in time."""

from typing import Any

from .actions import settle_gone
from .privacy import sweep


def tidy(_payload: dict[str, Any]) -> None:
    settle_gone()
    sweep()


HANDLERS = {"moderation.sweep": tidy}
PERIODIC = {"moderation.sweep": 3600}
