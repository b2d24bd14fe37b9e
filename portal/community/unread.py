"""How far somebody has read: places in topics, visits, and what is new since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update

from ..extensions import db
from ..kit import clock
from ..kit.rows import insert_or_skip
from ..people.models import Person
from .models import Post, Profile, Topic
from .traces import TopicRead

A_VISIT = timedelta(hours=1)  # pages that are opened within it belong to one visit
MOST = 100  # new posts that are counted one by one


@dataclass(frozen=True)
class New:
    """What is new in a topic for somebody: whether they never opened it, and how many posts they have not read."""

    count: int
    never: bool = False

    @property
    def shown(self) -> str:
        return str(self.count) if self.count < MOST else f"{MOST - 1}+"


def read_up_to(person: Person, topic_id: int, place: int) -> None:
    """A person had the post at a place on the screen, and all before it."""
    values = {"person_id": person.id, "topic_id": topic_id, "place": place, "at": clock.now()}
    if db.session.execute(insert_or_skip(TopicRead, TopicRead.place), values).first() is None:
        here = (TopicRead.person_id == person.id, TopicRead.topic_id == topic_id, TopicRead.place < place)
        db.session.execute(update(TopicRead).where(*here).values(place=place, at=clock.now()))


def visit(person: Person) -> None:
    """A person is here; after a while away a new visit begins. Who never wrote has no profile, and none is made."""
    now = clock.now()
    over = or_(Profile.seen_at.is_(None), Profile.seen_at < now - A_VISIT)
    begins = update(Profile).where(Profile.person_id == person.id, over)
    db.session.execute(begins.values(seen_before=func.coalesce(Profile.seen_at, now), seen_at=now))


def since_when(profile: Profile | None) -> datetime | None:
    """The moment of the visit before this one; None for who has none."""
    if profile is None or profile.seen_at is None:
        return None
    return profile.seen_before if profile.seen_at > clock.now() - A_VISIT else profile.seen_at


def _own(person: Person) -> ColumnElement[bool]:
    return and_(TopicRead.topic_id == Topic.id, TopicRead.person_id == person.id)


def _beyond(person: Person) -> Select[int]:
    """Posts of a topic after the place that its reader came to, without their own."""
    after = (Post.place > TopicRead.place, Post.gate == "", Post.author_id != person.id)
    return select(Post.id).where(Post.topic_id == Topic.id, *after).correlate(Topic, TopicRead)


def news_of(person: Person | None, topics: Sequence[Topic]) -> Mapping[int, New]:
    """What is new in each topic of a list, in one statement; topics without news are not named.

    A topic that was never opened is new if something was said in it since the visit before this one.
    """
    if person is None or not topics:
        return {}
    many = select(func.count()).select_from(_beyond(person).limit(MOST).subquery()).scalar_subquery()
    rows = (
        select(Topic.id, Topic.posted_at, Topic.posts, Topic.last_by_id, TopicRead.place, many, Profile)
        .outerjoin(TopicRead, _own(person))
        .outerjoin(Profile, Profile.person_id == person.id)
        .where(Topic.id.in_([topic.id for topic in topics]))
    )
    found: dict[int, New] = {}
    for key, posted_at, posts, last_by, place, count, profile in db.session.execute(rows):
        since = since_when(profile)
        if place is not None and count:
            found[key] = New(count)
        elif place is None and since and posted_at > since and last_by != person.id:
            found[key] = New(min(posts, MOST), never=True)
    return found


def only_new(rows: Select[Topic], person: Person, since: datetime) -> Select[Topic]:
    """Of topics those in which others said something since a moment that the person has not read."""
    unread = or_(TopicRead.place.is_(None), _beyond(person).exists())
    rows = rows.outerjoin(TopicRead, _own(person))
    return rows.where(Topic.posted_at > since, Topic.last_by_id != person.id, unread)
