"""What ideas hold of a person, and how it goes when the person is erased.

An organisation's vote stays, as a bare number of who pressed; a vote of one's own goes. The reasons of decisions are
ours, and stay. Of who asked for an idea the count stays, and not the words.
"""

from typing import Any

from sqlalchemy import delete, func, select, update

from ..community.models import Topic
from ..extensions import db
from ..kit import clock
from ..live.actions import publish
from ..people.models import Person
from ..tickets.models import Ticket
from .models import Demand, Idea, IdeaStep, IdeaVote

KEPT = dict.fromkeys(("idea", "idea_step", "idea_vote", "idea_demand"), clock.UNTIL_ERASED)


def export(person: Person) -> dict[str, Any]:
    """Their ideas and votes, what of their words asks for an idea, and what they decided."""
    own = select(Idea).join(Idea.topic).where(Topic.author_id == person.id).order_by(Idea.topic_id)
    votes = select(IdeaVote).where(IdeaVote.person_id == person.id).order_by(IdeaVote.id)
    asked = select(Demand, Ticket.number).outerjoin(Ticket, Ticket.id == Demand.ticket_id)
    asked = asked.where(Demand.person_id == person.id).order_by(Demand.id)
    decided = select(IdeaStep).where(IdeaStep.by_id == person.id).order_by(IdeaStep.id)
    return {
        "ideas": [
            {"topic": idea.topic_id, "state": idea.state, "since": clock.iso(idea.changed_at)}
            for idea in db.session.scalars(own)
        ],
        "votes": [
            {
                "idea": vote.topic_id,
                "for_organisation": vote.organisation_id is not None,
                "at": clock.iso(vote.at),
            }
            for vote in db.session.scalars(votes)
        ],
        "asked_for": [
            {
                "idea": demand.idea_id,
                "request": number,
                "topic": demand.topic_id,
                "words": demand.words,
                "at": clock.iso(demand.at),
            }
            for demand, number in db.session.execute(asked)
        ],
        "decided": [
            {"idea": step.topic_id, "state": step.state, "at": clock.iso(step.at)}
            for step in db.session.scalars(decided)
        ],
    }


def erase(person: Person) -> None:
    """Their own votes, with every count exact, and their words where these ask for an idea."""
    alone = IdeaVote.person_id == person.id, IdeaVote.organisation_id.is_(None)
    voted = db.session.scalars(delete(IdeaVote).where(*alone).returning(IdeaVote.topic_id)).all()
    votes = select(func.count()).where(IdeaVote.topic_id == Topic.id).scalar_subquery()
    db.session.execute(
        update(Topic).where(Topic.id.in_(voted)).values(votes=votes),
        execution_options={"synchronize_session": False},
    )
    db.session.execute(update(Demand).where(Demand.person_id == person.id).values(words=""))
    db.session.flush()
    db.session.expire_all()
    if voted:
        publish(*(f"topic-{key}" for key in voted))
