"""Names of files and folders as parts of addresses."""

import re
import unicodedata
from pathlib import PurePosixPath

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,119}")
ENDINGS = (".md", ".mdx", ".markdown")
INDEX = {"index", "readme"}  # an article with the name of its folder


def name_of(words: str) -> str | None:
    """The part of an address that a file's or folder's name gives; None when it holds letters that an address cannot."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c)).lower()
    if any((c.isalnum() and not c.isascii()) or "\ud800" <= c <= "\udfff" for c in plain):
        return None
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return name if NAME.fullmatch(name) else None


def link_of(address: str) -> str:
    """A link to the file of another article leads to that article; other addresses stay as they are."""
    path = PurePosixPath(address)
    if path.suffix.lower() not in ENDINGS:
        return address
    name = name_of(path.stem) or path.stem
    if name in INDEX and path.parent.name not in ("", ".", ".."):
        name = name_of(path.parent.name) or name
    return f"/help/{name}"
