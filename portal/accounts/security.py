"""Pages of the account: profile, password, and the browsers that are signed in."""

from flask import Blueprint, Response, abort, flash, make_response, redirect
from flask_login import current_user

from ..extensions import db
from ..kit import crypto
from ..kit.htmx import go, render
from ..kit.i18n import COOKIE, _
from ..people.guards import signed_in, who
from . import limits
from .actions import change_profile, end_sign_in, set_password, sign_out_others
from .forms import PasswordForm, ProfileForm
from .queries import sign_ins_of

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("/profile")
@signed_in
def profile() -> Response:
    return render("accounts/profile.html", form=ProfileForm(obj=who()))


@blueprint.post("/profile")
@signed_in
def profile_post() -> Response:
    form = ProfileForm()
    if not form.validate():
        return render("accounts/profile.html", status=422, form=form)
    change_profile(
        who(),
        called=form.called.data or "",
        name=form.name.data or "",
        language=form.language.data,
        zone=form.zone.data,
    )
    db.session.commit()
    flash(_("Saved."), "good")
    response = make_response(redirect("/account/profile", 303))
    response.delete_cookie(COOKIE)  # the account's language counts again on this device
    return response


@blueprint.get("/security")
@signed_in
def security() -> Response:
    return render(
        "accounts/security.html", form=PasswordForm(), rows=sign_ins_of(who()), here=current_user.id
    )


@blueprint.post("/password")
@signed_in
def password() -> Response:
    form, person = PasswordForm(), who()
    problem = None
    limited = limits.is_over(limits.SIGN_IN_ADDRESS, f"password|{person.id}")
    if form.validate() and not limited:
        if crypto.check_password(person.password_hash, form.current.data or ""):
            set_password(person, form.password.data or "", keep=current_user.id)
            db.session.commit()
            flash(_("Your new password is set. Other devices are signed out."), "good")
            return go("/account/security")
        limits.count(limits.SIGN_IN_ADDRESS, f"password|{person.id}")
        form.current.errors = [_("This is not the password that you have now")]
    if limited:
        problem = _("Too many wrong tries. Wait a quarter of an hour, or set a new password by mail.")
    db.session.commit()
    rows = sign_ins_of(person)
    return render(
        "accounts/security.html", status=422, form=form, rows=rows, here=current_user.id, problem=problem
    )


@blueprint.post("/sign-ins/<int:key>/end")
@signed_in
def end_one(key: int) -> Response:
    if not end_sign_in(who(), key, elsewhere=key != current_user.id):
        abort(404)
    db.session.commit()
    flash(_("That device is signed out."), "good")
    return go("/account/security")


@blueprint.post("/sign-ins/end-others")
@signed_in
def end_others() -> Response:
    sign_out_others(who(), but=current_user.id)
    db.session.commit()
    flash(_("All other devices are signed out."), "good")
    return go("/account/security")
