"""The spam drill: scripts and honest newcomers write in one run, and a moderator comes online for ten minutes."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from bs4 import BeautifulSoup

from portal.community.actions import Opening, begin_topic, profile_of
from portal.community.gate import Refused, look_at
from portal.community.models import Post, Profile, Space
from portal.community.signs import Sending
from portal.extensions import db
from portal.kit import clock
from portal.people.models import Person
from portal.tickets.actions import Words

from ..client import PortalClient
from .honest import POSTS
from .making import make_person, seen
from .spam import Shot, scripts

A_LOOK = timedelta(seconds=10)  # that a moderator takes for a case


@dataclass
class Outcome:
    """What became of the posts: counts by family, and of the honest ones their posts."""

    sent: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    honest: dict[int, Post] = field(default_factory=dict)  # by person
    at_once: int = 0

    @property
    def share_of_spam(self) -> float:
        return sum(self.shown.values()) / sum(self.sent.values())

    @property
    def share_of_honest(self) -> float:
        return self.at_once / len(self.honest)


def run(space: Space, accounts: int, each: int, honest: int, seed: int = 1) -> Outcome:
    """Let scripts post `each` times an account while honest people write their first post, all in the order of time."""
    outcome, began = Outcome(), clock.now()
    for moment, name, person, shot in _calendar(began, accounts, each, honest, seed):
        with clock.at(moment):
            _post(outcome, space, name, person, shot)
    db.session.commit()
    return outcome


def _calendar(
    began: datetime, accounts: int, each: int, honest: int, seed: int
) -> list[tuple[datetime, str, Person, Shot]]:
    dice = random.Random(seed)
    found: list[tuple[datetime, str, Person, Shot]] = []
    for number, (family, script) in enumerate(scripts(accounts, seed)):
        first = began + timedelta(hours=dice.uniform(0, 48))
        person = _account(f"s{number}", family.days, first)
        found += [(first + place * family.pace, family.name, person, next(script)) for place in range(each)]
    # A few more than there are accounts, spread over the days in which most of the scripts run.
    for number, (title, body) in enumerate(dice.sample(POSTS, honest)):
        moment = began + timedelta(hours=dice.uniform(0, 96))
        person = _account(f"h{number}", dice.choice((0, 0, 0.5, 3, 200)), moment)
        found.append((moment, "honest", person, Shot(title, body, seconds=dice.uniform(15, 900))))
    return sorted(found, key=lambda one: one[0])


def _account(name: str, days: float, first: datetime) -> Person:
    with clock.at(first):
        return make_person(name, days=days + 0.01)


def _post(outcome: Outcome, space: Space, name: str, person: Person, shot: Shot) -> None:
    if name != "honest":
        outcome.sent[name] += 1
    files = [sha256(shot.picture).hexdigest()] if shot.picture else []
    sending = Sending(shot.seconds, shot.trapped, files)
    try:
        verdict = look_at(person, profile_of(person), space, f"{shot.title}\n{shot.body}", sending)
    except Refused:
        outcome.refused[name] += 1
        return
    topic = begin_topic(space, Opening(shot.title), Words(shot.body), person, verdict)
    if name == "honest":
        outcome.honest[person.id] = db.session.query(Post).filter_by(topic_id=topic.id).one()
        outcome.at_once += not verdict.gate
    else:
        outcome.shown[name] += not verdict.gate


def moderate(moderator: PortalClient, outcome: Outcome, minutes: int = 10) -> int:
    """One look after the other in the order of the queue, for so long; returns how many honest posts still wait."""
    for _look in range(timedelta(minutes=minutes) // A_LOOK):
        page = moderator.page("/community/moderation")
        number = _first_case(page)
        if not number:
            break
        person_id = db.session.query(Profile.person_id).filter_by(number=int(number)).scalar()
        act = "trust" if person_id in outcome.honest else "hide"
        form = {"reason": "spam", "words": "Advertising", act: number}
        moderator.send("/community/moderation", form | seen(page), htmx=True)
    db.session.expire_all()
    return sum(bool(post.gate) for post in outcome.honest.values())


def _first_case(page: BeautifulSoup) -> str:
    button: Any = page.select_one(".case button[name=trust]")
    return str(button["value"]) if button else ""


def told(outcome: Outcome) -> str:
    """The figures, to be printed."""
    sent, shown = sum(outcome.sent.values()), sum(outcome.shown.values())
    honest = f"{outcome.at_once} of {len(outcome.honest)} honest ones at once ({outcome.share_of_honest:.1%})"
    lines = [f"{shown} of {sent} posts of scripts shown ({outcome.share_of_spam:.2%}), {honest}"]
    lines += [
        f"  {name}: {outcome.shown[name]} shown, {outcome.refused[name]} refused of {count}"
        for name, count in sorted(outcome.sent.items())
    ]
    return "\n".join(lines)
