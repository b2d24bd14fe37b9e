"""Verbs on who else reads a request: colleagues at once, others once they confirmed their address."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from ..accounts import limits
from ..accounts.models import MailLink
from ..extensions import db
from ..kit import clock
from ..kit.rows import insert_or_skip
from ..outbox.actions import enqueue
from ..people.actions import know
from ..people.models import Membership, Person
from .actions import add_event, index_anew, tell
from .models import Follower, Ticket
from .notices import tell_added

INVITED = timedelta(days=14)


def followers_of(ticket: Ticket) -> list[Person]:
    """Who follows a request beside its requester, in the order in which they came."""
    rows = (
        select(Person).join(Follower, Follower.person_id == Person.id).where(Follower.ticket_id == ticket.id)
    )
    return list(db.session.scalars(rows.order_by(Follower.id)))


def _is_colleague(ticket: Ticket, person: Person) -> bool:
    member = select(Membership.id).where(
        Membership.person_id == person.id, Membership.organisation_id == ticket.organisation_id
    )
    return ticket.organisation_id is not None and db.session.scalar(member) is not None


def invite(ticket: Ticket, email: str, by: Person) -> bool:
    """Let somebody follow: a colleague at once; anybody else is asked by mail. Whether it was at once.

    The mail says who invites and nothing of the request: the address may be wrong. Nobody is asked more often in an
    hour than anybody may cause mails to one address.
    """
    person = db.session.scalar(select(Person).where(Person.email == email.strip().lower(), Person.active))
    if person and _is_colleague(ticket, person):
        follow(ticket, person, by)
        return True
    if limits.mails_used_up("invited", limits.plain_address(email)):
        return False  # as if it were asked: whose address it is, is nobody's business
    values = {
        "ticket": ticket.id,
        "email": email.strip().lower(),
        "by": by.id,
        "until": (clock.now() + INVITED).isoformat(),
    }
    enqueue("tickets.invite", values, lane=f"ticket-{ticket.id}")
    return False


def invitations(ticket: Ticket) -> Sequence[MailLink]:
    """What was asked by mail, and neither answered nor taken back."""
    living = MailLink.payload["ticket"].as_integer() == ticket.id
    rows = select(MailLink).where(MailLink.purpose == "follow", living, MailLink.ends > clock.now())
    follow_it = {person.email for person in followers_of(ticket)}
    return [row for row in db.session.scalars(rows.order_by(MailLink.id)) if row.email not in follow_it]


def uninvite(ticket: Ticket, email: str) -> None:
    """No link that asks this address to follow the request works any more."""
    living = MailLink.payload["ticket"].as_integer() == ticket.id
    db.session.execute(delete(MailLink).where(MailLink.purpose == "follow", MailLink.email == email, living))


def join(ticket: Ticket, email: str, language: str, invited_by: Person | None) -> Person:
    """Who was invited says yes: the address is theirs, and they follow.

    Raises:
        LookupError: the address is that of somebody who was deactivated.
    """
    person = know(email, "", language)
    if not person.active:
        raise LookupError(email)
    person.confirmed_at = person.confirmed_at or clock.now()
    follow(ticket, person, invited_by or person)
    return person


def follow(ticket: Ticket, person: Person, by: Person) -> None:
    """Let a person read and answer a request and get its mails; the desk and the others see it."""
    values = {"ticket_id": ticket.id, "person_id": person.id, "added_by_id": by.id, "at": clock.now()}
    fresh = insert_or_skip(Follower).values(**values).returning(Follower.id)
    if person.id == ticket.requester_id or db.session.execute(fresh).first() is None:
        return
    db.session.expire(ticket, ["followers"])
    data = {"id": person.id, "name": person.shown, "by": by.id}
    tell_added(person, ticket, add_event(ticket, "follower", by, data, public=True), by)
    index_anew(ticket)
    tell(ticket, public=True)
    db.session.flush()


def unfollow(ticket: Ticket, person: Person, by: Person) -> None:
    """The person follows it no more."""
    gone = delete(Follower).where(Follower.ticket_id == ticket.id, Follower.person_id == person.id)
    if person.email:
        uninvite(ticket, person.email)
    if db.session.execute(gone.returning(Follower.id)).first():
        db.session.expire(ticket, ["followers"])
        add_event(ticket, "left", by, {"id": person.id, "name": person.shown}, public=True)
        index_anew(ticket)
        tell(ticket, public=True)
        db.session.flush()


def share(ticket: Ticket, shared: bool, by: Person) -> None:
    """Let everybody of the requester's organisation read and answer a request, or no longer."""
    if ticket.organisation_id is None or ticket.shared == shared:
        return
    ticket.shared = shared
    add_event(ticket, "shared", by, {"shared": shared}, public=True)
    index_anew(ticket)
    tell(ticket, public=True)
    db.session.flush()
