"""The bell's pages and parts: the count, the menu, all notices, and what comes by mail."""

from flask import Blueprint, Response, flash, request

from ..extensions import db
from ..kit.addresses import safe_path
from ..kit.htmx import go, is_htmx, render
from ..kit.i18n import _
from ..kit.numbers import BIGINT, number_in
from ..people.guards import signed_in, who
from .access import get_notice
from .actions import choose_mail, read_all, read_here, read_one
from .queries import latest, lines, mail_choices, own_page, place_of, unread
from .wording import CHOSEN

blueprint = Blueprint("notices", __name__, url_prefix="/account/notices")
SHOWS = ("all", "unread")


@blueprint.get("")
@signed_in
def index() -> Response:
    person, show = who(), request.args.get("show", "")
    show = show if show in SHOWS else "all"
    page = own_page(person, show, request.args.get("at", ""))
    return render(
        "notifications/index.html",
        "notifications/_notices.html",
        page=page,
        lines=lines(page.rows),
        show=show,
        person=person,
    )


@blueprint.get("/latest")
@signed_in
def menu() -> Response:
    """What the menu under the bell lists."""
    return render("notifications/_latest.html", lines=latest(who()))


def _here() -> str:
    return safe_path(request.args.get("here"), "")[:200]


@blueprint.get("/unread")
@signed_in
def count() -> Response:
    """The count alone, for the page to follow what changes."""
    return render("notifications/_count.html", bell=unread(who(), _here()), here=_here())


@blueprint.post("/here")
@signed_in
def here() -> Response:
    """The page that the address names is open: what leads there was read with it."""
    person = who()
    read_here(person, _here())
    db.session.commit()
    if not is_htmx():
        return go("/account/notices")
    return render("notifications/_count.html", bell=unread(person, _here()), here=_here())


@blueprint.post("/<int:key>/open")
@signed_in
def open_one(key: int) -> Response:
    """On to the place of a notice, which is read by that."""
    person = who()
    notice = get_notice(person, key)
    read_one(notice, person)
    db.session.commit()
    return go(place_of(notice))


@blueprint.post("/read")
@signed_in
def read() -> Response:
    """All that the page or the menu knew of is read."""
    person = who()
    read_all(person, number_in(request.form.get("until"), BIGINT) or 0)
    db.session.commit()
    if not is_htmx():
        return go("/account/notices")
    return render(
        "notifications/_read.html", lines=latest(person), bell=unread(person, _here()), here=_here()
    )


@blueprint.get("/choices")
@signed_in
def choices() -> Response:
    return render("notifications/choices.html", classes=CHOSEN, wanted=mail_choices(who().id))


@blueprint.post("/choices")
@signed_in
def choices_post() -> Response:
    for group in CHOSEN:
        choose_mail(who(), group, wanted=group in request.form)
    db.session.commit()
    flash(_("Saved."), "good")
    return go("/account/notices/choices")
