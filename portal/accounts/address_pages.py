"""Pages of a change of address: asking for it, and saying yes or no behind the links of both mailboxes.

An address in a mail changes nothing by being opened: a page with a button does.
"""

from flask import Blueprint, Response, abort, flash, request, session

from ..extensions import db
from ..kit.addresses import NOT_TOLD
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..people.guards import public, signed_in, who
from . import limits
from .address import NEW, OBJECT, OLD, ask_change, call_off, make_spoken, say_no, say_yes
from .forms import AddressForm, SpokenForm
from .models import AddressChange, MailLink
from .queries import find_link, hold_change, may_be_taken_back
from .security import is_fresh, is_their_password, security_page
from .views import over

blueprint = Blueprint("address", __name__)
PURPOSES = {"new": NEW, "old": OLD, "object": OBJECT}


@blueprint.post("/account/address")
@signed_in
def ask() -> Response:
    """Ask for another address: with the password, or for who has none with a sign-in by link just now."""
    person, form = who(), AddressForm()
    if not form.validate():
        return security_page(422, address=form)
    email, fresh = form.email.data or "", is_fresh()
    if email == person.email:
        form.email.errors = [_("This is the address that you have now")]
    elif not fresh and not is_their_password(form):
        pass  # what is wrong stands at the field
    elif may_be_taken_back(person):
        form.email.errors = [_("Your address was changed lately. It can be changed again after three days.")]
    elif limits.mails_used_up("address-of", str(person.id)) or limits.mails_used_up(
        "address", limits.plain_address(email)
    ):
        form.email.errors = [_("You asked for that several times now. Please try again in an hour.")]
    else:
        ask_change(person, email, "link" if fresh else "password")
        db.session.commit()
        flash(_("Two mails are on their way: to the address that you have, and to the new one."), "good")
        return go("/account/security#address")
    db.session.commit()
    return security_page(422, address=form)


@blueprint.post("/account/address/call-off")
@signed_in
def call_off_post() -> Response:
    call_off(who())
    db.session.commit()
    flash(_("Your address stays as it is."), "good")
    return go("/account/security#address")


@blueprint.get("/account/address/lost")
@signed_in
def lost() -> Response:
    """For who reads no mail at the old address any more: a code to read out to us, shown once."""
    known, code = session.get("spoken", [0, ""])
    shown = code if known == who().id else ""
    if shown:
        session.pop("spoken")
    return render("accounts/lost_mailbox.html", form=SpokenForm(formdata=None), code=shown)


@blueprint.post("/account/address/lost")
@signed_in
def lost_post() -> Response:
    form = SpokenForm()
    if not form.validate() or not is_their_password(form):
        db.session.commit()
        return render("accounts/lost_mailbox.html", status=422, form=form, code="")
    session["spoken"] = [who().id, make_spoken(who())]
    db.session.commit()
    return go("/account/address/lost")


def _asked(which: str, token: str) -> tuple[MailLink, AddressChange] | None:
    """A living link and the change that it asks about."""
    link = find_link(token, PURPOSES[which]) if which in PURPOSES else abort(404)
    change = hold_change(link) if link else None
    return (link, change) if link and change else None


@blueprint.get("/address/<which>/<token>")
@public
def page(which: str, token: str) -> Response:
    asked = _asked(which, token)
    if asked is None:
        return over()
    response = render("accounts/address_link.html", which=which, change=asked[1])
    response.headers.extend(NOT_TOLD)
    return response


@blueprint.post("/address/<which>/<token>")
@public
def page_post(which: str, token: str) -> Response:
    """The answer of a mailbox; the new one can only say yes, and one that objects only no."""
    asked = _asked(which, token)
    if asked is None:
        return over()
    link, change = asked
    old, new = change.old, change.new
    if which == "object" or (which == "old" and request.form.get("say") == "no"):
        shut = which == "object" or "shut" in request.form
        said = ("shut" if shut else "stopped") if say_no(change, link, shut=shut) else "over"
    else:
        said = say_yes(change, link)
    db.session.commit()
    if said == "over":
        return over()
    return render("accounts/address_said.html", said=said, old=old, new=new, which=which)
