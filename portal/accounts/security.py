"""Pages of the account: profile, password, and the browsers that are signed in."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, session
from flask_login import current_user, login_user

from ..extensions import db
from ..kit import clock, crypto
from ..kit.htmx import go, render
from ..kit.i18n import COOKIE, _
from ..people.guards import signed_in, who
from . import limits
from .actions import change_profile, end_sign_in, set_password, sign_out_others
from .forms import AddressForm, PasswordForm, ProfileForm, SpokenForm
from .models import SignIn
from .queries import change_of, sign_ins_of

blueprint = Blueprint("account", __name__, url_prefix="/account")
FRESH = timedelta(
    minutes=15
)  # so long a sign-in by a link stands for the password that somebody does not have


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


def security_page(status: int = 200, **given: Any) -> Response:
    """Address, password and devices; `given` are forms that were sent, and what is wrong with one of them."""
    person = who()
    values = {"form": PasswordForm(formdata=None), "address": AddressForm(formdata=None)} | given
    return render(
        "accounts/security.html",
        status=status,
        rows=sign_ins_of(person),
        here=current_user.id,
        change=change_of(person),
        fresh=is_fresh(),
        **values,
    )


def is_fresh() -> bool:
    """Whether somebody without a password signed in just now, which only a link to their mailbox lets them do."""
    return who().password_hash is None and clock.now() - current_user.created < FRESH


def is_their_password(form: PasswordForm | AddressForm | SpokenForm) -> bool:
    """Whether the password in a form is the person's; a wrong one is told at its field, too many are refused."""
    person = who()
    subject = f"password|{person.id}"
    if limits.is_over(limits.SIGN_IN_ADDRESS, subject):
        form.current.errors = [
            _("Too many wrong tries. Wait a quarter of an hour, or set a new password by mail.")
        ]
        return False
    if crypto.check_password(person.password_hash, form.current.data or ""):
        return True
    limits.count(limits.SIGN_IN_ADDRESS, subject)
    form.current.errors = [_("This is not the password that you have now")]
    return False


@blueprint.get("/security")
@signed_in
def security() -> Response:
    return security_page()


@blueprint.post("/password")
@signed_in
def password() -> Response:
    """A new password; this browser goes on with a new session, and all others are signed out."""
    form = PasswordForm()
    if not form.validate() or not is_their_password(form):
        db.session.commit()
        return security_page(422, form=form)
    row, stays = db.session.get_one(SignIn, current_user.id), session.permanent
    set_password(who(), form.password.data or "", keep=row)
    session.clear()
    login_user(row)
    session.permanent = stays
    db.session.commit()
    flash(_("Your new password is set. Other devices are signed out."), "good")
    return go("/account/security")


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
