"""`portal kb`: take the content folder over, check it, ask it."""

import json
from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale
from tqdm import tqdm

from ..config import LANGUAGES
from ..extensions import db
from ..kit.company import the_company
from ..kit.sqlite import reading
from .actions import Changes, Meanwhile, take_over
from .checks import check
from .contents import slug_of
from .files import File, find_files, read_plain
from .finding import search_articles
from .front import BadFile, Front
from .look import look
from .translations import note_source, wording_of

kb = AppGroup("kb", help="Articles of the help centre.")
as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
folder_option = click.option(
    "--folder", type=click.Path(path_type=Path), help="Content folder; PORTAL_KB_CONTENT unless given."
)


def _folder(given: Path | None) -> Path:
    folder = given or Path(current_app.config["KB_CONTENT"])
    if not folder.is_dir():
        raise click.ClickException(f"There is no folder {folder}.")
    return folder


def _track(files: Iterable[File]) -> Iterable[File]:
    return tqdm(files, desc="articles", unit="file", disable=None)  # unless nobody looks


def _take_over(folder: Path, *, even_none: bool) -> Changes:
    """Read without holding anybody up, then write; again when the worker was faster."""
    while True:
        with reading():
            found = look(folder, _track)
            db.session.rollback()
        try:
            changes = take_over(found, even_none=even_none)
        except Meanwhile:
            db.session.rollback()
            continue
        db.session.commit()
        return changes


@kb.command("sync")
@folder_option
@click.option("--even-none", is_flag=True, help="Remove all articles when the folder holds none.")
@as_json
def sync_command(folder: Path | None, even_none: bool, as_json: bool) -> None:
    """Take over what changed in the content folder; broken files keep their last good version."""
    changes = _take_over(_folder(folder), even_none=even_none)
    marks = {"+": changes.added, "~": changes.changed, "-": changes.removed}
    if as_json:
        answer = {**vars(changes), "errors": [str(e) for e in changes.errors]}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        for mark, names in marks.items():
            for name in sorted(names):
                click.echo(f"{mark} {name}")
        added, changed, removed = map(len, marks.values())
        click.echo(f"{added} added, {changed} changed, {removed} removed, {changes.same} as before.")
    for said in (*changes.errors, *changes.missing):
        click.echo(str(said), err=True)
    if changes.errors:
        raise click.exceptions.Exit(1)


@kb.command("check")
@folder_option
@as_json
def check_command(folder: Path | None, as_json: bool) -> None:
    """Say what is broken, missing, stale or due in the folder; ends with 1 when readers would meet a fault."""
    with reading():
        report = check(_folder(folder), _track)
        db.session.rollback()
    grave = [one for one in report.problems if one.grave]
    others = [one for one in report.problems if not one.grave]
    if as_json:
        answer = {
            "files": report.files,
            "errors": [str(one) for one in grave],
            "warnings": [str(one) for one in others],
            "problems": [vars(one) for one in report.problems],
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        for one in others:
            click.echo(f"{one.kind}: {one}")
        for one in grave:
            click.echo(f"{one.kind}: {one}", err=True)
        click.echo(f"{report.files} articles read, {len(grave)} errors, {len(others)} warnings.")
    if grave:
        raise click.exceptions.Exit(1)


@kb.command("translated")
@folder_option
@click.argument("names", nargs=-1, required=True, metavar="LOCALE/SLUG...")
def translated_command(folder: Path | None, names: tuple[str, ...]) -> None:
    """Write into translations that they are as new as their source, which has a line `source` say so."""
    root, known = _folder(folder), {}
    for file in find_files(root).files:
        try:
            front = Front(file.path, read_plain(file.path))
            known[file.locale, slug_of(file, front)] = file, front
        except BadFile:
            continue
    for name in names:
        locale, _, slug = name.partition("/")
        own = the_company().language
        source = next((known[c, slug] for c in (own, "en") if c != locale and (c, slug) in known), None)
        if (locale, slug) not in known or source is None:
            raise click.ClickException(f"There is no {name}, or nothing that it was translated from.")
        note_source(known[locale, slug][0].path, wording_of(source[1]))
        click.echo(f"{name} is as new as {source[0].locale}/{slug}.")


@kb.command("search")
@click.argument("words")
@click.option("--locale", type=click.Choice(list(LANGUAGES)), default="en", help="Language of the reader.")
@click.option("--limit", type=click.IntRange(1, 40), default=10, help="Most answers.")
@as_json
def search_command(words: str, locale: str, limit: int, as_json: bool) -> None:
    """What a visitor who asks WORDS gets."""
    with reading(), force_locale(locale):
        found = search_articles(None, words, locale, limit)
    if found.limited:
        raise click.ClickException("The index cannot be read: run `portal search reindex`.")
    if as_json:
        answers = [
            {"slug": row.slug, "locale": row.locale, "title": row.title, "score": hit.score}
            for hit, row in found.answers
        ]
        click.echo(json.dumps(answers, ensure_ascii=False))
        return
    if found.corrected:
        click.echo(f"Understood as: {found.corrected}")
    for hit, row in found.answers:
        click.echo(f"{row.title}\n  {hit.url}\n  {hit.excerpt.striptags()}")
    if not found.answers:
        click.echo("Nothing was found.")
