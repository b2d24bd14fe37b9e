"""Selects about ideas: the board, the roadmap, the change log, and what stands behind one of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import joinedload

from ..community.access import listed_topics
from ..community.like import like_topics
from ..community.models import Post, Profile, Topic
from ..community.panels import Fact
from ..extensions import db
from ..kit import clock
from ..kit.numbers import BIGINT, numbers_in
from ..kit.pages import Page, page_by
from ..people.models import Person
from ..tickets.access import desk_tickets
from ..tickets.models import Ticket
from .access import listed_ideas, voters_of
from .models import Demand, Idea, IdeaStep, IdeaVote
from .wording import OPEN, STATES

A_PAGE, MOST_FOUND, MOST_STEPS = 25, 50, 50
A_COLUMN = 30  # ideas of one column of the roadmap
LATELY = timedelta(days=90)
MOST_BEHIND = 100


# In lists of topics


def facts_of(topics: Sequence[Topic]) -> Mapping[int, Fact]:
    """Where those of the topics stand that are ideas."""
    keys = [topic.id for topic in topics if topic.kind == "idea"]
    rows = select(Idea.topic_id, Idea.state).where(Idea.topic_id.in_(keys))
    return (
        {key: Fact(STATES[state], state in OPEN) for key, state in db.session.execute(rows)} if keys else {}
    )


# The board


@dataclass(frozen=True)
class Board:
    """One page of ideas; `after` is where the next one begins, "" on the last."""

    ideas: Sequence[Idea]
    after: str


def _keys(sort: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """What the board is in the order of: a number, and the idea's own for those that are alike."""
    wanted = Idea.demand + Topic.votes
    number = {"votes": Topic.votes + 0, "wanted": wanted, "newest": Topic.id + 0}[sort]
    return number, Topic.id + 0


def _number_of(idea: Idea, sort: str) -> int:
    votes = idea.topic.votes
    return {"votes": votes, "wanted": idea.demand + votes, "newest": idea.topic_id}[sort]


def _place(after: str) -> tuple[int, int] | None:
    """A place in the list from an address; an odd one is the beginning."""
    number, _dash, key = after.partition("-")
    found = numbers_in((number, key), BIGINT)
    return (found[0], found[1]) if len(found) == 2 else None  # noqa: PLR2004 -- a number and an id


def _of_state(rows: Select[Idea], state: str) -> Select[Idea]:
    if state == "all":
        return rows
    return rows.where(Idea.state.in_(OPEN if state == "open" else (state,)))


def board(person: Person | None, state: str, sort: str, after: str) -> Board:
    """A page of the board, by key."""
    number, key = _keys(sort)
    rows = _of_state(listed_ideas(person), state).order_by(number.desc(), key.desc())
    place = _place(after)
    if place:
        rows = rows.where(tuple_(number, key) < place)
    found = db.session.scalars(rows.limit(A_PAGE + 1)).all()
    here = found[:A_PAGE]
    more = f"{_number_of(here[-1], sort)}-{here[-1].topic_id}" if len(found) > A_PAGE else ""
    return Board(here, more)


def found(person: Person | None, words: str, state: str) -> Board:
    """Ideas that hold most of some words, the likest first."""
    ids = [topic.id for topic in like_topics(person, words, MOST_FOUND, kind="idea")]
    rows = _of_state(listed_ideas(person), state).where(Idea.topic_id.in_(ids))
    held = {idea.topic_id: idea for idea in db.session.scalars(rows)}
    return Board([held[key] for key in ids if key in held], "")


def counts(person: Person | None) -> Mapping[str, int]:
    """How many ideas of each state a person may read."""
    mine = listed_topics(person).with_only_columns(Topic.id)
    rows = select(Idea.state, func.count()).where(Idea.topic_id.in_(mine)).group_by(Idea.state)
    counted = dict.fromkeys(STATES, 0) | {state: count for state, count in db.session.execute(rows)}  # noqa: C416 -- rows are no pairs to mypy
    return counted | {"open": sum(counted[state] for state in OPEN), "all": sum(counted.values())}


def votes_of(person: Person | None, ideas: Iterable[Idea]) -> Mapping[int, IdeaVote]:
    """The votes of a person, or of their organisation, by idea."""
    if person is None:
        return {}
    keys = [idea.topic_id for idea in ideas]
    rows = select(IdeaVote).where(IdeaVote.topic_id.in_(keys), IdeaVote.voter.in_(voters_of(person)))
    return {vote.topic_id: vote for vote in db.session.scalars(rows)}


# One idea


@dataclass(frozen=True)
class Told:
    """A step of an idea with the public name of who decided it."""

    step: IdeaStep
    by: Profile | None


def steps_of(idea: Idea) -> Sequence[Told]:
    """How an idea came to where it is, the oldest first."""
    rows = select(IdeaStep, Profile).outerjoin(Profile, Profile.person_id == IdeaStep.by_id)
    rows = rows.where(IdeaStep.topic_id == idea.topic_id).order_by(IdeaStep.id.desc()).limit(MOST_STEPS)
    return [Told(step, by) for step, by in reversed(db.session.execute(rows).all())]


def last_step(idea: Idea) -> int:
    """The id of the newest step, 0 without any: what a form that decides has seen."""
    rows = select(func.max(IdeaStep.id)).where(IdeaStep.topic_id == idea.topic_id)
    return db.session.scalar(rows) or 0


@dataclass(frozen=True)
class Behind:
    """Who asks for an idea, as far as an agent may know.

    Attributes:
        tickets: those of their teams, the newest first.
        organisations: how many of these tickets each organisation sent, most first.
        alone: how many come from people without an organisation.
        topics: those that they may read.
    """

    tickets: Sequence[Ticket]
    organisations: Sequence[tuple[str, int]]
    alone: int
    topics: Sequence[Topic]


def behind(idea: Idea, person: Person) -> Behind:
    """The customers behind an idea."""
    asking = select(Demand.ticket_id).where(Demand.idea_id == idea.topic_id, Demand.ticket_id.is_not(None))
    rows = desk_tickets(person).where(Ticket.id.in_(asking)).options(joinedload(Ticket.organisation))
    tickets = db.session.scalars(rows.order_by(Ticket.id.desc()).limit(MOST_BEHIND)).all()
    homes = Counter(ticket.organisation.name for ticket in tickets if ticket.organisation)
    said = select(Demand.topic_id).where(Demand.idea_id == idea.topic_id, Demand.topic_id.is_not(None))
    topics = listed_topics(person).where(Topic.id.in_(said)).order_by(Topic.id.desc()).limit(MOST_BEHIND)
    return Behind(
        tickets,
        homes.most_common(),
        sum(ticket.organisation is None for ticket in tickets),
        db.session.scalars(topics).all(),
    )


def asked_by(person: Person | None, *which: ColumnElement[bool]) -> Sequence[Idea]:
    """The ideas that a request or a topic asks for, as far as a person may read them."""
    rows = listed_ideas(person).where(Idea.topic_id.in_(select(Demand.idea_id).where(*which)))
    return db.session.scalars(rows.order_by(Idea.topic_id)).all()


def own_comment(topic_id: int, person_id: int) -> str:
    """What a person wrote under an idea, the first of it; "" for nothing that is shown."""
    rows = select(Post.body).where(Post.topic_id == topic_id, Post.author_id == person_id, Post.gate == "")
    return db.session.scalar(rows.where(Post.body.is_not(None)).order_by(Post.place).limit(1)) or ""


# Roadmap and change log


def roadmap(person: Person | None) -> Mapping[str, Sequence[Idea]]:
    """What is planned (the next quarter first), started, and was released lately."""
    rows, lately = listed_ideas(person), clock.now() - LATELY
    planned = rows.where(Idea.state == "planned").order_by(
        Idea.quarter == "", Idea.quarter, Topic.votes.desc(), Topic.id
    )
    started = rows.where(Idea.state == "started").order_by(Topic.votes.desc(), Topic.id)
    released = rows.where(Idea.state == "released", Idea.changed_at > lately)
    released = released.order_by(Idea.changed_at.desc(), Topic.id)
    columns = {"planned": planned, "started": started, "released": released}
    return {state: db.session.scalars(select_.limit(A_COLUMN)).all() for state, select_ in columns.items()}


def changes_page(person: Person | None, cursor: str) -> Page[Idea]:
    """What was released, the newest first."""
    rows = listed_ideas(person).where(Idea.state == "released")
    return page_by(rows, Idea.changed_at, Idea.topic_id, cursor, A_PAGE)


def newest_changes(most: int) -> Sequence[Idea]:
    """What everybody may read of it, for the feed."""
    rows = listed_ideas(None).where(Idea.state == "released")
    return db.session.scalars(rows.order_by(Idea.changed_at.desc(), Idea.topic_id.desc()).limit(most)).all()
