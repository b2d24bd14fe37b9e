"""How far somebody has read: places in topics, visits, and what is new since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, update

from ..extensions import db
from ..kit import clock
from ..kit.rows import insert_or_skip
from ..people.models import Person
from ..people.readers import KEPT
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


def _since(seen_at: datetime | None, seen_before: datetime | None) -> datetime | None:
    """The moment of the visit before this one, by what a profile says of both; None for who has none."""
    return seen_before if seen_at is not None and seen_at > clock.now() - A_VISIT else seen_at


def last_visit(person: Person) -> datetime | None:
    """The moment of a person's visit before this one; None for who has none."""
    row = db.session.execute(_SEEN, {"me": person.id}).one_or_none()
    return _since(*row) if row else None


ME: ColumnElement[int] = bindparam("me", type_=Profile.person_id.type)
_OWN = and_(TopicRead.topic_id == Topic.id, TopicRead.person_id == ME)
# Posts of a topic after the place that its reader came to, without their own.
_BEYOND = (
    select(Post.id)
    .where(Post.topic_id == Topic.id, Post.place > TopicRead.place, Post.gate == "", Post.author_id != ME)
    .correlate(Topic, TopicRead)
)
_SEEN = select(Profile.seen_at, Profile.seen_before).where(Profile.person_id == ME)
_NEWS = (
    select(
        Topic.id,
        TopicRead.place,
        select(func.count()).select_from(_BEYOND.limit(MOST).subquery()).scalar_subquery(),
        Profile.seen_at,
        Profile.seen_before,
    )
    .outerjoin(TopicRead, _OWN)
    .outerjoin(Profile, Profile.person_id == ME)
    .where(Topic.id.in_(bindparam("topics", expanding=True)))
)


def news_of(person: Person | None, topics: Sequence[Topic]) -> Mapping[int, New]:
    """What is new in each topic of a list, in one statement; topics without news are not named.

    A topic that was never opened is new if something was said in it since the visit before this one.
    """
    if person is None or not topics:
        return {}
    held = {topic.id: topic for topic in topics}
    found = {}
    for key, place, count, *seen in db.session.execute(_NEWS, {"me": person.id, "topics": list(held)}):
        topic, since = held[key], _since(*seen)
        if place is not None and count:
            found[key] = New(count)
        elif place is None and since and topic.posted_at > since and topic.last_by_id != person.id:
            found[key] = New(min(topic.posts, MOST), never=True)
    return found


@lru_cache(KEPT)
def only_new(rows: Select[Topic]) -> Select[Topic]:
    """Of topics those in which others said something since a moment that a person has not read: "since" and "me"."""
    unread = or_(TopicRead.place.is_(None), _BEYOND.exists())
    rows = rows.outerjoin(TopicRead, _OWN)
    return rows.where(Topic.posted_at > bindparam("since"), Topic.last_by_id != ME, unread)
