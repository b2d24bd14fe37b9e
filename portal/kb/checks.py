"""What is wrong or old in the content folder, for `portal kb check`; changes nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from ..extensions import db
from ..kit import clock
from ..kit.company import the_company
from ..kit.inserts import code_spans
from ..people.models import Organisation
from .body import as_markdown, outside_code
from .contents import parse
from .files import File, find_files
from .front import KNOWN, OTHER_NAMES, BadFile, Front
from .look import Track, relative
from .models import PUBLIC, PUBLISHED, Article
from .names import link_of
from .parts import Shared
from .pictures import known_pictures, pictures_used
from .sections import read_sections
from .translations import is_older

LOOKED_AT = (
    *("slug", "status", "audience", "closes", "organisations", "owner", "review_by"),
    *("old_addresses", "source", "wording", "updated"),
)  # of an article's values
_ID = re.compile(r'\sid="([^"]+)"')
OF_HEADINGS = "s-"  # before each heading's words in its id
_COMMENT = re.compile(r"<!--(?:(?!<!--|-->).)*-->")
_TARGET = r"\]\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)"
_PICTURE = re.compile(r"!\[[^\[\]]*" + _TARGET)
_LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|!\[[^\[\]]*\]\([^)]*\))*" + _TARGET)
_NAMED = re.compile(r"^ {0,3}\[[^\]^][^\]]*\]:\s+<?([^\s<>]+)")


@dataclass(frozen=True)
class Problem:
    """Something to mend; a grave one is a fault that readers meet, the others are work that waits."""

    kind: str
    path: str
    line: int
    why: str
    grave: bool = True

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.why}"


@dataclass
class Page:
    """An article as its file says it."""

    file: File
    front: Front
    values: dict[str, Any]
    path: str
    ids: set[str]
    missing: set[str]  # names of pictures

    @property
    def slug(self) -> str:
        return str(self.values["slug"])

    @property
    def is_public(self) -> bool:
        closes = self.values["closes"]
        over = closes is not None and closes <= clock.now()
        return self.values["status"] == PUBLISHED and self.values["audience"] == PUBLIC and not over


@dataclass
class Report:
    """All that was found: how many files were read, and what is to be mended."""

    files: int = 0
    problems: list[Problem] = field(default_factory=list)


def _held() -> dict[tuple[str, str, str], dict[str, Any]]:
    """What was taken over of each file as it was, by language, path and digest: it need not be rendered again."""
    columns = (Article.id, Article.locale, Article.path, Article.digest, Article.html)
    rows = db.session.execute(select(*columns, *(getattr(Article, name) for name in LOOKED_AT)))
    return {
        (row.locale, row.path, row.digest): {
            "id": row.id,
            "ids": _ID.findall(row.html),
            **{name: getattr(row, name) for name in LOOKED_AT},
        }
        for row in rows.yield_per(200)
    }


class _Folder:
    """The whole folder, read."""

    def __init__(self, root: Path, track: Track) -> None:
        self.root, self.report, self.shared = root, Report(), Shared(root, known_pictures())
        self.held, self.pictures = _held(), pictures_used()
        folder = find_files(root)
        self.report.files = len(folder.files)
        self.pages: dict[tuple[str, str], Page] = {}
        said, bad = read_sections(folder)
        for file in track(sorted(folder.files, key=lambda file: (file.section.count("/"), str(file.path)))):
            try:
                self._read(file)
            except BadFile as error:
                bad += error.each()
        for fault in (*folder.faults, *bad):
            self.report.problems.append(Problem("file", relative(root, fault.path), fault.line, fault.why))
        self.sections = {section for _locale, section in said} | {p.file.section for p in self.pages.values()}
        self.slugs: dict[str, dict[str, Page]] = {}
        for page in self.pages.values():
            self.slugs.setdefault(page.slug, {})[page.file.locale] = page
        self.old = {old: p for p in self.pages.values() for old in p.values["old_addresses"]}
        self.addresses = current_app.url_map.bind("")

    def _read(self, file: File) -> None:
        path = relative(self.root, file.path)
        data, digest = file.read(self.shared)
        held = self.held.get((file.locale, path, digest))
        before = self.pictures.get(held["id"], {}) if held else {}
        if held and not self.shared.has_other_pictures(before):
            values, made = held, held["ids"]
            missing = {PurePosixPath(place).name for place, key in before.items() if key is None}
        else:
            values, used = parse(file, data, self.shared)
            self.shared.made.clear()
            made = _ID.findall(values["html"])
            missing = {PurePosixPath(place).name for place, facts in used.items() if facts is None}
        key = file.locale, values["slug"]
        if key in self.pages:
            raise BadFile(file.path, 1, f"{self.pages[key].path} has the same name already, {key[1]}")
        ids = {*made, *(one.removeprefix(OF_HEADINGS) for one in made)}  # an author knows the words alone
        self.pages[key] = Page(file, Front(file.path, data), values, path, ids, missing)

    def note(self, page: Page, kind: str, line: int, why: str, *, grave: bool = True) -> None:
        self.report.problems.append(Problem(kind, page.path, line, why, grave))


def check(root: Path, track: Track = iter) -> Report:
    """Read and render all files, and say what is broken, missing, stale or due.

    Args:
        root: the content folder.
        track: wraps the files while they are read, to show progress.
    """
    folder = _Folder(root, track)
    names = {" ".join(name.split()).casefold() for name in db.session.scalars(select(Organisation.name))}
    for page in folder.pages.values():
        _check_values(folder, page, names)
        _check_links(folder, page)
    _check_addresses(folder)
    _check_translations(folder)
    folder.report.problems.sort(key=lambda one: (one.path, one.line, one.why))
    return folder.report


def _check_values(folder: _Folder, page: Page, organisations: set[str]) -> None:
    front, due = page.front, page.values["review_by"]
    for name, written in front.written.items():
        near = get_close_matches(name, sorted(KNOWN | OTHER_NAMES.keys()), 1, 0.75)
        if name not in KNOWN and near:
            why = f"{written} is not known; is {near[0]} meant?"
            folder.note(page, "name", front.line_of(name), why, grave=False)
    for name in page.values["organisations"]:
        if name.casefold() not in organisations:
            folder.note(
                page, "organisation", front.line_of("organisations"), f"no organisation is called {name}"
            )
    if due and due < clock.now().date():
        owner = f" by {page.values['owner']}" if page.values["owner"] else ""
        why = f"to be reviewed{owner} by {due}, which has passed"
        folder.note(page, "review", front.line_of("review by"), why, grave=False)


def _without_code(line: str) -> str:
    """A line in which code is blank: what stands there leads nowhere."""
    parts, done = [], 0
    for start, end in code_spans(line):
        parts += [line[done:start], " " * (end - start)]
        done = end
    return "".join([*parts, line[done:]])


def _targets(page: Page) -> Iterator[tuple[int, bool, str]]:
    """Where links and pictures lead: (line of the file, whether it is a picture, target)."""
    for number, line, is_text in outside_code(as_markdown(page.front.body)):
        if not is_text:
            continue
        words = _COMMENT.sub("", _without_code(line))
        for pattern, is_picture in ((_PICTURE, True), (_LINK, False), (_NAMED, False)):
            for found in pattern.finditer(words):
                yield page.front.first + number, is_picture, found[1]


def _check_links(folder: _Folder, page: Page) -> None:
    for line, is_picture, target in _targets(page):
        try:
            parts = urlsplit(target)
        except ValueError:
            folder.note(page, "link", line, f"{target} is no address")
            continue
        if parts.scheme or parts.netloc:
            continue
        path, anchor = unquote(parts.path), unquote(parts.fragment)
        if not is_picture and not path.startswith("/"):
            path = link_of(path)
        if is_picture:
            _check_picture(folder, page, line, path)
        elif not path:
            if anchor and anchor not in page.ids:
                folder.note(page, "heading", line, f"no heading here is called #{anchor}")
        else:
            _check_link(folder, page, line, (path, anchor))


def _check_picture(folder: _Folder, page: Page, line: int, path: str) -> None:
    lacks = PurePosixPath(path).name in page.missing
    if lacks or (path.startswith("/") and not _is_page(folder, path)):
        folder.note(page, "picture", line, f"there is no picture {path}")


def _check_link(folder: _Folder, page: Page, line: int, target: tuple[str, str]) -> None:
    path, anchor = target[0].rstrip("/") or "/", target[1]
    slug = path.removeprefix("/help/")
    if slug in folder.slugs and path.startswith("/help/"):
        _check_article(folder, page, line, (slug, anchor))
    elif path in folder.old:
        why = f"{path} is an old address: say /help/{folder.old[path].slug}"
        folder.note(page, "address", line, why, grave=False)
    elif slug.startswith("section/"):
        if not any(f"{one}/".startswith(f"{slug.removeprefix('section/')}/") for one in folder.sections):
            folder.note(page, "link", line, f"there is no section {path}")
    elif not path.startswith("/") or not _is_page(folder, path, but="kb.article"):
        last = path.rpartition("/")[2]
        meant = f"; is /help/{last} meant?" if last in folder.slugs else ""
        folder.note(page, "link", line, f"{path} leads nowhere{meant}")


def _check_article(folder: _Folder, page: Page, line: int, target: tuple[str, str]) -> None:
    slug, anchor = target
    versions = folder.slugs[slug]
    meant = versions.get(page.file.locale) or versions.get("en") or next(iter(versions.values()))
    if anchor and anchor not in meant.ids:
        folder.note(page, "heading", line, f"no heading in {meant.path} is called #{anchor}")
    if page.is_public and not any(one.is_public for one in versions.values()):
        why = f"/help/{slug} is not for everybody who reads this"
        folder.note(page, "link", line, why, grave=False)


def _is_page(folder: _Folder, path: str, but: str = "") -> bool:
    """Whether the site has such an address, other than by what answers to any."""
    try:
        endpoint, _values = folder.addresses.match(path, method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return endpoint not in ("kb.moved", but)


def _check_addresses(folder: _Folder) -> None:
    claimed: dict[str, Page] = {}
    for page in sorted(folder.pages.values(), key=lambda page: (page.slug, page.path)):
        line = page.front.line_of("old addresses")
        for address in page.values["old_addresses"]:
            first = claimed.setdefault(address, page)
            if address.removeprefix("/help/") in folder.slugs:
                folder.note(page, "address", line, f"{address} is the address of an article that is there")
            elif first.slug != page.slug:
                folder.note(page, "address", line, f"{address} leads to {first.slug} already: {first.path}")
            elif _is_page(folder, address, but="kb.article"):
                folder.note(page, "address", line, f"{address} is a page of the site")


def _check_translations(folder: _Folder) -> None:
    columns = (Article.locale, Article.slug, Article.wording, Article.changed)
    held = {(row.locale, row.slug): row for row in db.session.execute(select(*columns))}

    def seen(page: Page) -> Any:
        row = held.get((page.file.locale, page.slug))
        changed = None if row is None else row.changed
        if row and row.wording not in ("", page.values["wording"]):
            changed = clock.now()
        return SimpleNamespace(**page.values, changed=changed)

    own = the_company().language
    for versions in folder.slugs.values():
        source = next(
            (v for c in (own, "en") if (v := versions.get(c)) and v.values["status"] == PUBLISHED), None
        )
        if source is None:
            continue
        if missing := [code for code in the_company().languages if code not in versions]:
            folder.note(
                source, "missing translation", 1, f"not translated: {', '.join(missing)}", grave=False
            )
        for page in versions.values():
            if page is not source and is_older(seen(source), seen(page)):
                why = f"older than {source.path}, from which it was translated"
                folder.note(page, "stale translation", 1, why, grave=False)
