"""Reading the content folder: <locale>/<section>/<slug>.md with front matter, and <section>/_section.md."""

import hashlib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import frontmatter
import yaml
from flask import current_app
from flask_babel import force_locale

from ..config import LANGUAGES
from ..kit.i18n import _
from ..kit.inserts import BadMarkup, fill_line
from ..kit.markdown import render_article
from .models import DRAFT, PUBLISHED
from .parts import Shared
from .pictures import Facts

RENDERING = (
    b"2"  # counted up when the same text is rendered differently, so that all articles are rendered anew
)
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
TAKEN = {"search", "suggest", "section"}  # addresses under /help
MOST = 400_000  # bytes of a file
PACE = 200  # words read in a minute


class BadFile(Exception):
    """A file that cannot be shown; says where and why."""

    def __init__(self, path: Path, line: int, why: str) -> None:
        super().__init__(f"{path}:{line}: {why}")
        self.path, self.line, self.why = path, line, why


@dataclass(frozen=True)
class File:
    """An article's file."""

    path: Path
    locale: str
    section: str
    slug: str

    @property
    def key(self) -> tuple[str, str]:
        return self.locale, self.slug

    def read(self, shared: Shared) -> tuple[bytes, str]:
        """The bytes, and a digest of all that decides how the article looks and where it stands, but its pictures."""
        try:
            if self.path.stat().st_size > MOST:
                raise BadFile(self.path, 1, f"the file is larger than {MOST} bytes")
            data = self.path.read_bytes()
        except OSError as error:
            raise BadFile(self.path, 1, f"cannot be read: {error.strerror}") from error
        whole = (RENDERING, self.section.encode(), shared.digest(data, self.locale), data)
        return data, hashlib.sha256(b"\0".join(whole)).hexdigest()


def _folders(folder: Path) -> Iterator[tuple[str, str, Path]]:
    for locale in LANGUAGES:
        root = folder / locale
        for section in sorted(root.iterdir()) if root.is_dir() else ():
            if section.is_dir() and NAME.fullmatch(section.name) and not section.is_symlink():
                yield locale, section.name, section


def find_files(folder: Path) -> tuple[list[File], list[BadFile]]:
    """All articles of the folder, and what cannot be one: an odd name, a link out of the folder, the same slug twice."""
    files: dict[tuple[str, str], File] = {}
    bad: list[BadFile] = []
    for locale, section, path in _folders(folder):
        for entry in sorted(path.glob("*.md")):
            if entry.name == "_section.md":
                continue
            file = File(entry, locale, section, entry.stem)
            if why := _odd(file, files):
                bad.append(BadFile(entry, 1, why))
            else:
                files[file.key] = file
    return list(files.values()), bad


def _odd(file: File, files: dict[tuple[str, str], File]) -> str | None:
    if not NAME.fullmatch(file.slug) or file.slug in TAKEN:
        return "the name is not of small letters, digits and hyphens, or is kept for another page"
    if file.path.is_symlink() or not file.path.is_file():
        return "not a plain file"
    if file.key in files:
        return f"{files[file.key].path} has the same name already"
    return None


def _front(path: Path, data: bytes) -> tuple[dict[str, Any], str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFile(path, data[: error.start].count(b"\n") + 1, "not UTF-8") from error
    if "\0" in text:
        raise BadFile(path, text[: text.index("\0")].count("\n") + 1, "holds a zero byte")
    try:
        front, body = frontmatter.parse(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadFile(
            path, mark.line + 1 if mark else 1, getattr(error, "problem", None) or "front matter"
        ) from error
    except (ValueError, TypeError) as error:
        raise BadFile(path, 1, f"front matter: {error}") from error
    return dict(front), body


class _Front:
    """Values of a front matter, each checked; errors name the line."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self.values, self.body = _front(path, data)
        self.lines = data.decode("utf-8").splitlines()

    @property
    def first_line(self) -> int:
        """The line on which the text begins, counted from 1."""
        text = "\n".join(self.lines)
        return text[: max(0, text.rfind("\n".join(self.body.splitlines())))].count("\n") + 1

    def fail(self, name: str, why: str) -> BadFile:
        line = next((n for n, said in enumerate(self.lines, 1) if said.startswith(f"{name}:")), 1)
        return BadFile(self.path, line, f"{name}: {why}")

    def words(self, name: str, most: int, default: str | None = "") -> str:
        value = self.values.get(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fail(name, "words are needed")
        if len(value) > most:
            raise self.fail(name, f"longer than {most} characters")
        return " ".join(value.split())

    def whole(self, name: str, default: int) -> int:
        value = self.values.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 10**6:
            raise self.fail(name, "a whole number is needed")
        return value

    def tags(self) -> list[str]:
        value = self.values.get("tags") or []
        if not isinstance(value, list) or not all(isinstance(tag, str) and len(tag) <= 50 for tag in value):  # noqa: PLR2004 -- as the column holds
            raise self.fail("tags", "a list of words is needed, like [wifi, guests]")
        return value

    def day(self, name: str) -> datetime | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, date):
            raise self.fail(name, "a day is needed, like 2026-05-19")
        # Noon, so that the day is the same one in nearly every zone.
        return datetime(value.year, value.month, value.day, 12, tzinfo=UTC)

    def status(self) -> str:
        value = self.values.get("status", PUBLISHED)
        if value not in (PUBLISHED, DRAFT):
            raise self.fail("status", f"{PUBLISHED} or {DRAFT} is needed")
        return str(value)


def _callout_words(locale: str) -> dict[str, str]:
    with force_locale(locale):
        return {
            "NOTE": _("Note"),
            "TIP": _("Tip"),
            "IMPORTANT": _("Important"),
            "WARNING": _("Careful"),
            "CAUTION": _("Stop"),
            "TABLE": _("Table"),
            "NOTES": _("Footnotes"),
            "BACK": _("Back to the text"),
            "MORE": _("More"),
            "VIDEO": _("Video"),
            # Translators: %(site)s is a site of videos, such as YouTube; it stands under a button that plays one
            "PLAYS": _("Plays from %(site)s, which learns of your visit once you press", site="%(site)s"),
        }


def parse(file: File, data: bytes, shared: Shared) -> tuple[dict[str, Any], dict[str, Facts | None]]:
    """Columns of the article that the file holds, and the pictures it uses.

    Raises:
        BadFile: says the line and what is wrong.
    """
    front = _Front(file.path, data)

    def filled(name: str, most: int, default: str | None = "") -> str:
        try:
            return fill_line(
                front.words(name, most, default), lambda word: shared.variable(word, file.locale)
            )[:most]
        except BadMarkup as error:
            raise front.fail(name, error.why) from error

    values: dict[str, Any] = {
        "section": file.section,
        "title": filled("title", 200, None),
        "summary": filled("summary", 400),
        "owner": front.words("owner", 100),
        "tags": front.tags(),
        "status": front.status(),
        "order": front.whole("order", 100),
        "updated": front.day("updated"),
    }
    shown, used = _render(file, front, shared)
    return values | shown, used


def _render(file: File, front: _Front, shared: Shared) -> tuple[dict[str, Any], dict[str, Facts | None]]:
    hosts = current_app.config["VIDEO_HOSTS"]
    parts, used = shared.parts_for(file.path, file.locale, _callout_words(file.locale), hosts)
    try:
        article = render_article(front.body, parts)
    except BadMarkup as error:
        raise BadFile(file.path, front.first_line + error.line - 1, error.why) from error
    minutes = max(1, math.ceil(len(article.plain.split()) / PACE))
    return vars(article) | {"minutes": minutes}, used


def read_sections(folder: Path) -> tuple[dict[tuple[str, str], dict[str, Any]], list[BadFile]]:
    """Title, summary, icon and order by (locale, slug); without a _section.md the folder's name is the title."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    bad: list[BadFile] = []
    for locale, slug, path in _folders(folder):
        about = path / "_section.md"
        if not about.is_file():
            continue
        try:
            front = _Front(about, about.read_bytes())
            found[locale, slug] = {
                "title": front.words("title", 200, None),
                "summary": front.words("summary", 400),
                "icon": front.words("icon", 40, "file-text"),
                "order": front.whole("order", 100),
            }
        except BadFile as error:
            bad.append(error)
    return found, bad
