"""`portal user export` and `portal user erase`: what is kept of a person, handed out or taken away."""

import json
from contextlib import suppress
from pathlib import Path

import click
from flask.cli import with_appcontext

from ..extensions import db
from ..people.cli import known_person, user
from . import actions, ledger

__all__ = ["user"]  # the group with these two in it


@user.command("export")
@click.argument("email")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; standard output without.",
)
@with_appcontext
def export_person(email: str, output: Path | None) -> None:
    """Hand out all that is kept of a person, as JSON."""
    told = json.dumps(actions.export(known_person(email), None), ensure_ascii=False, indent=2)
    if output is None:
        click.echo(told)
    else:
        _write(output, told)
        click.echo(f"Written to {output}.", err=True)
    db.session.commit()


def _write(path: Path, told: str) -> None:
    """For nobody else's eyes on this machine."""
    try:
        path.touch(mode=0o600)
        path.write_text(told + "\n", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error


@user.command("erase")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_appcontext
def erase_person(email: str, yes: bool, as_json: bool) -> None:
    """Erase a person, for good: profile, words, files, mails. What they asked stays as a number without words."""
    person = known_person(email)
    key = person.id
    if not yes:
        asked = click.prompt(f"This cannot be undone. Type {person.email} to erase {person.shown}", err=True)
        if asked.strip().lower() != person.email:
            raise click.ClickException("That is another address; nobody was erased.")
    try:
        actions.erase(person, None)
    except actions.LastAdministrator as error:
        raise click.ClickException(
            "This is the last administrator; give somebody else the role first."
        ) from error
    db.session.commit()
    with suppress(OSError):  # else the worker does it
        ledger.note(key)
    if as_json:
        click.echo(json.dumps({"person": key, "erased": True}))
    else:
        click.echo(f"Erased. Person {key} is an empty number now; the worker takes files from the disk.")
