"""The form of feedback, sending it, and what comes next."""

from typing import Any

from flask import Blueprint, Response, abort, request, session

from ..extensions import db
from ..kit.addresses import told_page
from ..kit.devices import device_words
from ..kit.htmx import go, is_htmx, render
from ..kit.i18n import _, current_language
from ..legal.actions import Agreement, agree
from ..outbox.once import acted, led_to
from ..people.guards import me, public
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.actions import Words
from ..tickets.models import Ticket
from ..tickets.receive import is_odd, too_fast, too_many, words_of
from ..tickets.visitors import Visitor
from ..tickets.wording import FACES
from .actions import Felt, send, send_as_visitor
from .forms import FeedbackForm, VisitorFeedbackForm

blueprint = Blueprint("feedback", __name__, url_prefix="/feedback")

NOBODY = 0  # whose forms a visitor's are
THANKS = "/feedback/thanks"


def _form(**given: Any) -> FeedbackForm:
    """The form of whoever speaks."""
    person = me()
    if person and not person.may(Permission.ASK):
        abort(403)
    return FeedbackForm(**given) if person else VisitorFeedbackForm(**given)


@blueprint.get("")
@public
def new() -> Response:
    """The page of its own, or for htmx the sheet over the page at hand; with ?part=form its form alone, made anew."""
    form = _form(page=told_page(request.args.get("page")))
    part = "feedback/_form.html" if request.args.get("part") == "form" else "feedback/_sheet.html"
    return render("feedback/new.html", part, form=form, faces=FACES)


@blueprint.post("")
@public
def send_post() -> Response:
    person, form = me(), _form()
    if person is None and "began" not in request.form:  # it was opened by somebody who is signed out by now
        return _refused(
            form, 401, _("You are signed out. What you wrote is still here: send it, or sign in first.")
        )
    words = words_of(form)
    if words is None:
        return _refused(form, 422)
    if acted(form.once.data or "", person.id if person else NOBODY) is None:
        problem = too_fast(person) if person else too_many(form.email.data)
        if problem:
            db.session.rollback()
            return _refused(form, 429, problem)
        ticket = _take(form, words, person)
        led_to(form.once.data or "", THANKS)
        session["felt"] = [ticket.number, ticket.reach, "" if person else form.email.data]
        db.session.commit()
    return thanks_page() if is_htmx() else go(THANKS)


def _refused(form: FeedbackForm, status: int, problem: str = "") -> Response:
    lost = any(file.filename for file in form.files.data or ()) and not is_htmx()
    values = {"form": form, "faces": FACES, "problem": problem, "lost": lost, "signed_out": status == 401}  # noqa: PLR2004 -- HTTP's "unauthorized"
    return render("feedback/new.html", "feedback/_form.html", status=status, **values)


def _take(form: FeedbackForm, words: Words, person: Person | None) -> Ticket:
    felt = Felt(int(form.mood.data), words, form.page.data, _situation(form, person), form.answer.data)
    if person:
        return send(felt, person)
    visitor = Visitor(_visitor_name(form), form.email.data or "", current_language())
    odd = is_odd(form.homepage.data, form.began.seconds(), form.body.data or "")
    ticket = send_as_visitor(felt, visitor, odd=odd)
    agree(Agreement(form.agreed, "feedback", visitor.language), None, ticket.id)
    return ticket


def _visitor_name(form: FeedbackForm) -> str:
    return "" if form.email.data else _("Visitor")


def _situation(form: FeedbackForm, person: Person | None) -> dict[str, Any]:
    """What a page was seen with, as far as it is known."""
    seen = {
        "language": current_language(),
        "zone": form.zone.data,
        "window": form.window.data,
        "browser": device_words(request.user_agent.string),
        "theme": form.theme.data,
        "roles": sorted({grant.role.name or grant.role.key for grant in person.grants}) if person else [],
    }
    return {name: value for name, value in seen.items() if value} | {"signed_in": person is not None}


@blueprint.get("/thanks")
@public
def thanks() -> Response:
    """What comes now, for who has just sent it."""
    return thanks_page() if "felt" in session else go("/feedback")


def thanks_page() -> Response:
    number, reach, email = session.get("felt", [0, "none", ""])
    values = {"number": number, "reach": reach, "email": email}
    return render("feedback/thanks.html", "feedback/_thanks.html", **values)
