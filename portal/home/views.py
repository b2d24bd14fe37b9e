"""The account's first page."""

from typing import Any

from flask import Blueprint, Response, current_app, request
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..kit.htmx import go, render
from ..people.guards import signed_in, who
from ..tickets.access import own_tickets
from ..tickets.models import OPEN, Ticket

blueprint = Blueprint("home", __name__)
SHOWN = 10
HINT, YEAR = "bookmark-hint", 365 * 86400


@blueprint.get("/account")
@signed_in
def account() -> Response:
    person = who()
    rows = own_tickets(person).where(OPEN).options(joinedload(Ticket.last_by))
    tickets = db.session.scalars(rows.order_by(Ticket.spoken_at.desc(), Ticket.id.desc()).limit(SHOWN)).all()
    waiting = [ticket for ticket in tickets if ticket.state == "waiting"]
    others = [ticket for ticket in tickets if ticket.state != "waiting"]
    values: dict[str, Any] = {"waiting": waiting, "others": others, "hint": HINT not in request.cookies}
    return render("home/account.html", "home/_account.html", person=person, **values)


@blueprint.post("/account/hint")
@signed_in
def away_with_hint() -> Response:
    """The hint to keep a bookmark was read: it comes no more on this device."""
    response = go("/account")
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(HINT, "read", max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    return response


@blueprint.get("/.well-known/change-password")
@signed_in
def change_password() -> Response:
    """Where password managers look for the page (W3C: a well-known address for changing passwords)."""
    return go("/account/security")
