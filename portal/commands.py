"""Commands that need the whole portal: init, demo, worker, doctor."""

import json
import logging
import sys
from pathlib import Path
from typing import Any

import click
import flask_migrate.cli
from flask import current_app, g
from flask.cli import with_appcontext

from . import config as settings
from .app import create_app
from .demo import load as demo_content
from .demo import remove as demo_removal
from .doctor import examine
from .extensions import db
from .features import JOB_MODULES
from .instance import is_empty, prepare
from .kit.company import the_company
from .kit.migrating import bind
from .kit.sqlite import reading
from .outbox.worker import Worker
from .people.access import administrators
from .people.actions import give_role
from .people.cli import add_person
from .search.index import the_search
from .serving import say_ready


@click.command()
@click.option("--no-input", is_flag=True, help="Ask nothing; without --email no administrator is made.")
@click.option("--email", default="", help="Address of the first administrator.")
@click.option("--name", default="", help="How the administrator is called.")
@click.option(
    "--password",
    default="",
    help="The administrator's password; asked for unless given.",
    envvar="PORTAL_ADMIN_PASSWORD",
)
@with_appcontext
def init(no_input: bool, email: str, name: str, password: str) -> None:
    """Make an empty production instance and its first administrator, or bring one that exists up to date."""
    prepare()
    config = current_app.config
    if not email and administrators():
        click.echo(f"The instance in {config['INSTANCE']} is up to date. Start it: portal serve")
        click.echo("One that runs takes a new version over without a pause: systemctl reload portal")
        return
    if not no_input:
        email = email or click.prompt("Your e-mail address")
        name = name or click.prompt("How you are called", default="", show_default=False)
        password = password or click.prompt(
            "A password of 12 or more characters", hide_input=True, confirmation_prompt=True
        )
    if email:
        person = add_person(email, name, password)
        give_role(person, "customer")
        give_role(person, "administrator")
        db.session.commit()
        click.echo(f"{email} is the administrator.")
    else:
        click.echo("No administrator yet: portal user add ADDRESS --role administrator")
    click.echo(f"The instance is in {config['INSTANCE']}. Start it: portal serve")
    click.echo(f"Then go on in the browser: {config['BASE_URL']}/sign-in?next=/admin/ready")


@click.group("db", commands=flask_migrate.cli.db.commands)
@with_appcontext
def versions() -> None:
    """Change the version of the tables, or write a new one: Alembic's commands, as Flask-Migrate names them."""
    bind()
    g.directory, g.x_arg = None, ()  # where these commands look for what the command line gave them


def make_demo(*, if_empty: bool) -> None:
    """Make a demo instance in an empty folder; one that exists is migrated, or refused unless `if_empty`."""
    instance = Path(settings.load()["INSTANCE"])
    with create_app().app_context():
        empty = is_empty()
        if not empty and not if_empty:
            raise click.ClickException(
                f"{instance} holds an instance already; choose another with PORTAL_INSTANCE."
            )
        if not empty:
            prepare()
            return
    demo_content.write_settings(instance)
    app = create_app()
    logging.getLogger("portal").setLevel(logging.ERROR)  # a line a job would bury the progress bars
    with app.app_context():
        prepare()
        demo_content.fill(Worker(app, JOB_MODULES))


def remove_demo(*, yes: bool) -> None:
    """Take the demo out of an instance, once somebody else can look after it."""
    app = create_app()
    work = Worker(app, JOB_MODULES)
    instance = Path(app.config["INSTANCE"])
    with app.app_context():
        if is_empty():
            raise click.ClickException(f"{instance} holds no instance.")
        prepare()
        try:
            with reading():
                count = len(demo_removal.people_of_demo()[1])
                db.session.rollback()  # the worker writes in a session of its own
        except demo_removal.NoDemo as error:
            raise click.ClickException(str(error)) from error
        words = f"{count} people of the demo, all that hangs on them, and the demo's articles are removed for good. Go on?"
        if not yes and not click.confirm(words):
            raise click.ClickException("Nothing was removed.")
        work.drain()  # what waits still speaks of the demo
        changed = demo_removal.remove()
        db.session.commit()
        demo_removal.forget_settings(instance, demo_content.SETTINGS)
        work.drain()
        with reading():
            the_search().rebuild()
            db.session.rollback()
    click.echo("The demo is gone. Start the portal anew: it is one for real now.")
    if changed:
        click.echo(
            f"{changed} articles of the demo were changed here and stay; they are in {app.config['KB_CONTENT']}."
        )


@click.command()
@click.option("--parent", type=int, default=None, help="End when this process is gone.")
@click.option("--until-empty", is_flag=True, help="Do what is due, then end.")
def worker(parent: int | None, until_empty: bool) -> None:
    """Do the work that waits in the outbox: mails, indexing, what is due each hour."""
    work = Worker(create_app(), JOB_MODULES, parent)
    if until_empty:
        click.echo(f"{work.drain()} done")
    else:
        say_ready()
        work.run()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.option(
    "--settings", "list_settings", is_flag=True, help="List every setting, what it means and its value."
)
@with_appcontext
def doctor(as_json: bool, list_settings: bool) -> None:
    """Look at configuration, database, mail, search, disk and clock; say what to do about each finding."""
    if list_settings:
        _print_settings(as_json=as_json)
        return
    findings = examine()
    if as_json:
        click.echo(json.dumps([vars(f) for f in findings], indent=2))
    else:
        for finding in findings:
            mark = "ok " if finding.good else "bad"
            click.secho(f"{mark}  {finding.part}: {finding.words}", fg=None if finding.good else "red")
            if finding.remedy:
                click.echo(f"     {finding.remedy}")
    sys.exit(0 if all(f.good for f in findings) else 1)


def _print_settings(*, as_json: bool) -> None:
    company = the_company()
    saved = {s.name: said for s in settings.SETTINGS if (said := company.saved(s.name)) is not None}
    rows: list[dict[str, Any]] = [
        {
            "variable": s.variable,
            "value": "(set)"
            if s.name in settings.SECRETS
            else str(saved.get(s.name, current_app.config[s.name])),
            "from": "saved in the browser" if s.name in saved else "",
            "default": s.default,
            "meaning": s.why,
        }
        for s in settings.SETTINGS
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        for row in rows:
            told = f"   ({row['from']})" if row["from"] else ""
            click.echo(f"{row['variable']} = {row['value']}{told}\n    {row['meaning']}")
