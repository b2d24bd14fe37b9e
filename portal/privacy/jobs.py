"""What follows when somebody was erased: a note that outlives a restore, and a second look a quarter of an hour later."""

from .actions import AGAIN, NOTE, erase_again
from .ledger import note

HANDLERS = {
    AGAIN: lambda payload: erase_again(payload["erased"]),
    NOTE: lambda payload: note(payload["erased"]),
}
