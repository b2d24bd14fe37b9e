"""Pages of roles: what each may do, who holds it, own ones made, copied, changed and deleted."""

from collections.abc import Collection
from typing import Any

from flask import Blueprint, Response, abort, flash
from sqlalchemy import select

from ..extensions import db
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..kit.numbers import number_in
from ..outbox.once import acted, led_to
from ..people.access import hold_rights
from ..people.guards import needs, who
from ..people.models import Person, Role
from ..people.permissions import SENTENCES, Permission, grouped
from ..people.queries import roles_with_holders
from .access import get_changeable, get_role, may_change_role
from .forms import RoleForm
from .queries import holdings_of, is_offered
from .rights import LastAdministrator, Overtaken, change_role, drop_role, make_role
from .views import acting, refused_as_last

blueprint = Blueprint("roles", __name__, url_prefix="/admin/roles")
LIST = "/admin/roles"


@blueprint.get("")
@needs(Permission.ROLES)
def index() -> Response:
    may_make = who().holds([Permission.RIGHTS], None)
    return render(
        "staff/roles.html",
        roles=roles_with_holders(),
        groups=grouped(),
        sentences=SENTENCES,
        may_make=may_make,
    )


def _page(form: RoleForm, role: Role | None, status: int = 200, **more: Any) -> Response:
    by = who()
    values = {"groups": grouped(), "sentences": SENTENCES, "by": by, "role": role, "form": form, **more}
    if role:
        values |= {"holdings": holdings_of(role), "may": may_change_role(by, role)}
    return render("staff/role.html", status=status, **values)


def _check_name(form: RoleForm, but: Role | None) -> bool:
    """Whether no other role is called so."""
    wanted = (form.name.data or "").casefold()
    others = db.session.scalars(select(Role)).all()
    taken = any(role.shown.casefold() == wanted for role in others if but is None or role.id != but.id)
    if taken:
        form.name.errors = [_("Another role is called so")]
    return not taken


def _makers() -> Person:
    """Who makes roles: somebody who gives them everywhere."""
    by = who()
    return by if by.holds([Permission.RIGHTS], None) else abort(403)


def _wanted(form: RoleForm, by: Person) -> Collection[str]:
    """The permissions of a form; 403 when one is among them that its sender lacks everywhere."""
    wanted = form.permissions.data or []
    return wanted if by.holds(wanted, None) else abort(403)


@blueprint.get("/new")
@needs(Permission.RIGHTS)
def new() -> Response:
    _makers()
    return _page(RoleForm(formdata=None), None)


@blueprint.get("/<int:key>/copy")
@needs(Permission.RIGHTS)
def copy(key: int) -> Response:
    """The form of a new role, filled as another one is, as far as the reader holds it."""
    by, role = _makers(), get_role(key)
    held = [name for name in role.permissions if by.holds([name], None)]
    form = RoleForm(formdata=None, name=_("Copy of %(role)s", role=role.shown)[:80], permissions=held)
    return _page(form, None, left_out=len(role.permissions) - len(held))


@blueprint.post("/new")
@needs(Permission.RIGHTS)
def new_post() -> Response:
    by, form = acting(), RoleForm()
    hold_rights(by)
    _makers()
    if not form.validate() or not _check_name(form, None):
        return _page(form, None, 422)
    wanted = _wanted(form, by)
    earlier = acted(form.once.data or "", by.id)
    if earlier is not None:
        return go(earlier or LIST)
    role = make_role(form.name.data or "", wanted, by)
    led_to(form.once.data or "", f"{LIST}/{role.id}")
    db.session.commit()
    flash(_("Made. Give it to somebody on their page."), "good")
    return go(f"{LIST}/{role.id}")


@blueprint.get("/<int:key>")
@needs(Permission.ROLES)
def show(key: int) -> Response:
    role = get_role(key)
    form = RoleForm(formdata=None, name=role.name, permissions=role.permissions, version=str(role.version))
    return _page(form, role)


@blueprint.post("/<int:key>")
@needs(Permission.RIGHTS)
def change(key: int) -> Response:
    """Change it, unless somebody else did meanwhile: then what they made of it is shown beside what was typed."""
    by, form = acting(), RoleForm()
    role = get_changeable(by, key)
    if not form.validate() or not _check_name(form, role):
        return _page(form, role, 422)
    version = number_in(form.version.data) or 0
    try:
        change_role(role, form.name.data or "", _wanted(form, by), by, version)
    except Overtaken:
        form.version.data = str(role.version)
        return _page(form, role, 409, overtaken=True)
    except LastAdministrator:
        return refused_as_last()
    db.session.commit()
    flash(_("Saved. It counts at once for all who hold it."), "good")
    return go(f"{LIST}/{key}")


@blueprint.post("/<int:key>/delete")
@needs(Permission.RIGHTS)
def delete(key: int) -> Response:
    by = acting()
    role = get_changeable(by, key)
    if holdings_of(role) or is_offered(role):
        flash(_("Somebody holds it, or is invited with it. Take it from them first."), "wait")
        return go(f"{LIST}/{key}")
    drop_role(role, by)
    db.session.commit()
    flash(_("Deleted."), "good")
    return go(LIST)
