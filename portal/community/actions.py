"""Verbs of the community: each changes rows, and leaves index, notices and live updates to be done."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from ..extensions import db
from ..kit import clock
from ..kit.files import store
from ..kit.markdown import render_markdown
from ..kit.rows import insert_or_skip, table_of
from ..live.actions import publish
from ..outbox.actions import enqueue
from ..people.models import Person
from ..tickets.actions import Words
from .following import follow_by_writing
from .gate import QUEUE, Verdict
from .mentions import linked
from .models import PUBLIC, SIGNED_IN, Post, PostFile, Profile, Space, Topic, TopicTag
from .notices import tell_named, tell_of
from .traces import PostMark
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
    held = hold_topic(topic)
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
        why=verdict.why[:200],
        doubt=verdict.doubt,
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
    remember(post, verdict)
    follow_by_writing(held, by, begins=post.place == 1)
    read_up_to(by, held.id, post.place)
    if not verdict.gate:
        tell_of(post)
    index_anew(held)
    publish(f"topic-{held.id}")
    return post


def remember(post: Post, verdict: Verdict) -> None:
    """Keep what later words are compared with, in place of what was kept of this post; moderators hear of held words."""
    db.session.execute(delete(PostMark).where(PostMark.post_id == post.id))
    rows = [{"mark": mark, "post_id": post.id, "at": clock.now()} for mark in set(verdict.marks)]
    if rows:
        db.session.execute(insert(table_of(PostMark)), rows)
    if verdict.gate:
        publish(QUEUE)


def let_in(post: Post) -> None:
    """Words that were held or hidden are shown from now on, and those who follow hear of them."""
    topic = hold_topic(post.topic)
    if post.place == 1:
        topic.gate = ""
    post.gate, post.why = "", ""
    db.session.get_one(Profile, post.author_id).posts += 1
    _count_anew(topic)
    tell_of(post)
    tell_named(post)


def keep_back(post: Post, gate: str) -> None:
    """Words that others could read are so no longer; a topic goes with its first post."""
    was_shown, post.gate = not post.gate, gate
    topic = hold_topic(post.topic)
    if post.place == 1:
        topic.gate = gate
    if not was_shown:  # nothing has counted them
        publish(f"topic-{topic.id}", QUEUE)
        return
    profile = db.session.get_one(Profile, post.author_id)
    profile.posts = max(0, profile.posts - 1)
    if topic.accepted_id == post.id:
        topic.accepted_id = None
        count_accepted(topic, post, -1)
    _count_anew(topic)


def count_accepted(topic: Topic, post: Post | None, step: int) -> None:
    """Of a profile count the answers that helped others, in spaces that are no secret."""
    if post and post.author_id != topic.author_id and topic.space.audience in (PUBLIC, SIGNED_IN):
        changed = update(Profile).where(Profile.person_id == post.author_id)
        db.session.execute(changed.values(accepted=Profile.accepted + step))


def hold_topic(topic: Topic) -> Topic:
    """The topic, held for a change before any of its posts: of two changes at once the second sees the first."""
    rows = select(Topic).where(Topic.id == topic.id).with_for_update()
    return db.session.scalars(rows.execution_options(populate_existing=True)).one()


def settle_counts(*topics: Topic) -> None:
    """Posts went from one topic to another: count both anew."""
    for topic in topics:
        _count_anew(topic)


def _count_anew(topic: Topic) -> None:
    """What a topic and its space tell of their posts, and all that others have of it."""
    db.session.flush()
    shown = select(Post).where(Post.topic_id == topic.id, Post.gate == "")
    topic.posts = db.session.scalar(select(func.count()).select_from(shown.subquery())) or 0
    newest = db.session.scalar(shown.order_by(Post.at.desc(), Post.id.desc()).limit(1))
    if newest:
        topic.posted_at, topic.last_by_id = newest.at, newest.author_id
    count_space(topic.space)
    index_anew(topic)
    publish(f"topic-{topic.id}", QUEUE)


def count_space(space: Space) -> None:
    """How many topics a space shows, and when somebody last began one."""
    db.session.flush()
    shown = select(func.count(), func.max(Topic.posted_at)).where(
        Topic.space_id == space.id, Topic.gate == ""
    )
    space.topics, space.posted_at = db.session.execute(shown).one()
