"""The page behind the link of an invitation: name and password, or for who has an account a yes."""

from flask import Blueprint, Response, flash, request, session
from flask_login import current_user, login_user

from ..accounts.actions import begin_sign_in, end_sign_in
from ..extensions import db
from ..kit.addresses import NOT_TOLD
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..people.access import find_person, is_taken
from ..people.guards import me, public
from ..people.models import Person
from .access import find_invitation, offered
from .actions import accept
from .forms import JoinForm
from .models import Invitation

blueprint = Blueprint("joining", __name__, url_prefix="/invitation")


def _why_over(invitation: Invitation | None) -> str:
    """Why a link works no more; "" for one that does."""
    if invitation is None:
        return "unknown"
    if invitation.state != "waiting":
        return invitation.state
    if invitation.ran_out:
        return "late"
    known = find_person(invitation.email)
    closed = known is None and is_taken(invitation.email)  # somebody deactivated since
    return "withdrawn" if closed or not offered(invitation) else ""


def _over(why: str) -> Response:
    response = render("staff/over.html", status=404 if why == "unknown" else 410, why=why)
    response.headers.extend(NOT_TOLD)
    return response


def _page(invitation: Invitation, known: Person | None, form: JoinForm, status: int = 200) -> Response:
    response = render(
        "staff/join.html",
        status=status,
        invitation=invitation,
        offers=offered(invitation),
        known=known,
        form=form,
    )
    response.headers.extend(NOT_TOLD)
    return response


def _with_account(email: str) -> Person | None:
    """The person who signs in with an address already."""
    known = find_person(email)
    return known if known and known.password_hash else None


@blueprint.get("/<token>")
@public
def show(token: str) -> Response:
    invitation = find_invitation(token)
    why = _why_over(invitation)
    if invitation is None or why:
        return _over(why)
    return _page(invitation, _with_account(invitation.email), JoinForm(formdata=None, name=invitation.called))


@blueprint.post("/<token>")
@public
def join(token: str) -> Response:
    """An account that exists is not entered by the link: who says yes signs in as always."""
    invitation = find_invitation(token, change=True)
    why = _why_over(invitation)
    if invitation is None or why:
        return _over(why)
    known, form = _with_account(invitation.email), JoinForm()
    form.email.data = invitation.email
    if not known and not form.validate():
        return _page(invitation, known, form, 422)
    person = accept(invitation, form.name.data or "", form.password.data or "")
    first_page = "/desk" if person.is_staff else "/account"
    if not known:
        _enter(person)
    db.session.commit()
    flash(_("Welcome, %(name)s. Your roles count from now on.", name=person.shown), "good")
    here = me()
    return go(first_page if not known or (here and here.id == known.id) else f"/sign-in?next={first_page}")


def _enter(person: Person) -> None:
    """Sign in on this browser: a new session, so that one planted before is worth nothing."""
    if current_user.is_authenticated:
        end_sign_in(current_user.person, current_user.id)
    session.clear()
    login_user(begin_sign_in(person, request.user_agent.string, request.remote_addr or "", stay=False))
