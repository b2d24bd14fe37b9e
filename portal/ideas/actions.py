"""Verbs of ideas: suggest, vote, decide, link what asks for one. Every counter is exact at any time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update

from ..audit.actions import record
from ..community.actions import Opening, begin_topic, index_anew, profile_of
from ..community.following import TOPIC, follow_by_writing
from ..community.gate import Verdict
from ..community.models import Post, Space, Topic
from ..community.traces import Follow
from ..extensions import db
from ..kit import clock
from ..kit.markdown import excerpt
from ..kit.rows import insert_or_skip
from ..live.actions import publish
from ..outbox.actions import enqueue
from ..people.models import Person
from ..tickets.access import PUBLIC_EVENTS
from ..tickets.actions import Words, add_event
from ..tickets.actions import tell as tell_of_ticket
from ..tickets.models import Ticket, TicketEvent
from .access import may_take_back, voters_of
from .models import Demand, Idea, IdeaStep, IdeaVote

TELL = "ideas.tell"
QUOTED = 400  # letters of what somebody said that are kept to be quoted


@dataclass(frozen=True)
class Decision:
    """What becomes of an idea.

    Attributes:
        state: one of wording.STATES.
        reason: public.
        quarter: that it is planned for, as "2027-1".
        same: the idea that has its votes from now on, for one that is declined as the same.
    """

    state: str
    reason: str = ""
    quarter: str = ""
    same: Idea | None = None


def suggest(space: Space, opening: Opening, words: Words, by: Person, verdict: Verdict) -> Idea:
    """A new idea, with the first vote of whoever has it."""
    topic = begin_topic(space, opening, words, by, verdict)
    idea = Idea(topic=topic, topic_id=topic.id, changed_at=topic.created_at, state="review", demand=0)
    idea.reason = idea.quarter = ""
    db.session.add(idea)
    db.session.flush()
    vote(idea, by)
    return idea


# Votes


def _hold(*ideas: Idea) -> None:
    """The rows, held until the commit, so that votes come before or after what else happens to an idea."""
    keys = sorted(idea.topic_id for idea in ideas)
    held = select(Idea).where(Idea.topic_id.in_(keys)).order_by(Idea.topic_id).with_for_update(of=Idea)
    db.session.scalars(held.execution_options(populate_existing=True)).all()


def vote(idea: Idea, by: Person) -> bool:
    """Vote for an idea, as one's organisation or as oneself, and follow it; False if that was voted before."""
    _hold(idea)
    voters = voters_of(by)
    there = select(IdeaVote.id).where(IdeaVote.topic_id == idea.topic_id, IdeaVote.voter.in_(voters))
    if not idea.is_open or db.session.scalar(there):
        return False
    kind, _sign, key = voters[0].partition("-")
    values: dict[str, Any] = {"topic_id": idea.topic_id, "voter": voters[0], "person_id": by.id}
    values |= {"organisation_id": int(key) if kind == "org" else None, "at": clock.now()}
    fresh = db.session.execute(insert_or_skip(IdeaVote, IdeaVote.id), values).first()
    if fresh is None:
        return False
    follow_by_writing(idea.topic, by, begins=False)
    _count(idea)
    return True


def take_back(idea: Idea, by: Person) -> bool:
    """Take a vote back; False if there is none that this person may take back."""
    _hold(idea)
    rows = select(IdeaVote).where(IdeaVote.topic_id == idea.topic_id, IdeaVote.voter.in_(voters_of(by)))
    gone = [one for one in db.session.scalars(rows) if may_take_back(by, one)] if idea.is_open else []
    for one in gone:
        db.session.delete(one)
    if gone:
        _count(idea)
    return bool(gone)


def _count(idea: Idea) -> None:
    """The count of votes, for an idea whose row is held."""
    db.session.flush()
    votes = select(func.count()).where(IdeaVote.topic_id == idea.topic_id).scalar_subquery()
    db.session.execute(update(Topic).where(Topic.id == idea.topic_id).values(votes=votes))
    db.session.refresh(idea.topic, ["votes"])
    index_anew(idea.topic)
    publish(f"topic-{idea.topic_id}")


# What becomes of it


def decide(idea: Idea, decision: Decision, by: Person) -> bool:
    """Say what becomes of an idea, and tell who wants to hear of it; False if it is so already.

    The same state with other words only mends what is read: nobody is told a second time.
    """
    profile_of(by)
    now = (decision.state, decision.reason, decision.quarter, decision.same and decision.same.topic_id)
    if now == (idea.state, idea.reason, idea.quarter, idea.same_id):
        return False
    same = decision.same if decision.same and decision.same.topic_id != idea.same_id else None
    _hold(*(one for one in (idea, same) if one))
    moved = idea.state != decision.state or same is not None
    idea.state, idea.reason, idea.quarter = decision.state, decision.reason, decision.quarter
    idea.same_id = decision.same.topic_id if decision.same else None
    record("decided an idea", by, f"topic {idea.topic_id}", to=decision.state)
    if moved:
        idea.changed_at = clock.now()
        step = IdeaStep(topic_id=idea.topic_id, state=idea.state, reason=idea.reason, by_id=by.id)
        step.at = idea.changed_at
        db.session.add(step)
        db.session.flush()
        enqueue(TELL, {"step": step.id}, key=f"{TELL}:{step.id}", lane=f"topic-{idea.topic_id}")
    else:
        _mend(idea)
    if same:
        _merge(idea, same)
    index_anew(idea.topic)
    publish(f"topic-{idea.topic_id}")
    return True


def _mend(idea: Idea) -> None:
    """The newest step says what the idea says."""
    newest = select(IdeaStep).where(IdeaStep.topic_id == idea.topic_id).order_by(IdeaStep.id.desc()).limit(1)
    step = db.session.scalar(newest)
    if step:
        step.reason = idea.reason
    db.session.flush()


def _merge(idea: Idea, into: Idea) -> None:
    """Votes, and what asks for it, go to the other idea; who voted hears of that one from now on."""
    votes = db.session.scalars(select(IdeaVote).where(IdeaVote.topic_id == idea.topic_id)).all()
    asking = db.session.scalars(select(Demand).where(Demand.idea_id == idea.topic_id)).all()
    for vote_ in votes:
        values = {"voter": vote_.voter, "person_id": vote_.person_id, "at": vote_.at}
        values |= {"topic_id": into.topic_id, "organisation_id": vote_.organisation_id}
        db.session.execute(insert_or_skip(IdeaVote), values)
        follow = {"person_id": vote_.person_id, "kind": TOPIC, "target": str(into.topic_id)}
        values = follow | {"at": clock.now(), "heard": True, "by_mail": False}
        db.session.execute(insert_or_skip(Follow), values)
    for one in asking:
        values = {"ticket_id": one.ticket_id, "topic_id": one.topic_id, "person_id": one.person_id}
        values |= {"idea_id": into.topic_id, "words": one.words, "by_id": one.by_id, "at": one.at}
        if one.topic_id != into.topic_id:
            db.session.execute(insert_or_skip(Demand), values)
    db.session.execute(delete(IdeaVote).where(IdeaVote.topic_id == idea.topic_id))
    db.session.execute(delete(Demand).where(Demand.idea_id == idea.topic_id))
    for one_of_both in (idea, into):
        _count(one_of_both)
        _count_demand(one_of_both)


# What asks for it


def link_ticket(idea: Idea, ticket: Ticket, by: Person) -> bool:
    """A request asks for an idea; False if that was known."""
    said = PUBLIC_EVENTS.where(TicketEvent.kind == "message", TicketEvent.actor_id == ticket.requester_id)
    first = db.session.scalars(said.order_by(TicketEvent.id).limit(1), {"ticket": ticket.id}).first()
    words = excerpt((first.body if first else "") or ticket.subject, QUOTED)
    asks = {"ticket_id": ticket.id, "topic_id": None, "person_id": ticket.requester_id, "words": words}
    if not _link(idea, asks, by):
        return False
    ticket.tied = True
    add_event(ticket, "idea", by, {"idea": idea.topic_id}, public=False)
    tell_of_ticket(ticket, public=True)  # its customer reads that the wish was noted
    return True


def unlink_ticket(idea: Idea, ticket: Ticket, by: Person) -> bool:
    """It does not; False if it was not linked."""
    if not _unlink(idea, Demand.ticket_id == ticket.id):
        return False
    add_event(ticket, "no-idea", by, {"idea": idea.topic_id}, public=False)
    tell_of_ticket(ticket, public=True)
    return True


def link_topic(idea: Idea, topic: Topic, by: Person) -> bool:
    """A topic asks for an idea; False if that was known."""
    body = select(Post.body).where(Post.topic_id == topic.id, Post.place == 1)
    words = excerpt(db.session.scalar(body) or topic.title, QUOTED)
    asks = {"ticket_id": None, "topic_id": topic.id, "person_id": topic.author_id, "words": words}
    fresh = _link(idea, asks, by)
    if fresh:
        topic.tied = True
        publish(f"topic-{topic.id}")
    return fresh


def unlink_topic(idea: Idea, topic: Topic) -> bool:
    """It does not; False if it was not linked."""
    gone = _unlink(idea, Demand.topic_id == topic.id)
    if gone:
        publish(f"topic-{topic.id}")
    return gone


def _link(idea: Idea, asks: dict[str, Any], by: Person) -> bool:
    _hold(idea)
    values = asks | {"idea_id": idea.topic_id, "by_id": by.id, "at": clock.now()}
    if db.session.execute(insert_or_skip(Demand, Demand.id), values).first() is None:
        return False
    record(
        "linked to an idea", by, f"topic {idea.topic_id}", ticket=asks["ticket_id"], topic=asks["topic_id"]
    )
    _count_demand(idea)
    return True


def _unlink(idea: Idea, which: Any) -> bool:
    _hold(idea)
    gone: Sequence[int] = db.session.scalars(
        delete(Demand).where(Demand.idea_id == idea.topic_id, which).returning(Demand.id)
    ).all()
    _count_demand(idea)
    return bool(gone)


def _count_demand(idea: Idea) -> None:
    db.session.flush()
    idea.demand = db.session.scalar(select(func.count()).where(Demand.idea_id == idea.topic_id)) or 0
    db.session.flush()
    publish(f"topic-{idea.topic_id}")
