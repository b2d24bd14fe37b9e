"""Taking over what changed in the content folder."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update

from ..config import LANGUAGES
from ..extensions import db
from ..outbox.actions import enqueue
from .access import languages_for
from .files import BadFile, File, find_files, parse, read_sections
from .models import PUBLISHED, Article, Revision, Section
from .parts import Shared
from .pictures import drop_unused, keep_pictures, known_pictures, pictures_used

BATCH = 100  # articles that one job indexes


@dataclass
class Changes:
    """What a sync did: slugs with their language, the files that could not be taken over, the pictures that lack."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    same: int = 0
    errors: list[BadFile] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def sync(folder: Path, track: Callable[[Iterable[File]], Iterable[File]] = iter) -> Changes:
    """Make the articles equal to the files; a broken file leaves the last good version as it is.

    Args:
        folder: holds <locale>/<section>/<slug>.md.
        track: wraps the files while they are read, to show progress.

    Raises:
        FileNotFoundError: there is no such folder; nothing was removed.
    """
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    files, bad = find_files(folder)
    changes = Changes(errors=bad)
    held = {(row.locale, row.slug): row for row in db.session.execute(_held())}
    shared, used = Shared(folder, known_pictures()), pictures_used()
    touched: list[int] = []
    for file in track(files):
        row = held.get(file.key)
        article_id = _take(file, row, shared, used.get(row.id, {}) if row else {}, changes)
        if article_id:
            touched.append(article_id)
    kept = {file.key for file in files} | {(e.path.parts[-3], e.path.stem) for e in bad}
    touched += _remove([row for key, row in held.items() if key not in kept], changes)
    drop_unused()
    _sync_sections(folder, changes)
    db.session.execute(update(Revision).values(value=Revision.value + 1))
    for start in range(0, len(touched), BATCH):
        enqueue("search.index", {"articles": touched[start : start + BATCH]}, lane="search")
    return changes


def _held() -> Any:
    return select(Article.id, Article.locale, Article.slug, Article.digest)


def _take(
    file: File, row: Any, shared: Shared, pictures: dict[str, str | None], changes: Changes
) -> int | None:
    """Add or change the file's article; its id, or None when nothing changed."""
    try:
        data, digest = file.read(shared)
        if row and row.digest == digest and not shared.has_other_pictures(pictures):
            changes.same += 1
            return None
        values, used = parse(file, data, shared)
    except BadFile as error:
        changes.errors.append(error)
        return None
    article = db.session.get_one(Article, row.id) if row else Article(locale=file.locale, slug=file.slug)
    for name, value in (values | {"digest": digest}).items():
        setattr(article, name, value)
    db.session.add(article)
    db.session.flush()
    keep_pictures(article.id, used, shared.made)
    changes.missing += [
        f"{file.path}: there is no picture {place}" for place, found in used.items() if not found
    ]
    (changes.changed if row else changes.added).append(f"{file.locale}/{file.slug}")
    return article.id


def _remove(rows: list[Any], changes: Changes) -> list[int]:
    ids = [row.id for row in rows]
    for start in range(0, len(ids), BATCH):
        db.session.execute(delete(Article).where(Article.id.in_(ids[start : start + BATCH])))
    changes.removed += [f"{row.locale}/{row.slug}" for row in rows]
    return ids


def _counts() -> dict[str, int]:
    published = func.count(func.distinct(Article.slug)).filter(Article.status == PUBLISHED)
    rows = db.session.execute(select(Article.section, published).group_by(Article.section))
    return {row[0]: row[1] for row in rows}


def _sync_sections(folder: Path, changes: Changes) -> None:
    """A row for each section in each language; what a language lacks comes from the next best one."""
    said, bad = read_sections(folder)
    changes.errors += bad
    broken = {(e.path.parts[-3], e.path.parts[-2]) for e in bad}
    held = {(row.locale, row.slug): row for row in db.session.scalars(select(Section))}
    counts = _counts()
    for slug, count in counts.items():
        for locale in LANGUAGES:
            row = held.pop((locale, slug), None)
            if not row:
                row = Section(locale=locale, slug=slug)
                db.session.add(row)
            row.articles = count
            if (locale, slug) not in broken or not row.title:
                for name, value in _about(slug, locale, said).items():
                    setattr(row, name, value)
    for row in held.values():
        db.session.delete(row)
    db.session.flush()


def _about(slug: str, locale: str, said: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    for code in languages_for(locale):
        if (code, slug) in said:
            return said[code, slug]
    return {"title": slug.replace("-", " ").capitalize(), "summary": "", "icon": "file-text", "order": 100}
