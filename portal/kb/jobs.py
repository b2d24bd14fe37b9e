"""Articles whose files changed are taken over by themselves."""

import hashlib
import logging
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import update

from ..extensions import db
from ..readership.actions import count_favourites
from .actions import sync
from .models import Revision
from .related import relate

log = logging.getLogger("portal.kb")
_seen: dict[Path, str] = {}


def _state(folder: Path) -> str:
    """A digest of names, sizes and times of change; reading 2,000 of them takes some ms and no lock."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*/*/*.md")):
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


def look_around(_payload: dict[str, Any]) -> None:
    """Articles changed, or readers did: related ones and favourites are counted anew, and kept pages are made anew."""
    changed = [relate(), count_favourites()]
    if any(changed):
        db.session.execute(update(Revision).values(value=Revision.value + 1))


HANDLERS = {"kb.sync": sync_folder, "kb.look-around": look_around}
PERIODIC = {"kb.sync": 30, "kb.look-around": 900}
