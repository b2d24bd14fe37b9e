"""Ways to a request without signing in: the link of a mail, a caller's code, the yes of a visitor or of an invited person.

An address in a mail changes nothing by being opened: a page with a button does.
"""

from datetime import datetime

from flask import Blueprint, Response, abort, flash, request, session

from ..accounts import limits
from ..accounts.queries import find_link
from ..extensions import db
from ..kit.addresses import NOT_TOLD
from ..kit.htmx import go, render
from ..kit.i18n import _, current_language
from ..kit.numbers import number_in
from ..people.guards import public
from ..people.models import Person
from .access import decides, hold
from .following import join
from .forms import CodeForm
from .guests import (
    enter_by_code,
    enter_by_link,
    guest_of,
    leave,
    let_in,
    named_by_link,
    send_new_link,
    stop_links,
)
from .models import Ticket
from .visitors import confirm_request
from .wording import FACES

blueprint = Blueprint("doors", __name__, url_prefix="/tickets")
# An address with a token is told to nobody, and what it shows is kept by nobody.
NO_STORE = {**NOT_TOLD, "Cache-Control": "no-store"}


def _over(again: str = "") -> Response:
    """A link that was stopped, is too old, or never was; `again` is where a new one can be asked for."""
    response = render("tickets/link_over.html", status=404, again=again)
    response.headers.extend(NO_STORE)
    return response


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
    """Lets this browser in to the one request; with a score, on to the page that has this face chosen, or to a proposal."""
    guest = enter_by_link(token)
    if guest is None:
        return _over(f"/tickets/link/{token}/again" if named_by_link(token) else "")
    score = request.args.get("score", "")
    asked = request.args.get("proposal", "")
    where = f"/rating?score={score}" if score in {str(one) for one in FACES} else "#answer"
    where = f"/proposal/{asked}" if asked.isascii() and asked.isdigit() else where
    response = go(f"/tickets/{guest.ticket.number}{where}")
    response.headers.extend(NO_STORE)
    return response


@blueprint.post("/link/<token>/again")
@public
def again(token: str) -> Response:
    guest = named_by_link(token) or abort(404)
    return _mail_anew(guest.ticket, guest.person)


@blueprint.post("/confirm/<token>/again")
@public
def confirm_again(token: str) -> Response:
    asked = _asked(token, "request")
    if asked is None or asked[0].gate:
        abort(404)
    return _mail_anew(asked[0], asked[0].requester)


def _mail_anew(ticket: Ticket, person: Person) -> Response:
    """A new link, to the address that the old one was mailed to; who asks learns nothing of it."""
    if person.email and not limits.mails_used_up("link", person.email):
        send_new_link(ticket, person)
    db.session.commit()
    flash(_("A new link is on its way to the address that this one was mailed to."), "good")
    return go("/")


@blueprint.post("/<int:number>/leave")
@public
def leave_post(number: int) -> Response:
    """This browser forgets the request; its link, or its number and code, open it again."""
    guest = guest_of(number) or abort(404)
    leave(guest.ticket)
    said = (
        _("Closed on this browser. Number and code open it again.")
        if guest.by_code
        else _("Closed on this browser. The link in the mail opens it again.")
    )
    flash(said, "good")
    return go("/")


@blueprint.get("/<int:number>/stop-links")
@public
def stop(number: int) -> Response:
    guest = guest_of(number) or abort(404)
    return render("tickets/stop_links.html", ticket=guest.ticket, guest=guest)


@blueprint.post("/<int:number>/stop-links")
@public
def stop_post(number: int) -> Response:
    """The person whose link it was: it opens nothing any more, wherever it was sent on to."""
    guest = guest_of(number) or abort(404)
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
    number = number_in((form.number.data or "").lstrip("#")) or 0
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
    if purpose == "follow" and not (by and by.active and decides(by, ticket)):
        return None
    return ticket, found.email, by


def _made(token: str, purpose: str) -> datetime | None:
    found = find_link(token, purpose)
    return found.created if found else None


def _question(template: str, token: str, purpose: str) -> Response:
    asked = _asked(token, purpose)
    if asked is None:
        return _over()
    ticket, email, by = asked
    response = render(template, number=ticket.number, email=email, by=by, known=not ticket.gate)
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
    ticket = hold(asked[0])
    fresh = bool(ticket.gate)
    confirm_request(ticket)
    let_in(ticket, ticket.requester, _made(token, "request"))
    if guest_of(ticket.number) is None:  # its person has stopped all links that were mailed before
        leave(ticket)
        return _over(f"/tickets/confirm/{token}/again")
    db.session.commit()
    if fresh:
        flash(_("Confirmed. We answer here and by mail."), "good")
    return go(f"/tickets/{ticket.number}")


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
