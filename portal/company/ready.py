"""The list of what an instance still needs, and the mail that must arrive."""

from flask import Blueprint, Response, current_app, flash

from ..extensions import db
from ..kit.addresses import NOT_TOLD
from ..kit.company import the_company
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..people.guards import needs, public, who
from ..people.permissions import Permission
from .actions import note_arrival, try_mail
from .forms import TestMailForm
from .queries import find_test, newest_test, too_many_tests
from .readiness import PAGE, progress
from .wording import way_of

blueprint = Blueprint("ready", __name__, url_prefix=PAGE)


def _list(form: TestMailForm, status: int = 200, problem: str = "") -> Response:
    test = newest_test()
    return render(
        "company/ready.html",
        "company/_ready.html",
        status=status,
        form=form,
        problem=problem,
        ready=progress(),
        test=test,
        way=way_of(test) if test else (),
        company=the_company(),
    )


@blueprint.get("")
@needs(Permission.COMPANY)
def index() -> Response:
    return _list(TestMailForm(formdata=None, email=who().email))


@blueprint.post("/mail")
@needs(Permission.COMPANY)
def send() -> Response:
    """A mail by the way that every mail goes."""
    form = TestMailForm()
    if not form.validate():
        return _list(form, 422)
    if too_many_tests():
        return _list(
            form, 429, _("That were many in an hour. Wait a little, and look at what the last one met.")
        )
    try_mail(form.email.data or "", who())
    db.session.commit()
    return go(f"{PAGE}#mail")


@blueprint.get("/arrived/<token>")
@public
def arrived(token: str) -> Response:
    """Where the mail's link leads: programs that look at links in mails press no button."""
    test = find_test(token=token)
    response = render("company/arrived.html", test=test, status=200 if test else 404)
    response.headers.extend(NOT_TOLD)
    return response


@blueprint.post("/arrived/<token>")
@public
def arrived_post(token: str) -> Response:
    test = find_test(token=token)
    if test is None:
        return render("company/arrived.html", test=None, status=404)
    note_arrival(test, "link")
    db.session.commit()
    current_app.extensions["company"].look(at_once=True)
    flash(_("Noted: mail arrives."), "good")
    return go(PAGE)
