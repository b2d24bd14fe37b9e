"""The files of the content folder: <locale>/<section>/…/<slug>.md with front matter, and <section>/_section.md."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from ..config import LANGUAGES
from .front import BadFile
from .names import ENDINGS, INDEX, name_of
from .parts import SNIPPETS, VARIABLES, Shared

# Counted up when the same text is rendered differently, so that all articles are rendered anew.
RENDERING = b"4"
ABOUT = {"_section.md", "_index.md"}  # what a section says of itself
AT_THE_TOP = "general"  # the section of what lies directly under its language
DEEPEST = 6  # sections inside each other
MOST = 400_000  # bytes of a file


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
