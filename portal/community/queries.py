"""Selects about spaces and topics for pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, select

from ..extensions import db
from ..kit.pages import Page, page_by
from ..people.models import Person
from .access import listed_topics, own_waiting, posts_in, visible_spaces
from .models import Post, Space, Topic, TopicTag

A_PAGE = 25  # topics of a list, and places of a topic's page
MOST_PINNED, MOST_WAITING = 20, 5
SHOWS = ("recent", "unanswered", "question", "discussion", "announcement")


def spaces_for(person: Person | None) -> Sequence[Space]:
    """The spaces that a person may enter, in their order."""
    return db.session.scalars(visible_spaces(person).order_by(Space.place, Space.name, Space.id)).all()


def _shown_as(rows: Select[Topic], show: str) -> Select[Topic]:
    if show == "unanswered":
        return rows.where(Topic.kind == "question", Topic.posts <= 1, ~Topic.closed)
    return rows if show == "recent" else rows.where(Topic.kind == show)


def recent_page(person: Person | None, show: str, cursor: str) -> Page[Topic]:
    """Topics of all spaces that a person may enter, those first in which something was said last."""
    return page_by(_shown_as(listed_topics(person), show), Topic.posted_at, Topic.id, cursor, A_PAGE)


def space_page(person: Person | None, space: Space, show: str, tag: str, cursor: str) -> Page[Topic]:
    """Topics of a space without those that are pinned."""
    rows = _shown_as(listed_topics(person), show).where(Topic.space_id == space.id)
    if tag:
        rows = rows.join(TopicTag, and_(TopicTag.topic_id == Topic.id, TopicTag.tag == tag))
    elif show == "recent":
        rows = rows.where(~Topic.pinned)
    return page_by(rows, Topic.posted_at, Topic.id, cursor, A_PAGE)


def pinned_in(person: Person | None, space: Space) -> Sequence[Topic]:
    """What stands first in a space."""
    rows = listed_topics(person).where(Topic.space_id == space.id, Topic.pinned)
    return db.session.scalars(rows.order_by(Topic.posted_at.desc(), Topic.id.desc()).limit(MOST_PINNED)).all()


def waiting_for(person: Person | None, space: Space | None = None) -> Sequence[Topic]:
    """The newest of a person's own topics that others do not see."""
    if person is None:
        return ()
    rows = own_waiting(person)
    rows = rows.where(Topic.space_id == space.id) if space else rows
    return db.session.scalars(
        rows.order_by(Topic.created_at.desc(), Topic.id.desc()).limit(MOST_WAITING)
    ).all()


@dataclass(frozen=True)
class Thread:
    """One page of a topic: the posts of A_PAGE places from `at` on, those that the reader may read.

    Attributes:
        accepted: the answer that helped, on the first page.
        later: where the next page with posts begins; None on the last one.
    """

    at: int
    posts: Sequence[Post]
    accepted: Post | None
    later: int | None

    @property
    def first(self) -> Post | None:
        """The topic's own words, where they are on this page."""
        return self.posts[0] if self.posts and self.posts[0].place == 1 else None

    @property
    def earlier(self) -> int | None:
        return max(self.at - A_PAGE, 1) if self.at > 1 else None

    @property
    def is_last(self) -> bool:
        return self.later is None


def page_of(place: int) -> int:
    """The first place of the page that a place is on."""
    return max(place - 1, 0) // A_PAGE * A_PAGE + 1


def last_place(person: Person | None, topic: Topic) -> int:
    """The place of the last post that a person may read."""
    rows = posts_in(person).order_by(Post.place.desc()).limit(1)
    newest = db.session.scalars(rows, {"topic": topic.id}).one_or_none()
    return newest.place if newest else 1


def thread(person: Person | None, topic: Topic, at: int) -> Thread:
    """The page of a topic that begins at a place; any costs the same, since posts are found by their places."""
    rows = posts_in(person).where(Post.place >= at).order_by(Post.place).limit(A_PAGE + 1)
    found = db.session.scalars(rows, {"topic": topic.id}).all()
    here = [post for post in found if post.place < at + A_PAGE]
    beyond = next((post.place for post in found if post.place >= at + A_PAGE), None)
    accepted = _accepted(person, topic, here) if at == 1 and topic.accepted_id else None
    return Thread(at, here, accepted, page_of(beyond) if beyond else None)


def _accepted(person: Person | None, topic: Topic, here: Sequence[Post]) -> Post | None:
    near = next((post for post in here if post.id == topic.accepted_id), None)
    if near:
        return near
    rows = posts_in(person).where(Post.id == topic.accepted_id)
    return db.session.scalars(rows, {"topic": topic.id}).one_or_none()


def place_of(topic: Topic, typed: str) -> Post | None:
    """The shown post of a topic at a place that a form names; an odd one is none."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):  # noqa: PLR2004 -- an int of the database
        return None
    return db.session.scalar(
        select(Post).where(Post.topic_id == topic.id, Post.place == int(typed), Post.gate == "")
    )
