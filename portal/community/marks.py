"""Verbs on posts of others: found helpful, a sign put to it, taken as the answer. Every counter is exact at any time."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam, delete, func, literal, select, union_all, update

from ..extensions import db
from ..kit import clock
from ..kit.rows import insert_or_skip
from ..live.actions import publish
from ..outbox.actions import enqueue
from ..people.models import Person
from .actions import count_accepted, index_anew
from .models import Post, Topic
from .traces import Reaction, Vote
from .wording import REACTIONS


def vote(post: Post, by: Person, *, helpful: bool) -> bool:
    """Say that a post of somebody else helps, or no longer; whether that is new. Said twice at once it counts once."""
    if post.author_id == by.id:
        return False
    values = {"post_id": post.id, "person_id": by.id, "at": clock.now()}
    if helpful:
        fresh = db.session.execute(insert_or_skip(Vote, Vote.post_id), values).first()
    else:
        gone = delete(Vote).where(Vote.post_id == post.id, Vote.person_id == by.id)
        fresh = db.session.execute(gone.returning(Vote.post_id)).first()
    if fresh is None:
        return False
    step = 1 if helpful else -1
    db.session.execute(update(Post).where(Post.id == post.id).values(votes=Post.votes + step))
    if post.place == 1:
        db.session.execute(update(Topic).where(Topic.id == post.topic_id).values(votes=Topic.votes + step))
    db.session.refresh(post, ["votes"])
    return True


def react(post: Post, by: Person, sign: str, *, put: bool) -> None:
    """Put a sign to a post, or take it away; each person each sign once.

    Raises:
        KeyError: there is no such sign.
    """
    if sign not in REACTIONS:
        raise KeyError(sign)
    # One at a time for each post, since what is kept of all signs is one value.
    rows = select(Post).where(Post.id == post.id).with_for_update(of=Post, key_share=True)
    held = db.session.scalars(rows.execution_options(populate_existing=True)).one()
    values = {"post_id": post.id, "person_id": by.id, "sign": sign}
    if put:
        db.session.execute(insert_or_skip(Reaction), values)
    else:
        own = (Reaction.post_id == post.id, Reaction.person_id == by.id, Reaction.sign == sign)
        db.session.execute(delete(Reaction).where(*own))
    counted = select(Reaction.sign, func.count()).where(Reaction.post_id == post.id).group_by(Reaction.sign)
    held.reactions = {row[0]: row[1] for row in db.session.execute(counted)}
    db.session.flush()


def accept(topic: Topic, post: Post | None, by: Person) -> None:
    """Say which answer of a topic helped, in place of another; None takes it back.

    Raises:
        LookupError: the post is no shown answer of this topic.
    """
    rows = select(Topic).where(Topic.id == topic.id).with_for_update(of=Topic)
    held = db.session.scalars(rows.execution_options(populate_existing=True)).one()
    if post and (post.topic_id != held.id or post.place == 1 or post.gate):
        raise LookupError(post.id)
    before = db.session.get(Post, held.accepted_id) if held.accepted_id else None
    if (before.id if before else None) == (post.id if post else None):
        return
    count_accepted(held, before, -1)
    count_accepted(held, post, 1)
    held.accepted_id = post.id if post else None
    db.session.flush()
    if post and post.author_id != by.id:
        enqueue("community.accepted", {"post": post.id}, lane=f"topic-{held.id}")
    index_anew(held)
    publish(f"topic-{held.id}")


@dataclass(frozen=True)
class Marks:
    """What a reader put to the posts of a page: those that they found helpful, and the signs of each."""

    helpful: frozenset[int] = frozenset()
    signs: frozenset[tuple[int, str]] = frozenset()

    def of(self, post: Post) -> list[str]:
        """The names of the signs that the reader put to a post."""
        return [sign for key, sign in self.signs if key == post.id] if self.signs else []


_POSTS: BindParameter[int] = bindparam("posts", expanding=True)
_ME: BindParameter[int] = bindparam("me")
_MARKS = union_all(
    select(Vote.post_id, literal("")).where(Vote.person_id == _ME, Vote.post_id.in_(_POSTS)),
    select(Reaction.post_id, Reaction.sign).where(Reaction.person_id == _ME, Reaction.post_id.in_(_POSTS)),
)


def marks_on(person: Person | None, posts: Sequence[Post]) -> Marks:
    """In one statement; a visitor has none."""
    if person is None or not posts:
        return Marks()
    found = db.session.execute(_MARKS, {"me": person.id, "posts": [post.id for post in posts]}).all()
    return Marks(
        frozenset(key for key, sign in found if not sign),
        frozenset((key, sign) for key, sign in found if sign),
    )
