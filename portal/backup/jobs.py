"""Files are taken from the store, but not while a backup reads it: the rows of its moment may still name them."""

from typing import Any

from ..kit.files import remove
from ..outbox.actions import DROP_FILE
from ..outbox.worker import Later
from .queries import is_under_way

AGAIN = 30.0  # seconds


def drop_file(payload: dict[str, Any]) -> None:
    """Take a file from the disk that no row names any more."""
    if is_under_way():
        raise Later(AGAIN)
    remove(payload["file"])


HANDLERS = {DROP_FILE: drop_file}
