"""Notes of searches: a line in a file of the instance, so that a page that only reads writes to no database.

All web processes append to one file; the worker takes it over. A line is written at once by the system, so a killed
process loses none that it began. What cannot be written is not counted, and no page fails for it.
"""

import json
import logging
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app

from ..kit import clock
from .masking import as_searched
from .models import LONGEST

MOST = 4_000_000  # bytes that wait at most: beyond that somebody floods us, and nothing more is noted
MOST_OF_ONE, MOST_SOURCES = 60, 10_000  # notes of one source in a minute, and sources, in each process
log = logging.getLogger("portal.readership")


def folder() -> Path:
    """Where the notes of this server wait."""
    return Path(current_app.config["INSTANCE"]) / "searches"


@dataclass
class _Minute:
    """How often each source was noted in the minute at hand; it is written nowhere."""

    number: int = 0
    counts: Counter[str] = field(default_factory=Counter)


def _is_too_much(source: str) -> bool:
    """Whether a source tells more than people search: what editors read and the first page shows must not be one's own.

    Counted here and not in the database, since a page that only reads writes to none.
    """
    held: _Minute = current_app.extensions.setdefault("noted", _Minute())
    number = int(clock.now().timestamp()) // 60
    if held.number != number:
        held = current_app.extensions["noted"] = _Minute(number)
    if source not in held.counts and len(held.counts) >= MOST_SOURCES:
        return True
    held.counts[source] += 1
    return held.counts[source] > MOST_OF_ONE


def note(token: str, source: str = "", **facts: Any) -> None:
    """Note what is known of the search that a page calls `token`: words with language and results, opened, asked.

    Args:
        token: a random word of the page.
        source: where the request comes from, of which only so much is noted; "" where something else is limited.
        facts: what is known.
    """
    if source and _is_too_much(source):
        return
    if "words" in facts:
        facts["words"] = as_searched(facts["words"])[:LONGEST]
    line = json.dumps({"token": token, "at": clock.now().isoformat(), **facts}) + "\n"
    try:
        folder().mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        handle = os.open(folder() / "now", flags, 0o600)
        try:
            if os.fstat(handle).st_size < MOST:
                os.write(handle, line.encode())
        finally:
            os.close(handle)
    except OSError as error:
        log.warning("a search was not noted", extra={"error": repr(error)})


def gather() -> list[tuple[Path, list[dict[str, Any]]]]:
    """Files that nobody writes to any more, with their notes; then the file at hand is put among them for the next time.

    A process that opened it a moment ago may still write its line, but not until the next time.
    """
    found = [(path, _lines(path)) for path in sorted(folder().glob("*.taken"))]
    now = folder() / "now"
    if now.exists():
        now.rename(folder() / f"{clock.now().timestamp():.6f}.taken")
    return found


def _lines(path: Path) -> list[dict[str, Any]]:
    notes = []
    for line in path.read_bytes().splitlines():
        try:
            notes.append(json.loads(line))
        except ValueError:  # cut off by a full disk
            continue
    return notes
