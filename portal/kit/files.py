"""Files that people send: what is let in, under which name, and where the bytes lie."""

import os
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import filetype
from flask import current_app, g, has_request_context
from werkzeug.datastructures import FileStorage

from .forms import clean_line
from .i18n import _, ngettext, unit

IMAGES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
}
TEXTS = {
    "txt",
    "log",
    "csv",
    "md",
    "json",
    "conf",
    "cfg",
    "ini",
    "yaml",
    "yml",
    "toml",
    "eml",
    "ics",
    "vcf",
    "pem",
    "crt",
}
ZIPPED = {"zip", "docx", "xlsx", "pptx", "odt", "ods", "odp"}
OTHERS = {"pdf", "gz", "7z", "mp4", "mov", "webm", "mp3", "m4a", "ogg", "wav", "rtf"}
SAME = {"jpeg": "jpg", "mov": "mp4", "m4a": "mp4"}  # endings that share one kind of content
HEAD = 8192
LONGEST_NAME = 120
KB, MB = 1_000, 1_000_000


class BadFile(Exception):
    """A file is not let in; the message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class StoredFile:
    """A file in the store."""

    key: str
    name: str
    type: str
    size: int


def safe_name(name: str | None) -> str:
    """The last part of a name, without signs that a file system, a header or a reader could take for something else."""
    last = re.split(r"[/\\]", name or "")[-1]
    shown = "".join(
        c for c in clean_line(last) if unicodedata.category(c) not in ("Cf", "Co") and c not in '<>:"|?*'
    )
    stem, dot, ending = shown.rstrip(". ").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    stem = stem.strip(". ") or "file"
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending[:20]}"


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return b"\0" not in head and filetype.guess(head) is None


def _fits(ending: str, head: bytes) -> bool:
    if ending in TEXTS:
        return _is_text(head)
    kind = filetype.guess(head)
    if kind is None:
        return False
    if ending in ZIPPED:
        return kind.extension in ZIPPED
    return SAME.get(kind.extension, kind.extension) == SAME.get(ending, ending)


def content_type(ending: str) -> str:
    """What a stored file is served as: images as themselves, all else as bytes to be saved."""
    if ending in TEXTS:
        return "text/plain"
    return IMAGES.get(ending) or ("application/pdf" if ending == "pdf" else "application/octet-stream")


def check(given: Sequence[FileStorage]) -> list[tuple[str, FileStorage]]:
    """Names and contents of the files of a form, in order; the empty one of an untouched field is passed over.

    Raises:
        BadFile: too many, too large, empty, or not what the ending says; one sentence for each file.
    """
    config = current_app.config
    sent = [file for file in given if file.filename]
    over = len(sent) - config["FILES"]
    if over > 0:
        raise BadFile(
            ngettext(
                "%(num)d file too many; send it in another message",
                "%(num)d files too many; send them in another message",
                over,
            )
        )
    names: list[str] = []
    problems: list[str] = []
    for file in sent:
        try:
            names.append(_check_one(file, config["FILE_MB"] * MB))
        except BadFile as error:
            problems += error.args
    if problems:
        raise BadFile(*problems)
    return list(zip(names, sent, strict=True))


def _check_one(file: FileStorage, most: int) -> str:
    name = safe_name(file.filename)
    size = file.seek(0, os.SEEK_END) or file.tell()
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    if size == 0:
        raise BadFile(_("“%(name)s” is empty", name=name))
    if size > most:
        raise BadFile(_("“%(name)s” is larger than %(most)d MB", name=name, most=most // MB))
    ending = _ending(name)
    if ending not in IMAGES.keys() | TEXTS | ZIPPED | OTHERS:
        raise BadFile(_("Files like “%(name)s” cannot be sent; put it into a .zip", name=name))
    if not _fits(ending, head):
        raise BadFile(_("“%(name)s” does not hold what its ending says", name=name))
    return name


def _folder() -> Path:
    return Path(current_app.config["INSTANCE"]) / "files"


def path_of(key: str) -> Path:
    """Where the bytes of a stored file lie."""
    return _folder() / key[:2] / key


def store(name: str, content: IO[bytes] | FileStorage) -> StoredFile:
    """Keep a file whole and on disk before any row names it; the place's name is ours, never the sender's."""
    key = secrets.token_hex(16)
    path = path_of(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    size = 0
    try:
        with draft.open("xb") as target:
            while chunk := content.read(1 << 20):
                target.write(chunk)
                size += len(chunk)
            target.flush()
            os.fsync(target.fileno())
        draft.rename(path)
    except OSError:  # the disk is full: half a file only takes room
        draft.unlink(missing_ok=True)
        raise
    if has_request_context():
        g.setdefault("stored", []).append(key)
    return StoredFile(key, name, content_type(_ending(name)), size)


def forget_stored() -> None:
    """Take away what the request at hand stored: it failed, and no row names it."""
    for key in g.pop("stored", ()):
        remove(key)


def remove(key: str) -> None:
    """Take a file's bytes from the disk; nothing when they are gone."""
    path_of(key).unlink(missing_ok=True)


def size_words(size: int) -> str:
    """Bytes as people say them: "184 kB"."""
    if size < MB:
        return unit(max(size // KB, 1), "digital-kilobyte")
    return unit(round(size / MB, 1), "digital-megabyte")
