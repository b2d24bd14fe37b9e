"""Pages of signing up, in and out, and of links in mails."""

from zoneinfo import available_timezones

from flask import Blueprint, Response, current_app, flash, request, session
from flask_login import current_user, login_user, logout_user

from ..audit.actions import record
from ..extensions import db
from ..kit import crypto
from ..kit.addresses import NOT_TOLD, safe_path
from ..kit.htmx import go, render
from ..kit.i18n import _, current_language
from ..people.access import find_person
from ..people.guards import me, public
from ..people.models import Person
from . import limits
from .actions import (
    Newcomer,
    ask_reset,
    begin_sign_in,
    check_sign_in,
    confirm,
    end_sign_in,
    set_password,
    sign_up,
    use_up,
)
from .forms import EmailForm, NewPasswordForm, SignInForm, SignUpForm
from .models import MailLink
from .queries import find_link

blueprint = Blueprint("accounts", __name__)


def enter(person: Person, *, stay: bool) -> None:
    """Sign in on this browser: a new session, so that one planted before is worth nothing."""
    previous = current_user if current_user.is_authenticated else None
    if previous:
        end_sign_in(previous.person, previous.id)
    session.clear()
    row = begin_sign_in(person, request.user_agent.string, request.remote_addr or "", stay=stay)
    login_user(row)
    session.permanent = stay


def first_page(person: Person) -> str:
    """Where somebody begins who was on the way to nowhere else."""
    asked = (page(person) for page in current_app.extensions["first_pages"])
    return next((place for place in asked if place), "/desk" if person.is_staff else "/account")


@blueprint.get("/sign-in")
@public
def sign_in() -> Response:
    form = SignInForm(next=safe_path(request.args.get("next"), ""))
    person = me()
    if person:
        return go(safe_path(request.args.get("next"), first_page(person)))
    return render("accounts/sign_in.html", form=form)


@blueprint.post("/sign-in")
@public
def sign_in_post() -> Response:
    form = SignInForm()
    if not form.validate():
        return render("accounts/sign_in.html", status=422, form=form)
    address = limits.plain_address(form.email.data or "") + "|" + limits.source()
    over = limits.is_over(limits.SIGN_IN_SOURCE, limits.source()) or limits.is_over(
        limits.SIGN_IN_ADDRESS, address
    )
    if over:
        db.session.commit()
        problem = _("Too many wrong tries. Wait a quarter of an hour, or set a new password by mail.")
        return render("accounts/sign_in.html", status=429, form=form, problem=problem)
    person = check_sign_in(form.email.data or "", form.password.data or "")
    if person is None:
        limits.count(limits.SIGN_IN_ADDRESS, address)
        limits.count(limits.SIGN_IN_SOURCE, limits.source())
        record("failed to sign in", None)
        db.session.commit()
        problem = _("Address and password do not belong together. Look at both, or set a new password.")
        return render("accounts/sign_in.html", status=422, form=form, problem=problem)
    enter(person, stay=bool(form.stay.data))
    db.session.commit()
    return go(safe_path(form.next.data, first_page(person)))


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    if current_user.is_authenticated:
        end_sign_in(current_user.person, current_user.id)
        logout_user()
        db.session.commit()
    session.clear()
    flash(_("You are signed out."), "good")
    response = go("/")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@blueprint.get("/sign-up")
@public
def sign_up_page() -> Response:
    return render("accounts/sign_up.html", form=SignUpForm(next=safe_path(request.args.get("next"), "")))


@blueprint.post("/sign-up")
@public
def sign_up_post() -> Response:
    form = SignUpForm()
    if not form.validate():
        return render("accounts/sign_up.html", status=422, form=form)
    if limits.is_over(limits.SIGN_UP_SOURCE, limits.source()):
        db.session.commit()
        return _too_many("accounts/sign_up.html", form)
    limits.count(limits.SIGN_UP_SOURCE, limits.source())
    email = form.email.data or ""
    session["sign_up"] = browser = session.get("sign_up") or crypto.new_token()
    if not limits.mails_used_up("sign-up", limits.plain_address(email)):
        zone = form.zone.data if form.zone.data in available_timezones() else ""
        words = (form.name.data or "", email, form.password.data or "")
        newcomer = Newcomer(*words, current_language(), zone or "", browser, form.agreed)
        sign_up(newcomer, safe_path(form.next.data, ""))
    db.session.commit()
    return render("accounts/look.html", email=email, why="sign-up")


def _too_many(page: str, form: SignUpForm | EmailForm) -> Response:
    problem = _("That was a lot from one place. Please try again in an hour.")
    return render(page, status=429, form=form, problem=problem)


def _same_browser(link: MailLink) -> bool:
    """Whether the link is opened where its account was asked for: elsewhere, the password may be a stranger's choice."""
    word = session.get("sign_up", "")
    return bool(word) and crypto.digest(word) == link.payload["browser"]


@blueprint.get("/confirm/<token>")
@public
def confirm_page(token: str) -> Response:
    link = find_link(token, "confirm")
    if link is None:
        return over()
    form = None if _same_browser(link) else NewPasswordForm()
    response = render("accounts/confirm.html", email=link.email, form=form)
    response.headers.extend(NOT_TOLD)
    return response


@blueprint.post("/confirm/<token>")
@public
def confirm_post(token: str) -> Response:
    link = find_link(token, "confirm")
    if link is None:
        return over()
    form = None if _same_browser(link) else NewPasswordForm()
    if form and not form.validate():
        return render("accounts/confirm.html", status=422, email=link.email, form=form)
    next_page = link.payload.get("next", "")
    person = confirm(link, form.password.data if form else None)
    if person is None:
        return over()
    enter(person, stay=False)
    db.session.commit()
    # Back to where they began; who began at the start page goes on to the home that greets them.
    return go("/account" if next_page == "/" else safe_path(next_page, "/account"))


def over() -> Response:
    """A link that was used, is too old, or never was: one answer for all."""
    return render("accounts/link_over.html", status=404)


@blueprint.get("/lost-password")
@public
def lost() -> Response:
    return render("accounts/lost.html", form=EmailForm(email=request.args.get("email", "")[:254]))


@blueprint.post("/lost-password")
@public
def lost_post() -> Response:
    form = EmailForm()
    if not form.validate():
        return render("accounts/lost.html", status=422, form=form)
    if limits.is_over(limits.SIGN_UP_SOURCE, limits.source()):
        db.session.commit()
        return _too_many("accounts/lost.html", form)
    limits.count(limits.SIGN_UP_SOURCE, limits.source())
    # The address to the letter: another spelling has no account here, and must not use up the mails of the one that has.
    if not limits.mails_used_up("reset", form.email.data or ""):
        ask_reset(form.email.data or "")
    db.session.commit()
    return render("accounts/look.html", email=form.email.data, why="reset")


@blueprint.get("/reset/<token>")
@public
def reset_page(token: str) -> Response:
    link = find_link(token, "reset")
    if link is None:
        return over()
    response = render("accounts/reset.html", form=NewPasswordForm(), email=link.email)
    response.headers.extend(NOT_TOLD)
    return response


@blueprint.post("/reset/<token>")
@public
def reset_post(token: str) -> Response:
    link = find_link(token, "reset")
    person = find_person(link.email) if link else None
    if link is None or person is None or person.id != link.person_id:
        return over()
    form = NewPasswordForm()
    if not form.validate():
        return render("accounts/reset.html", status=422, form=form, email=link.email)
    if not use_up(link):
        return over()
    set_password(person, form.password.data or "")
    enter(person, stay=False)
    db.session.commit()
    flash(_("Your new password is set. Other devices are signed out."), "good")
    return go("/account")
