"""Verbs of moderators, each of which is recorded and told to whom it concerns; and the report, which is everybody's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import func, or_, select

from ..community.actions import count_accepted, count_space, index_anew, keep_back, let_in, settle_counts
from ..community.gate import ALWAYS_HELD, KNOWN, QUEUE
from ..community.laws import Suspension
from ..community.models import HELD, HIDDEN, WITHDRAWN, Post, Profile, Space, Topic, TopicTag
from ..extensions import db
from ..kit import clock
from ..kit.rows import insert_or_skip
from ..live.actions import publish
from ..people.models import Person
from .models import ModeratorAct, Report
from .notices import tell_of, tell_settled


@dataclass(frozen=True)
class Because:
    """Why: one of wording.REASONS, and the moderator's own words to whom it concerns."""

    reason: str = ""
    words: str = ""


NO_REASON = Because()


class CannotSplit(Exception):
    """The posts cannot be taken out of their topic; says why."""


def note(act: str, by: Person | None, because: Because = NO_REASON, **about: Any) -> ModeratorAct:
    """Record an act and tell whom it concerns; `about` names the columns `person_id`, `topic_id`, `post_id` and `data`."""
    data = {**about.pop("data", {}), **({"because": because.reason} if because.reason else {})}
    made = ModeratorAct(act=act, by_id=by.id if by else None, reason=because.words, data=data, **about)
    db.session.add(made)
    db.session.flush()
    tell_of(made, because.reason)
    publish(QUEUE)
    return made


def _note_posts(act: str, by: Person | None, because: Because, posts: Sequence[Post]) -> None:
    """Record the same act on several posts; each of their writers is told once."""
    data = {"because": because.reason} if because.reason else {}
    made = [
        ModeratorAct(
            act=act,
            by_id=by.id if by else None,
            reason=because.words,
            data=data,
            person_id=post.author_id,
            topic_id=post.topic_id,
            post_id=post.id,
        )
        for post in posts
    ]
    db.session.add_all(made)
    db.session.flush()
    for one in {one.person_id: one for one in made}.values():
        tell_of(one, because.reason)


# Posts


def admit(posts: Sequence[Post], by: Person) -> int:
    """Show posts that are held or hidden; returns how many were, those that somebody else has shown do not count."""
    waiting = {gate: [post for post in posts if post.gate == gate] for gate in (HELD, HIDDEN)}
    for gate, act in ((HELD, "let-in"), (HIDDEN, "shown")):
        for post in waiting[gate]:
            let_in(post)
        _note_posts(act, by, NO_REASON, waiting[gate])
    shown = waiting[HELD] + waiting[HIDDEN]
    settle(shown, by, "kept")
    return len(shown)


def hide(posts: Sequence[Post], by: Person, because: Because) -> int:
    """Hide posts; returns how many were not hidden or withdrawn before."""
    open_ones = [post for post in posts if post.gate in ("", HELD)]
    for post in open_ones:
        keep_back(post, HIDDEN)
    _note_posts("hidden", by, because, open_ones)
    settle(open_ones, by, "hidden")
    return len(open_ones)


def keep(post: Post, by: Person) -> bool:
    """A reported post stays; False if nobody has reported it, or somebody else has decided."""
    if not settle([post], by, "gone" if post.gate == WITHDRAWN else "kept"):
        return False
    if not post.gate:
        _note_posts("kept", by, NO_REASON, [post])
    return True


def trust(profile: Profile, by: Person) -> None:
    """Their posts are shown at once from now on."""
    if profile.standing != KNOWN:
        profile.standing = KNOWN
        note("trusted", by, person_id=profile.person_id)


def watch(profile: Profile, by: Person) -> None:
    """Each of their posts is held from now on."""
    if profile.standing != ALWAYS_HELD:
        profile.standing = ALWAYS_HELD
        note("watched", by, person_id=profile.person_id)


# Reports


def report(post: Post, by: Person, because: Because) -> bool:
    """Say that a post should not stand there; False if they said so before. Enough of them hide it until somebody looks."""
    values = {
        "post_id": post.id,
        "person_id": by.id,
        "reason": because.reason,
        "words": because.words,
        "at": clock.now(),
        "outcome": "",
    }
    if db.session.execute(insert_or_skip(Report, Report.id), values).first() is None:
        return False
    publish(QUEUE)
    enough = _known_reporters(post) >= current_app.config["COMMUNITY_REPORTS"]
    if enough and not post.gate and not post.by_staff:
        keep_back(post, HELD)
        post.why = "reported"
        _note_posts("reported", None, NO_REASON, [post])
    return True


def _known_reporters(post: Post) -> int:
    rows = select(func.count()).select_from(Report).join(Profile, Profile.person_id == Report.person_id)
    rows = rows.where(Report.post_id == post.id, Report.settled_at.is_(None), Profile.standing == KNOWN)
    return db.session.scalar(rows) or 0


def settle(posts: Sequence[Post], by: Person | None, outcome: str) -> int:
    """Close the reports of posts and tell who sent them; returns how many there were.

    Reported words that were taken back are looked at when they come again: nobody can report them a second time.
    """
    keys = [post.id for post in posts]
    rows = select(Report).where(Report.post_id.in_(keys), Report.settled_at.is_(None)).with_for_update()
    reports = db.session.scalars(rows).all() if keys else []
    reported = {one.post_id for one in reports}
    for post in posts:
        if outcome == "gone" and post.id in reported:
            post.why = "reported-before"
    for one in reports:
        one.settled_at, one.settled_by_id, one.outcome = clock.now(), by.id if by else None, outcome
        tell_settled(one)
    publish(QUEUE)
    return len(reports)


def settle_gone() -> None:
    """Close the reports of posts that were withdrawn or erased before anybody looked."""
    gone = or_(Post.gate == WITHDRAWN, Post.body.is_(None))
    rows = select(Post).join(Report, Report.post_id == Post.id).where(Report.settled_at.is_(None), gone)
    posts = db.session.scalars(rows).unique().all()
    if posts:
        settle(posts, None, "gone")


# Topics


def close(topic: Topic, by: Person, because: Because, *, closed: bool) -> bool:
    """Nobody answers in it any more, or everybody may again; False if that was so."""
    if topic.closed == closed:
        return False
    topic.closed = closed
    _changed(topic, "closed" if closed else "opened", by, because)
    return True


def pin(topic: Topic, by: Person, *, pinned: bool) -> bool:
    """It stands on top of its space or no longer; False if that was so."""
    if topic.pinned == pinned:
        return False
    topic.pinned = pinned
    _changed(topic, "pinned" if pinned else "unpinned", by, NO_REASON)
    return True


def _changed(topic: Topic, act: str, by: Person, because: Because, **data: Any) -> None:
    note(act, by, because, person_id=topic.author_id, topic_id=topic.id, data=data)
    index_anew(topic)
    publish(f"topic-{topic.id}")


def move(topic: Topic, space: Space, by: Person, because: Because) -> bool:
    """Into another space, whose readers are its readers from now on; False if it was there."""
    before = topic.space
    if before.id == space.id:
        return False
    accepted = db.session.get(Post, topic.accepted_id) if topic.accepted_id else None
    count_accepted(topic, accepted, -1)
    topic.space, topic.pinned = space, False
    count_accepted(topic, accepted, 1)
    for one in (before, space):
        count_space(one)
    _changed(topic, "moved", by, because, was=before.id, to=space.id)
    return True


def split(topic: Topic, places: Sequence[int], title: str, by: Person, because: Because) -> Topic:
    """Posts of a topic begin a new one in the same space, in their order; who wrote the first of them asks there.

    Raises:
        CannotSplit: the topic cannot be without them, or they cannot be found.
    """
    posts = _taken(topic, places)
    first = posts[0]
    new = Topic(
        space=topic.space,
        kind="discussion" if topic.kind in ("announcement", "idea") else topic.kind,
        title=title,
        locale=topic.locale,
        tags=list(topic.tags),
        author_id=first.author_id,
        created_at=first.at,
        posted_at=first.at,
        last_by_id=first.author_id,
        last_place=len(posts),
        posts=0,
        votes=first.votes,
        gate=first.gate,
        tied=topic.tied,
    )
    db.session.add(new)
    db.session.flush()
    db.session.add_all(TopicTag(tag=tag, topic_id=new.id) for tag in dict.fromkeys(new.tags))
    _part_answers(topic, [post.id for post in posts])
    for place, post in enumerate(posts, 1):
        if topic.accepted_id == post.id:
            topic.accepted_id = None
            new.accepted_id = post.id if place > 1 and new.kind == "question" else None
        post.topic, post.place = new, place
    settle_counts(topic, new)
    for person_id in dict.fromkeys(post.author_id for post in posts):
        data = {"to": new.id, "posts": len(posts)}
        note("split", by, because, person_id=person_id, topic_id=topic.id, data=data)
    return new


def _taken(topic: Topic, places: Sequence[int]) -> Sequence[Post]:
    if 1 in places:
        raise CannotSplit("first")
    rows = select(Post).where(Post.topic_id == topic.id, Post.place.in_(places)).order_by(Post.place)
    posts = db.session.scalars(rows.with_for_update(of=Post)).all()
    if not posts or len(posts) != len(set(places)):
        raise CannotSplit("gone")
    if posts[0].gate:
        raise CannotSplit("hidden")
    return posts


def _part_answers(topic: Topic, moved: Sequence[int]) -> None:
    """Posts on the two sides speak to each other no longer."""
    rows = select(Post).where(Post.topic_id == topic.id, Post.answers_id.is_not(None))
    for post in db.session.scalars(rows.where(or_(Post.id.in_(moved), Post.answers_id.in_(moved)))):
        if (post.id in moved) != (post.answers_id in moved):
            post.answers_id = None
    db.session.flush()


# People


def suspend(person: Person, by: Person, ends: datetime, because: Because) -> Suspension:
    """They may not write until a moment; it takes the place of what stood before."""
    _end_suspensions(person)
    made = Suspension(person_id=person.id, by_id=by.id, reason=because.words, ends=ends)
    db.session.add(made)
    db.session.flush()
    note("suspended", by, because, person_id=person.id, data={"until": clock.iso(ends)})
    return made


def lift(person: Person, by: Person) -> bool:
    """They may write again; False if they may anyhow."""
    if not _end_suspensions(person):
        return False
    note("lifted", by, person_id=person.id)
    return True


def _end_suspensions(person: Person) -> int:
    now = clock.now()
    rows = select(Suspension).where(Suspension.person_id == person.id, Suspension.lifted_at.is_(None))
    stand = db.session.scalars(rows.where(Suspension.ends > now).with_for_update()).all()
    for one in stand:
        one.lifted_at = now
    return len(stand)
