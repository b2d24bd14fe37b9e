"""Sections: what their files say of them, and their rows in each language with what can be read in them."""

from functools import partial
from typing import Any

from sqlalchemy import func, select

from ..config import LANGUAGES
from ..extensions import db
from .access import VISITORS, languages_for, paths_to, visible_articles
from .files import Folder, read_plain
from .front import BadFile, Front, read_all
from .models import Article, Section


def read_sections(folder: Folder) -> tuple[dict[tuple[str, str], dict[str, Any]], list[BadFile]]:
    """Title, summary, icon and order by (locale, section); without a _section.md the folder's name is the title."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    bad: list[BadFile] = []
    for file in folder.about:
        try:
            front = Front(file.path, read_plain(file.path))
            found[file.locale, file.section] = read_all(
                {
                    "title": partial(front.words, "title", 200, None),
                    "summary": partial(front.words, "summary", 400),
                    "icon": partial(front.words, "icon", 40, "file-text"),
                    "order": partial(front.whole, "order", 100),
                }
            )
        except BadFile as error:
            bad += error.each()
    return found, bad


def set_sections(said: dict[tuple[str, str], dict[str, Any]], broken: set[tuple[str, str]]) -> bool:
    """A row for each section in each language; what a language lacks comes from the next best one."""
    held = {(row.locale, row.slug): row for row in db.session.scalars(select(Section))}
    for slug, count in section_counts().items():
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


def section_counts() -> dict[str, int]:
    """How many articles visitors can read in each section and below it; sections without any are there too."""
    once = func.count(func.distinct(Article.slug))
    counts: dict[str, int] = {}
    for rows, weight in ((select(Article.section, once), 0), (visible_articles(VISITORS), 1)):
        each = rows.with_only_columns(Article.section, once) if weight else rows
        for section, count in db.session.execute(each.group_by(Article.section)):
            for path in paths_to(section):
                counts[path] = counts.get(path, 0) + count * weight
    return counts
