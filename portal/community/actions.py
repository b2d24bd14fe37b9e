"""Verbs of the community: each changes rows, and leaves index, notices and live updates to be done."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ..extensions import db
from ..kit import clock
from ..kit.files import store
from ..kit.markdown import render_markdown
from ..kit.rows import insert_or_skip
from ..live.actions import publish
from ..outbox.actions import enqueue
from ..people.models import Person
from ..tickets.actions import Words
from .following import follow_by_writing
from .gate import Verdict
from .mentions import linked
from .models import Post, PostFile, Profile, Space, Topic, TopicTag
from .notices import tell_of
from .unread import read_up_to


@dataclass(frozen=True)
class Opening:
    """What a new topic is about."""

    title: str
    kind: str = "question"
    tags: Sequence[str] = ()
    locale: str = ""


def profile_of(person: Person) -> Profile:
    """How a person is known in the community; made on the first time they write."""
    rows = select(Profile).where(Profile.person_id == person.id)
    while (found := db.session.scalar(rows)) is None:
        values = {"person_id": person.id, "number": 10_000 + secrets.randbelow(990_000), "since": clock.now()}
        blank = {"name": "", "about": "", "standing": "", "posts": 0, "accepted": 0, "erased": ""}
        db.session.execute(insert_or_skip(Profile), values | blank)
    return found


def index_anew(topic: Topic) -> None:
    """What is said in it, or who may read it, changed."""
    enqueue("search.index", {"topics": [topic.id]}, lane="search")


def begin_topic(space: Space, opening: Opening, words: Words, by: Person, verdict: Verdict) -> Topic:
    """A new topic with its first post."""
    moment = clock.now()
    topic = Topic(
        space=space,
        kind=opening.kind,
        title=opening.title,
        locale=opening.locale,
        tags=list(opening.tags),
        author_id=by.id,
        last_by_id=by.id,
        gate=verdict.gate,
        created_at=moment,
        posted_at=moment,
        posts=0,
        last_place=0,
        votes=0,
    )
    db.session.add(topic)
    db.session.flush()
    db.session.add_all(TopicTag(tag=tag, topic_id=topic.id) for tag in dict.fromkeys(opening.tags))
    add_post(topic, words, by, verdict)
    if not verdict.gate:
        space.topics = Space.topics + 1
    return topic


def add_post(
    topic: Topic, words: Words, by: Person, verdict: Verdict, *, answers: Post | None = None
) -> Post:
    """Words in a topic; those that are held are counted once a moderator lets them in."""
    profile = profile_of(by)
    held = db.session.scalars(
        select(Topic).where(Topic.id == topic.id).with_for_update().execution_options(populate_existing=True)
    ).one()
    held.last_place += 1
    quiet = not (profile.standing == "known" or by.is_staff)
    post = Post(
        topic=held,
        place=held.last_place,
        author_id=by.id,
        body=words.body,
        html=linked(render_markdown(words.body, vouched=not quiet)),
        at=clock.now(),
        gate=verdict.gate,
        by_staff=by.is_staff,
        quiet=quiet,
        answers_id=answers.id if answers else None,
        votes=0,
        reactions={},
    )
    for name, content in words.files:
        kept = store(name, content)
        post.files.append(PostFile(key=kept.key, name=kept.name, type=kept.type, size=kept.size))
    db.session.add(post)
    if not verdict.gate:
        held.posts += 1
        held.posted_at = held.space.posted_at = post.at
        held.last_by_id = by.id
        profile.posts += 1
    db.session.flush()
    follow_by_writing(held, by, begins=post.place == 1)
    read_up_to(by, held.id, post.place)
    if not verdict.gate:
        tell_of(post)
    index_anew(held)
    publish(f"topic-{held.id}")
    return post
