"""Requests that come to the desk in other ways: of callers, of visitors who wait to be looked at; and what was read."""

from flask import Blueprint, Response, abort, flash, request, session

from ..extensions import db
from ..kit.htmx import go, is_htmx, render
from ..kit.i18n import _, current_language
from ..kit.numbers import BIGINT, number_in
from ..mail.compose import absolute
from ..outbox.once import acted, led_to
from ..people.actions import know
from ..people.guards import needs, who
from ..people.permissions import Permission
from ..tickets.access import get_for_desk
from ..tickets.actions import Words, mark_read, set_state
from ..tickets.forms import CallerForm
from ..tickets.visitors import let_through, open_for_caller, replace_code
from .views import changeable, rail_for

blueprint = Blueprint("intake", __name__, url_prefix="/desk")


@blueprint.get("/new")
@needs(Permission.ANSWER)
def new() -> Response:
    return render("desk/new.html", form=CallerForm(), **rail_for(who(), ""))


@blueprint.post("/new")
@needs(Permission.ANSWER)
def new_post() -> Response:
    """Write down what somebody asks on the phone or at the counter; number and code are shown once, to be read out."""
    person, form = who(), CallerForm()
    if not form.validate():
        return render("desk/new.html", status=422, form=form, **rail_for(person, ""))
    earlier = acted(form.once.data or "", person.id)
    if earlier is not None:
        return go(earlier or "/desk")
    caller = know(form.email.data or None, form.name.data or "", current_language())
    if not caller.active:
        form.email.errors = [_("This account was closed; leave the address out.")]
        db.session.rollback()
        return render("desk/new.html", status=422, form=form, **rail_for(person, ""))
    words = Words(form.body.data or "")
    ticket, code = open_for_caller(form.subject.data or "", words, caller, person, form.kind.data)
    return _read_out(ticket.number, code, form.once.data or "")


def _read_out(number: int, code: str, once: str = "") -> Response:
    """On to the page that shows the code, once; it is stored nowhere in clear."""
    address = f"/desk/tickets/{number}/code"
    if once:
        led_to(once, address)
    db.session.commit()
    session["code"] = [number, code]
    return go(address)


@blueprint.get("/tickets/<int:number>/code")
@needs(Permission.READ)
def code(number: int) -> Response:
    person = who()
    ticket = get_for_desk(person, number)
    known, words = session.pop("code", [0, ""])
    shown = words if known == number else ""
    follow = absolute("/tickets/follow")
    return render("desk/code.html", ticket=ticket, code=shown, follow_address=follow, **rail_for(person, ""))


@blueprint.post("/tickets/<int:number>/code")
@needs(Permission.ANSWER)
def new_code(number: int) -> Response:
    """A new code; whoever came in with the one before is out."""
    person = who()
    ticket = get_for_desk(person, number, change=True)
    if not person.may(Permission.ANSWER, ticket.team_id):
        abort(403)
    return _read_out(number, replace_code(ticket, person))


@blueprint.post("/tickets/<int:number>/gate")
@needs(Permission.CHANGE)
def gate(number: int) -> Response:
    """What was held back: a person sent it (then the address is asked), or it is set aside."""
    person = who()
    ticket = changeable(person, number)
    if ticket.gate != "held":
        return go(f"/desk/tickets/{number}")
    if request.form.get("act") == "through":
        let_through(ticket, person)
        flash(_("Let through: the address is asked by mail."), "good")
    else:
        set_state(ticket, "closed", person, staff=True)
        flash(_("Set aside. It stays under All, and can be opened again."), "good")
    db.session.commit()
    return go("/desk?view=held")


@blueprint.post("/tickets/<int:number>/read")
@needs(Permission.READ)
def read(number: int) -> Response:
    """An agent had this on the screen: what was said until then can no longer be changed by its writer."""
    ticket = get_for_desk(who(), number, change=True)
    mark_read(ticket, number_in(request.form.get("shown"), BIGINT) or 0)
    db.session.commit()
    return Response("", 204) if is_htmx() else go(f"/desk/tickets/{number}")
