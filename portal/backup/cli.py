"""`portal backup` and `portal restore`."""

import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app, has_app_context
from flask.cli import ScriptInfo, with_appcontext
from sqlalchemy.exc import SQLAlchemyError
from tqdm import tqdm

from .. import config as settings
from ..extensions import db
from ..kit.company import the_company
from ..kit.rows import undo
from ..kit.sqlite import Busy
from ..privacy import ledger
from . import actions, ground, making, putting_back, sealed

KEY_FILE = click.option(
    "--key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file whose bytes are the key, in place of a passphrase.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
PATIENCE = 60  # seconds that a backup waits for a database that somebody holds
FAULTS = (
    sealed.BadBackup,
    making.CannotBackUp,
    putting_back.CannotRestore,
    ground.NotReached,
    settings.BadSetting,
)


def _secret(key_file: Path | None, given: str, *, anew: bool) -> sealed.Secret:
    """Of the key file, the settings, or a question.

    Raises:
        BadBackup: it is too short.
        ClickException: nobody can be asked.
    """
    if key_file:
        return sealed.key_file(key_file)
    if not given and not sys.stdin.isatty():
        raise click.ClickException("Say --key-file, or set PORTAL_BACKUP_PASSPHRASE: there is nobody to ask.")
    return sealed.passphrase(
        given or click.prompt("Passphrase of the backup", hide_input=True, confirmation_prompt=anew, err=True)
    )


@contextlib.contextmanager
def _told(words: str) -> Iterator[None]:
    """What goes wrong, as one sentence."""
    try:
        yield
    except FAULTS as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise click.ClickException(f"{words}: {error.strerror or error}{where}.") from error
    except (SQLAlchemyError, Busy) as error:
        said = str(getattr(error, "orig", None) or "somebody holds it for too long").splitlines()[0]
        raise click.ClickException(
            f"{words}: the database went away or is held: {said}. Try again."
        ) from error
    finally:
        if has_app_context():
            undo()
            db.engine.dispose()


@contextlib.contextmanager
def _bar(words: str, *, quiet: bool) -> Iterator[making.Seen]:
    """Progress on a terminal."""
    with tqdm(desc=words, unit="B", unit_scale=True, disable=True if quiet else None, leave=False) as bar:

        def seen(count: int) -> None:
            bar.update(count)

        yield seen


def _called() -> str:
    """What backups of this instance are called: two instances may share a folder."""
    letters = "".join(c if c.isalnum() else "-" for c in str(the_company().name).lower())
    return "-".join(filter(None, letters.split("-")))[:40] or "portal"


@click.command()
@click.argument("place", required=False, type=click.Path(path_type=Path))
@KEY_FILE
@click.option(
    "--keep", type=click.IntRange(min=1), help="Remove all but so many of the newest in the folder."
)
@click.option("--verify", is_flag=True, help="Make none; look whether the backup PLACE is whole.")
@AS_JSON
@with_appcontext
def backup(place: Path | None, key_file: Path | None, keep: int | None, verify: bool, as_json: bool) -> None:
    """Make one encrypted file of all that the portal is, while it runs: database, files, articles, keys.

    PLACE is a file, or a folder in which it gets a name of its own; PORTAL_BACKUPS unless given.
    """
    place = place or (Path(current_app.config["BACKUPS"]) if current_app.config["BACKUPS"] else None)
    if place is None:
        raise click.ClickException("Say where: portal backup FOLDER, or set PORTAL_BACKUPS.")
    if keep and not place.is_dir():
        raise click.ClickException("--keep is for a folder; a file that is named is always the same one.")
    with _told("No backup was made" if not verify else f"{place} cannot be read"):
        secret = _secret(key_file, current_app.config["BACKUP_PASSPHRASE"], anew=not verify)
        if verify:
            _verify(place, secret, as_json=as_json)
            return
        made, seconds = _make(place, secret, quiet=as_json)
        removed = making.let_go_of_old(made.path.parent, _called(), keep) if keep else []
    if as_json:
        told = {"file": str(made.path), "bytes": made.size, "seconds": round(seconds, 1), "parts": made.told}
        click.echo(json.dumps(told | {"removed": [str(path) for path in removed]}, indent=2))
        return
    click.echo(
        f"{made.path}: {made.size / 1e6:.1f} MB in {seconds:.1f} s, with {made.rows} rows and {made.files} files; read again and whole."
    )
    for path in removed:
        click.echo(f"Removed {path}.")


def _verify(path: Path, secret: sealed.Secret, *, as_json: bool) -> None:
    with _bar("verify", quiet=as_json) as seen:
        known = putting_back.look(path, secret, seen)
    rows = sum(part["rows"] for part in known.told.values())
    files = known.told.get("files", {}).get("pieces", 0)
    if as_json:
        head = {name: value for name, value in known.head.items() if name != "tables"}
        click.echo(
            json.dumps({"good": True, **head, "rows": rows, "files": files, "parts": known.told}, indent=2)
        )
    else:
        click.echo(
            f"Whole: {known.head['name']}, of {known.head['made']}, with {rows} rows and {files} files."
        )


def _make(place: Path, secret: sealed.Secret, *, quiet: bool) -> tuple[making.Made, float]:
    path = making.place_for(place, _called())
    with making.alone(), _bar("backup", quiet=quiet) as seen:
        key, began = _patiently(lambda: _begin(path))
        try:
            made = making.make(path, secret, seen)
            _keep_notes(path.parent)
        except BaseException as error:
            words = str(error).splitlines()[0] if str(error) else type(error).__name__
            with contextlib.suppress(
                SQLAlchemyError, Busy, OSError
            ):  # the fault itself is what is to be told
                _patiently(lambda: _end(key, began, error=words), 15)
            raise
        seconds = float(_patiently(lambda: _end(key, began, size=made.size)))
    return made, seconds


def _patiently(act: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Do something to a database that others may hold for a while, or that is only just coming back."""
    until = time.monotonic() + seconds
    while True:
        try:
            return act()
        except (SQLAlchemyError, Busy):
            undo()
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def _begin(path: Path) -> tuple[int, datetime]:
    row = actions.begin(str(path))
    kept = row.id, row.began
    db.session.commit()
    return kept


def _end(key: int, began: datetime, **how: Any) -> float:
    undo()
    seconds = actions.end(key, began, **how)
    db.session.commit()
    return seconds


def _keep_notes(folder: Path) -> None:
    """Who was erased stands beside the backup as well, so that whoever copies one copies the other."""
    here = making.instance() / ledger.NAME
    if notes := ledger.notes_in(here) - ledger.notes_in(folder / ledger.NAME):
        ledger.write(folder / ledger.NAME, notes | ledger.notes_in(folder / ledger.NAME))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@KEY_FILE
@click.option("--replace", is_flag=True, help="Put aside what is in the instance or the database.")
@click.option(
    "--erased",
    "notes",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The notes of who was erased since; the file `erased` beside the backup unless given.",
)
@AS_JSON
@click.pass_context
def restore(ctx: click.Context, /, file: Path, *, as_json: bool, **given: Any) -> None:
    """Make an instance of a backup, in an empty PORTAL_INSTANCE and, if it is set, an empty PORTAL_DATABASE_URL.

    All of the backup is looked at before anything is written. No mail that waited is sent: see /admin.
    """
    with _told("Nothing was restored"):
        secret = _secret(given["key_file"], os.environ.get("PORTAL_BACKUP_PASSPHRASE", ""), anew=False)
        with _bar("check", quiet=as_json) as seen:
            known = putting_back.look(file, secret, seen)
        beside = given["notes"] or file.parent / ledger.NAME
        done = _restore(ctx, known, beside, replace=given["replace"], quiet=as_json)
    if as_json:
        click.echo(json.dumps({"made": known.head["made"], **asdict(done)}, indent=2))
    else:
        _say(known, done)


def _restore(
    ctx: click.Context, known: putting_back.Known, notes: Path, *, replace: bool, quiet: bool
) -> putting_back.Restored:
    instance, environ = settings.instance_of(os.environ), dict(os.environ)
    with ExitStack() as stack:
        seen = stack.enter_context(_bar("restore", quiet=quiet))
        it = putting_back.Restore(known, instance, seen)
        putting_back.check_place(instance, str(it.database(environ)), replace=replace)
        stack.callback(it.drop)  # a restore that is through has left nothing there
        it.begin()
        stack.enter_context(_environment(it.environment(environ)))
        staged = settings.load()
        if staged["DATABASE_URL"] != f"sqlite:///{it.stage / 'portal.sqlite'}":
            it.done.aside += filter(
                None, [stack.enter_context(ground.cleared(staged["DATABASE_URL"], it.aside))]
            )
        app: Flask = ctx.ensure_object(ScriptInfo).load_app()
        logging.getLogger("portal").setLevel(logging.ERROR)  # a line a migration would bury the progress bar
        with app.app_context():
            it.fill(app.extensions["quiet_work"], [notes, instance / ledger.NAME])
            db.session.commit()
            it.index()
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        it.finish(staged["KB_CONTENT"], environ)
    return it.done


@contextlib.contextmanager
def _environment(environ: dict[str, str]) -> Iterator[None]:
    """The app of the restore is made by these settings."""
    before = dict(os.environ)
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _say(known: putting_back.Known, done: putting_back.Restored) -> None:
    lines = [
        f"{known.head['name']} of {known.head['made']} is here again: {done.rows} rows and {done.files} files.",
        done.held
        and f"{done.held} mails and jobs from before the restore wait at /admin: send or drop them there.",
        done.erased and f"{done.erased} people who were erased since were erased again.",
        done.not_erased
        and f"Not erased, as nobody else is an administrator: person {', '.join(map(str, done.not_erased))}.",
        done.articles
        and f"The articles lie in {done.articles}, since PORTAL_KB_CONTENT is not empty or cannot be written.",
        *(f"What was here before is kept: {place}." for place in done.aside),
        done.lacking
        and f"Settings that the environment gave then, and lacks now, are in {settings.instance_of(os.environ)}/environment: "
        + ", ".join(done.lacking),
        "Start it: portal serve",
    ]
    for line in filter(None, lines):
        click.echo(line)
