"""Who may judge what: moderators see all words, and nobody judges their own."""

from collections.abc import Collection, Iterable, Sequence

from flask import abort
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from ..community.access import moderates, visible_topics
from ..community.gate import suspension_of
from ..community.laws import Rule
from ..community.models import Post, Profile, Topic
from ..extensions import db
from ..people.models import Person
from .models import ModeratorAct


def may_judge(person: Person, author_id: int | None) -> bool:
    """Whether a moderator may decide about what somebody wrote: not about their own, and not while suspended."""
    return moderates(person) and person.id != author_id and suspension_of(person) is None


def may_suspend(by: Person, person: Person) -> bool:
    """Nobody suspends themselves, or somebody who moderates: that right is taken away first."""
    return may_judge(by, person.id) and not moderates(person) and not person.erased


def may_hear(person: Person | None, _key: int) -> bool:
    """Live topic `moderation-0`: the queue changed."""
    return moderates(person)


def hold_posts(keys: Collection[int]) -> Sequence[Post]:
    """Posts by their ids, with their topics, held for a change in an order that no two get stuck in."""
    if not keys:
        return []
    topics = select(Post.topic_id).where(Post.id.in_(keys))
    db.session.execute(select(Topic.id).where(Topic.id.in_(topics)).order_by(Topic.id).with_for_update())
    rows = select(Post).join(Post.topic).where(Post.id.in_(keys)).order_by(Post.id).with_for_update(of=Post)
    rows = rows.options(contains_eager(Post.topic)).execution_options(populate_existing=True)
    return db.session.scalars(rows).all()


def as_seen(posts: Sequence[Post], told: Iterable[str]) -> list[Post]:
    """Those of the posts that are as a page had them, by what it told of them: nobody lets in what they could not read."""
    seen = {one for line in told for one in line.split()}
    return [post for post in posts if post.seen_as in seen]


def hold_post(number: int, place: int) -> Post:
    """One post for a moderator to change, or 404."""
    key = db.session.scalar(select(Post.id).where(Post.topic_id == number, Post.place == place))
    return next(iter(hold_posts([key] if key else [])), None) or abort(404)


def hold_topic(number: int) -> Topic:
    """One topic for a moderator to change, or 404."""
    rows = select(Topic).where(Topic.id == number).with_for_update(of=Topic)
    return db.session.scalar(rows) or abort(404)


def get_profile(number: int) -> Profile:
    """Somebody who wrote, by the number of their profile, or 404."""
    rows = select(Profile).where(Profile.number == number)
    return (db.session.scalar(rows) if number < 2**31 else None) or abort(404)


def get_rule(key: int, *, change: bool = False) -> Rule:
    return db.session.get(Rule, key, with_for_update=change) or abort(404)


def visible_acts(person: Person) -> Select[ModeratorAct]:
    """What moderators did: to them all of it, to others what concerns them."""
    rows = select(ModeratorAct)
    return rows if moderates(person) else rows.where(ModeratorAct.person_id == person.id)


def readable_topics(person: Person | None, keys: Collection[int]) -> dict[int, Topic]:
    """Those of the topics that a person may still read, by id."""
    found = db.session.scalars(visible_topics(person).where(Topic.id.in_(keys))) if keys else ()
    return {topic.id: topic for topic in found}
