"""What articles share: snippets and variables of the content folder, and where their pictures and links lead."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import yaml

from ..config import LANGUAGES
from ..kit.figures import Picture
from ..kit.forms import clean_line
from ..kit.inserts import INSERT, BadMarkup
from ..kit.markdown import Parts
from .access import languages_for
from .names import link_of
from .pictures import BadPicture, Facts, Made, read_picture

SNIPPETS, VARIABLES = "_snippets", "_variables.yaml"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
MOST = 100_000  # bytes of a snippet, and of all variables
LONGEST = 500  # characters of a value


class Shared:
    """Snippets, variables and pictures of one content folder, each read once while a sync lasts.

    Attributes:
        known: pictures that need not be made again, by their key.
        made: those that were made and are not kept yet, by their key.
    """

    def __init__(self, folder: Path, known: dict[str, Facts] | None = None) -> None:
        self.folder = folder.resolve()
        self.known = known or {}
        self.made: dict[str, Made] = {}
        self._texts: dict[tuple[str, str], str | BadMarkup | None] = {}
        self._variables: dict[str, dict[str, str]] | BadMarkup | None = None
        self._pictures: dict[Path, Facts | BadPicture] = {}

    # Snippets and variables

    def snippet(self, name: str, locale: str) -> str | None:
        """A snippet in a language or the next best one.

        Raises:
            BadMarkup: its file cannot be read.
        """
        if (locale, name) not in self._texts:
            self._texts[locale, name] = self._find_snippet(name, locale)
        found = self._texts[locale, name]
        if isinstance(found, BadMarkup):
            raise found
        return found

    def _find_snippet(self, name: str, locale: str) -> str | BadMarkup | None:
        if not NAME.fullmatch(name):
            return None
        try:
            for code in languages_for(locale):
                text = self._read(PurePosixPath(code, SNIPPETS, f"{name}.md"))
                if text is not None:
                    return text
        except BadMarkup as error:
            return error
        return None

    def variable(self, name: str, locale: str) -> str | None:
        """The value of a variable in a language or the next best one.

        Raises:
            BadMarkup: the file of variables cannot be used.
        """
        if self._variables is None:
            try:
                self._variables = _by_name(self._read(PurePosixPath(VARIABLES)) or "")
            except BadMarkup as error:
                self._variables = error
        if isinstance(self._variables, BadMarkup):
            raise self._variables
        values = self._variables.get(name, {})
        return next((values[code] for code in ("", *languages_for(locale)) if code in values), None)

    def _read(self, place: PurePosixPath) -> str | None:
        path = self._plain_file(place)
        if path is None:
            return None
        try:
            data = path.read_bytes() if path.stat().st_size <= MOST else None
        except OSError as error:
            raise BadMarkup(f"{place} cannot be read: {error.strerror}") from error
        if data is None:
            raise BadMarkup(f"{place} is larger than {MOST} bytes")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise BadMarkup(f"{place} is not UTF-8, in line {line}") from error
        if "\0" in text:
            raise BadMarkup(f"{place} holds a zero byte")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _plain_file(self, place: PurePosixPath) -> Path | None:
        """A file of the folder, when there is one that no link leads to.

        Raises:
            BadMarkup: a link stands somewhere on the way.
        """
        path = self.folder
        for part in place.parts:
            path /= part
            if path.is_symlink():
                raise BadMarkup(f"{place} is reached by a link, which may lead out of the folder")
        return path if path.is_file() else None

    # Pictures

    def picture(self, place: PurePosixPath) -> Facts | None:
        """A picture by its place in the folder, in its own language or the next best one.

        Raises:
            BadMarkup: the file is no picture that can be shown.
        """
        locale, *rest = place.parts
        for code in languages_for(locale):
            path = self._plain_file(PurePosixPath(code, *rest))
            if path:
                return self._look(path, place)
        return None

    def _look(self, path: Path, place: PurePosixPath) -> Facts:
        if path not in self._pictures:
            try:
                facts, made = read_picture(path, self.known)
            except BadPicture as error:
                self._pictures[path] = error
            else:
                self._pictures[path] = self.known[facts.key] = facts
                if made:
                    self.made[facts.key] = made
        found = self._pictures[path]
        if isinstance(found, BadPicture):
            raise BadMarkup(f"{place}: {found}")
        return found

    def has_other_pictures(self, used: Mapping[str, str | None]) -> bool:
        """Whether the pictures at these places are others than those of these keys."""
        for place, key in used.items():
            try:
                found = self.picture(PurePosixPath(place))
            except BadMarkup:
                return True
            if (found and found.key) != key:
                return True
        return False

    # What one article sees of it

    def digest(self, data: bytes, locale: str) -> bytes:
        """A digest of all snippets and variables that a text uses, whatever comes into it by way of others."""
        digest, waiting, seen = hashlib.sha256(), [data.decode("utf-8", "replace")], set()
        while waiting:
            for found in INSERT.finditer(waiting.pop()):
                if found[0] in seen:
                    continue
                seen.add(found[0])
                try:
                    value = self.variable(found[2], locale) if found[2] else self.snippet(found[1], locale)
                except BadMarkup as error:
                    value = f"\0{error.why}"
                digest.update(f"{found[0]}\0{value}\0".encode())
                if value and not found[2]:
                    waiting.append(value)
        return digest.digest() if seen else b""

    def parts_for(
        self, path: Path, locale: str, words: dict[str, str], hosts: tuple[str, ...]
    ) -> tuple[Parts, dict[str, Facts | None]]:
        """What rendering needs for the file at `path`, and what it will have used: pictures by their place, None if missing."""
        used: dict[str, Facts | None] = {}
        here = PurePosixPath(path.resolve().parent.relative_to(self.folder).as_posix())

        def picture(address: str, line: int) -> Picture | None:
            place = _place(here, address)
            if place is None:
                raise BadMarkup(f"{unquote(address)} leads out of the content folder", line)
            try:
                found = self.picture(place)
            except BadMarkup as error:
                raise BadMarkup(error.why, line) from error
            used[str(place)] = found
            return found.shown if found else None

        def variable(name: str) -> str | None:
            return self.variable(name, locale)

        def snippet(name: str) -> str | None:
            return self.snippet(name, locale)

        return Parts(words, variable, snippet, picture, link_of, hosts), used


def _place(here: PurePosixPath, address: str) -> PurePosixPath | None:
    """Where in the content folder a relative address leads, or None when it leads out of a language's folder."""
    parts = list(here.parts)
    for part in unquote(re.split(r"[?#]", address, maxsplit=1)[0]).split("/"):
        if "\0" in part or "\\" in part or (part == ".." and not parts):
            return None
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    inside = len(parts) > 1 and parts[0] in (here.parts[0], *LANGUAGES)
    return PurePosixPath(*parts) if inside else None


def _by_name(text: str) -> dict[str, dict[str, str]]:
    """Values of variables by name and language; "" is all languages."""
    try:
        said = yaml.BaseLoader(text).get_single_data() or {}  # nothing but words
    except RecursionError as error:
        raise BadMarkup(f"{VARIABLES}: nested too deeply") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise BadMarkup(
            f"{VARIABLES}, line {line}: {getattr(error, 'problem', None) or 'no YAML'}"
        ) from error
    if not isinstance(said, dict):
        raise BadMarkup(f"{VARIABLES}: a list of names and values is needed, like product_name: MR-6")
    return {str(name): _values(str(name), value) for name, value in said.items()}


def _values(name: str, value: Any) -> dict[str, str]:
    by_language = value if isinstance(value, dict) else {"": value}
    for said in by_language.values():
        if not isinstance(said, str) or not clean_line(said) or len(said) > LONGEST:
            raise BadMarkup(f"{VARIABLES}: {name}: a value of at most {LONGEST} characters is needed")
    return {str(code).replace("-", "_"): clean_line(said) for code, said in by_language.items()}
