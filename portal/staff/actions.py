"""Verbs of invitations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ..accounts.actions import lane_of
from ..audit.actions import record
from ..extensions import db
from ..kit import clock, crypto
from ..kit.rows import insert_or_skip
from ..outbox.actions import enqueue
from ..people.actions import give_role as give_first_role
from ..people.actions import know
from ..people.models import CUSTOMER, Person, Role, Team
from .access import offered
from .models import Invitation
from .rights import give_role

LIFE = timedelta(days=7)


@dataclass(frozen=True)
class Offer:
    """Who is asked to join, in which language, with which roles: for some teams, or everywhere when none is named."""

    email: str
    called: str
    language: str
    roles: Sequence[Role]
    teams: Sequence[Team] = field(default=())

    @property
    def places(self) -> list[int | None]:
        """Ids of the teams, or None alone for everywhere."""
        ids: list[int | None] = [team.id for team in self.teams]
        return ids or [None]

    @property
    def pairs(self) -> list[tuple[int, int | None]]:
        return [(role.id, place) for role in self.roles for place in self.places]


def _send(invitation: Invitation) -> None:
    """Leave the mail; its token is made by the worker, so that the database never holds it."""
    invitation.digest = None
    invitation.sent, invitation.ends = clock.now(), clock.now() + LIFE
    values = {"invitation": invitation.id, "turn": invitation.turn}
    enqueue("staff.invite", values, lane=lane_of(invitation.email))


def invite(offer: Offer, by: Person | None) -> Invitation:
    """Ask somebody by mail to join; one that waits for the same address is changed to this and sent anew."""
    email = offer.email.strip().lower()
    values: dict[str, Any] = {"called": offer.called, "language": offer.language, "offers": offer.pairs}
    values["by_id"] = by.id if by else None
    blank = {"email": email, "digest": None, "person_id": None, "turn": 0, "state": "waiting"}
    moments = {"sent": clock.now(), "ends": clock.now() + LIFE}
    db.session.execute(insert_or_skip(Invitation), values | blank | moments)
    one = select(Invitation).where(Invitation.email == email, Invitation.state == "waiting")
    held = one.with_for_update(of=Invitation).execution_options(populate_existing=True)
    invitation = db.session.scalars(held).one()
    for name, value in values.items():
        setattr(invitation, name, value)
    invitation.turn += 1
    _send(invitation)
    record("invited a colleague", by, f"invitation {invitation.id}")
    return invitation


def send_again(invitation: Invitation, by: Person) -> None:
    """Mail it once more, in the name of who does so now; the link before is void."""
    invitation.by, invitation.by_id = by, by.id
    invitation.turn += 1
    _send(invitation)
    record("sent an invitation again", by, f"invitation {invitation.id}")


def withdraw(invitation: Invitation, by: Person) -> None:
    """The link works no more."""
    invitation.state = "withdrawn"
    record("withdrew an invitation", by, f"invitation {invitation.id}")
    db.session.flush()


def accept(invitation: Invitation, called: str = "", password: str = "") -> Person:
    """Who was invited says yes: the address is theirs, an account is made if they have none, and the roles are theirs.

    Args:
        invitation: one that waits, held until the commit.
        called, password: for a new account; an existing one keeps its own.
    """
    person = know(invitation.email, called, invitation.language)
    if not person.password_hash:
        person.called, person.language = called, invitation.language
        person.password_hash = crypto.hash_password(password)
    person.confirmed_at = person.confirmed_at or clock.now()
    if not any(grant.role.key == CUSTOMER for grant in person.grants):
        give_first_role(person, CUSTOMER)
    for role, team in offered(invitation):
        give_role(person, role, team, invitation.by)
    invitation.state, invitation.person_id = "used", person.id
    record("accepted an invitation", person, f"invitation {invitation.id}")
    db.session.flush()
    return person
