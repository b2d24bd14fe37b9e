"""How long a sign-in lives: at most LONG or SHORT in all, and at most IDLE of them without being used.

That a page was looked at is noted in the browser's own signed cookie, since looking writes nothing to the database; that
something was sent, on the sign-in's row. The later of the two counts.
"""

from datetime import UTC, datetime, timedelta

from flask import Response, g, request, session
from flask_login import current_user

from ..kit import clock
from ..kit.htmx import is_htmx
from .actions import LONG, SHORT
from .models import SignIn
from .queries import load_sign_in

IDLE = {SHORT: timedelta(hours=4), LONG: timedelta(days=14)}
NOTED_EVERY = timedelta(minutes=10)


def _life(row: SignIn) -> timedelta:
    """Which of the two lives a sign-in was given."""
    return LONG if row.ends - row.created > SHORT else SHORT


def _looked() -> datetime:
    """When this browser last looked at a page, as its cookie says."""
    kept = session.get("looked")
    return datetime.fromtimestamp(kept if isinstance(kept, int) else 0, UTC)


def load_living(token: str) -> SignIn | None:
    """The sign-in of a cookie, unless it is over or was not used for too long."""
    row = load_sign_in(token)
    if row is None or clock.now() - max(row.seen, _looked()) > IDLE[_life(row)]:
        return None
    return row


def note_sent() -> None:
    """Something is sent: the sign-in's row says so, exact to some minutes."""
    if current_user.is_authenticated and clock.now() - current_user.seen > NOTED_EVERY:
        current_user.seen = clock.now()


def note_looked(response: Response) -> Response:
    """A whole page is looked at; parts that fetch themselves are nobody's doing, and ask for no reader that nobody asked for."""
    person_is_known = "_login_user" in g and current_user.is_authenticated
    if request.method == "GET" and person_is_known and not is_htmx() and response.mimetype == "text/html":
        now = clock.now()
        if now - max(current_user.seen, _looked()) > NOTED_EVERY:
            session["looked"] = int(now.timestamp())
    return response
