"""Makers of the community's tests: a space, a topic in it, an answer."""

from typing import Any

from portal.community.actions import Opening, add_post, begin_topic
from portal.community.gate import Verdict
from portal.community.models import Post, Space, SpaceMember, Topic
from portal.extensions import db
from portal.people.models import Person
from portal.tickets.actions import Words

SHOWN = Verdict()


def make_space(slug: str = "wifi", members: tuple[Person, ...] = (), **more: Any) -> Space:
    """A space that everybody reads, unless `audience` says otherwise."""
    space = Space(slug=slug, name=slug.capitalize(), kinds=["question", "discussion"], **more)
    db.session.add(space)
    db.session.flush()
    db.session.add_all(SpaceMember(space_id=space.id, person_id=one.id) for one in members)
    db.session.commit()
    return space


def make_topic(
    space: Space, by: Person, title: str = "Why is it slow?", body: str = "At night only.", **more: Any
) -> Topic:
    """A question in a space; `gate` holds or hides it."""
    opening = Opening(title, more.get("kind", "question"), more.get("tags", ()))
    topic = begin_topic(space, opening, Words(body), by, Verdict(more.get("gate", "")))
    db.session.commit()
    return topic


def make_post(topic: Topic, by: Person, body: str = "Turn it off and on.", gate: str = "") -> Post:
    """An answer in a topic."""
    post = add_post(topic, Words(body), by, Verdict(gate))
    db.session.commit()
    return post
