"""Reading the content folder: <locale>/<section>/…/<slug>.md with front matter, and <section>/_section.md."""

import hashlib
import math
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from flask import current_app
from flask_babel import force_locale

from ..config import LANGUAGES
from ..kit.i18n import _
from ..kit.inserts import BadMarkup, fill_line
from ..kit.markdown import render_article
from .front import BadFile, Front
from .names import ENDINGS, INDEX, name_of
from .parts import SNIPPETS, VARIABLES, Shared
from .pictures import Facts

# Counted up when the same text is rendered differently, so that all articles are rendered anew.
RENDERING = b"4"
TAKEN = {"search", "suggest", "section", "pictures"}  # addresses under /help
ABOUT = {"_section.md", "_index.md"}  # what a section says of itself
AT_THE_TOP = "general"  # the section of what lies directly under its language
DEEPEST = 6  # sections inside each other
MOST = 400_000  # bytes of a file
PACE = 200  # words read in a minute


@dataclass(frozen=True)
class File:
    """An article's file; `slug` is what its name gives, unless the front matter says another."""

    path: Path
    locale: str
    section: str
    slug: str
    stamp: tuple[int, ...] = field(default=(), compare=False)

    @property
    def key(self) -> tuple[str, str]:
        return self.locale, self.slug

    def read(self, shared: Shared) -> tuple[bytes, str]:
        """The bytes, and a digest of all that decides how the article looks and where it stands, but its pictures."""
        data = read_plain(self.path)
        place = f"{self.section}/{self.slug}".encode()
        whole = (RENDERING, place, shared.digest(data, self.locale), data)
        return data, hashlib.sha256(b"\0".join(whole)).hexdigest()


@dataclass
class Folder:
    """What was found in the content folder.

    Attributes:
        files: of articles.
        about: files in which sections say what they are.
        others: pictures and all else that articles may use, with their stamps.
        faults: what cannot be an article, and folders that cannot be read.
        folders: all that were read.
    """

    files: list[File] = field(default_factory=list)
    about: list[File] = field(default_factory=list)
    others: list[tuple[Path, tuple[int, ...]]] = field(default_factory=list)
    faults: list[BadFile] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)

    @property
    def state(self) -> str:
        """A digest of names, sizes and times: another one as soon as any file changes, also under an old date."""
        digest = hashlib.sha256()
        articles = ((file.path, file.stamp) for file in (*self.files, *self.about))
        for path, stamp in (*articles, *self.others):
            digest.update(f"{os.fsencode(path)!r}{stamp}\n".encode())
        digest.update("".join(str(fault) for fault in self.faults).encode("utf-8", "replace"))
        return digest.hexdigest()


def _stamp(entry: os.DirEntry[str]) -> tuple[int, ...]:
    try:
        about = entry.stat(follow_symlinks=False)
    except OSError:  # gone this moment
        return ()
    # The moment of the change of the inode is the one that no program sets back.
    return about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def read_plain(path: Path) -> bytes:
    """The bytes of an article's file.

    Raises:
        BadFile: it is too large, no plain file, or cannot be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # no link, and no pipe that waits
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise BadFile(path, 1, "not a plain file")
            data = file.read(MOST + 1)
    except OSError as error:
        raise BadFile(path, 1, f"cannot be read: {error.strerror}") from error
    if len(data) > MOST:
        raise BadFile(path, 1, f"the file is larger than {MOST} bytes")
    return data


def locale_of(name: str) -> str | None:
    """The language that a folder is for: pt_BR, also written pt-br."""
    known = {code.lower(): code for code in LANGUAGES}
    return known.get(name.replace("-", "_").lower())


def find_files(root: Path) -> Folder:
    """All files of articles under the folder, in a fixed order, and what cannot be one; links are never followed."""
    found = Folder()
    for entry in _entries(root, found):
        locale = locale_of(entry.name)
        if entry.name == VARIABLES:
            found.others.append((Path(entry.path), _stamp(entry)))
        if locale and entry.is_dir(follow_symlinks=False):
            _walk(Path(entry.path), locale, (), found)
        elif locale and entry.is_symlink():
            found.faults.append(BadFile(Path(entry.path), 1, "a link, which is not followed"))
        elif re.fullmatch(r"[a-z]{2}([-_][A-Za-z]{2,4})?", entry.name):
            known = ", ".join(LANGUAGES)
            found.faults.append(BadFile(Path(entry.path), 1, f"no language of this site; those are {known}"))
    return found


def _entries(folder: Path, found: Folder) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            found.folders.append(folder)
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        found.faults.append(BadFile(folder, 1, f"cannot be read: {error.strerror}"))
        return []


def _walk(folder: Path, locale: str, sections: tuple[str, ...], found: Folder) -> None:
    for entry in _entries(folder, found):
        path = Path(entry.path)
        if entry.name in ABOUT and sections and entry.is_file(follow_symlinks=False):
            found.about.append(File(path, locale, "/".join(sections), "", _stamp(entry)))
        elif entry.name == SNIPPETS and entry.is_dir(follow_symlinks=False):
            found.others += [(Path(one.path), _stamp(one)) for one in _entries(path, found)]
        elif entry.name.startswith((".", "_")):
            continue
        elif entry.is_symlink():
            found.faults.append(BadFile(path, 1, "a link, which is not followed"))
        elif entry.is_dir():
            _walk_into(path, locale, sections, found)
        else:
            _take(entry, locale, sections, found)


def _walk_into(path: Path, locale: str, sections: tuple[str, ...], found: Folder) -> None:
    name = name_of(path.name)
    if not name:
        found.faults.append(BadFile(path, 1, "the name is not of the letters a to z, digits and hyphens"))
    elif len(sections) == DEEPEST or sum(map(len, sections)) + len(name) > 240:  # noqa: PLR2004 -- as the column holds
        found.faults.append(BadFile(path, 1, f"sections nest at most {DEEPEST} deep"))
    else:
        _walk(path, locale, (*sections, name), found)


def _take(entry: os.DirEntry[str], locale: str, sections: tuple[str, ...], found: Folder) -> None:
    path = Path(entry.path)
    if path.suffix.lower() not in ENDINGS:
        found.others.append((path, _stamp(entry)))
        return
    if not entry.is_file():
        found.faults.append(BadFile(path, 1, "not a plain file"))
        return
    slug = name_of(path.stem) or ""
    if slug in INDEX and sections:
        slug = sections[-1]
    section = "/".join(sections) or AT_THE_TOP
    found.files.append(File(path, locale, section, slug, _stamp(entry)))


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
    front = Front(file.path, data)
    opens, closes = front.window(current_app.config["ZONE"])
    reach, organisations = front.audience()

    def filled(name: str, most: int, default: str | None = "") -> str:
        try:
            said = front.words(name, most, default)
            return fill_line(said, lambda word: shared.variable(word, file.locale))[:most]
        except BadMarkup as error:
            raise front.fail(name, error.why) from error

    values: dict[str, Any] = {
        "section": file.section,
        "slug": slug_of(file, front),
        "title": filled("title", 200, None),
        "summary": filled("summary", 400),
        "owner": front.words("owner", 100),
        "tags": front.several("tags", 50),
        "products": front.several("products", 50),
        "status": front.status(),
        "audience": reach,
        "organisations": organisations,
        "opens": opens,
        "closes": closes,
        "order": front.whole("order", 100),
        "updated": front.noon("updated"),
        "review_by": front.day("review by"),
        "old_addresses": front.old_addresses(),
        "source": front.words("source", 12),
        "wording": wording_of(front),
    }
    shown, used = _render(file, front, shared)
    return values | shown, used


def _render(file: File, front: Front, shared: Shared) -> tuple[dict[str, Any], dict[str, Facts | None]]:
    hosts = current_app.config["VIDEO_HOSTS"]
    parts, used = shared.parts_for(file.path, file.locale, _callout_words(file.locale), hosts)
    try:
        article = render_article(as_markdown(front.body), parts)
    except BadMarkup as error:
        raise BadFile(file.path, front.first + error.line - 1, error.why) from error
    minutes = max(1, math.ceil(len(article.plain.split()) / PACE))
    return vars(article) | {"minutes": minutes}, used


def line_of(path: Path, name: str) -> int:
    """The line on which a file says a value; 1 when it cannot be told."""
    try:
        return Front(path, read_plain(path)).line_of(name)
    except BadFile:
        return 1


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


def slug_of(file: File, front: Front) -> str:
    """The last part of the article's address.

    Raises:
        BadFile: neither the file's name nor the front matter gives one.
    """
    said = front.words("slug", 200)
    slug = name_of(PurePosixPath(said).name) if said else file.slug
    if not slug and said:
        raise front.fail("slug", "letters a to z, digits and hyphens are needed")
    if not slug:
        raise BadFile(
            file.path, 1, "the name is not of the letters a to z, digits and hyphens: say “slug: …”"
        )
    if slug in TAKEN:
        raise BadFile(file.path, 1, f"{slug} is kept for another page")
    return slug


def outside_code(body: str) -> Iterator[tuple[int, str, bool]]:
    """The lines of a text by number from 0, and whether each is text and not in a block of code."""
    fence = ""
    for number, line in enumerate(body.split("\n")):
        mark = re.match(r" {0,3}(?:> ?)*(`{3,}|~{3,})", line)
        if mark and not fence:
            fence = mark[1]
            yield number, line, False
        elif fence:
            if mark and mark[1].startswith(fence) and not line.strip("`~> "):
                fence = ""
            yield number, line, False
        else:
            yield number, line, True


_COMMENT = re.compile(r"\{/\*(?:[^*{]|\*(?!/\})|\{(?!/\*))*\*/\}")  # of MDX
_TAG_ALONE = re.compile(r"\s*</?(?:[A-Z][\w.]*(?:\s[^<>]*)?)?/?>\s*")  # <Note> or </Note> or <> of MDX
_MODULE = re.compile(r"(?:import|export)\s.*\bfrom\s+['\"].*|import\s+['\"].*")


def as_markdown(body: str) -> str:
    """The text without what only a page of components can show, line by line."""
    lines = []
    for _number, line, is_text in outside_code(body):
        if is_text and (_TAG_ALONE.fullmatch(line) or _MODULE.fullmatch(line)):
            lines.append("")
        elif is_text:
            lines.append(_COMMENT.sub("", line))
        else:
            lines.append(line)
    return "\n".join(lines)


def read_sections(folder: Folder) -> tuple[dict[tuple[str, str], dict[str, Any]], list[BadFile]]:
    """Title, summary, icon and order by (locale, section); without a _section.md the folder's name is the title."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    bad: list[BadFile] = []
    for file in folder.about:
        try:
            front = Front(file.path, read_plain(file.path))
            found[file.locale, file.section] = {
                "title": front.words("title", 200, None),
                "summary": front.words("summary", 400),
                "icon": front.words("icon", 40, "file-text"),
                "order": front.whole("order", 100),
            }
        except BadFile as error:
            bad.append(error)
    return found, bad
