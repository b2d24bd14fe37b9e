"""Another address for a customer who lost their mailbox: asked for by an agent, who was read a code that proves who rings.

Either code is something that the portal itself checks, and that no agent can make up alone: one that the account page
shows to who knows the password, or a caller's code of this request that is older than a day and made by somebody else.
"""

from flask import Blueprint, Response, abort, flash

from ..accounts import limits
from ..accounts.address import ask_change, forget_spoken
from ..accounts.queries import change_of, is_spoken_code, may_be_taken_back
from ..extensions import db
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..people.guards import needs, who
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.access import get_for_desk
from ..tickets.guests import shows_who_rings
from ..tickets.models import Ticket
from .forms import LostMailboxForm
from .views import rail_for

blueprint = Blueprint("lost_mailbox", __name__, url_prefix="/desk")


def _ticket(number: int, *, change: bool = False) -> Ticket:
    """A request of the agent's teams whose customer has an address; never one of our own people."""
    person = who()
    ticket = get_for_desk(person, number, change=change)
    if not person.may(Permission.ADDRESS, ticket.team_id):
        abort(403)
    customer = ticket.requester
    if not customer.active or not customer.email or ticket.gate or customer.is_staff:
        abort(403)
    return ticket


def _page(ticket: Ticket, form: LostMailboxForm, status: int = 200) -> Response:
    asked = change_of(ticket.requester)
    return render(
        "desk/lost_mailbox.html", status=status, ticket=ticket, form=form, asked=asked, **rail_for(who(), "")
    )


def _proof(ticket: Ticket, code: str, agent: Person) -> str | None:
    """What a code shows: "spoken" or "code"; None when it shows nothing."""
    if is_spoken_code(ticket.requester, code):
        return "spoken"
    return "code" if shows_who_rings(ticket, code, agent) else None


@blueprint.get("/tickets/<int:number>/address")
@needs(Permission.ADDRESS)
def show(number: int) -> Response:
    return _page(_ticket(number), LostMailboxForm(formdata=None))


@blueprint.post("/tickets/<int:number>/address")
@needs(Permission.ADDRESS)
def ask(number: int) -> Response:
    """Wrong codes are counted for the customer and for the agent; so are changes for the agent, as many as a day may have."""
    agent, form = who(), LostMailboxForm()
    ticket = _ticket(number, change=True)
    if not form.validate():
        return _page(ticket, form, 422)
    customer, email = ticket.requester, form.email.data or ""
    tries = [
        (limits.SIGN_IN_ADDRESS, f"who rings|{customer.id}"),
        (limits.SIGN_IN_ADDRESS, f"reads|{agent.id}"),
    ]
    if any(limits.is_over(limit, subject) for limit, subject in tries):
        form.code.errors = [_("Too many wrong codes. Wait a quarter of an hour.")]
    elif email == customer.email:
        form.email.errors = [_("This is the address that they have now")]
    elif may_be_taken_back(customer):
        form.email.errors = [_("It was changed lately. It can be changed again after three days.")]
    elif limits.is_over(limits.ADDRESS_AGENT, str(agent.id)):
        form.email.errors = [_("You asked for as many changes as a day may have. Let a colleague do it.")]
    elif proof := _proof(ticket, form.code.data or "", agent):
        limits.count(limits.ADDRESS_AGENT, str(agent.id))
        forget_spoken(customer)
        ask_change(customer, email, proof, agent)
        db.session.commit()
        flash(
            _("A mail asks the new address; it counts once they say yes there. The old one was told, too."),
            "good",
        )
        return go(f"/desk/tickets/{number}")
    else:
        for limit, subject in tries:
            limits.count(limit, subject)
        form.code.errors = [_("This code proves nothing. Ask for it again, or for the other kind.")]
    db.session.commit()
    return _page(ticket, form, 422)
