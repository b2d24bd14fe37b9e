"""Selects about practice requests: the one at hand, what can be tried in it, and whether one is offered."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import func, select

from ..canned.access import fitting_answers
from ..canned.models import CannedAnswer
from ..canned.wording import filled
from ..extensions import db
from ..kb.access import audience, visible_articles
from ..kit import clock
from ..kit.types import UtcDateTime
from ..mail.compose import absolute
from ..people.models import Grant, Person, Role
from ..people.permissions import Permission
from ..tickets.models import Ticket
from .models import Practice
from .wording import STEPS, asked_in

NEW_FOR = timedelta(days=30)  # so long somebody with a role of ours is offered to practise
NUMBER = 10_000  # real ones begin above it
TELLING = 12  # letters that a line of a ready answer has at least, to be known again


def practice_of(person: Person) -> Practice | None:
    """The person's practice request, unless it was put away."""
    found = db.session.get(Practice, person.id)
    return found if found and found.is_on else None


def offer_for(person: Person) -> Practice | None:
    """What a new agent's desk shows: the practice request at hand, or an empty one that can be begun; None for all others.

    Who is not new is not asked for again: with time a process knows all of them, and their desk costs no statement.
    """
    if not person.may(Permission.ANSWER) or person.id in _not_new():
        return None
    given = select(func.max(Grant.given_at, type_=UtcDateTime)).join(Grant.role)
    given = given.where(Grant.person_id == person.id, Role.key != "customer")
    since = db.session.scalar(given)
    found = db.session.get(Practice, person.id)
    if since is None or since < clock.now() - NEW_FOR or (found and not found.is_on):
        _not_new().add(person.id)
        return None
    return found or Practice(person_id=person.id, steps=[])


def _not_new() -> set[int]:
    known: set[int] = current_app.extensions.setdefault("not_new", set())
    return known


def made_up(practice: Practice, agent: Person) -> Ticket:
    """The practice request in a ticket's clothes, for what is shown and offered; it never enters the session."""
    asked = asked_in(practice.language)
    _everywhere, teams = agent.reach(Permission.ANSWER)
    return Ticket(
        number=NUMBER,
        subject=asked.subject,
        state=practice.state,
        team_id=min(teams, default=None),
        requester=Person(called=asked.who, language=practice.language, email=None, erased="", name=""),
        reach="",
        needed="",
    )


def possible_steps(ticket: Ticket) -> list[str]:
    """What can be tried here: a company that has just begun may have neither ready answers nor articles."""
    left_out = set()
    if db.session.scalar(fitting_answers(ticket).with_only_columns(CannedAnswer.id).limit(1)) is None:
        left_out.add("ready")
    if db.session.scalar(visible_articles(audience(None)).limit(1)) is None:
        left_out.add("article")
    return [step for step in STEPS if step not in left_out]


def done_in(body: str, ticket: Ticket) -> tuple[str, ...]:
    """Which of the two insertions an answer really holds: a line of a ready answer, the address of an article."""
    ready = any(
        len(line.strip()) >= TELLING and line.strip() in body
        for row in db.session.scalars(fitting_answers(ticket))
        for line in filled(row.body, ticket).splitlines()
    )
    article = absolute("/help/") in body
    return tuple(step for step, there in (("ready", ready), ("article", article)) if there)
