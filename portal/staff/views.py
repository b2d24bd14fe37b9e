"""Pages of people: the list, a person, inviting, leaving and coming back."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, request
from sqlalchemy import select

from ..accounts import limits
from ..accounts.actions import end_all_sign_ins
from ..audit.wording import act_words, told
from ..extensions import db
from ..kit.company import the_company
from ..kit.htmx import go, render
from ..kit.i18n import _, current_language
from ..mail.actions import mails_wait
from ..outbox.once import acted, led_to
from ..people.access import agents_of
from ..people.guards import needs, who
from ..people.models import CUSTOMER, Person, Role, Team
from ..people.permissions import Permission
from ..tickets.models import Ticket
from .access import get_grant, get_invitation, get_person, givable, may_give, may_look_after
from .actions import Offer, invite, send_again, withdraw
from .forms import EVERYWHERE, SOME, GiveForm, InviteForm
from .leaving import activate, deactivate, tickets_of
from .queries import (
    INVITED,
    SHOWS,
    acts_about,
    figures_of,
    invitations_page,
    people_page,
    readable_of,
)
from .rights import LastAdministrator, give_role, take_role

blueprint = Blueprint("staff", __name__, url_prefix="/admin/people")
LIST = "/admin/people"
TYPED, SHOWN = 100, 200  # characters of what is looked for; requests that are handed over one by one


def acting() -> Person:
    """Who acts. That they were seen is kept first: whoever sees them off at this instant must not wait for us, and we for them."""
    db.session.commit()
    return who()


def refused_as_last() -> Response:
    """Nothing was done: somebody must be left who can give rights."""
    db.session.rollback()
    flash(
        _("Nobody would be left who can give rights. Give somebody else the role of an administrator first."),
        "bad",
    )
    return go(LIST)


@blueprint.get("")
@needs(Permission.STAFF)
def index() -> Response:
    person, show = who(), request.args.get("show", "")
    show = show if show in SHOWS else "staff"
    asked, cursor = request.args.get("q", "").replace("\0", " ").strip()[:TYPED], request.args.get("at", "")
    page = (invitations_page if show == INVITED else people_page_of(show))(person, asked, cursor)
    return render(
        "staff/index.html",
        page=page,
        show=show,
        shows=SHOWS,
        asked=asked,
        offers=_offers(),
        customer=CUSTOMER,
    )


def people_page_of(show: str) -> Any:
    """The page of one list."""
    return lambda by, asked, cursor: people_page(by, show, asked, cursor)


def _offers() -> Mapping[tuple[int, int | None], str]:
    """What an invitation offers, in words, by the pair of a role's id and a team's."""
    roles, teams = db.session.scalars(select(Role)).all(), db.session.scalars(select(Team)).all()
    words = {(role.id, team.id): f"{role.shown} ({team.name})" for role in roles for team in teams}
    return words | {(role.id, None): role.shown for role in roles}


# Inviting


def _invite_form(by: Person, **given: Any) -> InviteForm:
    form, may = InviteForm(**given), givable(by, Permission.STAFF)
    form.roles.choices = [(role.id, role.shown) for role, _places in may]
    form.language.choices = [(code, called) for code, called in the_company().languages.items()]
    teams = {team.id: team.name for _role, places in may for team in places if team}
    form.teams.choices = sorted(teams.items(), key=lambda item: item[1])
    if not by.holds([Permission.STAFF], None):
        form.place.choices = [choice for choice in form.place.choices if choice[0] == SOME]
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


# A person


def _give_form(by: Person) -> GiveForm:
    form = GiveForm()
    form.role.choices = [
        (f"{role.id}-{team.id if team else 0}", f"{role.shown} · {team.name if team else _('everywhere')}")
        for role, places in givable(by)
        for team in places
    ]
    return form


@blueprint.get("/<int:key>")
@needs(Permission.STAFF)
def show(key: int) -> Response:
    by = who()
    return _page(by, get_person(by, key), _give_form(by))


def _page(by: Person, person: Person, form: GiveForm, status: int = 200) -> Response:
    return render(
        "staff/show.html",
        status=status,
        person=person,
        form=form,
        figures=figures_of(person),
        acts=acts_about(person),
        act_words=act_words,
        told=told,
        may_look_after=may_look_after(by, person),
        takable={grant.id for grant in person.grants if may_give(by, grant.role, grant.team_id)},
        customer=CUSTOMER,
    )


def _looked_after(key: int) -> tuple[Person, Person]:
    """Who acts, and a person whom they may look after, as rights stand by now."""
    by = acting()
    person = get_person(by, key, change=True)
    return (by, person) if may_look_after(by, person) else abort(403)


@blueprint.post("/<int:key>/sign-out")
@needs(Permission.STAFF)
def sign_out(key: int) -> Response:
    """End every sign-in of a person, as after a lost laptop."""
    by, person = _looked_after(key)
    end_all_sign_ins(person, by=by)
    db.session.commit()
    flash(_("%(name)s is signed out everywhere.", name=person.shown), "good")
    return go(f"{LIST}/{key}")


@blueprint.post("/<int:key>/roles")
@needs(Permission.RIGHTS)
def give_post(key: int) -> Response:
    by = acting()
    person, form = get_person(by, key, change=True), _give_form(by)
    if not person.active:
        abort(404)
    if not form.validate():
        return _page(by, person, form, 422)
    role_id, team_id = (int(part) for part in form.role.data.split("-"))
    role, team = db.session.get(Role, role_id), db.session.get(Team, team_id) if team_id else None
    if role is None or not may_give(by, role, team.id if team else None):
        abort(403)
    given = give_role(person, role, team, by)
    db.session.commit()
    flash(
        _("Given. It counts at once.") if given else _("They hold this role already."),
        "good" if given else "wait",
    )
    return go(f"{LIST}/{key}")


@blueprint.post("/<int:key>/roles/<int:grant>/take")
@needs(Permission.RIGHTS)
def take_post(key: int, grant: int) -> Response:
    by = acting()
    person = get_person(by, key, change=True)
    try:
        take_role(person, get_grant(by, person, grant), by)
    except LastAdministrator:
        return refused_as_last()
    db.session.commit()
    flash(_("Taken. It counts at once."), "good")
    return go(f"{LIST}/{key}")


# Leaving and coming back


def _heirs(tickets: Sequence[Ticket], person: Person) -> dict[int, list[Person]]:
    """Who could look after each team's requests instead, by the id of the team."""
    teams = {ticket.team_id for ticket in tickets}
    return {team: [one for one in agents_of(team) if one.id != person.id] for team in teams}


def _leaving_page(
    by: Person, person: Person, status: int = 200, chosen: Mapping[int, str] | None = None
) -> Response:
    tickets = tickets_of(person)
    shown = readable_of(by, tickets)[:SHOWN]
    return render(
        "staff/deactivate.html",
        status=status,
        person=person,
        tickets=shown,
        others=len(tickets) - len(shown),
        heirs=_heirs(shown, person),
        chosen=chosen or {},
        figures=figures_of(person),
        overtaken=status == 409,  # noqa: PLR2004 -- HTTP: conflict
    )


@blueprint.get("/<int:key>/deactivate")
@needs(Permission.STAFF)
def deactivate_page(key: int) -> Response:
    by = who()
    person = get_person(by, key)
    if not may_look_after(by, person):
        abort(403)
    return _leaving_page(by, person) if person.active else go(f"{LIST}/{key}")


@blueprint.post("/<int:key>/deactivate")
@needs(Permission.STAFF)
def deactivate_post(key: int) -> Response:
    """Their open requests go to whom the list says in the same step, to the team where it names nobody."""
    by, person = _looked_after(key)
    if not person.active:
        return go(f"{LIST}/{key}")
    shown = readable_of(by, tickets_of(person, change=True))
    chosen = {ticket.id: request.form.get(f"to-{ticket.number}", "") for ticket in shown}
    heirs = _heirs(shown, person)
    found = {
        ticket.id: next((one for one in heirs[ticket.team_id] if str(one.id) == chosen[ticket.id]), None)
        for ticket in shown
    }
    if any(
        chosen[one] and found[one] is None for one in chosen
    ):  # left or lost the role since the page was made
        return _leaving_page(by, person, 409, chosen)
    try:
        deactivate(person, by, found)
    except LastAdministrator:
        return refused_as_last()
    db.session.commit()
    flash(_("%(name)s is deactivated, and signed out everywhere.", name=person.shown), "good")
    return go(f"{LIST}/{key}")


@blueprint.post("/<int:key>/activate")
@needs(Permission.STAFF)
def activate_post(key: int) -> Response:
    by, person = _looked_after(key)
    if not person.active:
        activate(person, by)
        db.session.commit()
        flash(_("%(name)s can sign in again, with the roles as before.", name=person.shown), "good")
    return go(f"{LIST}/{key}")
