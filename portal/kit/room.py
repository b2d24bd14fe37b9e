"""Room on the disk: a reserve that is let go of when it is full, so that people can still sign in and read.

While there is no room nothing large is begun: forms are answered with 507 and given back, mails stay where they are.
"""

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

from flask import current_app

RESERVE = 32_000_000  # bytes of the file that is let go of
LEAST = 16_000_000  # bytes that stay free for what is under way


class NoRoom(OSError):
    """The disk of the instance is full; answered as 507, with what was typed kept."""

    def __init__(self) -> None:
        super().__init__(errno.ENOSPC, "no room on the disk of the instance")


def _instance() -> Path:
    return Path(current_app.config["INSTANCE"])


def _reserve() -> Path:
    return _instance() / "reserve"


def free() -> int:
    """Bytes that may be used, without those of the reserve. Raises OSError if the instance is away."""
    there = shutil.disk_usage(_instance()).free
    return there if _reserve().exists() else there - RESERVE


def need_room(size: int = 0) -> None:
    """Raises NoRoom if `size` bytes more would be too much, or the disk is full already."""
    try:
        there = free()
    except OSError:  # a folder that is away is another fault, and told as that
        return
    if there < LEAST + size:
        raise NoRoom


def let_go() -> None:
    """Let go of the reserve if the disk is full."""
    with suppress(OSError):
        if shutil.disk_usage(_instance()).free < LEAST // 4:
            _reserve().unlink(missing_ok=True)


def keep() -> None:
    """Let go of the reserve while the disk is full, and make it again once there is room."""
    let_go()
    path = _reserve()
    with suppress(OSError):
        if not path.exists() and shutil.disk_usage(_instance()).free > 4 * RESERVE:
            draft = path.with_suffix(f".{os.getpid()}.part")
            try:
                with draft.open("wb") as file:
                    os.posix_fallocate(file.fileno(), 0, RESERVE)
                draft.replace(path)
            finally:
                draft.unlink(missing_ok=True)
