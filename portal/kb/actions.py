"""Taking over what changed in the content folder, and what time itself changes."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update

from ..config import LANGUAGES
from ..extensions import db
from ..kit import clock
from ..outbox.actions import enqueue
from ..people.models import Organisation
from .access import VISITORS, languages_for, paths_to, visible_articles
from .files import File, Folder, find_files, line_of, parse, read_sections
from .front import BadFile
from .models import (
    ORGANISATION,
    PUBLISHED,
    Article,
    ArticleOrganisation,
    Fault,
    Redirect,
    Revision,
    Section,
)
from .parts import Shared
from .pictures import Facts, drop_unused, keep_pictures, known_pictures, pictures_used

BATCH = 100  # articles that one job indexes
ROWS = 500  # articles that one statement writes

Track = Callable[[Iterable[File]], Iterable[File]]


class Meanwhile(Exception):
    """Somebody else took the folder over since it was looked at: look again."""


@dataclass
class Found:
    """What a look at the folder found; see look().

    Attributes:
        revision: of the articles when the folder was looked at.
        shared: what articles share; it holds the pictures that were made.
        fresh: new and changed files, each with the columns of its article.
        pictures: of each of those, what it uses by its place in the folder, None where there is no such file.
        same: keys of articles whose files are as before.
        faults: files that cannot be taken over.
    """

    root: Path
    folder: Folder
    revision: int
    shared: Shared
    fresh: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    pictures: dict[tuple[str, str], dict[str, Facts | None]] = field(default_factory=dict)
    same: set[tuple[str, str]] = field(default_factory=set)
    faults: list[BadFile] = field(default_factory=list)


@dataclass
class Changes:
    """What a sync did: slugs with their language, the files that could not be taken over, the pictures that lack."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    same: int = 0
    errors: list[BadFile] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def sync(root: Path, track: Track = iter) -> Changes:
    """look() and take_over() in one transaction, for whoever is alone with the database."""
    return take_over(look(root, track))


def look(root: Path, track: Track = iter) -> Found:
    """Read the folder and render what differs from the articles; changes nothing, so that nobody waits for it.

    Args:
        root: holds <locale>/<section>/…/<slug>.md.
        track: wraps the files while they are read, to show progress.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    if not root.is_dir():
        raise FileNotFoundError(root)
    revision = db.session.scalar(select(Revision.value)) or 0
    held = {row.path: row for row in db.session.execute(_held())}
    folder, shared, used = find_files(root), Shared(root, known_pictures()), pictures_used()
    found = Found(root, folder, revision, shared, faults=list(folder.faults))
    files: list[_Read] = []
    for file in track(folder.files):
        try:
            data, digest = file.read(shared)
            row = held.get(relative(root, file.path))
            before = used.get(row.id, {}) if row else {}
            as_before = row and row.digest == digest and row.locale == file.locale
            if as_before and not shared.has_other_pictures(before):
                files.append(_Read(file, row))
            else:
                more = {"digest": digest, "path": relative(root, file.path), "locale": file.locale}
                values, pictures = parse(file, data, shared)
                files.append(_Read(file, row, values | more, pictures))
        except BadFile as error:
            found.faults.append(error)
    _name(files, found)
    return found


@dataclass
class _Read:
    """A file and the row of its article; without values it is as before."""

    file: File
    row: Any
    values: dict[str, Any] | None = None
    pictures: dict[str, Facts | None] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return self.file.locale, self.values["slug"] if self.values else self.row.slug

    @property
    def rank(self) -> tuple[bool, int, str]:
        """Of two files with one name the one that had it keeps it, else the one that lies higher."""
        return self.row is None, self.file.section.count("/"), str(self.file.path)


def _name(files: list[_Read], found: Found) -> None:
    """Note in what was found which file each name belongs to."""
    owners: dict[tuple[str, str], Path] = {}
    for one in sorted(files, key=lambda one: one.rank):
        if one.key in owners:
            first = relative(found.root, owners[one.key])
            found.faults.append(BadFile(one.file.path, 1, f"{first} has the same name already, {one.key[1]}"))
            continue
        owners[one.key] = one.file.path
        if one.values:
            found.fresh[one.key], found.pictures[one.key] = one.values, one.pictures
        else:
            found.same.add(one.key)


def _held_revision() -> Revision:
    """The revision, held against whoever else would change articles now."""
    rows = select(Revision).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(rows).one()


def relative(root: Path, path: Path) -> str:
    """A path inside the folder as words that can be kept and shown, whatever a disk allows."""
    words = os.fsencode(path.relative_to(root)).decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "\ufffd" for c in words)[:500]


def _held() -> Any:
    columns = (Article.id, Article.locale, Article.slug, Article.path, Article.digest)
    return select(*columns, Article.wording, Article.changed)


def take_over(found: Found, *, even_none: bool = False) -> Changes:
    """Make the articles equal to what look() found; a broken file leaves the last good version as it is.

    Args:
        even_none: remove all articles when the folder holds none; else that is a fault, for its disk may be away.

    Raises:
        Meanwhile: somebody else did since; look again.
    """
    revision = _held_revision()
    if revision.value != found.revision:
        raise Meanwhile
    held = {(row.locale, row.slug): row for row in db.session.execute(_held())}
    if held and not found.folder.files and not even_none:
        found.faults.append(BadFile(found.root, 1, f"holds no article: the {len(held)} of before stay"))
    changes = Changes(same=len(found.same))
    touched = _remove(_gone(found, held), changes)
    touched += _write(found.fresh, held, changes)
    _keep_pictures(found, changes)
    said, bad = read_sections(found.folder)
    found.faults += bad
    opened, unknown = _open_to_organisations(found.root)
    touched = list(dict.fromkeys([*touched, *opened]))
    found.faults += unknown
    changes.errors = found.faults
    broken = {
        (file.locale, file.section) for file in found.folder.about if file.path in {e.path for e in bad}
    }
    different = _sync_sections(said, broken)
    different |= _sync_faults(found.root, found.faults)
    if touched:
        _mark_stale()
        _sync_redirects()
    if touched or different:
        _turn(revision, touched)
    return changes


def _gone(found: Found, held: dict[tuple[str, str], Any]) -> list[Any]:
    """Articles without a file; what a fault keeps from being read stays, also a whole folder of it."""
    unread = {relative(found.root, fault.path) for fault in found.faults}
    kept = found.same | found.fresh.keys()
    return [
        row
        for key, row in held.items()
        if key not in kept
        and not any(row.path == path or row.path.startswith(f"{path}/") or path == "." for path in unread)
    ]


def _remove(rows: list[Any], changes: Changes) -> list[int]:
    ids = [row.id for row in rows]
    for start in range(0, len(ids), ROWS):
        some = ids[start : start + ROWS]
        db.session.execute(delete(ArticleOrganisation).where(ArticleOrganisation.article_id.in_(some)))
        db.session.execute(delete(Article).where(Article.id.in_(some)))
    changes.removed += [f"{row.locale}/{row.slug}" for row in rows]
    return ids


def _write(
    fresh: dict[tuple[str, str], dict[str, Any]], held: dict[tuple[str, str], Any], changes: Changes
) -> list[int]:
    """Add and change articles, many with one statement; their ids."""
    added, changed = [], []
    for key, values in fresh.items():
        row = held.get(key)
        if row is None:
            added.append(values)
            changes.added.append("/".join(key))
        else:
            new_words = row.wording not in ("", values["wording"])
            changed.append(values | {"id": row.id, "changed": clock.now() if new_words else row.changed})
            changes.changed.append("/".join(key))
    ids = [values["id"] for values in changed]
    for start in range(0, len(added), ROWS):
        made = db.session.scalars(insert(Article).returning(Article.id), added[start : start + ROWS])
        ids += made.all()
    for start in range(0, len(changed), ROWS):
        db.session.execute(update(Article), changed[start : start + ROWS])
    db.session.expire_all()
    return ids


def _keep_pictures(found: Found, changes: Changes) -> None:
    """The pictures of new and changed articles, and none that no article shows."""
    before = pictures_used()
    ids = {(row.locale, row.slug): row.id for row in db.session.execute(_held())} if found.fresh else {}
    for key, used in found.pictures.items():
        if used or ids[key] in before:
            keep_pictures(ids[key], used, found.shared.made)
        path = found.fresh[key]["path"]
        changes.missing += [f"{path}: there is no picture {place}" for place in used if not used[place]]
    if before or changes.removed:
        drop_unused()


def _open_to_organisations(root: Path) -> tuple[list[int], list[BadFile]]:
    """Who is meant by the names of organisations; a name that nobody or several have opens nothing.

    Returns the ids of articles whose readers are others now, and the faults.
    """
    columns = (Article.id, Article.path, Article.organisations)
    rows = db.session.execute(select(*columns).where(Article.audience == ORGANISATION)).all()
    ids: dict[str, list[int]] = {}
    for organisation in db.session.execute(select(Organisation.id, Organisation.name)) if rows else ():
        ids.setdefault(" ".join(organisation.name.split()).casefold(), []).append(organisation.id)
    wanted, faults = set(), []
    for row in rows:
        for name in row.organisations:
            named = ids.get(name.casefold(), [])
            if len(named) == 1:
                wanted.add((row.id, named[0]))
            else:
                why = "several organisations are" if named else "no organisation is"
                line = line_of(root / row.path, "organisations")
                faults.append(BadFile(root / row.path, line, f"organisations: {why} called {name}"))
    held = {
        (row.article_id, row.organisation_id): row for row in db.session.scalars(select(ArticleOrganisation))
    }
    for pair in held.keys() - wanted:
        db.session.delete(held[pair])
    new = sorted(wanted - held.keys())
    db.session.add_all(ArticleOrganisation(article_id=article, organisation_id=one) for article, one in new)
    db.session.flush()
    return sorted({article for article, _one in wanted ^ held.keys()}), faults


def _sync_faults(root: Path, faults: list[BadFile]) -> bool:
    """Keep what is wrong with the files for editors; what stays wrong keeps the moment when it was found."""
    wanted = {(relative(root, fault.path), fault.line, fault.why[:500]) for fault in faults}
    held = {(row.path, row.line, row.why): row for row in db.session.scalars(select(Fault))}
    for key in held.keys() - wanted:
        db.session.delete(held[key])
    db.session.add_all(
        Fault(path=path, line=line, why=why) for path, line, why in sorted(wanted - held.keys())
    )
    db.session.flush()
    return held.keys() != wanted


def _sync_redirects() -> None:
    """Old addresses of all articles; of two that claim one, the first by name has it, and `portal kb check` tells."""
    rows = db.session.execute(select(Article.slug, Article.old_addresses).order_by(Article.slug, Article.id))
    wanted: dict[str, str] = {}
    for row in rows:
        for address in row.old_addresses:
            wanted.setdefault(address, f"/help/{row.slug}")
    held = {row.address: row for row in db.session.scalars(select(Redirect))}
    for address in held.keys() - wanted.keys():
        db.session.delete(held[address])
    for address, target in wanted.items():
        if address in held:
            held[address].target = target
        else:
            db.session.add(Redirect(address=address, target=target))
    db.session.flush()


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


def _mark_stale() -> None:
    """Note which translations are older than the article in the site's own language, else in English."""
    columns = (Article.id, Article.slug, Article.locale, Article.status, Article.updated, Article.stale)
    rows = db.session.execute(select(*columns, Article.wording, Article.source, Article.changed)).all()
    own = current_app.config["LANGUAGE"]
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


def _counts() -> dict[str, int]:
    """How many articles visitors can read in each section and below it; sections without any are there too."""
    once = func.count(func.distinct(Article.slug))
    counts: dict[str, int] = {}
    for rows, weight in ((select(Article.section, once), 0), (visible_articles(VISITORS), 1)):
        each = rows.with_only_columns(Article.section, once) if weight else rows
        for section, count in db.session.execute(each.group_by(Article.section)):
            for path in paths_to(section):
                counts[path] = counts.get(path, 0) + count * weight
    return counts


def _sync_sections(said: dict[tuple[str, str], dict[str, Any]], broken: set[tuple[str, str]]) -> bool:
    """A row for each section in each language; what a language lacks comes from the next best one."""
    held = {(row.locale, row.slug): row for row in db.session.scalars(select(Section))}
    for slug, count in _counts().items():
        for locale in LANGUAGES:
            row = held.pop((locale, slug), None)
            if not row:
                row = Section(locale=locale, slug=slug, parent=slug.rpartition("/")[0])
                db.session.add(row)
            row.articles = count
            if (locale, slug) not in broken or not row.title:
                for name, value in _about(slug, locale, said).items():
                    if getattr(row, name) != value:
                        setattr(row, name, value)
    for row in held.values():
        db.session.delete(row)
    different = bool(
        db.session.new or db.session.deleted or any(map(db.session.is_modified, db.session.dirty))
    )
    db.session.flush()
    return different


def _about(slug: str, locale: str, said: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    for code in languages_for(locale):
        if (code, slug) in said:
            return said[code, slug]
    name = slug.rpartition("/")[2].replace("-", " ").capitalize()
    return {"title": name, "summary": "", "icon": "file-text", "order": 100}


def pass_time() -> list[int]:
    """What appeared or disappeared by itself since the last time; ids of those articles."""
    revision = _held_revision()
    now, since = clock.now(), revision.turns
    if since is None or since > now:
        return []
    passed = or_(Article.opens.between(since, now), Article.closes.between(since, now))
    ids = list(db.session.scalars(select(Article.id).where(passed)))
    counts = _counts()
    for row in db.session.scalars(select(Section)):
        row.articles = counts.get(row.slug, 0)
    _turn(revision, ids)
    return ids


def _turn(revision: Revision, touched: list[int]) -> None:
    """Let kept pages be made anew, leave work for search, and come back when the next article appears or disappears."""
    revision.value += 1
    revision.turns = _next_turn()
    if revision.turns:
        key = f"kb.turn:{revision.turns.timestamp():.6f}"
        enqueue("kb.turn", {}, key=key, due=revision.turns)
    db.session.flush()
    for start in range(0, len(touched), BATCH):
        enqueue("search.index", {"articles": touched[start : start + BATCH]}, lane="search")


def _next_turn() -> datetime | None:
    def first(moment: Any) -> datetime | None:
        coming: ColumnElement[bool] = and_(Article.status == PUBLISHED, moment > clock.now())
        return db.session.scalar(select(func.min(moment)).where(coming))

    return min(filter(None, (first(Article.opens), first(Article.closes))), default=None)
