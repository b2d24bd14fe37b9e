"""A second look a quarter of an hour after somebody was erased."""

from .actions import AGAIN, erase_again

HANDLERS = {AGAIN: lambda payload: erase_again(payload["erased"])}
