"""Articles whose files changed are taken over by themselves."""

import hashlib
import logging
from pathlib import Path
from typing import Any

from flask import current_app

from .actions import sync

log = logging.getLogger("portal.kb")
_seen: dict[Path, str] = {}


def _state(folder: Path) -> str:
    """A digest of names, sizes and times of change; reading 2,000 of them takes some ms and no lock."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        about = path.stat()
        digest.update(f"{path}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def sync_folder(_payload: dict[str, Any]) -> None:
    folder = Path(current_app.config["KB_CONTENT"])
    if not folder.is_dir() or _seen.get(folder) == _state(folder):
        return
    state = _state(folder)
    changes = sync(folder)
    for error in changes.errors:
        log.warning("article not taken over", extra={"error": str(error)})
    _seen[folder] = state


HANDLERS = {"kb.sync": sync_folder}
PERIODIC = {"kb.sync": 30}
