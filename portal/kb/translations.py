"""Translations: which wording each was made from, and which are older than their source."""

import hashlib
import re
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from ..extensions import db
from ..kit.company import the_company
from .front import Front
from .models import PUBLISHED, Article


def wording_of(front: Front) -> str:
    """A short digest of what has to be translated."""
    said = f"{front.words('title', 200, None)}\n{front.words('summary', 400)}\n{front.body}"
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:12]


def note_source(path: Path, wording: str) -> None:
    """Write into a translation which wording of its source it was made from; nothing else in the file changes."""
    text = path.read_bytes().decode("utf-8")
    mark, line = ("+++", f'source = "{wording}"') if text.startswith("+++") else ("---", f"source: {wording}")
    _before, above, below = re.split(
        rf"^{re.escape(mark)}[ \t]*(?=\r?$)", text, maxsplit=2, flags=re.MULTILINE
    )
    above, count = re.subn(r"(?m)^source\b *[:=].*$", line, above)
    if not count:
        end = "\r\n" if "\r\n" in above else "\n"
        above = f"{above.rstrip()}{end}{line}{end}"
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(f"{mark}{above}{mark}{below}".encode())
    draft.replace(path)


def is_older(source: Any, translation: Any) -> bool:
    """Whether a translation is older than its source.

    If it says which wording it was made from, that decides. Else the moments when each was changed: as we saw it, or
    before we ever saw it as its file says.
    """
    if translation.source:
        return bool(translation.source != source.wording)
    at, since = source.changed or source.updated, translation.changed or translation.updated
    if source.changed or translation.changed:
        return at is not None and (since is None or at > since)
    return at is not None and since is not None and at.date() > since.date()


def mark_stale() -> None:
    """Note which translations are older than the article in the site's own language, else in English."""
    columns = (Article.id, Article.slug, Article.locale, Article.status, Article.updated, Article.stale)
    rows = db.session.execute(select(*columns, Article.wording, Article.source, Article.changed)).all()
    own = the_company().language
    sources: dict[str, Any] = {}
    for row in rows:
        if row.status == PUBLISHED and (
            row.locale == own or (row.locale == "en" and row.slug not in sources)
        ):
            sources[row.slug] = row
    for row in rows:
        source = sources.get(row.slug)
        stale = source is not None and source.id != row.id and is_older(source, row)
        if stale != row.stale:
            db.session.execute(update(Article).where(Article.id == row.id).values(stale=stale))
