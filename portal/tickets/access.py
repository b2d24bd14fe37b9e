"""Who may see which tickets, events and files. Nothing else in the portal selects from these tables for a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ..extensions import db
from ..people.guards import me
from ..people.models import Membership, Person
from ..people.permissions import Permission
from ..people.readers import Reader, built_once
from .guests import Guest, guest_of, number_let_in
from .models import Attachment, Follower, Ticket, TicketEvent

# What a page of one ticket shows of others, fetched with it in one statement. On the customer's side the requester is
# mostly who reads, and few requests follow an earlier one: both are fetched when they are asked for.
WITH = (Ticket.team, Ticket.assignee, Ticket.organisation, Ticket.followers, Ticket.rating)
WITH_AT_DESK = (*WITH, Ticket.requester, Ticket.follows)


@built_once
def own_tickets(reader: Reader) -> Select[Ticket]:
    """The requests that a person sent; a visitor's only once the address is confirmed."""
    return select(Ticket).where(Ticket.requester_id == reader.id, Ticket.gate == "")


def _with_others(person_id: int) -> ColumnElement[bool]:
    """Requests of others that a person may read: followed, shared with an organisation of theirs, or of one they manage."""
    follows = exists().where(Follower.ticket_id == Ticket.id, Follower.person_id == person_id)
    mine = exists().where(
        Membership.organisation_id == Ticket.organisation_id,
        Membership.person_id == person_id,
        or_(Membership.is_manager, Ticket.shared),
    )
    return or_(follows, mine)


def _on_customers_side(person_id: int) -> ColumnElement[bool]:
    return and_(Ticket.gate == "", or_(Ticket.requester_id == person_id, _with_others(person_id)))


def others_to_read(reader: Reader) -> ColumnElement[bool]:
    """Whether a person reads requests of others at all: each part stops at the first that an index finds."""
    theirs = select(Ticket.id).where(Ticket.requester_id != reader.id, Ticket.gate == "")
    ours = theirs.join(Membership, Membership.organisation_id == Ticket.organisation_id)
    ours = ours.where(Membership.person_id == reader.id)
    followed = theirs.join(Follower, Follower.ticket_id == Ticket.id).where(Follower.person_id == reader.id)
    parts = (followed, ours.where(Membership.is_manager), ours.where(Ticket.shared))
    return or_(*(part.correlate(None).exists() for part in parts))


def is_on_customers_side(person: Person, ticket: Ticket) -> bool:
    """Whether a person's words about a request are those of who asked, and not of the desk."""
    return db.session.scalar(as_customer(person).where(Ticket.id == ticket.id)) is not None


@built_once
def shared_tickets(reader: Reader) -> Select[Ticket]:
    """The requests of others that a person follows, or reads as one of their organisation."""
    ours = select(Membership.organisation_id).where(Membership.person_id == reader.id)
    followed = select(Follower.ticket_id).where(Follower.person_id == reader.id)
    near = or_(Ticket.organisation_id.in_(ours), Ticket.id.in_(followed))  # what an index can find
    return select(Ticket).where(
        near, Ticket.requester_id != reader.id, Ticket.gate == "", _with_others(reader.id)
    )


@built_once
def desk_tickets(reader: Reader) -> Select[Ticket]:
    """The tickets of the teams whose requests a person may read."""
    return at_desk(reader)


def at_desk(reader: Reader) -> Select[Ticket]:
    """The same, for a statement that is built from it."""
    everywhere, teams = reader.reach(Permission.READ)
    if everywhere:
        return select(Ticket)
    return select(Ticket).where(Ticket.team_id.in_(teams) if teams else false())


@built_once
def visible_tickets(reader: Reader) -> Select[Ticket]:
    """Every ticket that a person may read in some way."""
    return _visible(reader)


def _visible(reader: Reader) -> Select[Ticket]:
    everywhere, teams = reader.reach(Permission.READ)
    if everywhere:
        return select(Ticket)
    own_side = _on_customers_side(reader.id)
    return select(Ticket).where(or_(own_side, Ticket.team_id.in_(teams)) if teams else own_side)


@built_once
def as_customer(reader: Reader) -> Select[Ticket]:
    """The requests that a person reads and answers on the customer's side: own ones, and those of others."""
    return select(Ticket).where(_on_customers_side(reader.id))


@built_once
def _one_as_customer(reader: Reader) -> Select[Ticket]:
    return _whole(select(Ticket).where(_on_customers_side(reader.id)), WITH)


@built_once
def _one_at_desk(reader: Reader) -> Select[Ticket]:
    return _whole(at_desk(reader), WITH_AT_DESK)


def _whole(rows: Select[Ticket], parts: Sequence[Any]) -> Select[Ticket]:
    """The one with a number, and with the parts that its page shows."""
    return rows.where(Ticket.number == bindparam("number")).options(*(joinedload(part) for part in parts))


def _find(one: Select[Ticket], number: int, *, change: bool) -> Ticket | None:
    if change:
        # The row is held until the commit, so that of two agents the second sees what the first did.
        db.session.execute(select(Ticket.id).where(Ticket.number == number).with_for_update())
    return db.session.scalars(one, {"number": number}).unique().one_or_none()


def hold(ticket: Ticket) -> Ticket:
    """The row as it is now, held until the commit: of two that act at once, the second sees what the first did."""
    db.session.execute(select(Ticket.id).where(Ticket.id == ticket.id).with_for_update())
    db.session.refresh(ticket)  # with the parts it was loaded with, some of which cannot be held
    return ticket


def get_own(person: Person, number: int, *, change: bool = False) -> Ticket:
    """A request on whose customer's side the person is, or 404."""
    return _find(_one_as_customer(person), number, change=change) or abort(404)


@dataclass(frozen=True)
class Reading:
    """Who reads a request on the customer's side: somebody signed in, or a guest of this one request."""

    person: Person
    ticket: Ticket
    guest: Guest | None


def reading(number: int, *, change: bool = False) -> Reading:
    """The request and who reads it: signed in, or let in by link or code; 404 for others, 401 for visitors."""
    person = me()
    if person:
        ticket = _find(_one_as_customer(person), number, change=change)
        if ticket:
            return Reading(person, ticket, None)
    guest = guest_of(number, change=change)
    if guest:
        return Reading(guest.person, guest.ticket, guest)
    return abort(404 if person else 401)


def decides(person: Person, ticket: Ticket) -> bool:
    """Whether a person settles who else reads a request: its requester, and the managers of its organisation."""
    return ticket.requester_id == person.id or (ticket.organisation_id, True) in person.homes


def get_for_desk(person: Person, number: int, *, change: bool = False) -> Ticket:
    """A ticket of the person's teams or 404."""
    return _find(_one_at_desk(person), number, change=change) or abort(404)


def sees_all(person: Person, ticket: Ticket) -> bool:
    """Whether a person reads internal notes of a ticket: its own requester never does by that alone."""
    return person.may(Permission.READ, ticket.team_id)


# What of a ticket's story is the desk's, and what the customer may know, whoever reads: its id is given as `ticket`.
ALL_EVENTS = select(TicketEvent).where(TicketEvent.ticket_id == bindparam("ticket"))
PUBLIC_EVENTS = ALL_EVENTS.where(TicketEvent.public)


def visible_events(person: Person, ticket: Ticket) -> Select[TicketEvent]:
    """What of a ticket's story a person may know."""
    return ALL_EVENTS if sees_all(person, ticket) else PUBLIC_EVENTS


def get_file(person: Person | None, key: str) -> Attachment:
    """A file in words that the person, or whom this browser was let in as, may read, or 404."""
    found = db.session.scalar(
        select(Attachment)
        .join(Attachment.event)
        .join(TicketEvent.ticket)
        .where(Attachment.key == key)
        .options(contains_eager(Attachment.event).contains_eager(TicketEvent.ticket))
    )
    if found is None:
        abort(404)
    ticket = found.event.ticket
    if person and sees_all(person, ticket):
        return found
    return found if found.event.public and _reads(person, ticket.id) else abort(404)


def _reads(person: Person | None, ticket_id: int) -> bool:
    """Whether the person reads it on the customer's side, or this browser was let in to it."""
    theirs = as_customer(person).where(Ticket.id == ticket_id) if person else None
    return (theirs is not None and db.session.scalar(theirs) is not None) or number_let_in(ticket_id)


def may_hear_ticket(person: Person | None, ticket_id: int) -> bool:
    """Live topic `ticket-<id>`: what the customer may see changed."""
    if person and db.session.scalar(visible_tickets(person).where(Ticket.id == ticket_id)) is not None:
        return True
    return number_let_in(ticket_id)


def may_hear_desk(person: Person | None, ticket_id: int) -> bool:
    """Live topic `desk-ticket-<id>`: anything changed."""
    return (
        person is not None
        and db.session.scalar(desk_tickets(person).where(Ticket.id == ticket_id)) is not None
    )


def may_hear_team(person: Person | None, team_id: int) -> bool:
    """Live topic `team-<id>`: anything changed in a team's tickets."""
    return person is not None and person.may(Permission.READ, team_id)


def may_hear_person(person: Person | None, person_id: int) -> bool:
    """Live topic `person-<id>`: something changed in the person's own requests."""
    return person is not None and person.id == person_id


def may_be_told(reader: Reader, ticket_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that a person may read the ticket whose id stands in a column: for notices about it."""
    return _visible(reader).where(Ticket.id == ticket_id).correlate_except(Ticket).exists()
