"""`portal move`: from SQLite to PostgreSQL."""

import json
import os
import time
from contextlib import ExitStack
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url
from tqdm import tqdm

from .. import config as settings
from ..app import create_app
from ..extensions import db
from ..grammar import database_address
from ..kit.migrating import bind, migrate
from .actions import Moved, empty_target, move
from .source import CannotMove, held


def _target(given: str) -> str:
    """The address as SQLAlchemy takes it.

    Raises:
        CannotMove: it is none of a PostgreSQL database.
    """
    try:
        url = database_address(given)
        name = make_url(url).database
    except ValueError as error:
        raise CannotMove(f"{given!r} is no address of a database: {error}.") from error
    if not url.startswith("postgresql+"):
        raise CannotMove(
            "The portal moves to PostgreSQL: give an address like postgresql://portal@host/portal"
        )
    if not name:
        raise CannotMove("The address names no database: postgresql://portal@host/portal")
    return url


def _move(target: str, *, dry_run: bool) -> Moved:
    values = settings.load()
    if not values["DATABASE_URL"].startswith("sqlite:///"):
        raise CannotMove(
            "This instance is on PostgreSQL already. To another server move it with pg_dump and pg_restore."
        )
    file = Path(str(make_url(values["DATABASE_URL"]).database))
    app = create_app({**os.environ, "PORTAL_DATABASE_URL": target})
    with app.app_context(), ExitStack() as ends, tqdm(unit="row", disable=None, leave=False) as bar:
        ends.callback(db.engine.dispose)  # what the application itself asked the target
        bind()
        migrations = migrate.get_config()

        def track(table: str, count: int) -> None:
            bar.set_description(table)
            bar.update(count)

        with (
            held(file, ScriptDirectory.from_config(migrations)) as source,
            empty_target(target) as connection,
        ):
            moved = move(source, connection, migrations, track)
            if not dry_run:
                connection.commit()
    return moved


def _next_steps(target: str) -> list[str]:
    shown = make_url(target).set(drivername="postgresql").render_as_string(hide_password=True)
    return [
        f"Set PORTAL_DATABASE_URL to this address ({shown}), in the environment or portal.toml.",
        "Start it: portal serve. Look at it: portal doctor",
        "Keep portal.sqlite until all is well, then delete it: it is as it was, and nobody writes to it any more.",
    ]


@click.command("move")
@click.argument("url", envvar="PORTAL_MOVE_TO")
@click.option("--dry-run", is_flag=True, help="Do all of it but the last step; the database stays empty.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def move_instance(url: str, dry_run: bool, as_json: bool) -> None:
    """Move this instance from SQLite to an empty PostgreSQL database: postgresql://name:password@host/database

    The portal must be stopped, for what somebody writes meanwhile would be left behind. All rows are copied and then
    compared, value by value, in one transaction: if anything is wrong, or the command is interrupted, the database stays
    empty and the instance is as it was. Files, keys and settings stay where they are. The variable PORTAL_MOVE_TO takes
    the address as well, where others must not read it in the list of processes.
    """
    began = time.monotonic()
    try:
        target = _target(url)
        moved = _move(target, dry_run=dry_run)
    except CannotMove as error:
        raise click.ClickException(str(error)) from error
    seconds = round(time.monotonic() - began, 1)
    steps = ["Now without --dry-run."] if dry_run else _next_steps(target)
    if as_json:
        told = {"moved": not dry_run, "rows": moved.total, "seconds": seconds, "tables": moved.tables}
        click.echo(json.dumps(told | {"left": moved.left, "next": steps}, indent=2))
        return
    done = "could be moved" if dry_run else "moved"
    click.echo(f"{moved.total:,} rows of {len(moved.tables)} tables {done} and compared, in {seconds} s.")
    if moved.left:
        click.echo(f"None of the portal's, and left behind: {', '.join(moved.left)}")
    click.echo("\n".join(["Next:", *(f"  {step}" for step in steps)]))
