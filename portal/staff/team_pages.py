"""Pages of teams."""

from typing import Any

from flask import Blueprint, Response, abort, flash
from sqlalchemy import select

from ..extensions import db
from ..kit.htmx import go, render
from ..kit.i18n import _, ngettext
from ..kit.overtaken import differing
from ..outbox.once import acted, led_to
from ..people.access import hold_rights
from ..people.guards import needs, who
from ..people.models import Team
from ..people.permissions import Permission
from ..tickets.wording import KINDS
from .access import get_team
from .forms import HeirForm, TeamForm
from .queries import members_of, teams_with_figures
from .teams import change_team, drop_team, make_team
from .views import acting

blueprint = Blueprint("teams", __name__, url_prefix="/admin/teams")
LIST = "/admin/teams"


def _everywhere() -> None:
    """Teams are for those who look after people everywhere."""
    if not who().holds([Permission.STAFF], None):
        abort(403)


@blueprint.get("")
@needs(Permission.STAFF)
def index() -> Response:
    _everywhere()
    return render("staff/teams.html", teams=teams_with_figures(), kinds=KINDS)


def _page(form: TeamForm, team: Team | None, status: int = 200, **more: Any) -> Response:
    values: dict[str, Any] = {"form": form, "team": team, "kinds": KINDS, **more}
    return render("staff/team.html", status=status, members=members_of(team) if team else (), **values)


def _check_name(form: TeamForm, but: Team | None) -> bool:
    """Whether no other team is called so."""
    wanted = (form.name.data or "").casefold()
    others = db.session.scalars(select(Team)).all()
    taken = any(team.name.casefold() == wanted for team in others if but is None or team.id != but.id)
    if taken:
        form.name.errors = [_("Another team is called so")]
    return not taken


@blueprint.get("/new")
@needs(Permission.STAFF)
def new() -> Response:
    _everywhere()
    return _page(TeamForm(formdata=None), None)


@blueprint.post("/new")
@needs(Permission.STAFF)
def new_post() -> Response:
    by, form = acting(), TeamForm()
    hold_rights(by)
    _everywhere()
    if not form.validate() or not _check_name(form, None):
        return _page(form, None, 422)
    if acted(form.once.data or "", by.id) is None:
        make_team(form.name.data or "", form.kinds.data or (), by, first=bool(form.first.data))
        led_to(form.once.data or "", LIST)
        db.session.commit()
        flash(_("Made. Its members are those who get a role for it."), "good")
    return go(LIST)


def _standing(team: Team) -> TeamForm:
    """The form as the team stands now."""
    form = TeamForm(formdata=None, name=team.name, kinds=team.kinds, first=team.is_default)
    form.note_seen()
    return form


@blueprint.get("/<int:key>")
@needs(Permission.STAFF)
def show(key: int) -> Response:
    team = get_team(who(), key)
    return _page(_standing(team), team)


@blueprint.post("/<int:key>")
@needs(Permission.STAFF)
def change(key: int) -> Response:
    by, form = acting(), TeamForm()
    team = get_team(by, key, change=True)
    if not form.validate() or not _check_name(form, team):
        return _page(form, team, 422)
    stands = _standing(team)
    if form.is_overtaken(stands):
        return _page(form, team, 409, differs=differing(form, stands))
    change_team(team, form.name.data or "", form.kinds.data or (), by, first=bool(form.first.data))
    db.session.commit()
    flash(_("Saved."), "good")
    return go(LIST)


def _heir_form(team: Team, **given: Any) -> HeirForm:
    form = HeirForm(**given)
    others = db.session.scalars(
        select(Team).where(Team.id != team.id).order_by(Team.is_default.desc(), Team.name)
    )
    form.heir.choices = [(other.id, other.name) for other in others]
    return form


def _kept(team: Team) -> Response | None:
    """The default team stays: something must take what no team is named for."""
    if not team.is_default:
        return None
    flash(_("This is the default team. Let another team be it first."), "wait")
    return go(f"{LIST}/{team.id}")


@blueprint.get("/<int:key>/delete")
@needs(Permission.STAFF)
def delete_page(key: int) -> Response:
    team = get_team(who(), key)
    return _kept(team) or _delete_page(team, _heir_form(team, formdata=None))


def _delete_page(team: Team, form: HeirForm, status: int = 200) -> Response:
    figures = next((row[1:] for row in teams_with_figures() if row[0].id == team.id), (0, 0))
    return render(
        "staff/team_delete.html", status=status, team=team, form=form, members=figures[0], tickets=figures[1]
    )


@blueprint.post("/<int:key>/delete")
@needs(Permission.STAFF)
def delete_post(key: int) -> Response:
    by = acting()
    team = get_team(by, key, change=True)
    kept, form = _kept(team), _heir_form(team)
    if kept:
        return kept
    if not form.validate():
        return _delete_page(team, form, 422)
    moved = drop_team(team, get_team(by, form.heir.data, change=True), by)
    db.session.commit()
    said = ngettext("Deleted. %(num)d open request moved.", "Deleted. %(num)d open requests moved.", moved)
    flash(said, "good")
    return go(LIST)
