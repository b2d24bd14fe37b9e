"""`portal kb`: take the content folder over, check it, ask it."""

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale
from tqdm import tqdm

from ..config import LANGUAGES
from ..extensions import db
from ..kit.sqlite import reading
from .actions import sync
from .files import BadFile, find_files, parse, read_sections
from .finding import search_articles

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


def _complain(errors: list[BadFile]) -> None:
    for error in errors:
        click.echo(str(error), err=True)


@kb.command("sync")
@folder_option
@as_json
def sync_command(folder: Path | None, as_json: bool) -> None:
    """Take over what changed in the content folder; broken files keep their last good version."""
    changes = sync(_folder(folder), lambda files: tqdm(files, desc="articles", unit="file"))
    db.session.commit()
    counts = {"added": len(changes.added), "changed": len(changes.changed), "removed": len(changes.removed)}
    if as_json:
        answer = {**vars(changes), "errors": [str(e) for e in changes.errors]}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(
            ", ".join(f"{count} {word}" for word, count in counts.items()) + f", {changes.same} as before."
        )
    _complain(changes.errors)
    if changes.errors:
        raise click.exceptions.Exit(1)


@kb.command("check")
@folder_option
@as_json
def check_command(folder: Path | None, as_json: bool) -> None:
    """Read and render all files without changing anything; ends with 1 when one is broken."""
    root = _folder(folder)
    files, bad = find_files(root)
    bad += read_sections(root)[1]
    for file in tqdm(files, desc="articles", unit="file"):
        try:
            parse(file, file.read()[0])
        except BadFile as error:
            bad.append(error)
    if as_json:
        click.echo(json.dumps({"files": len(files), "errors": [str(e) for e in bad]}, ensure_ascii=False))
    else:
        click.echo(f"{len(files)} articles read, {len(bad)} errors.")
    _complain(bad)
    if bad:
        raise click.exceptions.Exit(1)


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
