"""Makers: a test names only what it is about."""

from collections.abc import Sequence
from typing import Any

from argon2 import PasswordHasher

from portal.community.actions import Opening, add_post, begin_topic
from portal.community.gate import Verdict
from portal.community.models import Post, Space, SpaceMember, Topic
from portal.extensions import db
from portal.ideas.actions import suggest
from portal.ideas.models import Idea
from portal.people.models import Organisation, Person, Team
from portal.tickets.actions import Words, assign, note, open_ticket, reply, set_state
from portal.tickets.models import Ticket, TicketEvent

PASSWORD = "demo-portal-2026"
PASSWORD_HASH = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)


def make_ticket(
    by: Person, subject: str = "The light is orange", body: str = "It blinks.", **more: str
) -> Ticket:
    """A new request of a person; `team` names its team, `state` what it is then set to."""
    team = db.session.query(Team).filter_by(name=more["team"]).one() if "team" in more else None
    ticket = open_ticket(subject, Words(body), by, team=team, priority=more.get("priority", "normal"))
    if "state" in more:
        set_state(ticket, more["state"], None)
    db.session.commit()
    return ticket


def make_answer(
    ticket: Ticket, by: Person, body: str = "Press it for ten seconds.", then: str = "waiting"
) -> TicketEvent:
    """An agent's answer, or the customer's own words."""
    event = reply(ticket, Words(body), by, then=then)
    db.session.commit()
    return event


def make_note(ticket: Ticket, by: Person, body: str = "Known fault, see the firmware list.") -> TicketEvent:
    """An internal note."""
    event = note(ticket, Words(body), by)
    db.session.commit()
    return event


def take(ticket: Ticket, by: Person) -> None:
    """An agent takes a ticket."""
    assign(ticket, by, by)
    db.session.commit()


def make_space(name: str = "Routers", audience: str = "public", **more: Any) -> Space:
    """A space of the community; `organisation`, `members` and columns of the table by name."""
    organisation: Organisation | None = more.pop("organisation", None)
    members: Sequence[Person] = more.pop("members", ())
    space = Space(slug=name.lower().replace(" ", "-"), name=name, audience=audience, **more)
    space.organisation_id = organisation.id if organisation else None
    db.session.add(space)
    db.session.flush()
    db.session.add_all(SpaceMember(space_id=space.id, person_id=one.id) for one in members)
    db.session.commit()
    return space


def make_topic(
    space: Space, by: Person, title: str = "Which access point?", body: str = "Stone walls.", **more: Any
) -> Topic:
    """A topic; `gate` is what becomes of it, and the rest stands in its Opening."""
    verdict = Verdict(more.pop("gate", ""))
    topic = begin_topic(space, Opening(title, **more), Words(body), by, verdict)
    db.session.commit()
    return topic


def make_post(topic: Topic, by: Person, body: str = "One a floor.", gate: str = "") -> Post:
    """An answer in a topic."""
    post = add_post(topic, Words(body), by, Verdict(gate))
    db.session.commit()
    return post


def make_idea(
    space: Space, by: Person, title: str = "Dark theme", body: str = "For the night.", gate: str = ""
) -> Idea:
    """An idea with its first vote."""
    idea = suggest(space, Opening(title, "idea"), Words(body), by, Verdict(gate))
    db.session.commit()
    return idea
