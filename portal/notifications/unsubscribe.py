"""The link in the footer of a mail that stops mails of its class: a page with a button, and a single click of a mail program.

Reading changes nothing, since mail programs open links by themselves. The post needs neither a sign-in nor a token of
a session (RFC 8058): the address itself, signed by us, says the one thing that it can do.
"""

from flask import Blueprint, Response, abort

from ..extensions import csrf, db
from ..kit.htmx import render
from ..people.guards import public
from ..people.models import Person
from .actions import choose_mail
from .letters import read_token
from .queries import mail_choices
from .wording import CHOSEN

blueprint = Blueprint("unsubscribe", __name__, url_prefix="/unsubscribe")


def _meant(token: str) -> tuple[Person, str]:
    person_id, group = read_token(token) or abort(404)
    person = db.session.get(Person, person_id)
    return (person, group) if person and person.active else abort(404)


def _page(token: str, *, done: bool = False) -> Response:
    person, group = _meant(token)
    wanted = mail_choices(person.id)[group]
    page = render(
        "notifications/unsubscribe.html",
        reader=person,
        token=token,
        what=CHOSEN[group],
        wanted=wanted,
        done=done,
    )
    page.headers["Referrer-Policy"] = "no-referrer"  # an address with a token must not be told to others
    return page


@blueprint.get("/<token>")
@public
def ask(token: str) -> Response:
    return _page(token)


@blueprint.post("/<token>")
@public
@csrf.exempt
def stop(token: str) -> Response:
    """No redirect: a mail program that posts follows none (RFC 8058, 3.1)."""
    person, group = _meant(token)
    choose_mail(person, group, wanted=False)
    db.session.commit()
    return _page(token, done=True)


@blueprint.post("/<token>/again")
@public
def again(token: str) -> Response:
    """The way back, from the page alone."""
    person, group = _meant(token)
    choose_mail(person, group, wanted=True)
    db.session.commit()
    return _page(token, done=True)
