"""Verbs on people who leave and come back."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select, update

from ..accounts.actions import close_doors
from ..audit.actions import record
from ..community.traces import Follow
from ..extensions import db
from ..people.models import Person
from ..tickets.actions import assign
from ..tickets.following import unfollow
from ..tickets.models import OPEN, Follower, Ticket
from .models import Invitation
from .rights import keep_an_administrator


def tickets_of(person: Person, *, change: bool = False) -> Sequence[Ticket]:
    """The open requests that a person looks after, by number; held until the commit when they are to be handed over."""
    rows = select(Ticket).where(Ticket.assignee_id == person.id, OPEN).order_by(Ticket.number)
    return db.session.scalars(rows.with_for_update(of=Ticket) if change else rows).all()


def deactivate(person: Person, by: Person | None, heirs: Mapping[int, Person | None] | None = None) -> int:
    """Nobody signs in, writes or is written to as this person from now on; returns how many requests were handed over.

    Sign-ins, open windows and links in mails end; the person follows nothing any more, and the invitations they sent
    are void. Roles, drafts and all that they said stay, and count again after activate().

    Args:
        person: who leaves.
        by: who does it; None at the command line.
        heirs: who looks after each open request from now on, by its id; its team where nobody is named.

    Raises:
        LastAdministrator: nobody could give rights any more.
    """
    with keep_an_administrator():
        person.active = False
    close_doors(person, by or person)  # first: a request of theirs that is under way is waited for here alone
    tickets = tickets_of(person, change=True)
    for ticket in tickets:
        assign(ticket, (heirs or {}).get(ticket.id), by or person)
    followed = select(Ticket).join(Follower, Follower.ticket_id == Ticket.id)
    for ticket in db.session.scalars(followed.where(Follower.person_id == person.id)).all():
        unfollow(ticket, person, by or person)
    db.session.execute(delete(Follow).where(Follow.person_id == person.id))
    sent = update(Invitation).where(Invitation.by_id == person.id, Invitation.state == "waiting")
    db.session.execute(sent.values(state="withdrawn"))
    record("deactivated a person", by, f"person {person.id}", requests=len(tickets))
    return len(tickets)


def activate(person: Person, by: Person | None) -> None:
    """Let a person in again, with the roles and the password that they had."""
    person.active = True
    record("activated a person", by, f"person {person.id}")
    db.session.flush()
