"""What the worker does when one thing becomes another: it writes the mail that asks a customer."""

from typing import Any

from ..extensions import db
from ..mail.actions import send
from ..notifications.letters import compose_of
from ..notifications.queries import wants_mail
from ..notifications.wording import ANSWER
from ..tickets.guests import link_path
from .models import Proposal


def letter(payload: dict[str, Any]) -> None:
    """Ask the requester by mail, unless it is asked no more; nothing of the words is in it but the subject."""
    proposal = db.session.get(Proposal, payload["proposal"])
    if proposal is None or proposal.state != "asked":
        return
    ticket, person = proposal.ticket, proposal.ticket.requester
    if not person.active or not person.email or not wants_mail(person.id, ANSWER):
        return
    path = link_path(ticket, person, proposal=proposal.id)
    values = {"ticket": ticket, "called": person.shown, "path": path}
    send(compose_of(ANSWER, "proposed", person, **values), payload["job"])


HANDLERS = {"crossing.letter": letter}
