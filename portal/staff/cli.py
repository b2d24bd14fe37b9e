"""`portal user invite`, `grant`, `password`, `deactivate` and `activate`: the verbs of the browser at the command line."""

import json
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from ..accounts.actions import set_password
from ..extensions import db
from ..kit import clock
from ..kit.company import the_company
from ..kit.i18n import LANGUAGES
from ..people.access import agents_of, hold_rights
from ..people.cli import checked_address, checked_password, known_person, named_team
from ..people.models import CUSTOMER, Person, Role
from ..privacy.cli import user
from . import actions
from .leaving import activate, deactivate, tickets_of
from .rights import LastAdministrator, give_role

__all__ = ["user"]  # the group with these in it
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


def _say(words: str, told: dict[str, Any], *, as_json: bool) -> None:
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else words)


def _held(email: str) -> Person:
    """Whoever has the address, with rights held until the commit."""
    hold_rights()
    return known_person(email)


def _role(name: str) -> Role:
    """A role by its key, or an own one by its name."""
    named = (Role.key == name) | (func.lower(Role.name) == name.lower())
    role = db.session.scalar(select(Role).where(named).limit(1))
    if role is None:
        raise click.ClickException(f"There is no role {name}.")
    return role


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
    address = checked_address(email)
    known = db.session.scalar(select(Person).where(Person.email == address))
    if known and (known.is_colleague or not known.active):
        raise click.ClickException(
            f"{address} works here already, or did: see `portal user grant` and `activate`."
        )
    roles, teams = [_role(one) for one in given["roles"]], [named_team(one) for one in given["teams"]]
    if any(role.key == CUSTOMER for role in roles):
        raise click.ClickException("Customers sign up by themselves; invite to a role of staff.")
    spoken = given["language"] or the_company().language
    offer = actions.Offer(address, given["name"][:80], spoken, roles, teams)
    invitation = actions.invite(offer, None)
    db.session.commit()
    told = {"email": address, "ends": clock.iso(invitation.ends)}
    _say(f"{address} is asked by mail; the link works for seven days, once.", told, as_json=as_json)


@user.command("grant")
@click.argument("email")
@click.argument("role")
@click.option("--team", default=None, help="Limit the role to this team.")
@with_appcontext
def grant_role(email: str, role: str, team: str | None) -> None:
    """Give a person a role, by its key or name."""
    person = _held(email)
    given = give_role(person, _role(role), named_team(team) if team else None, None)
    db.session.commit()
    click.echo(f"{person.email} is {role} now." if given else f"{person.email} is {role} already.")


@user.command("password")
@click.argument("email")
@click.password_option()
@with_appcontext
def new_password(email: str, password: str) -> None:
    """Set a person's password; they are signed out everywhere, and told by mail."""
    person = known_person(email)
    if not person.active:
        raise click.ClickException(f"{person.email} is not active.")
    set_password(person, checked_password(password))
    db.session.commit()
    click.echo("Set.")


@user.command("deactivate")
@click.argument("email")
@click.option(
    "--to", default=None, help="Address of the agent who takes over open requests; their teams without."
)
@AS_JSON
@with_appcontext
def deactivate_person(email: str, to: str | None, as_json: bool) -> None:
    """Sign a person out everywhere and let nobody in as them; `activate` undoes it."""
    person = _held(email)
    if not person.active:
        raise click.ClickException(f"{person.email} is not active.")
    heir = _held(to) if to else None
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
    person = _held(email)
    if person.active:
        raise click.ClickException(f"{person.email} is active.")
    activate(person, None)
    db.session.commit()
    _say(f"{person.email} can sign in again.", {"email": person.email, "active": True}, as_json=as_json)
