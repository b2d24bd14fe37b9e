"""`portal user invite`, `deactivate` and `activate`: the same verbs as in the browser, at the command line."""

import json
from typing import Any

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext
from sqlalchemy import func, select

from ..extensions import db
from ..kit import clock
from ..kit.company import the_company
from ..kit.i18n import LANGUAGES
from ..people.access import agents_of, hold_rights
from ..people.models import CUSTOMER, Person, Role, Team
from ..privacy.cli import user
from . import actions
from .leaving import activate, deactivate, tickets_of
from .rights import LastAdministrator

__all__ = ["user"]  # the group with these in it
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


def _say(words: str, told: dict[str, Any], *, as_json: bool) -> None:
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else words)


def _known(email: str) -> Person:
    """Whoever has the address, with rights held until the commit."""
    hold_rights()
    person = db.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        raise click.ClickException(f"Nobody has the address {email}.")
    return person


def _role(name: str) -> Role:
    """A role by its key, or an own one by its name."""
    named = (Role.key == name) | (func.lower(Role.name) == name.lower())
    role = db.session.scalar(select(Role).where(named, Role.key != CUSTOMER).limit(1))
    if role is None:
        raise click.ClickException(f"There is no role {name} to be given.")
    return role


def _team(name: str) -> Team:
    team = db.session.scalar(select(Team).where(Team.name == name))
    if team is None:
        raise click.ClickException(f"There is no team {name}.")
    return team


def _address(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise click.ClickException(f"{email} is no address: {error}") from error


@user.command("invite")
@click.argument("email")
@click.option("--name", required=True, help="How the person is called.")
@click.option(
    "--role", "roles", multiple=True, required=True, help="Key or name of a role; may be given again."
)
@click.option("--team", "teams", multiple=True, help="Limit the roles to this team; may be given again.")
@click.option("--language", type=click.Choice(sorted(LANGUAGES)), default=None, help="Language of the mail.")
@AS_JSON
@with_appcontext
def invite_person(email: str, *, as_json: bool, **given: Any) -> None:
    """Ask a colleague by mail to join; the worker sends it."""
    address = _address(email)
    known = db.session.scalar(select(Person).where(Person.email == address))
    if known and (known.is_colleague or not known.active):
        raise click.ClickException(
            f"{address} works here already, or did: see `portal user grant` and `activate`."
        )
    roles, teams = [_role(one) for one in given["roles"]], [_team(one) for one in given["teams"]]
    spoken = given["language"] or the_company().language
    offer = actions.Offer(address, given["name"][:80], spoken, roles, teams)
    invitation = actions.invite(offer, None)
    db.session.commit()
    told = {"email": address, "ends": clock.iso(invitation.ends)}
    _say(f"{address} is asked by mail; the link works for seven days, once.", told, as_json=as_json)


@user.command("deactivate")
@click.argument("email")
@click.option(
    "--to", default=None, help="Address of the agent who takes over open requests; their teams without."
)
@AS_JSON
@with_appcontext
def deactivate_person(email: str, to: str | None, as_json: bool) -> None:
    """Sign a person out everywhere and let nobody in as them; `activate` undoes it."""
    person = _known(email)
    if not person.active:
        raise click.ClickException(f"{person.email} is not active.")
    heir = _known(to) if to else None
    heirs = {}
    for ticket in tickets_of(person) if heir else ():
        heirs[ticket.id] = heir if heir in agents_of(ticket.team_id) else None
    try:
        count = deactivate(person, None, heirs)
    except LastAdministrator as error:
        raise click.ClickException(
            "This is the last administrator; give somebody else the role first."
        ) from error
    db.session.commit()
    told = {"email": person.email, "active": False, "handed_over": count}
    _say(f"{person.email} is deactivated; {count} open requests were handed over.", told, as_json=as_json)


@user.command("activate")
@click.argument("email")
@AS_JSON
@with_appcontext
def activate_person(email: str, as_json: bool) -> None:
    """Let a deactivated person in again, with the roles as before."""
    person = _known(email)
    if person.active:
        raise click.ClickException(f"{person.email} is active.")
    activate(person, None)
    db.session.commit()
    _say(f"{person.email} can sign in again.", {"email": person.email, "active": True}, as_json=as_json)
