"""What a file of the content folder says: the columns of its article, and its text as readers get it."""

import math
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from flask import current_app

from ..kit.company import the_company
from ..kit.inserts import BadMarkup, fill_line
from ..kit.languages import markup_words
from ..kit.markdown import render_article
from .body import as_markdown
from .files import File, read_plain
from .front import BadFile, Front, read_all
from .names import name_of
from .parts import Shared
from .pictures import Facts
from .translations import wording_of

TAKEN = {"search", "suggest", "section", "pictures"}  # addresses under /help
PACE = 200  # words read in a minute


def parse(file: File, data: bytes, shared: Shared) -> tuple[dict[str, Any], dict[str, Facts | None]]:
    """Columns of the article that the file holds, and the pictures it uses.

    Raises:
        BadFile: says the line and what is wrong.
    """
    front = Front(file.path, data)

    def filled(name: str, most: int, default: str | None = "") -> str:
        try:
            said = front.words(name, most, default)
            return fill_line(said, lambda word: shared.variable(word, file.locale))[:most]
        except BadMarkup as error:
            raise front.fail(name, error.why) from error

    values = read_all(
        {
            "slug": partial(slug_of, file, front),
            "title": partial(filled, "title", 200, None),
            "summary": partial(filled, "summary", 400),
            "owner": partial(front.words, "owner", 100),
            "tags": partial(front.several, "tags", 50),
            "products": partial(front.several, "products", 50),
            "status": front.status,
            "audience": front.audience,
            "opens": partial(front.window, the_company().zone),
            "order": partial(front.whole, "order", 100),
            "updated": partial(front.noon, "updated"),
            "review_by": partial(front.day, "review by"),
            "old_addresses": front.old_addresses,
            "source": partial(front.words, "source", 12),
        }
    )
    values["audience"], values["organisations"] = values["audience"]
    values["opens"], values["closes"] = values["opens"]
    shown, used = _render(file, front, shared)
    return values | shown | {"section": file.section, "wording": wording_of(front)}, used


def _render(file: File, front: Front, shared: Shared) -> tuple[dict[str, Any], dict[str, Facts | None]]:
    hosts = current_app.config["VIDEO_HOSTS"]
    parts, used = shared.parts_for(file.path, file.locale, markup_words(file.locale), hosts)
    try:
        article = render_article(as_markdown(front.body), parts)
    except BadMarkup as error:
        raise BadFile(file.path, front.first + error.line - 1, error.why) from error
    minutes = max(1, math.ceil(len(article.plain.split()) / PACE))
    return vars(article) | {"minutes": minutes}, used


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


def line_of(path: Path, name: str) -> int:
    """The line on which a file says a value; 1 when it cannot be told."""
    try:
        return Front(path, read_plain(path)).line_of(name)
    except BadFile:
        return 1
