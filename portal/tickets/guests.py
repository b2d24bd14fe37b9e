"""Who reads one request without signing in: by the link of a mail, or by its number and code.

A browser that came in so keeps it in its session; each page asks again whether it still holds.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app, has_request_context, session
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..kit import clock, codes
from ..kit.rows import insert_or_skip
from ..outbox.actions import enqueue
from ..people.models import Person
from .models import Follower, LinkStop, Ticket

LIFE = timedelta(days=30)
MOST = 10  # requests that one browser keeps open so
RESTS = timedelta(days=1)  # before a caller's code proves anything at the desk, where it can be made anew


@dataclass(frozen=True)
class Guest:
    """A person who reads one request without an account's sign-in."""

    person: Person
    ticket: Ticket
    by_code: bool


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="ticket-link")


def link_path(ticket: Ticket, person: Person, **more: Any) -> str:
    """The path in a mail that opens this request for this person, for LIFE from now."""
    token = _signer().dumps([ticket.id, person.id, int(clock.now().timestamp())])
    words = "".join(f"{sign}{name}={value}" for sign, (name, value) in zip("?&", more.items(), strict=False))
    return f"/tickets/link/{token}{words}"


def digest_of(number: int, code: str) -> str:
    """What is stored of a caller's code."""
    return codes.digest_of(f"caller|{number}", code)


def shows_who_rings(ticket: Ticket, code: str, agent: Person) -> bool:
    """Whether a caller's code proves to an agent who rings: one that this agent did not make, and not of today."""
    if not hmac.compare_digest(ticket.code_digest, digest_of(ticket.number, code)):
        return False
    rested = ticket.code_at is None or ticket.code_at <= clock.now() - RESTS
    return rested and ticket.code_by_id != agent.id


def _keep(ticket: Ticket, person_id: int, issued: int, code: str = "") -> None:
    kept = dict(session.get("guest", {}))
    kept.pop(str(ticket.number), None)
    kept[str(ticket.number)] = [person_id, issued, code]
    session["guest"] = dict(list(kept.items())[-MOST:])
    session.permanent = True


def let_in(ticket: Ticket, person: Person, since: datetime | None = None) -> None:
    """This browser reads the request as the person; `since` a link was made that stopping links must stop too."""
    _keep(ticket, person.id, int((since or clock.now()).timestamp()))


def let_in_too(guest: Guest | None, later: Ticket) -> None:
    """A guest who went on in a new request reads that one as well."""
    if guest:
        db.session.flush()
        let_in(later, guest.person)


def _read(token: str) -> tuple[Ticket, int, int] | None:
    """Request, person's id and moment of a mail's link; None when it was changed, or the request is not to be had."""
    try:
        ticket_id, person_id, issued = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    if _signer().dumps([ticket_id, person_id, issued]) != token:  # Base64 has several spellings of the same
        return None
    ticket = db.session.scalar(_whole().where(Ticket.id == ticket_id))
    return (ticket, person_id, issued) if ticket else None


def enter_by_link(token: str) -> Guest | None:
    """Let in whoever opens a mail's link; None when it was changed, is too old, or was stopped."""
    read = _read(token)
    found = _still(*read, "") if read else None
    if read and found:
        _keep(found.ticket, *read[1:])
    return found


def named_by_link(token: str) -> Guest | None:
    """For whom a link was made that may be too old or stopped, if they still take part; lets nobody in."""
    read = _read(token)
    person = db.session.scalar(_takes_part(*read[:2])) if read else None
    return Guest(person, read[0], by_code=False) if read and person else None


def enter_by_code(number: int, code: str) -> Guest | None:
    """Let in a caller who has number and code."""
    ticket = db.session.scalar(_whole().where(Ticket.number == number))
    digest = digest_of(number, code)
    if ticket is None or not hmac.compare_digest(ticket.code_digest, digest):
        return None
    now = int(clock.now().timestamp())
    found = _still(ticket, ticket.requester_id, now, digest[:16])
    if found:
        _keep(ticket, ticket.requester_id, now, digest[:16])
    return found


def guest_of(number: int, *, change: bool = False) -> Guest | None:
    """The guest whom this browser was let in as, if that still holds.

    Args:
        number: the request's.
        change: whether its row is to be held until the commit.
    """
    kept = session.get("guest", {}).get(str(number))
    if not kept:
        return None
    if change:
        db.session.execute(select(Ticket.id).where(Ticket.number == number).with_for_update())
    ticket = db.session.scalar(_whole().where(Ticket.number == number))
    return _still(ticket, *kept) if ticket else None


def number_let_in(ticket_id: int) -> bool:
    """Whether this browser was let in to the request with an id: for files and live updates."""
    if not has_request_context() or not session.get("guest"):
        return False
    number = db.session.scalar(select(Ticket.number).where(Ticket.id == ticket_id))
    return number is not None and guest_of(number) is not None


def _whole() -> Any:
    parts = (Ticket.requester, Ticket.team, Ticket.assignee, Ticket.organisation)
    return select(Ticket).where(Ticket.gate == "").options(*(joinedload(part) for part in parts))


def _takes_part(ticket: Ticket, person_id: int) -> Select[Person]:
    follows = exists().where(Follower.ticket_id == ticket.id, Follower.person_id == Person.id)
    part = or_(Person.id == ticket.requester_id, follows)
    return select(Person).where(Person.id == person_id, Person.active, part)


def _still(ticket: Ticket, person_id: int, issued: int, code: str) -> Guest | None:
    moment = datetime.fromtimestamp(issued, UTC)
    if not moment <= clock.now() < moment + LIFE:
        return None
    if code and not ticket.code_digest.startswith(code):
        return None
    stopped = exists().where(
        LinkStop.ticket_id == ticket.id, LinkStop.person_id == Person.id, LinkStop.before > moment
    )
    same_address = or_(Person.links_after.is_(None), Person.links_after <= moment)
    person = db.session.scalar(_takes_part(ticket, person_id).where(~stopped, same_address))
    return Guest(person, ticket, bool(code)) if person else None


def send_new_link(ticket: Ticket, person: Person) -> None:
    """Mail a link to a person whose last one is too old, or was stopped."""
    values = {"ticket": ticket.id, "person": person.id}
    enqueue("tickets.link", values, lane=f"ticket-{ticket.id}")


def stop_links(ticket: Ticket, person: Person) -> None:
    """No link that was mailed to the person about this request opens it any more."""
    moment = clock.now() + timedelta(seconds=1)  # a link's time has whole seconds
    values = {"ticket_id": ticket.id, "person_id": person.id, "before": moment}
    db.session.execute(insert_or_skip(LinkStop).values(**values))
    stop = db.session.get_one(LinkStop, (ticket.id, person.id))
    stop.before = moment
    leave(ticket)


def leave(ticket: Ticket) -> None:
    """This browser is let in to the request no more."""
    session["guest"] = {
        number: kept for number, kept in session.get("guest", {}).items() if number != str(ticket.number)
    }
