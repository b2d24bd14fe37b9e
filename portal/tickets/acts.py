"""What a customer does to a request beside answering it: change words, withdraw, rate, add people, share, print."""

from flask import Blueprint, Response, abort, flash, request
from sqlalchemy import select

from ..extensions import db
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..people.guards import invited, needs, who
from ..people.models import Person
from ..people.permissions import Permission
from .access import PUBLIC_EVENTS, decides, get_own, reading
from .following import followers_of, invitations, invite, share, unfollow, uninvite
from .forms import EditForm, InviteForm, RatingForm
from .models import Ticket, TicketEvent
from .receive import too_fast
from .second_thoughts import edit, is_changeable, is_first, rate, rating_of, take_back, withdraw
from .story import story
from .wording import FACES, KINDS

blueprint = Blueprint("acts", __name__, url_prefix="/tickets")


def _words(number: int, key: int) -> tuple[Ticket, TicketEvent, bool]:
    """The reader's own words, and whether they may still be changed; 404 for those of others."""
    found = reading(number, change=True)
    event = db.session.scalar(PUBLIC_EVENTS.where(TicketEvent.id == key), {"ticket": found.ticket.id})
    if event is None or event.actor_id != found.person.id or event.by_staff or event.kind != "message":
        abort(404)
    return found.ticket, event, is_changeable(found.ticket, event, found.person)


def _slower(number: int, problem: str) -> Response:
    flash(problem, "bad")
    return go(f"/tickets/{number}")


def _too_late(number: int) -> Response:
    flash(_("It was read already, or five minutes have passed. Write another message instead."), "wait")
    return go(f"/tickets/{number}")


@blueprint.get("/<int:number>/messages/<int:key>")
@invited
def message(number: int, key: int) -> Response:
    ticket, event, may = _words(number, key)
    if not may:
        return _too_late(number)
    return render("tickets/edit.html", ticket=ticket, event=event, form=EditForm(body=event.body))


@blueprint.post("/<int:number>/messages/<int:key>")
@invited
def change_message(number: int, key: int) -> Response:
    ticket, event, may = _words(number, key)
    form = EditForm()
    if not form.validate():
        return render("tickets/edit.html", status=422, ticket=ticket, event=event, form=form)
    if not may:
        return render("tickets/edit.html", status=409, ticket=ticket, event=event, form=form, late=True)
    edit(ticket, event, form.body.data or "")
    db.session.commit()
    flash(_("Changed."), "good")
    return go(f"/tickets/{number}#m{key}")


@blueprint.post("/<int:number>/messages/<int:key>/take-back")
@invited
def take_back_message(number: int, key: int) -> Response:
    ticket, event, may = _words(number, key)
    if not may:
        return _too_late(number)
    if is_first(ticket, event):
        flash(_("Without it there is nothing to answer. Withdraw the request, or change the words."), "wait")
        return go(f"/tickets/{number}")
    take_back(ticket, event)
    db.session.commit()
    flash(_("Taken back. Nobody had read it."), "good")
    return go(f"/tickets/{number}")


@blueprint.post("/<int:number>/withdraw")
@needs(Permission.ASK)
def withdraw_request(number: int) -> Response:
    person = who()
    ticket = _deciding(person, number)
    if ticket.is_open:
        withdraw(ticket, person)
        db.session.commit()
        flash(_("Withdrawn. If you need it after all, write again and it opens."), "good")
    return go(f"/tickets/{number}")


def _deciding(person: Person, number: int) -> Ticket:
    ticket = get_own(person, number, change=True)
    return ticket if decides(person, ticket) else abort(403)


@blueprint.get("/<int:number>/rating")
@invited
def rating(number: int) -> Response:
    """The faces, one of them chosen when a mail's link named it."""
    found = reading(number)
    if found.person.id != found.ticket.requester_id or found.ticket.is_open:
        return go(f"/tickets/{number}")
    said = rating_of(found.ticket)
    score = request.args.get("score", str(said.score) if said else "")
    form = RatingForm(score=score, comment=said.comment if said else "")
    return render("tickets/rating.html", ticket=found.ticket, form=form, faces=FACES, guest=found.guest)


@blueprint.post("/<int:number>/rating")
@invited
def rate_request(number: int) -> Response:
    found, form = reading(number, change=True), RatingForm()
    if found.person.id != found.ticket.requester_id or found.ticket.is_open:
        abort(404)
    if not form.validate():
        return render(
            "tickets/rating.html", status=422, ticket=found.ticket, form=form, faces=FACES, guest=found.guest
        )
    problem = too_fast(found.person)
    if problem:
        db.session.rollback()
        return _slower(number, problem)
    rate(found.ticket, found.person, int(form.score.data), form.comment.data or "")
    db.session.commit()
    flash(_("Thank you. It is saved, and you can change it here."), "good")
    return go(f"/tickets/{number}")


@blueprint.post("/<int:number>/followers")
@needs(Permission.ASK)
def add_follower(number: int) -> Response:
    person, form = who(), InviteForm()
    ticket = _deciding(person, number)
    if not form.validate():
        return _invite_page(ticket, form, 422)
    problem = too_fast(person)
    if problem:
        db.session.rollback()
        return _invite_page(ticket, form, 429, problem)
    at_once = invite(ticket, form.email.data or "", person)
    db.session.commit()
    said = (
        _("Added: they read and answer it from now on.")
        if at_once
        else _("A mail asks them; they follow once they say yes.")
    )
    flash(said, "good")
    return go(f"/tickets/{number}")


@blueprint.get("/<int:number>/followers")
@needs(Permission.ASK)
def invite_page(number: int) -> Response:
    return _invite_page(_deciding(who(), number), InviteForm())


def _invite_page(ticket: Ticket, form: InviteForm, status: int = 200, problem: str | None = None) -> Response:
    asked = invitations(ticket)
    return render(
        "tickets/invite.html", status=status, ticket=ticket, form=form, problem=problem, asked=asked
    )


@blueprint.post("/<int:number>/invitations/<int:key>/take-back")
@needs(Permission.ASK)
def take_back_invitation(number: int, key: int) -> Response:
    ticket = _deciding(who(), number)
    invitation = next((one for one in invitations(ticket) if one.id == key), None) or abort(404)
    uninvite(ticket, invitation.email)
    db.session.commit()
    flash(_("Taken back: the link in that mail opens nothing."), "good")
    return go(f"/tickets/{number}/followers")


@blueprint.post("/<int:number>/followers/<int:key>/remove")
@needs(Permission.ASK)
def remove_follower(number: int, key: int) -> Response:
    """By whoever decides on the request, or by the follower."""
    person = who()
    ticket = get_own(person, number, change=True)
    if key != person.id and not decides(person, ticket):
        abort(403)
    other = next((one for one in followers_of(ticket) if one.id == key), None) or abort(404)
    unfollow(ticket, other, person)
    db.session.commit()
    flash(_("%(name)s follows it no more.", name=other.shown), "good")
    still = db.session.scalar(select(Ticket.id).where(Ticket.id == ticket.id)) if key != person.id else None
    return go(f"/tickets/{number}" if still else "/tickets")


@blueprint.post("/<int:number>/share")
@needs(Permission.ASK)
def share_request(number: int) -> Response:
    person = who()
    ticket = _deciding(person, number)
    problem = too_fast(person)
    if problem:
        db.session.rollback()
        return _slower(number, problem)
    share(ticket, request.form.get("shared") == "yes", person)
    db.session.commit()
    return go(f"/tickets/{number}")


@blueprint.get("/<int:number>/print")
@invited
def printed(number: int) -> Response:
    """The whole conversation on paper, with exact times."""
    found = reading(number)
    events = story(PUBLIC_EVENTS, found.ticket, found.person, whole=True)
    return render("tickets/print.html", ticket=found.ticket, events=events, kinds=KINDS, person=found.person)
