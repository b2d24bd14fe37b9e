"""The demo's outbox: the mails that would have been sent, to be read without signing in."""

from flask import Blueprint, Response, abort, make_response
from sqlalchemy import select

from ..extensions import db
from ..kit.htmx import render
from ..people.guards import public
from .actions import kept_not_sent
from .models import Letter

blueprint = Blueprint("outbox", __name__, url_prefix="/outbox")
SHOWN = 100


@blueprint.get("")
@public
def index() -> Response:
    if not kept_not_sent():
        abort(404)
    letters = db.session.scalars(
        select(Letter)
        .where(Letter.text.is_not(None))
        .order_by(Letter.sent_at.desc(), Letter.id.desc())
        .limit(SHOWN)
    ).all()
    return render("outbox/index.html", "outbox/_letters.html", letters=letters)


@blueprint.get("/<int:key>")
@public
def show(key: int) -> Response:
    letter = db.session.get(Letter, key) if kept_not_sent() else None
    if letter is None or letter.text is None:
        abort(404)
    return render("outbox/show.html", letter=letter)


@blueprint.get("/<int:key>/html")
@public
def html(key: int) -> Response:
    """The HTML part as the recipient's program shows it; sandboxed, with its inline styles allowed."""
    letter = db.session.get(Letter, key) if kept_not_sent() else None
    if letter is None or letter.html is None:
        abort(404)
    response = make_response(letter.html)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups allow-top-navigation-by-user-activation"
    )
    return response
