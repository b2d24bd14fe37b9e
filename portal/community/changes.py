"""Verbs of those who wrote: say it better, take it back, and bring it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from ..extensions import db
from ..kit import clock
from ..kit.i18n import _
from ..kit.markdown import render_markdown
from ..live.actions import publish
from ..people.models import Person
from .actions import hold_topic, index_anew, keep_back, let_in, remember
from .gate import Refused, Verdict
from .mentions import linked
from .models import HELD, RECALLED, WITHDRAWN, Post, PostVersion, Topic, TopicTag
from .notices import tell_named

YOUNG = timedelta(minutes=5)  # in which a slip of the pen is mended without a version, while nobody answered


@dataclass(frozen=True)
class Better:
    """Words in place of others; title and tags are those of a topic's first post."""

    body: str
    title: str = ""
    tags: Sequence[str] = ()


def edit(post: Post, better: Better, by: Person, verdict: Verdict) -> None:
    """Say it better; what stood there is kept as a version, and words that are doubtful now are held.

    Raises:
        Refused: a moderator took them away meanwhile.
    """
    topic = _hold(post)
    if post.gate not in ("", HELD):
        raise Refused(_("These words were taken away meanwhile. What you wrote is kept here."))
    first = post.place == 1
    title = better.title if first else topic.title
    if (post.body, topic.title, list(topic.tags)) == (
        better.body,
        title,
        list(better.tags) if first else topic.tags,
    ):
        return
    slip = _is_slip(post, topic) and not (post.gate or verdict.gate)  # a moderator sees what changed
    if not slip and (post.body, topic.title) != (better.body, title):
        old = PostVersion(
            post_id=post.id, by_id=by.id, title=topic.title if first else "", body=post.body or ""
        )
        db.session.add(old)
        post.edited_at = clock.now()
    post.body, post.html = better.body, linked(render_markdown(better.body, vouched=not post.quiet))
    if first:
        topic.title = title
        _tag_anew(topic, better.tags)
    if verdict.gate:
        post.why, post.doubt = verdict.why[:200], verdict.doubt
        keep_back(post, verdict.gate)
    remember(post, verdict)
    tell_named(post)
    db.session.flush()
    index_anew(topic)
    publish(f"topic-{topic.id}")


def _hold(post: Post) -> Topic:
    """The post's topic and then the post, held until the commit: of two changes at once the second sees the first."""
    topic = hold_topic(post.topic)
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


def withdraw(post: Post) -> bool:
    """Words are taken back by who wrote them; a topic goes with its own words, unless somebody answered meanwhile."""
    topic = _hold(post)
    if post.gate not in ("", HELD) or (post.place == 1 and topic.posts > 1):
        return False
    keep_back(post, RECALLED if post.gate == HELD else WITHDRAWN)
    return True


def restore(post: Post, verdict: Verdict) -> None:
    """What was taken back comes again: before others, or before a moderator if it waited for one or would now."""
    _hold(post)
    if post.gate not in (WITHDRAWN, RECALLED):
        return
    post.why = post.why or verdict.why[:200]  # a reported post has a reason of its own
    if post.gate == RECALLED or post.why:
        post.doubt = max(post.doubt, verdict.doubt)
        keep_back(post, HELD)
    else:
        let_in(post)
