"""The agents' list of mails that found no request, and what can be done with each."""

from typing import Any

from flask import Blueprint, Response, abort, flash, request, send_file
from werkzeug.exceptions import NotFound

from ..desk.views import rail_for
from ..extensions import db
from ..kit.files import path_of, size_words
from ..kit.htmx import go, render
from ..kit.i18n import _, lazy
from ..kit.sqlite import reading
from ..people.guards import needs, who
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.access import get_for_desk
from ..tickets.models import Ticket
from .access import get_mail
from .actions import TOPIC, make_request, put_into, read_kept, set_aside, take_back
from .forms import PlaceForm
from .models import IncomingMail
from .queries import count_to_sort, failing_mailbox, mail_page
from .reading import Reading
from .wording import SHOWS, reason_words

blueprint = Blueprint("inbox", __name__, url_prefix="/desk/mail")
LIST = "/desk/mail"


def rail_link(person: Person) -> dict[str, Any] | None:
    """The entry in the desk's rail, for those who may sort mail."""
    if not person.may(Permission.MAIL):
        return None
    words = {"key": "mail", "words": lazy("Mail to sort"), "icon": "at", "url": LIST, "topic": TOPIC}
    return {**words, "count": count_to_sort(person)}


@blueprint.get("")
@needs(Permission.MAIL)
def index() -> Response:
    person = who()
    show = request.args.get("show", "")
    show = show if show in SHOWS else "waiting"
    return render(
        "inbox/index.html",
        "inbox/_list.html",
        page=mail_page(person, show, request.args.get("at", "")),
        show=show,
        shows=SHOWS,
        reason_words=reason_words,
        failing=failing_mailbox(),
        **rail_for(person, "mail"),
    )


def _page(person: Person, mail: IncomingMail, form: PlaceForm, status: int = 200) -> Response:
    """The ticket that it names is readable here: mails of other tickets are not found."""
    may_ask = mail.person is not None and mail.person.active and mail.person.may(Permission.ASK)
    return render(
        "inbox/show.html",
        status=status,
        mail=mail,
        form=form,
        may_ask=may_ask,
        reason_words=reason_words,
        size_words=size_words,
        **rail_for(person, "mail"),
    )


@blueprint.get("/<int:key>")
@needs(Permission.MAIL)
def show(key: int) -> Response:
    person = who()
    mail = get_mail(person, key)
    number = str(mail.ticket.number) if mail.ticket else ""
    return _page(person, mail, PlaceForm(formdata=None, number=number))


@blueprint.get("/<int:key>/raw")
@needs(Permission.MAIL)
def raw(key: int) -> Response:
    """The mail as it came, to be saved; nothing in it is shown or run here."""
    mail = get_mail(who(), key)
    try:
        response = send_file(
            path_of(mail.raw_key),
            mimetype="application/octet-stream",
            as_attachment=True,
            download_name=f"mail-{mail.id}.eml",
        )
    except FileNotFoundError:
        abort(404)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _found_in(key: int) -> Reading:
    """What stands in the mail, read while nobody waits for us: reading a large one takes a second.

    The write lock came with noting who is here, so that much is kept first.
    """
    db.session.commit()
    with reading():
        mail = get_mail(who(), key)
        kept = mail.raw_key, mail.whole
        db.session.rollback()
    return read_kept(kept[0], whole=kept[1])


def _movable(person: Person, key: int) -> IncomingMail | None:
    """The mail, held for a change; None with a sentence if it stands in a ticket already."""
    mail = get_mail(person, key, change=True)
    if mail.state != "placed":
        return mail
    flash(_("Somebody put this mail into a request meanwhile."), "wait")
    return None


@blueprint.post("/<int:key>/ticket")
@needs(Permission.MAIL)
def to_ticket(key: int) -> Response:
    """Put it into a ticket that the agent may write in."""
    person, form = who(), PlaceForm()
    found = _found_in(key)
    mail = _movable(person, key)
    if mail is None:
        return go(f"{LIST}/{key}")
    ticket = _ticket(person, form)
    if ticket is None:
        return _page(person, mail, form, 422)
    put_into(mail, ticket, person, found)
    db.session.commit()
    flash(_("The mail stands in request %(number)d now.", number=ticket.number), "good")
    return go(f"/desk/tickets/{ticket.number}")


def _ticket(person: Person, form: PlaceForm) -> Ticket | None:
    """The ticket of the form, or None with the reason at the field."""
    if not form.validate():
        return None
    try:
        ticket = get_for_desk(person, int(form.number.data), change=True)
    except NotFound:
        ticket = None
    if ticket is None or not person.may(Permission.NOTE, ticket.team_id):
        form.number.errors = [_("There is no request with this number that you may write in.")]
        return None
    return ticket


@blueprint.post("/<int:key>/request")
@needs(Permission.MAIL)
def to_request(key: int) -> Response:
    """Make a request of it, in the name of the known person who sent it."""
    person, found = who(), _found_in(key)
    mail = _movable(person, key)
    if mail is None:
        return go(f"{LIST}/{key}")
    if mail.person is None or not mail.person.active or not mail.person.may(Permission.ASK):
        abort(400)
    ticket = make_request(mail, person, found)
    db.session.commit()
    flash(_("Request %(number)d was made of the mail.", number=ticket.number), "good")
    return go(f"/desk/tickets/{ticket.number}" if person.may(Permission.READ, ticket.team_id) else LIST)


@blueprint.post("/<int:key>/aside")
@needs(Permission.MAIL)
def aside(key: int) -> Response:
    """Nothing needs to be done about it."""
    person = who()
    mail = _movable(person, key)
    if mail is None:
        return go(f"{LIST}/{key}")
    set_aside(mail, person)
    db.session.commit()
    flash(_("Set aside. You find it under “Sorted”, and can take it back there."), "good")
    return go(LIST)


@blueprint.post("/<int:key>/back")
@needs(Permission.MAIL)
def back(key: int) -> Response:
    """Into the list again."""
    person = who()
    mail = _movable(person, key)
    if mail is None:
        return go(f"{LIST}/{key}")
    take_back(mail, person)
    db.session.commit()
    flash(_("The mail is in the list again."), "good")
    return go(f"{LIST}/{key}")
