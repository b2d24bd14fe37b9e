"""Who may see which tickets, events and files. Nothing else in the portal selects from these tables for a page."""

from flask import abort
from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from ..extensions import db
from ..people.models import Person
from ..people.permissions import Permission
from .models import Attachment, Ticket, TicketEvent


def own_tickets(person: Person) -> Select[Ticket]:
    """The requests that a person sent."""
    return select(Ticket).where(Ticket.requester_id == person.id)


def desk_tickets(person: Person) -> Select[Ticket]:
    """The tickets of the teams whose requests a person may read."""
    everywhere, teams = person.reach(Permission.READ)
    if everywhere:
        return select(Ticket)
    return select(Ticket).where(Ticket.team_id.in_(teams) if teams else false())


def visible_tickets(person: Person) -> Select[Ticket]:
    """Every ticket that a person may read in some way."""
    everywhere, teams = person.reach(Permission.READ)
    return select(Ticket).where(
        true() if everywhere else or_(Ticket.requester_id == person.id, Ticket.team_id.in_(teams))
    )


def _one(rows: Select[Ticket], number: int, *, change: bool) -> Ticket:
    people = (Ticket.requester, Ticket.team, Ticket.assignee, Ticket.organisation)
    rows = rows.where(Ticket.number == number).options(*(joinedload(part) for part in people))
    if change:
        # The row is held until the commit, so that of two agents the second sees what the first did.
        db.session.execute(select(Ticket.id).where(Ticket.number == number).with_for_update())
    return db.session.scalar(rows) or abort(404)


def get_own(person: Person, number: int, *, change: bool = False) -> Ticket:
    """The person's own request or 404."""
    return _one(own_tickets(person), number, change=change)


def get_for_desk(person: Person, number: int, *, change: bool = False) -> Ticket:
    """A ticket of the person's teams or 404."""
    return _one(desk_tickets(person), number, change=change)


def sees_all(person: Person, ticket: Ticket) -> bool:
    """Whether a person reads internal notes of a ticket: its own requester never does by that alone."""
    return person.may(Permission.READ, ticket.team_id)


def visible_events(person: Person, ticket: Ticket) -> Select[TicketEvent]:
    """What of a ticket's story a person may know, oldest first."""
    rows = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
    return rows if sees_all(person, ticket) else rows.where(TicketEvent.public)


def public_events(ticket: Ticket) -> Select[TicketEvent]:
    """What the customer may know, whoever reads: for the customer's own page and for mails."""
    return (
        select(TicketEvent)
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.public)
        .order_by(TicketEvent.id)
    )


def get_file(person: Person, key: str) -> Attachment:
    """A file of a ticket that the person may read, in words that the person may read, or 404."""
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
    allowed = sees_all(person, ticket) or (ticket.requester_id == person.id and found.event.public)
    return found if allowed else abort(404)


def may_hear_ticket(person: Person, ticket_id: int) -> bool:
    """Live topic `ticket-<id>`: what the customer may see changed."""
    return db.session.scalar(visible_tickets(person).where(Ticket.id == ticket_id)) is not None


def may_hear_desk(person: Person, ticket_id: int) -> bool:
    """Live topic `desk-ticket-<id>`: anything changed."""
    return db.session.scalar(desk_tickets(person).where(Ticket.id == ticket_id)) is not None


def may_hear_team(person: Person, team_id: int) -> bool:
    """Live topic `team-<id>`: anything changed in a team's tickets."""
    return person.may(Permission.READ, team_id)


def may_hear_person(person: Person, person_id: int) -> bool:
    """Live topic `person-<id>`: something changed in the person's own requests."""
    return person.id == person_id


def may_be_told(person: Person, ticket_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that a person may read the ticket whose id stands in a column: for notices about it."""
    return visible_tickets(person).where(Ticket.id == ticket_id).correlate_except(Ticket).exists()
