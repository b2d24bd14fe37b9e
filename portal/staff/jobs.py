"""The mail that invites a colleague, and forgetting invitations that are over."""

from typing import Any

from ..extensions import db
from ..kit import crypto
from ..mail.actions import send
from ..mail.compose import as_name, compose_to
from ..people.access import find_person
from .access import offered
from .models import Invitation
from .privacy import sweep


def invite(payload: dict[str, Any]) -> None:
    """Write it with a fresh link, unless it was withdrawn, accepted or sent anew meanwhile."""
    invitation = db.session.get(Invitation, payload["invitation"], with_for_update=True)
    stale = invitation is None or invitation.state != "waiting" or invitation.turn != payload["turn"]
    if invitation is None or stale or invitation.ran_out or not offered(invitation):
        return
    token = crypto.new_token()
    invitation.digest = crypto.digest(token)
    db.session.flush()
    known = find_person(invitation.email)
    values = {
        "path": f"/invitation/{token}",
        "called": as_name(invitation.called),
        "by": as_name(invitation.by.shown) if invitation.by else "",
        "known": bool(known and known.password_hash),
    }
    send(compose_to("colleague", invitation.email, invitation.language, **values), payload["job"])


HANDLERS = {"staff.invite": invite, "staff.sweep": lambda _payload: sweep()}
PERIODIC = {"staff.sweep": 3600}
