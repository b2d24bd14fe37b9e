"""Verbs of those who wrote: say it better, take it back, and bring it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from ..extensions import db
from ..kit import clock
from ..kit.markdown import render_markdown
from ..live.actions import publish
from ..people.models import Person
from .actions import index_anew, keep_back, let_in, remember
from .gate import Verdict
from .mentions import linked
from .models import HELD, RECALLED, WITHDRAWN, Post, PostVersion, Topic, TopicTag

YOUNG = timedelta(minutes=5)  # in which a slip of the pen is mended without a version, while nobody answered


@dataclass(frozen=True)
class Better:
    """Words in place of others; title and tags are those of a topic's first post."""

    body: str
    title: str = ""
    tags: Sequence[str] = ()


def edit(post: Post, better: Better, by: Person, verdict: Verdict) -> None:
    """Say it better; what stood there is kept as a version, and words that are doubtful now are held."""
    topic = _hold(post)
    first = post.place == 1
    title = better.title if first else topic.title
    if (post.body, topic.title, list(topic.tags)) == (
        better.body,
        title,
        list(better.tags) if first else topic.tags,
    ):
        return
    if not _is_slip(post, topic) and (post.body, topic.title) != (better.body, title):
        old = PostVersion(
            post_id=post.id, by_id=by.id, title=topic.title if first else "", body=post.body or ""
        )
        db.session.add(old)
        post.edited_at = clock.now()
    post.body, post.html = better.body, linked(render_markdown(better.body, vouched=not post.quiet))
    if first:
        topic.title = title
        _tag_anew(topic, better.tags)
    if verdict.gate and not post.gate:
        post.why, post.doubt = verdict.why[:200], verdict.doubt
        keep_back(post, verdict.gate)
    remember(post, verdict)
    db.session.flush()
    index_anew(topic)
    publish(f"topic-{topic.id}")


def _hold(post: Post) -> Topic:
    """The post's topic and then the post, held until the commit: of two changes at once the second sees the first."""
    rows = select(Topic).where(Topic.id == post.topic_id).with_for_update()
    topic = db.session.scalars(rows.execution_options(populate_existing=True)).one()
    again = select(Post).where(Post.id == post.id).with_for_update()
    db.session.scalars(again.execution_options(populate_existing=True)).one()
    return topic


def _is_slip(post: Post, topic: Topic) -> bool:
    """Whether nobody can have spoken to the words yet."""
    return post.place == topic.last_place and clock.now() - post.at < YOUNG


def _tag_anew(topic: Topic, tags: Sequence[str]) -> None:
    if list(topic.tags) != list(tags):
        db.session.execute(delete(TopicTag).where(TopicTag.topic_id == topic.id))
        topic.tags = list(tags)
        db.session.add_all(TopicTag(tag=tag, topic_id=topic.id) for tag in tags)


def withdraw(post: Post) -> None:
    """Words are taken back by who wrote them; a topic goes with its own words."""
    _hold(post)
    keep_back(post, RECALLED if post.gate == HELD else WITHDRAWN)


def restore(post: Post) -> None:
    """What was taken back comes again, to where it was: before others, or before a moderator."""
    _hold(post)
    if post.gate == RECALLED:
        keep_back(post, HELD)
    elif post.gate == WITHDRAWN:
        let_in(post)
