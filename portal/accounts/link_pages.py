"""Pages of signing in by a link in a mail: asking for one, and the button behind it.

Opening the link signs nobody in, since programs that look through mails open links too; its button does.
"""

from flask import Blueprint, Response, request, session

from ..extensions import db
from ..kit import crypto
from ..kit.addresses import NOT_TOLD, safe_path
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..people.guards import public
from . import limits
from .by_link import PURPOSE, ask_sign_in_link, person_of, sign_in_by
from .forms import LinkForm, StayForm
from .models import MailLink
from .queries import find_link
from .views import enter, first_page, over

blueprint = Blueprint("sign_in_link", __name__, url_prefix="/sign-in/link")


@blueprint.get("")
@public
def ask() -> Response:
    next_page = safe_path(request.args.get("next"), "")
    return render("accounts/ask_link.html", form=LinkForm(next=next_page))


@blueprint.post("")
@public
def ask_post() -> Response:
    """The same answer for every address; the form of the sign-in page leads here too, perhaps before it was filled."""
    form = LinkForm()
    if "password" in request.form and not (form.email.data or "").strip():
        return render("accounts/ask_link.html", form=LinkForm(formdata=None, next=form.next.data))
    if not form.validate():
        return render("accounts/ask_link.html", status=422, form=form)
    if limits.is_over(limits.SIGN_UP_SOURCE, limits.source()):
        db.session.commit()
        problem = _("That was a lot from one place. Please try again in an hour.")
        return render("accounts/ask_link.html", status=429, form=form, problem=problem)
    limits.count(limits.SIGN_UP_SOURCE, limits.source())
    email = form.email.data or ""
    session["link"] = browser = session.get("link") or crypto.new_token()
    # By the letter, as for a new password: another spelling has no account, and must not use up the mails of the one that has.
    if not limits.mails_used_up("sign-in", email):
        ask_sign_in_link(email, browser, safe_path(form.next.data, ""))
    db.session.commit()
    return render("accounts/look.html", email=email, why="link")


def _same_browser(link: MailLink) -> bool:
    word = session.get("link", "")
    return bool(word) and crypto.digest(word) == link.payload["browser"]


@blueprint.get("/<token>")
@public
def page(token: str) -> Response:
    link = find_link(token, PURPOSE)
    if link is None or person_of(link) is None:
        return over()
    response = render("accounts/by_link.html", email=link.email, here=_same_browser(link), form=StayForm())
    response.headers.extend(NOT_TOLD)
    return response


@blueprint.post("/<token>")
@public
def page_post(token: str) -> Response:
    link = find_link(token, PURPOSE)
    next_page = link.payload["next"] if link else ""
    person = sign_in_by(link) if link else None
    if person is None:
        return over()
    enter(person, stay=bool(StayForm().stay.data))
    db.session.commit()
    return go(safe_path(next_page, first_page(person)))
