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

from . import config as settings
from .kit.schema import newest_version
from .serving import serve as run_servers

# Commands by the place of their code, and what `portal --help` says of them. Importing the whole portal takes seconds,
# which `serve` and the list of commands can do without.
LATER = {
    "init": ("portal.commands:init", "Make an empty production instance and its first administrator."),
    "doctor": ("portal.commands:doctor", "Look at configuration, database, mail, search, disk and clock."),
    "worker": ("portal.commands:worker", "Do the work that waits in the outbox."),
    "db": ("portal.commands:versions", "Change the version of the tables, or write a new one."),
    "user": ("portal.staff.cli:user", "People: add, invite, list, roles, passwords, their data."),
    "backup": ("portal.backup.cli:backup", "Make one encrypted file of all that the portal is."),
    "restore": ("portal.backup.cli:restore", "Make an instance of a backup."),
    "kb": ("portal.kb.cli:kb", "Articles of the help centre."),
    "mail": ("portal.inbox.cli:mail", "Mail that comes in."),
    "search": ("portal.search.cli:search", "The search index."),
    "move": (
        "portal.moving.cli:move_instance",
        "Move this instance from SQLite to an empty PostgreSQL database.",
    ),
}
NEW = 50_000  # objects after which a command looks for garbage: what it makes stays until its end


def fetch(place: str) -> Any:
    """What stands at a place like "portal.commands:init", which is imported now."""
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def _create_app() -> Any:
    return fetch("portal.app:create_app")()


class Commands(click.Group):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *LATER})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in LATER:
            return super().get_command(ctx, name)
        ctx.obj = ctx.obj or fetch("flask.cli:ScriptInfo")(create_app=_create_app, set_debug_flag=False)
        return fetch(LATER[name][0])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does it, without importing a command to ask what it does."""
        told = {name: command.get_short_help_str(80) for name, command in self.commands.items()}
        told |= {name: words for name, (_place, words) in LATER.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted(told.items()))


@click.group(cls=Commands)
def cli() -> None:
    """Run and look after a portal. Settings come from PORTAL_… in the environment or from portal.toml."""


def _is_current(values: Mapping[str, Any]) -> bool:
    """Whether an instance on SQLite is there and at this version; asked without the weight of the portal."""
    path = values["INSTANCE"] / "portal.sqlite"
    if values["DATABASE_URL"] != f"sqlite:///{path}" or not path.exists():
        return False
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as connection:
        try:
            return connection.execute("SELECT version_num FROM alembic_version").fetchone() == (
                newest_version(),
            )
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


@cli.command()
@click.option("--if-empty", is_flag=True, help="Leave an instance that exists as it is; only migrate it.")
@click.option("--remove", is_flag=True, help="Take the demo out again; what is not of the demo stays.")
@click.option("--yes", is_flag=True, help="Do not ask before removing.")
def demo(if_empty: bool, remove: bool, yes: bool) -> None:
    """Make a demo instance: people, articles and requests to try everything with; or take them out again."""
    if remove:
        fetch("portal.commands:remove_demo")(yes=yes)
    elif not (if_empty and _is_current(settings.load())):
        fetch("portal.commands:make_demo")(if_empty=if_empty)


@cli.command()
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
