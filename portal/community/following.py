"""What somebody follows, and whether it comes by mail as well; each thing has its own choice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from ..extensions import db
from ..kit import clock
from ..kit.i18n import lazy
from ..kit.numbers import BIGINT, numbers_in
from ..kit.rows import insert_or_skip
from ..people.models import Person
from .access import visible_spaces, visible_topics
from .models import Profile, Space, Topic, TopicTag
from .traces import Follow

TOPIC, SPACE, PERSON, TAG, MENTION = "topic", "space", "person", "tag", "mention"
BELL, MAIL, STOP = "bell", "mail", "stop"
WAYS = {BELL: lazy("Under the bell"), MAIL: lazy("Bell and mail"), STOP: lazy("Stop")}
MOST = 300  # things on the page of all that is followed, the newest of each kind


@dataclass(frozen=True)
class Followed:
    """A thing that is or could be followed: what it is called, where it is, and how its news come ("" not at all)."""

    kind: str
    target: str
    name: str
    address: str
    way: str = ""

    @property
    def act(self) -> str:
        """Where the choice is posted; a person is named by the number of the profile, as everywhere."""
        places = {TOPIC: f"/community/{self.target}", MENTION: "/community/mentions"}
        return places.get(self.kind, self.address) + "/follow"


def way_of(person: Person | None, kind: str, target: str) -> str:
    """How news of a thing come to a person: BELL, MAIL or "" for not at all."""
    row = db.session.get(Follow, (person.id, kind, target)) if person else None
    if kind == MENTION:
        return MAIL if mails_of_mentions(row) else BELL
    return "" if row is None or not row.heard else MAIL if row.by_mail else BELL


def mails_of_mentions(row: Follow | None) -> bool:
    """Whether who is mentioned hears of it by mail too: unless they said otherwise, they do."""
    return row.by_mail if row else True


def choose(person: Person, kind: str, target: str, way: str) -> None:
    """Let news of a thing come so from now on.

    Raises:
        KeyError: there is no such way.
    """
    if way not in WAYS:
        raise KeyError(way)
    values = {"person_id": person.id, "kind": kind, "target": target, "at": clock.now()}
    db.session.execute(insert_or_skip(Follow), values | {"heard": False, "by_mail": False})
    row = db.session.get(Follow, (person.id, kind, target), with_for_update=True, populate_existing=True)
    assert row
    row.heard, row.by_mail = way != STOP or kind == MENTION, way == MAIL
    db.session.flush()


def follow_by_writing(topic: Topic, person: Person, *, begins: bool) -> None:
    """Who writes in a topic follows it, who began it by mail as well; who stopped that is left alone."""
    values = {"person_id": person.id, "kind": TOPIC, "target": str(topic.id), "at": clock.now()}
    db.session.execute(insert_or_skip(Follow), values | {"heard": True, "by_mail": begins})


def get_followed(person: Person, kind: str, target: str) -> Followed:
    """A thing that a person may follow, or 404."""
    found = _things(person, kind, [target])
    return found[0] if found else abort(404)


def named(person: Person, kind: str, target: str) -> Followed:
    """The same for who stops its mails, also where it cannot be seen any more: then it has no name."""
    return next(iter(_things(person, kind, [target])), Followed(kind, target, "", "/community/mine"))


def all_followed(person: Person) -> dict[str, Sequence[Followed]]:
    """All that a person follows and may still see, by kind; where they are mentioned stands first."""
    rows = select(Follow).where(Follow.person_id == person.id).order_by(Follow.at.desc()).limit(MOST * 4)
    kept = {(row.kind, row.target): row for row in db.session.scalars(rows)}
    mention = MAIL if mails_of_mentions(kept.get((MENTION, ""))) else BELL
    found: dict[str, Sequence[Followed]] = {MENTION: [Followed(MENTION, "", "", "", mention)]}
    for kind in (TOPIC, SPACE, PERSON, TAG):
        heard = [row.target for row in kept.values() if row.kind == kind and row.heard][:MOST]
        found[kind] = [
            Followed(
                kind, one.target, one.name, one.address, MAIL if kept[kind, one.target].by_mail else BELL
            )
            for one in (_things(person, kind, heard) if heard else ())
        ]
    return found


def _things(person: Person, kind: str, targets: Sequence[str]) -> Sequence[Followed]:
    """The named things that a person may see."""
    ids = numbers_in(targets, BIGINT)
    rows: Any
    if kind == TOPIC:
        rows = visible_topics(person).where(Topic.id.in_(ids), Topic.gate == "")
        found = [Followed(kind, str(one.id), one.heading, one.address) for one in db.session.scalars(rows)]
    elif kind == SPACE:
        rows = visible_spaces(person).where(Space.id.in_(ids))
        found = [Followed(kind, str(one.id), one.name, one.address) for one in db.session.scalars(rows)]
    elif kind == PERSON:
        rows = select(Profile).where(Profile.person_id.in_(ids), Profile.erased == "")
        found = [
            Followed(kind, str(one.person_id), one.shown, one.address) for one in db.session.scalars(rows)
        ]
    elif kind == TAG:
        rows = visible_topics(person).where(Topic.gate == "").join(TopicTag, TopicTag.topic_id == Topic.id)
        rows = rows.where(TopicTag.tag.in_(targets)).with_only_columns(TopicTag.tag).distinct()
        found = [Followed(kind, tag, tag, f"/community/tagged/{tag}") for tag in db.session.scalars(rows)]
    else:
        found = []
    order = {target: place for place, target in enumerate(targets)}
    return sorted(found, key=lambda one: order.get(one.target, 0))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="unfollow")


def make_token(person_id: int, kind: str, target: str) -> str:
    """The word of a link that stops the mails about one thing to one person, and nothing else."""
    return str(_signer().dumps([person_id, kind, target]))


def read_token(token: str) -> tuple[int, str, str] | None:
    """(person's id, kind, target) of a link that we signed; None for any other word."""
    try:
        person_id, kind, target = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return person_id, kind, target
