"""`portal user add` and `list`: people at the command line, and what all commands about them check."""

import json

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext
from sqlalchemy import select

from ..extensions import db
from ..kit import clock, crypto
from .access import is_taken
from .actions import give_role, know
from .models import Person, Team
from .permissions import FIRST_ROLES

LEAST = 12


def checked_address(email: str) -> str:
    """An address in its normal form.

    Raises:
        click.ClickException: it cannot be right.
    """
    try:
        return validate_email(email, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise click.ClickException(f"{email} is no address: {error}") from error


def checked_password(password: str) -> str:
    """Raises click.ClickException for one that is too short."""
    if len(password) < LEAST:
        raise click.ClickException(f"The password needs {LEAST} or more characters.")
    return password


def known_person(email: str) -> Person:
    """Whoever has the address, also somebody deactivated.

    Raises:
        click.ClickException: nobody has it.
    """
    person = db.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        raise click.ClickException(f"Nobody has the address {email}.")
    return person


def named_team(name: str) -> Team:
    """Raises click.ClickException for a name that no team has."""
    team = db.session.scalar(select(Team).where(Team.name == name))
    if team is None:
        raise click.ClickException(f"There is no team {name}.")
    return team


def add_person(email: str, called: str, password: str) -> Person:
    """A new person with a checked address and password.

    Raises:
        click.ClickException: the address cannot be right, has an account, or the password is too short.
    """
    email = checked_address(email)
    if is_taken(email):
        raise click.ClickException(f"{email} has an account already.")
    person = know(email, called[:80], "en")
    person.password_hash, person.confirmed_at = crypto.hash_password(checked_password(password)), clock.now()
    return person


@click.group()
def user() -> None:
    """People: add, invite, list, roles, passwords, their data."""


@user.command()
@click.argument("email")
@click.option("--name", default="", help="How the person is called.")
@click.option("--role", type=click.Choice(sorted(FIRST_ROLES)), default="customer")
@click.option("--team", default=None, help="Limit the role to this team.")
@click.password_option()
@with_appcontext
def add(email: str, name: str, role: str, team: str | None, password: str) -> None:
    """Add a person."""
    person = add_person(email, name, password)
    give_role(person, "customer")
    if role != "customer":
        give_role(person, role, team=named_team(team) if team else None)
    db.session.commit()
    click.echo(f"{person.email} is there, as {role}.")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@with_appcontext
def list_people(as_json: bool) -> None:
    """List people and their roles."""
    people = db.session.scalars(select(Person).where(Person.erased == "").order_by(Person.email)).all()
    if as_json:
        rows = [{"email": p.email, "called": p.shown, "active": p.active, "roles": _roles(p)} for p in people]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for person in people:
            words = [role + (f" ({team})" if team else "") for role, team in _roles(person)]
            click.echo(f"{person.email}  {person.shown}  {', '.join(words)}")


def _roles(person: Person) -> list[tuple[str, str | None]]:
    return [(grant.role.key, grant.team.name if grant.team else None) for grant in person.grants]
