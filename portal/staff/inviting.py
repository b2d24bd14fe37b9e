"""Pages of inviting: the form, sending again, taking back."""

from typing import Any

from flask import Blueprint, Response, abort, flash
from sqlalchemy import select

from ..accounts import limits
from ..extensions import db
from ..kit.company import the_company
from ..kit.htmx import go, render
from ..kit.i18n import _, current_language
from ..mail.actions import mails_wait
from ..outbox.once import acted, led_to
from ..people.guards import needs, who
from ..people.models import Person, Role, Team
from ..people.permissions import Permission
from .access import get_invitation, givable, may_give
from .actions import Offer, invite, send_again, withdraw
from .forms import EVERYWHERE, SOME, InviteForm
from .queries import INVITED
from .views import LIST, acting

blueprint = Blueprint("invitations", __name__, url_prefix="/admin/people")


def _invite_form(by: Person, **given: Any) -> InviteForm:
    form, may = InviteForm(**given), givable(by, Permission.STAFF)
    form.roles.choices = [(role.id, role.shown) for role, _places in may]
    form.language.choices = [(code, called) for code, called in the_company().languages.items()]
    teams = {team.id: team.name for _role, places in may for team in places if team}
    form.teams.choices = sorted(teams.items(), key=lambda item: item[1])
    if not by.holds([Permission.STAFF], None):
        form.place.choices = [choice for choice in form.place.choices if choice.value == SOME]
    return form


def _invite_page(form: InviteForm, status: int = 200) -> Response:
    roles = db.session.scalars(select(Role).where(Role.id.in_([key for key, _words in form.roles.choices])))
    return render(
        "staff/invite.html", status=status, form=form, purposes={role.id: role.purpose for role in roles}
    )


@blueprint.get("/invite")
@needs(Permission.STAFF)
def invite_page() -> Response:
    by = who()
    everywhere = by.holds([Permission.STAFF], None)
    place = EVERYWHERE if everywhere else SOME
    return _invite_page(_invite_form(by, formdata=None, language=current_language(), place=place))


def _offer(form: InviteForm, by: Person) -> Offer:
    """What the form offers; 403 when it is not for this person to offer all of it there."""
    roles = db.session.scalars(select(Role).where(Role.id.in_(form.roles.data or ()))).all()
    wanted = form.teams.data if form.place.data == SOME else ()
    teams = db.session.scalars(select(Team).where(Team.id.in_(wanted or ()))).all()
    if form.place.data == SOME and not teams:
        abort(404)  # deleted at this moment: to name none would mean everywhere
    offer = Offer(form.email.data or "", form.name.data or "", form.language.data, roles, teams)
    if not all(may_give(by, role, place, Permission.STAFF) for role in roles for place in offer.places):
        abort(403)
    return offer


def _known(email: str) -> Person | None:
    """Somebody with this address who is not to be invited: a colleague, or somebody deactivated."""
    found = db.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    return found if found and (found.is_colleague or not found.active) else None


@blueprint.post("/invite")
@needs(Permission.STAFF)
def invite_post() -> Response:
    by = who()
    form = _invite_form(by)
    if not form.validate():
        return _invite_page(form, 422)
    offer, known = _offer(form, by), _known(form.email.data or "")
    if known:
        return _here_already(known, by, form)
    if acted(form.once.data or "", by.id) is not None:
        return go(f"{LIST}?show={INVITED}")
    if limits.mails_used_up("colleague", offer.email):
        db.session.rollback()
        form.email.errors = [_("This address got several of our mails just now; try again in an hour.")]
        return _invite_page(form, 429)
    invite(offer, by)
    led_to(form.once.data or "", f"{LIST}?show={INVITED}")
    db.session.commit()
    if mails_wait():
        flash(
            _(
                "Kept for %(name)s. No mail server is set: the mail goes as soon as there is one.",
                name=offer.called,
            ),
            "wait",
        )
    else:
        flash(_("%(name)s is asked by mail. The link works for seven days, once.", name=offer.called), "good")
    return go(f"{LIST}?show={INVITED}")


def _here_already(known: Person, by: Person, form: InviteForm) -> Response:
    """Nobody is asked to join where they are: on to their page, for those who may look at it."""
    said = (
        _("%(name)s works here already. Roles are given on this page.", name=known.shown)
        if known.active
        else _("%(name)s was here before and is deactivated. Activate them instead.", name=known.shown)
    )
    if not by.holds([Permission.STAFF], None):
        form.email.errors = [_("Somebody with this address is here already, or was; ask an administrator.")]
        return _invite_page(form, 422)
    flash(said, "wait")
    return go(f"{LIST}/{known.id}")


@blueprint.post("/invitations/<int:key>/again")
@needs(Permission.STAFF)
def again(key: int) -> Response:
    by = acting()
    invitation = get_invitation(by, key)
    pairs = [(db.session.get(Role, role_id), team_id) for role_id, team_id in invitation.offers]
    if not all(role and may_give(by, role, team_id, Permission.STAFF) for role, team_id in pairs):
        abort(403)
    if limits.mails_used_up("colleague", invitation.email):
        db.session.rollback()
        flash(_("This address got several of our mails just now; try again in an hour."), "bad")
        return go(f"{LIST}?show={INVITED}")
    send_again(invitation, by)
    db.session.commit()
    flash(_("Sent again. The link of the mail before is void."), "good")
    return go(f"{LIST}?show={INVITED}")


@blueprint.post("/invitations/<int:key>/withdraw")
@needs(Permission.STAFF)
def withdraw_post(key: int) -> Response:
    by = acting()
    withdraw(get_invitation(by, key), by)
    db.session.commit()
    flash(_("Withdrawn. The link in the mail works no more."), "good")
    return go(f"{LIST}?show={INVITED}")
