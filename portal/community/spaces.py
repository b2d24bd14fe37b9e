"""Pages of spaces: of those who make them, and what people put into one beside topics."""

from typing import Any

from flask import Blueprint, Response, abort, flash, request

from ..extensions import db
from ..kit.files import BadFile, check
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..kit.numbers import number_in
from ..kit.overtaken import differing
from ..outbox.once import acted, led_to
from ..people.guards import needs, who
from ..people.permissions import Permission
from ..tickets.actions import Words
from .access import get_any_space, get_item, get_own_request, get_space, may_put, may_share
from .actions import profile_of
from .forms import FilesForm, MemberForm, ShareForm, SpaceForm
from .gate import Refused, look_at, refuse_fast
from .models import ORGANISATION, Space
from .queries import all_spaces, members_of, name_of_organisation, organisation_called
from .rooms import (
    Plan,
    add_member,
    change_space,
    make_space,
    move_space,
    put_files,
    remove_member,
    share_request,
    take_out,
)
from .wording import AUDIENCES

blueprint = Blueprint("spaces", __name__, url_prefix="/community")
ALL = "/community/spaces"


@blueprint.get("/spaces")
@needs(Permission.SPACES)
def index() -> Response:
    return render("community/spaces.html", spaces=all_spaces(), audiences=AUDIENCES)


def _page(form: SpaceForm, space: Space | None, status: int = 200, **more: Any) -> Response:
    members = members_of(space) if space else ()
    values = {"form": form, "space": space, "members": members, "member_form": MemberForm(formdata=None)}
    return render("community/space_edit.html", status=status, **values, **more)


def _plan(form: SpaceForm) -> Plan | None:
    """What the form says, or None with the reasons at its fields."""
    good, home = form.validate(), None
    if form.audience.data == ORGANISATION:
        home = organisation_called(form.organisation.data or "")
        if home is None:
            form.organisation.errors = [_("No organisation has this name")]
            good = False
    if not good:
        return None
    return Plan(
        name=form.name.data or "",
        about=form.about.data or "",
        icon=form.icon.data,
        locale=form.locale.data or "",
        audience=form.audience.data,
        organisation_id=home.id if home else None,
        kinds=form.kinds.data or [],
        holds_first=form.holds_first.data,
        open_to_all=not form.staff_only.data,
    )


@blueprint.get("/spaces/new")
@needs(Permission.SPACES)
def new() -> Response:
    return _page(SpaceForm(kinds=["question", "discussion", "announcement"]), None)


@blueprint.post("/spaces/new")
@needs(Permission.SPACES)
def new_post() -> Response:
    form = SpaceForm()
    plan = _plan(form)
    if plan is None:
        return _page(form, None, 422)
    earlier = acted(form.once.data or "", who().id)
    if earlier is not None:
        return go(earlier or ALL)
    space = make_space(plan, who())
    address = f"{ALL}/{space.slug}" if space.audience == "members" else ALL
    led_to(form.once.data or "", address)
    db.session.commit()
    flash(_("The space is open."), "good")
    return go(address)


def _standing(space: Space) -> SpaceForm:
    """The form as the space stands now."""
    more: dict[str, Any] = {
        "organisation": name_of_organisation(space),
        "staff_only": not space.open_to_all,
    }
    form = SpaceForm(formdata=None, obj=space, **more)
    form.note_seen()
    return form


@blueprint.get("/spaces/<slug>")
@needs(Permission.SPACES)
def edit(slug: str) -> Response:
    space = get_any_space(slug)
    return _page(_standing(space), space)


@blueprint.post("/spaces/<slug>")
@needs(Permission.SPACES)
def edit_post(slug: str) -> Response:
    space, form = get_any_space(slug, change=True), SpaceForm()
    plan = _plan(form)
    if plan is None:
        return _page(form, space, 422)
    stands = _standing(space)
    if form.is_overtaken(stands):
        return _page(form, space, 409, differs=differing(form, stands))
    change_space(space, plan, who())
    db.session.commit()
    flash(_("Saved."), "good")
    return go(ALL)


@blueprint.post("/spaces/<slug>/move")
@needs(Permission.SPACES)
def move(slug: str) -> Response:
    way = request.form.get("way")
    if way not in ("up", "down"):
        abort(400)
    move_space(get_any_space(slug), up=way == "up", by=who())
    db.session.commit()
    return go(ALL)


@blueprint.post("/spaces/<slug>/members")
@needs(Permission.SPACES)
def add_post(slug: str) -> Response:
    space, form = get_any_space(slug), MemberForm()
    if not form.validate():
        kept = SpaceForm(formdata=None, obj=space, organisation=name_of_organisation(space))
        values = {"form": kept, "space": space, "members": members_of(space), "member_form": form}
        return render("community/space_edit.html", status=422, **values)
    add_member(space, form.email.data or "", who())
    db.session.commit()
    flash(_("Whoever has this address reads the space from now on, once they sign in."), "good")
    return go(f"{ALL}/{space.slug}#members")


@blueprint.post("/spaces/<slug>/members/<int:key>/remove")
@needs(Permission.SPACES)
def remove_post(slug: str, key: int) -> Response:
    space = get_any_space(slug)
    remove_member(space, key, who())
    db.session.commit()
    return go(f"{ALL}/{space.slug}#members")


# What stands in a space beside its topics


def _judge(space: Space, title: str) -> str:
    """Why a title cannot stand in a space; "" if it can. Nothing waits for a moderator here."""
    person = who()
    profile = profile_of(person)
    try:
        refuse_fast(person, profile)
        verdict = look_at(person, profile, space, title)
    except Refused as refusal:
        return str(refusal)
    return _("This cannot be put here. Write to us, and we do it for you.") if verdict.gate else ""


def _put_page(space: Space, form: FilesForm, problem: str = "", status: int = 200) -> Response:
    return render("community/put.html", status=status, space=space, form=form, problem=problem)


@blueprint.get("/in/<slug>/files")
@needs(Permission.POST)
def files(slug: str) -> Response:
    space = get_space(who(), slug)
    if not may_put(who(), space):
        abort(403)
    return _put_page(space, FilesForm())


@blueprint.post("/in/<slug>/files")
@needs(Permission.POST)
def files_post(slug: str) -> Response:
    person, form = who(), FilesForm()
    space = get_space(person, slug)
    if not may_put(person, space):
        abort(403)
    good, given = form.validate(), []
    try:
        given = check(form.files.data or ())
    except BadFile as error:
        form.files.errors, good = list(error.args), False
    if good and not given:
        form.files.errors, good = [_("Choose a file first")], False
    if not good:
        return _put_page(space, form, status=422)
    if acted(form.once.data or "", person.id) is None:
        problem = _judge(space, form.title.data or "")
        if problem:
            db.session.rollback()
            return _put_page(get_space(who(), slug), form, problem, 422)
        put_files(space, form.title.data or "", Words("", given), person)
        led_to(form.once.data or "", space.address)
        db.session.commit()
    return go(f"/community/in/{slug}#files")


@blueprint.get("/in/<slug>/requests")
@needs(Permission.POST)
def requests(slug: str) -> Response:
    space = get_space(who(), slug)
    if not may_share(who(), space):
        abort(403)
    return render("community/share.html", space=space, form=ShareForm(number=request.args.get("number")))


@blueprint.post("/in/<slug>/requests")
@needs(Permission.POST)
def requests_post(slug: str) -> Response:
    person, form = who(), ShareForm()
    space = get_space(person, slug)
    if not may_share(person, space):
        abort(403)
    good, number = form.validate(), number_in((form.number.data or "").lstrip("#"))
    ticket = get_own_request(person, number or 0) if good else None
    if good and ticket is None:
        form.number.errors = [_("None of your own requests has this number")]
    problem = _judge(space, "") if ticket else ""
    if problem:
        db.session.rollback()
        form.number.errors, ticket = [problem], None
    if ticket is None:
        return render("community/share.html", status=422, space=get_space(who(), slug), form=form)
    share_request(space, ticket, person)
    db.session.commit()
    return go(f"{space.address}#requests")


@blueprint.post("/in/<slug>/items/<int:key>/remove")
@needs(Permission.POST)
def take_out_post(slug: str, key: int) -> Response:
    space = get_space(who(), slug)
    take_out(get_item(who(), space, key))
    db.session.commit()
    return go(space.address)
