"""Ways to a request without signing in: the link of a mail, a caller's code, the yes of a visitor or of an invited person.

An address in a mail changes nothing by being opened: a page with a button does.
"""

from datetime import datetime

from flask import Blueprint, Response, abort, flash, request, session

from ..accounts import limits
from ..accounts.queries import find_link
from ..extensions import db
from ..kit.addresses import safe_path
from ..kit.htmx import go, render
from ..kit.i18n import _, current_language
from ..people.guards import public
from ..people.models import Person
from .following import join
from .forms import CodeForm
from .guests import enter_by_code, enter_by_link, guest_of, let_in, stop_links
from .models import Ticket
from .visitors import confirm_request
from .wording import FACES

blueprint = Blueprint("doors", __name__, url_prefix="/tickets")
NO_STORE = {"Referrer-Policy": "no-referrer"}  # an address with a token must not be told to others


def _over() -> Response:
    """A link that was stopped, is too old, or never was: one answer for all."""
    return render("tickets/link_over.html", status=404)


@blueprint.get("/sent")
@public
def sent() -> Response:
    """What comes now, for a visitor who has just asked."""
    if "sent" not in session:
        return go("/tickets/new")
    number, email = session["sent"]
    return render("tickets/sent.html", number=number, email=email)


@blueprint.get("/link/<token>")
@public
def link(token: str) -> Response:
    """Lets this browser in to the one request; with a score, on to the page that has this face chosen."""
    guest = enter_by_link(token)
    if guest is None:
        return _over()
    score = request.args.get("score", "")
    where = f"/rating?score={score}" if score in {str(one) for one in FACES} else "#answer"
    response = go(f"/tickets/{guest.ticket.number}{where}")
    response.headers.extend(NO_STORE)
    return response


@blueprint.post("/<int:number>/stop-links")
@public
def stop(number: int) -> Response:
    """The person whose link it was: it opens nothing any more, wherever it was sent on to."""
    guest = guest_of(number)
    if guest is None:
        abort(404)
    stop_links(guest.ticket, guest.person)
    db.session.commit()
    flash(_("The links that were mailed to you about this request open nothing any more."), "good")
    return go("/")


@blueprint.get("/follow")
@public
def follow() -> Response:
    return render("tickets/follow.html", form=CodeForm(number=request.args.get("number", "")[:12]))


@blueprint.post("/follow")
@public
def follow_post() -> Response:
    """With number and code: to the request; wrong ones are counted per source and per number."""
    form = CodeForm()
    if not form.validate():
        return render("tickets/follow.html", status=422, form=form)
    raw = (form.number.data or "").lstrip("#")
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0  # noqa: PLR2004 -- fits an INTEGER
    tries = [(limits.CODE_SOURCE, limits.source()), (limits.CODE_NUMBER, str(number))]
    if any(limits.is_over(limit, subject) for limit, subject in tries):
        db.session.commit()
        problem = _("Too many wrong tries. Wait a quarter of an hour, or ring us for a new code.")
        return render("tickets/follow.html", status=429, form=form, problem=problem)
    guest = enter_by_code(number, form.code.data or "")
    if guest is None:
        for limit, subject in tries:
            limits.count(limit, subject)
        db.session.commit()
        problem = _("Number and code do not belong together. Look at both, or ring us for a new code.")
        return render("tickets/follow.html", status=422, form=form, problem=problem)
    db.session.commit()
    return go(f"/tickets/{number}")


def _asked(token: str, purpose: str) -> tuple[Ticket, str, Person | None] | None:
    """The request that a link asks about, the address it was sent to, and who caused it; None when it is over."""
    found = find_link(token, purpose)
    ticket = db.session.get(Ticket, found.payload["ticket"]) if found else None
    if found is None or ticket is None:
        return None
    by = db.session.get(Person, found.payload["by"]) if "by" in found.payload else None
    return ticket, found.email, by


def _made(token: str, purpose: str) -> datetime | None:
    found = find_link(token, purpose)
    return found.created if found else None


def _question(template: str, token: str, purpose: str) -> Response:
    asked = _asked(token, purpose)
    if asked is None:
        return _over()
    ticket, email, by = asked
    response = render(template, number=ticket.number, email=email, by=by)
    response.headers.extend(NO_STORE)
    return response


@blueprint.get("/confirm/<token>")
@public
def confirm(token: str) -> Response:
    return _question("tickets/confirm.html", token, "request")


@blueprint.post("/confirm/<token>")
@public
def confirm_post(token: str) -> Response:
    asked = _asked(token, "request")
    if asked is None or asked[0].gate == "held":
        return _over()
    ticket = asked[0]
    confirm_request(ticket)
    let_in(ticket, ticket.requester, _made(token, "request"))
    db.session.commit()
    flash(_("Confirmed. We answer here and by mail."), "good")
    return go(safe_path(f"/tickets/{ticket.number}"))


@blueprint.get("/join/<token>")
@public
def joining(token: str) -> Response:
    return _question("tickets/join.html", token, "follow")


@blueprint.post("/join/<token>")
@public
def joining_post(token: str) -> Response:
    asked = _asked(token, "follow")
    if asked is None:
        return _over()
    ticket, email, by = asked
    try:
        person = join(ticket, email, current_language(), by)
    except LookupError:
        return _over()
    let_in(ticket, person, _made(token, "follow"))
    db.session.commit()
    flash(_("You follow this request now, and get its mails."), "good")
    return go(f"/tickets/{ticket.number}")
