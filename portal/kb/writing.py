"""A new article written in the browser: it becomes a file of the content folder, as if somebody had put it there."""

import json
import os
from pathlib import Path

from flask import current_app
from sqlalchemy import exists, func, select

from ..extensions import db
from ..kit.crypto import new_token
from .models import Article, Section
from .names import INDEX, name_of

ABOUT = "_section.md"


def sections_of(locale: str) -> list[str]:
    """Titles of the sections that there are, as readers of a language know them."""
    rows = select(Section.title).where(Section.locale == locale).order_by(Section.order, Section.title)
    return list(db.session.scalars(rows))


def write_article(locale: str, section: str, title: str, text: str) -> str:
    """Put the file of a published article into its section, which is made if there is none of that title.

    Returns its path inside the content folder. What stands there already is never written over.

    Raises:
        OSError: the folder is away, full, or may not be written.
    """
    root = Path(current_app.config["KB_CONTENT"])
    folder = root / locale / _folder_of(locale, section)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ABOUT).exists():
        _put(folder / ABOUT, _front(title=section))
    front, name = _front(title=title), name_of(title) or "article"
    name = f"{name}-1" if name in INDEX else name
    for number in range(1, 1000):
        slug = name if number == 1 else f"{name[:110]}-{number}"
        taken = db.session.scalar(select(exists().where(Article.locale == locale, Article.slug == slug)))
        if not taken and _put(folder / f"{slug}.md", f"{front}\n{text.strip()}\n"):
            return str((folder / f"{slug}.md").relative_to(root))
    raise FileExistsError(f"{folder} holds too many articles of this title")


def _folder_of(locale: str, section: str) -> str:
    """The path of a section by its title; of a new one its words as an address, or a number where they give none."""
    same = select(Section.slug).where(Section.locale == locale, func.lower(Section.title) == section.lower())
    known = db.session.scalar(same.order_by(Section.slug).limit(1))
    if known or (name := name_of(section)):
        return known or str(name)
    return f"section-{(db.session.scalar(select(func.count(Section.slug.distinct()))) or 0) + 1}"


def _front(**values: str) -> str:
    """Front matter; words in JSON's quotes are words in YAML too."""
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    return "\n".join(["---", *lines, "---", ""])


def _put(path: Path, text: str) -> bool:
    """Make a file that is whole from its first instant; False when there is one of this name."""
    made = path.parent / f".{new_token()}"
    try:
        with made.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(made)
    except FileExistsError:
        return False
    finally:
        made.unlink(missing_ok=True)
    return True
