"""Who may see which mails that came in: what belongs to a ticket follows the ticket, the rest is for all who sort mail."""

from flask import abort
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..people.models import Person
from ..people.permissions import Permission
from ..people.readers import Reader, built_once
from ..tickets.access import at_desk, is_on_customers_side
from ..tickets.models import Ticket
from .models import IncomingMail


@built_once
def visible_mails(reader: Reader) -> Select[IncomingMail]:
    """Mails that a person who sorts mail may read."""
    return mails_for(reader)


def mails_for(reader: Reader) -> Select[IncomingMail]:
    """The same, for a statement that is built from it."""
    rows = select(IncomingMail)
    if reader.reach(Permission.READ)[0]:
        return rows
    readable = at_desk(reader).with_only_columns(Ticket.id)
    return rows.where(or_(IncomingMail.ticket_id.is_(None), IncomingMail.ticket_id.in_(readable)))


def get_mail(person: Person, key: int, *, change: bool = False) -> IncomingMail:
    """One of them or 404; held until the commit when it is to be changed."""
    if change:
        db.session.execute(select(IncomingMail.id).where(IncomingMail.id == key).with_for_update())
    related = (joinedload(IncomingMail.person), joinedload(IncomingMail.ticket))
    return db.session.scalar(visible_mails(person).where(IncomingMail.id == key).options(*related)) or abort(
        404
    )


def may_answer(person: Person, ticket: Ticket) -> bool:
    """Whether a person's mail may become a public answer in a ticket, as it could be sent on its page."""
    if ticket.gate:
        return False
    if is_on_customers_side(person, ticket):
        return not person.grants or person.may(
            Permission.ASK
        )  # without an account it is what the mail's link may do
    return person.may(Permission.ANSWER, ticket.team_id)


def may_hear_mail(person: Person | None, _key: int) -> bool:
    """Live topic `mail-0`: the list of mails changed."""
    return person is not None and person.may(Permission.MAIL)
