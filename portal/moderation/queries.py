"""What moderators' pages show: who waits, what is reported, what is hidden, and the record."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from ..community.laws import Rule, Suspension
from ..community.models import HELD, HIDDEN, WITHDRAWN, Post, Profile, Space, Topic, seen_as
from ..extensions import db
from ..kit import clock
from ..kit.pages import Page, page_by
from ..people.models import Person
from .access import visible_acts
from .models import ModeratorAct, Report

CASES = 20  # people, or posts that are reported, on one page
SHOWN_OF = 3  # held posts of one person that are shown in full
SIZE = 40
MOST_SEEN = 2000  # held posts that one page can decide about
IS_HELD: ColumnElement[bool] = Post.gate == HELD
IS_HIDDEN: ColumnElement[bool] = Post.gate == HIDDEN
IS_OPEN: ColumnElement[bool] = Report.settled_at.is_(None)
TOLD_OF = ("hidden", "suspended", "reported", "let-in")  # earlier acts that tell a moderator who somebody is


@dataclass
class Case:
    """Somebody's words that wait: who it is, the first of the posts, and what was decided about them before.

    `seen` are all posts that the case is about, as they are now.
    """

    author: Profile
    count: int
    posts: list[Post] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    earlier: dict[str, int] = field(default_factory=dict)
    seen: Sequence[str] = ()
    known_since: datetime | None = None


def count_waiting() -> ScalarSelect[int]:
    """How many cases wait: people whose posts are held, and posts that are reported and not held."""
    held = select(func.count(Post.author_id.distinct())).where(IS_HELD).scalar_subquery()
    reported = select(func.count(Report.post_id.distinct())).join(Post, Post.id == Report.post_id)
    reported = reported.where(IS_OPEN, Post.gate == "").correlate(None)
    return select(held + reported.scalar_subquery()).scalar_subquery()


def waiting() -> tuple[list[Case], int]:
    """People whose posts are held, those first of whom least is doubted and who wait longest; and how many there are.

    So an honest newcomer stands above a flood, and one press does for all that one person wrote.
    """
    grouped = select(Post.author_id, func.count(), func.min(Post.at)).where(IS_HELD).group_by(Post.author_id)
    grouped = grouped.order_by(func.min(Post.doubt), func.count(), func.min(Post.at), Post.author_id)
    people = db.session.execute(grouped.limit(CASES)).all()
    total = db.session.scalar(select(func.count(Post.author_id.distinct())).where(IS_HELD)) or 0
    authors = [row[0] for row in people]
    found = profiles(authors)
    posts: dict[int, list[Post]] = defaultdict(list)
    for post in db.session.scalars(_first_held(authors)):
        posts[post.author_id].append(post)
    seen = _as_seen(authors)
    cases = [
        Case(found[key], count, posts[key], seen=seen[key]) for key, count, _at in people if key in found
    ]
    return _told_of(cases), total


def _first_held(authors: Collection[int]) -> Select[Post]:
    rank = func.row_number().over(partition_by=Post.author_id, order_by=(Post.at, Post.id)).label("rank")
    ranked = select(Post.id, rank).where(IS_HELD, Post.author_id.in_(authors)).subquery()
    rows = select(Post).join(ranked, ranked.c.id == Post.id).where(ranked.c.rank <= SHOWN_OF)
    return _with_topic(rows).order_by(Post.at, Post.id)


def _with_topic(rows: Select[Post]) -> Select[Post]:
    rows = rows.join(Post.topic).join(Topic.space)
    about = contains_eager(Post.topic).contains_eager(Topic.space)
    return rows.options(about, joinedload(Post.author), selectinload(Post.files))


def profiles(keys: Collection[int]) -> dict[int, Profile]:
    """Profiles by person."""
    found = db.session.scalars(select(Profile).where(Profile.person_id.in_(keys))) if keys else ()
    return {profile.person_id: profile for profile in found}


def _told_of(cases: list[Case]) -> list[Case]:
    """The cases with what was decided about their writers before, and since when these have an account."""
    keys = [case.author.person_id for case in cases]
    rows = select(ModeratorAct.person_id, ModeratorAct.act, func.count()).where(
        ModeratorAct.person_id.in_(keys), ModeratorAct.act.in_(TOLD_OF)
    )
    acts = db.session.execute(rows.group_by(ModeratorAct.person_id, ModeratorAct.act)).all() if keys else []
    since = (
        db.session.execute(select(Person.id, Person.created_at).where(Person.id.in_(keys))).all()
        if keys
        else []
    )
    created = {row.id: row.created_at for row in since}
    for case in cases:
        case.earlier = {act: count for key, act, count in acts if key == case.author.person_id}
        case.known_since = created.get(case.author.person_id)
    return cases


def _as_seen(authors: Collection[int]) -> dict[int, list[str]]:
    """All held posts of some people as they are now."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = select(Post.author_id, Post.id, Post.edited_at).where(IS_HELD, Post.author_id.in_(authors))
    for author, key, edited_at in db.session.execute(rows.order_by(Post.id).limit(MOST_SEEN)):
        found[author].append(seen_as(key, edited_at))
    return found


def held_of(author_id: int) -> list[int]:
    """The ids of all posts of a person that are held."""
    return list(db.session.scalars(select(Post.id).where(IS_HELD, Post.author_id == author_id)))


def reported() -> tuple[list[Case], int]:
    """Posts that are reported and that others still see, those first that were reported first; and how many there are."""
    open_ones = select(Report.post_id, func.min(Report.at).label("first")).join(
        Post, Post.id == Report.post_id
    )
    open_ones = open_ones.where(IS_OPEN, Post.gate.in_(("", WITHDRAWN))).group_by(Report.post_id)
    total = db.session.scalar(select(func.count()).select_from(open_ones.subquery())) or 0
    first = open_ones.order_by(func.min(Report.at), Report.post_id).limit(CASES).subquery()
    rows = _with_topic(select(Post).join(first, first.c.post_id == Post.id)).order_by(first.c.first, Post.id)
    posts = [post for post in db.session.scalars(rows) if post.author]
    said = reports_of([post.id for post in posts])
    cases = [
        Case(post.author, 1, [post], said[post.id], seen=[post.seen_as]) for post in posts if post.author
    ]
    return _told_of(cases), total


def reports_of(posts: Collection[int]) -> dict[int, list[Report]]:
    """The open reports of posts."""
    found: dict[int, list[Report]] = defaultdict(list)
    rows = select(Report).where(Report.post_id.in_(posts), IS_OPEN).order_by(Report.id)
    for one in db.session.scalars(rows) if posts else ():
        found[one.post_id].append(one)
    return found


def hidden_page(cursor: str) -> Page[Post]:
    """Posts that moderators hid, the newest first."""
    return page_by(_with_topic(select(Post)).where(IS_HIDDEN), Post.at, Post.id, cursor, SIZE)


def record_page(person: Person, cursor: str, **only: Any) -> Page[ModeratorAct]:
    """The record, the newest first; `only` names columns and their values."""
    rows = visible_acts(person).filter_by(**{name: value for name, value in only.items() if value})
    rows = rows.options(joinedload(ModeratorAct.post))
    return page_by(rows, ModeratorAct.at, ModeratorAct.id, cursor, SIZE)


def own_acts(person: Person, cursor: str) -> Page[ModeratorAct]:
    """What moderators did with the person's own words, the newest first."""
    rows = visible_acts(person).where(ModeratorAct.person_id == person.id)
    return page_by(
        rows.options(joinedload(ModeratorAct.post)), ModeratorAct.at, ModeratorAct.id, cursor, SIZE
    )


def own_reports(person: Person) -> Sequence[Report]:
    """What the person reported of late."""
    rows = select(Report).where(Report.person_id == person.id).options(joinedload(Report.post))
    return db.session.scalars(rows.order_by(Report.at.desc(), Report.id.desc()).limit(SIZE)).all()


def names_of(acts: Sequence[ModeratorAct]) -> dict[int, Profile]:
    """The profiles of those who did something and whom it concerns, by person."""
    return profiles({key for act in acts for key in (act.by_id, act.person_id) if key})


def rules() -> dict[int, Rule]:
    """All rules by id, in the order of their words."""
    return {rule.id: rule for rule in db.session.scalars(select(Rule).order_by(Rule.kind, Rule.pattern))}


def spaces() -> Sequence[Space]:
    return db.session.scalars(select(Space).order_by(Space.place, Space.name)).all()


def splittable(topic: Topic, cursor: str) -> Page[Post]:
    """Posts of a topic that can begin a new one, from the first on; the topic's own words cannot."""
    rows = select(Post).where(
        Post.topic_id == topic.id, Post.place > 1, Post.gate == "", Post.body.is_not(None)
    )
    return page_by(rows.options(joinedload(Post.author)), Post.at, Post.id, cursor, SIZE * 3, rising=True)


def split_from(topic: Topic) -> list[tuple[int, int]]:
    """Where posts of a topic went: (topic, how many)."""
    rows = select(ModeratorAct.data).where(ModeratorAct.topic_id == topic.id, ModeratorAct.act == "split")
    went = {data["to"]: data["posts"] for data in db.session.scalars(rows)}
    return list(went.items())


def suspended() -> Sequence[Suspension]:
    """Everybody who may not write now, whose time ends first on top."""
    now = clock.now()
    rows = select(Suspension).where(Suspension.ends > now, Suspension.lifted_at.is_(None))
    return db.session.scalars(rows.order_by(Suspension.ends, Suspension.id).limit(200)).all()


def hidden_by(posts: Sequence[Post]) -> dict[int, ModeratorAct]:
    """The act that hid each post, the newest of each."""
    rows = select(ModeratorAct).where(
        ModeratorAct.post_id.in_([post.id for post in posts]), ModeratorAct.act == HIDDEN
    )
    return {act.post_id: act for act in db.session.scalars(rows.order_by(ModeratorAct.id)) if act.post_id}
