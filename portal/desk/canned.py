"""Ready answers at the desk: the list to choose from while writing, and the pages of those who keep them."""

import re
from typing import Any

from flask import Blueprint, Response, flash, request

from ..canned.access import get_kept, may_keep_for
from ..canned.actions import Overtaken, Saying, add_canned, change_canned, drop_canned, saying_of
from ..canned.forms import CannedForm
from ..canned.models import CannedAnswer
from ..canned.queries import kept, offer_of, offers
from ..canned.wording import PLACES
from ..extensions import db
from ..kit.compare import differences
from ..kit.htmx import go, render
from ..kit.i18n import LANGUAGES, _
from ..outbox.once import acted, led_to
from ..people.guards import needs, who
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.access import get_for_desk
from ..tickets.models import Ticket
from .forms import DeskForm
from .queries import teams
from .views import page_of, rail_for

blueprint = Blueprint("canned", __name__, url_prefix="/desk/canned")
TYPED = 100  # characters of what is looked for


def _asked() -> str:
    return request.values.get("q", "").replace("\0", " ")[:TYPED]


def _ticket(person: Person) -> Ticket:
    number = re.fullmatch(r"[0-9]{1,9}", request.values.get("ticket", ""))
    return get_for_desk(person, int(number[0]) if number else 0)


@blueprint.get("/find")
@needs(Permission.READ)
def find() -> Response:
    """The list under the composer, for the words typed so far."""
    found = offers(_ticket(who()), _asked())
    return render("canned/_found.html", offers=found, asked=_asked(), languages_of=LANGUAGES)


@blueprint.post("/choose")
@needs(Permission.READ)
def choose() -> Response:
    """The same as a page, for a browser without scripts; the answer that is being written comes along, and back."""
    person, form = who(), DeskForm()
    ticket = _ticket(person)
    if "put" in request.form:
        offer = offer_of(ticket, _asked(), request.form["put"])
        parts = (form.body.data or "", offer.text if offer else "")
        form.body.data = "\n\n".join(part for part in parts if part)
        return page_of(person, ticket, form)
    kept_back = [(n, v) for n, v in request.form.items(multi=True) if n not in ("csrf_token", "q")]
    found = offers(ticket, _asked())
    return render(
        "canned/choose.html",
        offers=found,
        asked=_asked(),
        fields=kept_back,
        ticket=ticket,
        **rail_for(person, ""),
    )


@blueprint.get("")
@needs(Permission.CANNED)
def index() -> Response:
    return render("canned/index.html", answers=kept(who()), **rail_for(who(), ""))


def _form(answer: CannedAnswer | None = None) -> CannedForm:
    """The form, with the teams that the person may keep answers for."""
    person, form = who(), CannedForm(obj=answer)
    form.team.choices = [(str(team.id), team.name) for team in teams() if may_keep_for(person, team.id)]
    if may_keep_for(person, None):
        form.team.choices.insert(0, ("", _("all teams")))
    if answer and not form.is_submitted():
        form.team.data, form.language.data = str(answer.team_id or ""), answer.language or ""
        form.shown.data = saying_of(answer).digest
    return form


def _saying(form: CannedForm) -> Saying:
    words = (form.title.data or "", form.keyword.data or "", form.body.data or "")
    return Saying(*words, form.language.data or None, int(form.team.data) if form.team.data else None)


def _page(form: CannedForm, answer: CannedAnswer | None, status: int = 200, **more: Any) -> Response:
    placed = ", ".join(f"{{{name}}} {words}" for name, words in PLACES.items())
    return render(
        "canned/edit.html",
        status=status,
        form=form,
        answer=answer,
        placed=placed,
        **more,
        **rail_for(who(), ""),
    )


@blueprint.get("/new")
@needs(Permission.CANNED)
def new() -> Response:
    return _page(_form(), None)


@blueprint.post("/new")
@needs(Permission.CANNED)
def new_post() -> Response:
    form = _form()
    if not form.validate():
        return _page(form, None, 422)
    if acted(form.once.data or "", who().id) is None:
        add_canned(_saying(form), who())
        led_to(form.once.data or "", "/desk/canned")
        db.session.commit()
        flash(_("Saved. It is found by / in every answer from now on."), "good")
    return go("/desk/canned")


@blueprint.get("/<int:key>")
@needs(Permission.CANNED)
def edit(key: int) -> Response:
    answer = get_kept(who(), key)
    return _page(_form(answer), answer)


@blueprint.post("/<int:key>")
@needs(Permission.CANNED)
def edit_post(key: int) -> Response:
    answer = get_kept(who(), key)
    form = _form(answer)
    if not form.validate():
        return _page(form, answer, 422)
    try:
        change_canned(answer, _saying(form), form.shown.data or "", who())
    except Overtaken:
        return _overtaken(form, key)
    db.session.commit()
    flash(_("Saved."), "good")
    return go("/desk/canned")


def _overtaken(form: CannedForm, key: int) -> Response:
    """Both are shown; who saves again has seen the other, and means it."""
    db.session.rollback()
    answer = get_kept(who(), key)
    stands = saying_of(answer)
    form.shown.data = stands.digest
    pieces = differences(form.body.data or "", stands.body)
    return _page(form, answer, 409, stands=stands, pieces=pieces)


@blueprint.get("/<int:key>/delete")
@needs(Permission.CANNED)
def delete(key: int) -> Response:
    return render("canned/delete.html", answer=get_kept(who(), key), **rail_for(who(), ""))


@blueprint.post("/<int:key>/delete")
@needs(Permission.CANNED)
def delete_post(key: int) -> Response:
    drop_canned(get_kept(who(), key), who())
    db.session.commit()
    flash(_("Deleted."), "good")
    return go("/desk/canned")
