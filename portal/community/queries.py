"""Selects about spaces and topics for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from flask import abort
from sqlalchemy import Row, Select, and_, bindparam, select
from sqlalchemy.orm import load_only

from ..extensions import db
from ..kit.numbers import number_in
from ..kit.pages import Page, page_by
from ..people.models import Organisation, Person
from ..people.readers import KEPT
from .access import items_in, listed_topics, own_waiting, posts_in, visible_spaces
from .models import Post, PostVersion, Space, SpaceItem, SpaceMember, Topic, TopicTag
from .unread import only_new

A_PAGE = 25  # topics of a list, and places of a topic's page
MOST_PINNED, MOST_WAITING, MOST_VERSIONS = 20, 5, 100
MOST_ITEMS, MANY_ITEMS, MOST_MEMBERS = 20, 1000, 1000
SHOWS = ("recent", "unanswered", "question", "discussion", "announcement")


def spaces_for(person: Person | None) -> Sequence[Space]:
    """The spaces that a person may enter, in their order."""
    return db.session.scalars(_in_order(visible_spaces(person))).all()


@lru_cache(KEPT)
def _in_order(rows: Select[Space]) -> Select[Space]:
    return rows.order_by(Space.place, Space.name, Space.id)


@lru_cache(KEPT)
def _shown_as(rows: Select[Topic], show: str) -> Select[Topic]:
    if show == "unanswered":
        return rows.where(Topic.kind == "question", Topic.posts <= 1, ~Topic.closed)
    return rows if show == "recent" else rows.where(Topic.kind == show)


def recent_page(person: Person | None, show: str, cursor: str) -> Page[Topic]:
    """Topics of all spaces that a person may enter, those first in which something was said last."""
    rows = _shown_as(listed_topics(person), show)
    return page_by(rows, Topic.posted_at, Topic.id, cursor, A_PAGE, kept=True)


def space_page(person: Person | None, space: Space, show: str, tag: str, cursor: str) -> Page[Topic]:
    """Topics of a space without those that are pinned."""
    rows = _shown_as(listed_topics(person), show).where(Topic.space_id == space.id)
    if tag:
        rows = rows.join(TopicTag, and_(TopicTag.topic_id == Topic.id, TopicTag.tag == tag))
    elif show == "recent":
        rows = rows.where(~Topic.pinned)
    return page_by(rows, Topic.posted_at, Topic.id, cursor, A_PAGE)


def tagged_page(person: Person | None, tag: str, cursor: str) -> Page[Topic]:
    """Topics with a tag, of all spaces that a person may enter."""
    rows = listed_topics(person).join(TopicTag, and_(TopicTag.topic_id == Topic.id, TopicTag.tag == tag))
    return page_by(rows, Topic.posted_at, Topic.id, cursor, A_PAGE)


def new_page(person: Person, since: datetime | None, cursor: str) -> Page[Topic]:
    """Topics with something new since a moment, of all spaces that a person may enter."""
    if since is None:
        return Page((), None, None)
    rows, given = only_new(listed_topics(person)), {"me": person.id, "since": since}
    return page_by(rows, Topic.posted_at, Topic.id, cursor, A_PAGE, kept=True, given=given)


def pinned_in(person: Person | None, space: Space) -> Sequence[Topic]:
    """What stands first in a space."""
    rows = listed_topics(person).where(Topic.space_id == space.id, Topic.pinned)
    return db.session.scalars(rows.order_by(Topic.posted_at.desc(), Topic.id.desc()).limit(MOST_PINNED)).all()


def waiting_for(person: Person | None) -> Sequence[Topic]:
    """The newest of a person's own topics that others do not see."""
    if person is None:
        return ()
    return db.session.scalars(_newest_waiting(own_waiting(person))).all()


@lru_cache(KEPT)
def _newest_waiting(rows: Select[Topic]) -> Select[Topic]:
    return rows.order_by(Topic.created_at.desc(), Topic.id.desc()).limit(MOST_WAITING)


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
    def moved(self) -> int:
        """The place on this page that the accepted answer left to stand above; 0 for none."""
        here = self.accepted and any(post.id == self.accepted.id for post in self.posts)
        return self.accepted.place if self.accepted and here else 0

    @property
    def before(self) -> Sequence[Post]:
        """The answers down to the place that the accepted one left, or all of them."""
        return [post for post in self.posts if post.place > 1 and not 0 < self.moved <= post.place]

    @property
    def after(self) -> Sequence[Post]:
        """Those that follow this place."""
        return [post for post in self.posts if 0 < self.moved < post.place]

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
    newest = db.session.scalars(rows, {"topic": topic.id}).unique().one_or_none()
    return newest.place if newest else 1


@lru_cache(KEPT)
def _from_place(rows: Select[Post]) -> Select[Post]:
    return rows.where(Post.place >= bindparam("at")).order_by(Post.place).limit(A_PAGE + 1)


def thread(person: Person | None, topic: Topic, at: int) -> Thread:
    """The page of a topic that begins at a place; any costs the same, since posts are found by their places."""
    rows = _from_place(posts_in(person))
    found = db.session.scalars(rows, {"topic": topic.id, "at": at}).unique().all()
    here = [post for post in found if post.place < at + A_PAGE]
    beyond = next((post.place for post in found if post.place >= at + A_PAGE), None)
    accepted = _accepted(person, topic, here) if at == 1 and topic.accepted_id else None
    return Thread(at, here, accepted, page_of(beyond) if beyond else None)


def _accepted(person: Person | None, topic: Topic, here: Sequence[Post]) -> Post | None:
    near = next((post for post in here if post.id == topic.accepted_id), None)
    if near:
        return near
    rows = posts_in(person).where(Post.id == topic.accepted_id)
    return db.session.scalars(rows, {"topic": topic.id}).unique().one_or_none()


def place_of(topic: Topic, typed: str) -> Post | None:
    """The shown post of a topic at a place that a form names; an odd one is none."""
    place = number_in(typed)
    if place is None:
        return None
    return db.session.scalar(
        select(Post).where(Post.topic_id == topic.id, Post.place == place, Post.gate == "")
    )


def items_of(space: Space, *, more: bool = False) -> Sequence[SpaceItem]:
    """The newest files and shared requests of a space; `more` of them than stand beside its topics."""
    rows = items_in(space).order_by(SpaceItem.id.desc())
    return db.session.scalars(rows.limit(MANY_ITEMS if more else MOST_ITEMS)).all()


def all_spaces() -> Sequence[tuple[Space, str]]:
    """Every space with the name of the organisation that it belongs to, for those who look after them."""
    rows = select(Space, Organisation.name).outerjoin(Organisation, Organisation.id == Space.organisation_id)
    found = db.session.execute(rows.order_by(Space.place, Space.name, Space.id))
    return [(space, name or "") for space, name in found]


def members_of(space: Space) -> Sequence[Row[int, str | None]]:
    """Members of a space by the addresses that they were added by, as (id, address)."""
    rows = select(Person.id, Person.email).join(SpaceMember, SpaceMember.person_id == Person.id)
    rows = rows.where(SpaceMember.space_id == space.id, Person.email.is_not(None))
    return db.session.execute(rows.order_by(Person.email).limit(MOST_MEMBERS)).all()


def organisation_called(name: str) -> Organisation | None:
    """The organisation of exactly this name; of several the oldest."""
    return db.session.scalar(
        select(Organisation).where(Organisation.name == name).order_by(Organisation.id).limit(1)
    )


def name_of_organisation(space: Space) -> str:
    """Whose space it is; "" for no organisation's."""
    return db.session.scalar(select(Organisation.name).where(Organisation.id == space.organisation_id)) or ""


# How words were


@dataclass(frozen=True)
class Said:
    """Title and words at some time."""

    title: str
    body: str


def versions_of(post: Post) -> Sequence[PostVersion]:
    """The newest versions of a post that were written over, without their words."""
    rows = select(PostVersion).where(PostVersion.post_id == post.id).options(load_only(PostVersion.at))
    return db.session.scalars(rows.order_by(PostVersion.id.desc()).limit(MOST_VERSIONS)).all()


def version_with_next(post: Post, key: int) -> tuple[PostVersion, Said]:
    """A version of a post and what stood in its place afterwards, or 404."""
    rows = select(PostVersion).where(PostVersion.post_id == post.id, PostVersion.id >= key)
    found = db.session.scalars(
        rows.order_by(PostVersion.id).limit(2).execution_options(populate_existing=True)
    ).all()
    if not found or found[0].id != key:
        abort(404)
    if len(found) > 1:
        return found[0], Said(found[1].title, found[1].body)
    return found[0], Said(post.topic.title if post.place == 1 else "", post.body or "")
