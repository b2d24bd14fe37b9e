"""Keeping the outbox small, and taking files from the store."""

from ..kit.files import remove
from .actions import DROP_FILE
from .privacy import sweep

HANDLERS = {
    "outbox.sweep": lambda _payload: sweep(),
    DROP_FILE: lambda payload: remove(payload["file"]),
}
PERIODIC = {"outbox.sweep": 3600}
