"""Spaces, people and posts to moderate, made as the community's own pages make them."""

from datetime import timedelta
from typing import Any

from bs4 import BeautifulSoup

from portal.community.actions import Opening, add_post, begin_topic, profile_of
from portal.community.gate import Verdict, look_at
from portal.community.models import HELD, Post, Profile, Space, Topic
from portal.community.signs import Sending
from portal.extensions import db
from portal.kit import clock
from portal.people.actions import give_role
from portal.people.models import Person
from portal.tickets.actions import Words

UNHURRIED = Sending(seconds=60)


def make_space(name: str = "Lounge", **more: Any) -> Space:
    space = Space(slug=name.lower(), name=name, kinds=["question", "discussion"], **more)
    db.session.add(space)
    db.session.commit()
    return space


def make_person(name: str, *, days: float = 0.0, role: str = "customer") -> Person:
    """Somebody who signed up some days ago."""
    since = clock.now() - timedelta(days=days)
    person = Person(email=f"{name}@example.net", called=name, created_at=since, confirmed_at=since)
    db.session.add(person)
    db.session.flush()
    give_role(person, role)
    db.session.commit()
    return person


def make_topic(
    space: Space, by: Person, title: str = "The light is orange", body: str = "It blinks.", **more: Any
) -> Topic:
    verdict = Verdict(**more)
    topic = begin_topic(space, Opening(title), Words(body), by, verdict)
    db.session.commit()
    return topic


def make_post(topic: Topic, by: Person, body: str = "Press it for ten seconds.", **more: Any) -> Post:
    post = add_post(topic, Words(body), by, Verdict(**more))
    db.session.commit()
    return post


def held(topic: Topic, by: Person, body: str = "Buy it at my place.") -> Post:
    return make_post(topic, by, body, gate=HELD, why="doubt link", doubt=4)


def seen(page: BeautifulSoup) -> dict[str, list[str]]:
    """What the form of the queue says of the posts that it shows."""
    return {"seen-posts": [str(field["value"]) for field in page.select("[name=seen-posts]")]}


def stand(person: Person, standing: str = "known") -> Profile:
    profile = profile_of(person)
    profile.standing = standing
    db.session.commit()
    return profile


def say(space: Space, by: Person, title: str, body: str, sending: Sending | None = UNHURRIED) -> Topic:
    """Begin a topic as the form does: looked at first. Raises Refused."""
    verdict = look_at(by, profile_of(by), space, f"{title}\n{body}", sending)
    return begin_topic(space, Opening(title), Words(body), by, verdict)
