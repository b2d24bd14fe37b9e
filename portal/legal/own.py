"""What somebody accepted, on a page of their account, and their answer when they are asked about something newer."""

from flask import Blueprint, Response, flash, request

from ..extensions import db
from ..kit.addresses import safe_path
from ..kit.htmx import go, render
from ..kit.i18n import _, current_language
from ..people.guards import signed_in, who
from .access import counting
from .actions import Agreement, agree
from .asking import settle, unsettled
from .forms import AskedForm
from .queries import agreements_of
from .wording import NAMES, WAYS

blueprint = Blueprint("agreements", __name__, url_prefix="/account/agreements")


@blueprint.get("")
@signed_in
def index() -> Response:
    return render("legal/agreements.html", rows=agreements_of(who()), names=NAMES, ways=WAYS)


@blueprint.post("")
@signed_in
def answer() -> Response:
    """A yes is stored for what was shown, unless there is something newer by now; "Not now" stores nothing."""
    form = AskedForm()
    if "accept" in request.form:
        asked = {version.kind: version.id for version in unsettled()}
        found = counting(form.shown_pages.data, asked)
        if found is None:
            flash(_("There is a newer version by now: please look at that one."), "wait")
            return go("/account/agreements")
        agree(Agreement(tuple(found.values()), "asked", current_language()), who())
        flash(_("Thank you. What you accepted stands in your account."), "good")
    settle()
    db.session.commit()
    return go(safe_path(form.next.data, "/account"))
