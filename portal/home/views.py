"""The account's first page."""

from flask import Blueprint, Response
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..kit.htmx import go, render
from ..people.guards import signed_in, who
from ..tickets.access import own_tickets
from ..tickets.models import OPEN, Ticket

blueprint = Blueprint("home", __name__)
SHOWN = 10


@blueprint.get("/account")
@signed_in
def account() -> Response:
    person = who()
    rows = own_tickets(person).where(OPEN).options(joinedload(Ticket.last_by))
    tickets = db.session.scalars(rows.order_by(Ticket.spoken_at.desc(), Ticket.id.desc()).limit(SHOWN)).all()
    waiting = [ticket for ticket in tickets if ticket.state == "waiting"]
    others = [ticket for ticket in tickets if ticket.state != "waiting"]
    return render("home/account.html", "home/_account.html", person=person, waiting=waiting, others=others)


@blueprint.get("/.well-known/change-password")
@signed_in
def change_password() -> Response:
    """Where password managers look for the page (W3C: a well-known address for changing passwords)."""
    return go("/account/security")
