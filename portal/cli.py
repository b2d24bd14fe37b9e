"""The `portal` command: what starts quickly stands here, the rest is imported when it is called."""

import gc
import importlib
import os
import sqlite3
import sys
import tomllib
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import FlaskGroup

from . import config as settings
from .serving import serve as run_servers

# Commands by the place of their code. Importing the whole portal takes a second, which `serve` can do without.
LATER = {
    "init": "portal.commands:init",
    "doctor": "portal.commands:doctor",
    "worker": "portal.commands:worker",
    "user": "portal.staff.cli:user",
    "backup": "portal.backup.cli:backup",
    "restore": "portal.backup.cli:restore",
    "kb": "portal.kb.cli:kb",
    "mail": "portal.inbox.cli:mail",
    "search": "portal.search.cli:search",
    "move": "portal.moving.cli:move_instance",
}
NEW = 50_000  # objects after which a command looks for garbage: what it makes stays until its end
VERSIONS = Path(__file__).parent / "migrations" / "versions"


def _fetch(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def _create_app() -> Flask:
    return _fetch("portal.app:create_app")()


class Commands(FlaskGroup):
    """Flask's command group, with commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *LATER})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        # Ours first: Flask would import the commands of its extensions, and with them the whole of SQLAlchemy.
        return (
            _fetch(LATER[name])
            if name in LATER
            else self.commands.get(name) or super().get_command(ctx, name)
        )


@click.group(
    cls=Commands,
    create_app=_create_app,
    add_default_commands=False,
    add_version_option=False,
    set_debug_flag=False,
)
def cli() -> None:
    """Run and look after a portal. Settings come from PORTAL_… in the environment or from portal.toml."""


def _is_current(values: Mapping[str, Any]) -> bool:
    """Whether an instance on SQLite is there and at this version; asked without the weight of the portal."""
    path = values["INSTANCE"] / "portal.sqlite"
    if values["DATABASE_URL"] != f"sqlite:///{path}" or not path.exists():
        return False
    newest = max(file.name.partition("_")[0] for file in VERSIONS.glob("*.py"))
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as connection:
        try:
            return connection.execute("SELECT version_num FROM alembic_version").fetchone() == (newest,)
        except sqlite3.Error:
            return False


def _welcome(values: Mapping[str, Any]) -> list[str]:
    """What `serve` tells whoever tries a demo."""
    mails = f"The mails that the demo sends: {values['BASE_URL']}/outbox"
    if not _has_people_of_demo(Path(values["INSTANCE"])):
        return ["", mails]
    people = [
        "customer",
        "colleague",
        "stranger",
        "agent",
        "agent2",
        "newagent",
        "editor",
        "manager",
        "admin",
    ]
    return [
        "",
        f"Sign in as {', '.join(people[:-1])} or {people[-1]} @example.com",
        f"The password of all of them: {values['DEMO_PASSWORD']}",
        mails,
    ]


def _has_people_of_demo(instance: Path) -> bool:
    """Whether `portal demo` made the instance, rather than somebody who tries an own one with its mails kept."""
    file = instance / "portal.toml"
    return file.exists() and "demo" in tomllib.loads(file.read_text(encoding="utf-8"))


@cli.command(with_appcontext=False)
@click.option("--if-empty", is_flag=True, help="Leave an instance that exists as it is; only migrate it.")
@click.option("--remove", is_flag=True, help="Take the demo out again; what is not of the demo stays.")
@click.option("--yes", is_flag=True, help="Do not ask before removing.")
def demo(if_empty: bool, remove: bool, yes: bool) -> None:
    """Make a demo instance: people, articles and requests to try everything with; or take them out again."""
    if remove:
        _fetch("portal.commands:remove_demo")(yes=yes)
    elif not (if_empty and _is_current(settings.load())):
        _fetch("portal.commands:make_demo")(if_empty=if_empty)


@cli.command(with_appcontext=False)
@click.option("--host", default=None, help="Address to listen on; PORTAL_HOST unless given.")
@click.option("--port", default=None, type=int, help="Port to listen on; PORT unless given.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the portal: web processes and the worker, until Ctrl+C."""
    values = settings.load()
    lines = _welcome(values) if values["DEMO"] else []
    os.environ["PORTAL_HOST"] = (
        host or values["HOST"]
    )  # a demo that is open to others shows its mails to nobody
    for name in ("PORTAL_INSTANCE", "PORTAL_KB_CONTENT", "PORTAL_BACKUPS"):
        if os.environ.get(name):  # the servers run elsewhere
            os.environ[name] = str(Path(os.environ[name]).resolve())
    run_servers(host or values["HOST"], port or values["PORT"], values["PROCESSES"], values["THREADS"], lines)


def main() -> None:
    """Entry point: a setting that makes no sense ends the command with its sentence."""
    gc.set_threshold(NEW)
    try:
        cli.main(prog_name="portal")
    except settings.BadSetting as error:
        click.echo(f"portal: {error}", err=True)
        sys.exit(2)
