"""What stands above an article's text: its values, each checked; an error names the line."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import frontmatter
import yaml
from frontmatter.default_handlers import BaseHandler, YAMLHandler

from ..kit.forms import clean_line
from .models import AUDIENCES, ORGANISATION, PUBLIC, PUBLISHED, STATUSES

LONGEST = 20_000  # letters of the part above the text
MANY = 50  # entries of a list
YEARS = range(1990, 2200)
SHAPE_OF_DAY = re.compile(r"\d{4}-\d\d-\d\d")

HOW_TO_BEGIN = "begin the file with a line ---, a line “{}: …” and a line ---, or with a heading “# …”"

# What the same value is called elsewhere: Hugo, Docusaurus, Jekyll.
OTHER_NAMES = {
    "description": "summary",
    "keywords": "tags",
    "weight": "order",
    "sidebar position": "order",
    "lastmod": "updated",
    "publish date": "publish from",
    "expiry date": "publish until",
    "aliases": "old addresses",
    "redirect from": "old addresses",
    "product": "products",
    "organisation": "organisations",
    "organization": "organisations",
    "organizations": "organisations",
}
KNOWN = {
    "title", "summary", "tags", "products", "audience", "organisations", "status", "draft", "publish from",
    "publish until", "review by", "owner", "old addresses", "order", "updated", "slug", "source", "icon",
}  # fmt: skip


class BadFile(Exception):
    """A file that cannot be shown; says where and why, and what else is wrong with it in `others`."""

    def __init__(self, path: Path, line: int, why: str, others: Sequence["BadFile"] = ()) -> None:
        why = clean_line(why)  # it quotes the file, and is stored
        super().__init__(f"{path}:{line}: {why}")
        self.path, self.line, self.why, self.others = path, line, why, others

    def each(self) -> list["BadFile"]:
        """All that is wrong."""
        return [self, *self.others]


def read_all(fields: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """What each of some functions reads of a file, by name.

    Raises:
        BadFile: some of them cannot; the first in the file, with the others.
    """
    found, faults = {}, []
    for name, read in fields.items():
        try:
            found[name] = read()
        except BadFile as error:
            faults.append(error)
    if faults:
        first, *others = sorted(faults, key=lambda fault: fault.line)
        raise BadFile(first.path, first.line, first.why, others)
    return found


# Makes words, lists and mappings and nothing else: `no` is no truth, 1.10 no number, and no reference is followed.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
DEEPEST = 50  # brackets, or dashes of a line: the parser calls itself for each
MOST_DOTS = 1000  # of TOML, where each may be a table in a table


class _Yaml(YAMLHandler):
    def load(self, fm: str, **_kwargs: object) -> Any:
        if fm.count("[") + fm.count("{") > DEEPEST or re.search(rf"(?m)^.*?(?:[-?]\s+){{{DEEPEST}}}", fm):
            raise ValueError("nested too deeply")
        return yaml.load(fm, _LOADER)  # noqa: S506 -- makes nothing but words and lists


class _Toml(BaseHandler):
    """Between lines of +++, as Hugo writes it."""

    FM_BOUNDARY = re.compile(r"^\+{3,}\s*$", re.MULTILINE)

    def load(self, fm: str, **_kwargs: object) -> Any:
        if fm.count(".") > MOST_DOTS:
            raise ValueError("nested too deeply")
        return _as_words(tomllib.loads(fm))


def _as_words(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_words(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_words(one) for one in value]
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _text_of(path: Path, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadFile(path, line, "not UTF-8: save it in that encoding") from error
    if "\0" in text:
        raise BadFile(path, text[: text.index("\0")].count("\n") + 1, "holds a zero byte")
    return text


def _split(path: Path, text: str) -> tuple[dict[str, Any], str]:
    handler = _Toml() if text.lstrip().startswith("+++") else _Yaml()
    begin = len(text) - len(text.lstrip())
    # Where nothing closes what is opened, all of it would be read as values.
    if len(handler.FM_BOUNDARY.split(text[begin : begin + LONGEST], 2)) == 2:  # noqa: PLR2004 -- before and after
        raise BadFile(path, 1, f"what stands above the text does not end within {LONGEST} letters")
    try:
        return frontmatter.parse(text, handler=handler)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadFile(path, line, f"not YAML: {error.problem or error.context}") from error
    except RecursionError as error:
        raise BadFile(path, 1, "not YAML: nested too deeply") from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadFile(path, 1, f"cannot be understood: {said[:200]}") from error


def _known_as(name: object) -> str:
    """A name as ours is written: publish_from, publishFrom and Publish-From are the same."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[-_\s]+", " ", str(name)).lower().strip()
    return OTHER_NAMES.get(words, words)


class Front:
    """The values above a text.

    Attributes:
        body: the text below, without a first heading that only says the title again.
        first: the line of the file on which the body begins.
    """

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        text = _text_of(path, data)
        said, self.body = _split(path, text)
        self.lines = text.splitlines()
        # Our own name counts before the one of elsewhere.
        self.written = {_known_as(name): str(name) for name in sorted(said, key=lambda n: str(n) in KNOWN)}
        self.values = {name: said[as_written] for name, as_written in self.written.items()}
        self.first = text.rstrip().removesuffix(self.body).count("\n") + 1
        self._take_heading()

    def _take_heading(self) -> None:
        """A first heading that is the title is on the page already; without a title it is the title."""
        heading = re.match(r"# +(\S.*)(?:\n+|\Z)", self.body)
        if not heading:
            return
        said, closing = heading[1].rstrip(), heading[1].rstrip(" #")
        words = re.sub(r"[*`_]", "", closing if said[len(closing) :].startswith(" ") else said).strip()
        title = self.values.get("title") or words
        if isinstance(title, str) and title.strip().casefold() == words.casefold():
            self.values["title"] = title
            self.first += heading[0].count("\n")
            self.body = self.body[heading.end() :]

    def line_of(self, name: str) -> int:
        written = self.written.get(name, name)
        found = (n for n, said in enumerate(self.lines, 1) if said.startswith((f"{written}:", f"{written} ")))
        return next(found, 1)

    def fail(self, name: str, why: str) -> BadFile:
        return BadFile(self.path, self.line_of(name), f"{self.written.get(name, name)}: {why}")

    def words(self, name: str, most: int, default: str | None = "") -> str:
        value = self.values.get(name) or default
        # A quoted value may spell out any sign, also those that no column and no feed takes.
        said = clean_line(value) if isinstance(value, str) else None
        if said is None or (default is None and not said):
            if not value:
                raise BadFile(self.path, 1, f"there is no {name}: {HOW_TO_BEGIN.format(name)}")
            raise self.fail(name, "words are needed")
        if len(said) > most:
            raise self.fail(name, f"longer than {most} characters")
        return said

    def whole(self, name: str, default: int) -> int:
        value = self.values.get(name) or str(default)
        if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,6}", value, re.ASCII):
            raise self.fail(name, "a whole number is needed")
        return int(value)

    def several(self, name: str, most: int) -> list[str]:
        """Words in a list, or in one line with commas between."""
        value = self.values.get(name) or []
        value = value.split(",") if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(one, str) and len(one) <= most for one in value):
            raise self.fail(name, "a list of words is needed, like [wifi, guests]")
        if len(value) > MANY:
            raise self.fail(name, f"more than {MANY} entries")
        return list(dict.fromkeys(said for one in value if (said := clean_line(one))))

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        # Words alone: what refers to itself again and again has no end when it is written out.
        value = self.values.get(name) or default
        plain = value.strip().lower().replace("_", " ").replace("-", " ") if isinstance(value, str) else ""
        for choice in choices:
            if plain == choice.replace("-", " "):
                return choice
        raise self.fail(name, "one of these is needed: " + ", ".join(c.replace("-", " ") for c in choices))

    def status(self) -> str:
        unless_said = "draft" if self.one_of("draft", ("true", "false"), "false") == "true" else PUBLISHED
        return self.one_of("status", STATUSES, unless_said)

    def audience(self) -> tuple[str, list[str]]:
        """Who may read it, and the names of the organisations if it is for those."""
        names = self.several("organisations", 200)
        reach = self.one_of("audience", AUDIENCES, ORGANISATION if names else PUBLIC)
        if (reach == ORGANISATION) != bool(names):
            name = "audience" if reach == ORGANISATION else "organisations"
            raise self.fail(name, "“audience: organisation” and a list of organisations go together")
        return reach, names

    def _date(self, name: str) -> tuple[str, date] | None:
        value = self.values.get(name)
        if not value:
            return None
        said = value.strip() if isinstance(value, str) else ""
        try:
            moment = datetime.fromisoformat(said)
        except ValueError:
            raise self.fail(name, "a day is needed, like 2026-05-19") from None
        if moment.year not in YEARS:
            raise self.fail(name, f"a year from {YEARS.start} to {YEARS.stop - 1} is needed")
        return said, moment.date()

    def day(self, name: str) -> date | None:
        found = self._date(name)
        return found[1] if found else None

    def noon(self, name: str) -> datetime | None:
        """A day as a moment: its noon, so that the day is the same one in nearly every zone."""
        day = self.day(name)
        return datetime.combine(day, time(12), UTC) if day else None

    def moment(self, name: str, zone: str, *, end: bool = False) -> datetime | None:
        """A moment, in the site's zone unless it says its own; a day means its beginning, or its end."""
        found = self._date(name)
        if not found:
            return None
        said, day = found
        if SHAPE_OF_DAY.fullmatch(said):
            return datetime.combine(day + timedelta(days=int(end)), time(0), ZoneInfo(zone)).astimezone(UTC)
        moment = datetime.fromisoformat(said)
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)

    def window(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """When it appears and when it disappears by itself."""
        opens, closes = self.moment("publish from", zone), self.moment("publish until", zone, end=True)
        if opens and closes and closes <= opens:
            raise self.fail("publish until", "it would disappear before it appears")
        return opens, closes

    def old_addresses(self) -> list[str]:
        """Addresses under /help that lead here; `old-name` stands for /help/old-name."""
        found = []
        for said in self.several("old addresses", 250):
            address = said if said.startswith("/") else f"/help/{said}"
            if not re.fullmatch(r"/help(/[\w~%-][\w.~%-]*)+/?", address):
                raise self.fail("old addresses", f"{said} is no address under /help")
            found.append(address.rstrip("/"))
        return found
