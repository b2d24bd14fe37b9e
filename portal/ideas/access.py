"""Who may see, vote for, decide and link which ideas: whoever may read the topic sees its idea."""

from collections.abc import Sequence

from flask import abort
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from ..community.access import listed_topics, moderates, spaces_to_begin_in, visible_spaces, visible_topics
from ..community.models import Space, Topic
from ..extensions import db
from ..people.models import Person
from ..people.permissions import Permission
from .models import Idea, IdeaVote


def listed_ideas(person: Person | None) -> Select[Idea]:
    """The ideas that lists hold for a person: those whose topics all readers of their spaces see."""
    mine = listed_topics(person).with_only_columns(Topic.id)
    rows = select(Idea).join(Idea.topic).join(Topic.space)
    rows = rows.options(contains_eager(Idea.topic).contains_eager(Topic.space))
    return rows.where(Idea.topic_id.in_(mine))


def get_idea(person: Person | None, number: int, *, change: bool = False) -> Idea:
    """The idea, or 404; held until the commit for a change."""
    if change:
        db.session.execute(select(Idea.topic_id).where(Idea.topic_id == number).with_for_update())
    mine = visible_topics(person).with_only_columns(Topic.id).where(Topic.id == number)
    rows = select(Idea).where(Idea.topic_id.in_(mine))
    rows = rows.options(joinedload(Idea.topic).joinedload(Topic.space))
    return db.session.scalar(rows.execution_options(populate_existing=change)) or abort(404)


def may_vote(person: Person | None, idea: Idea) -> bool:
    """Whether a person who sees an idea may vote for it now."""
    return person is not None and person.may(Permission.POST) and idea.is_open and not idea.topic.gate


def may_decide(person: Person | None) -> bool:
    return person is not None and person.may(Permission.IDEAS)


def may_link(person: Person | None) -> bool:
    """Whether a person may say of topics which idea they ask for: the staff, and moderators."""
    return person is not None and (person.is_staff or moderates(person))


def voters_of(person: Person) -> list[str]:
    """As whom a person votes: their organisation, of several the one with the least number; before that as themselves."""
    homes = sorted(organisation for organisation, _manages in person.homes)
    return [*(f"org-{key}" for key in homes[:1]), f"person-{person.id}"]


def manages(person: Person, organisation_id: int | None) -> bool:
    return (organisation_id, True) in person.homes


def may_take_back(person: Person, vote: IdeaVote) -> bool:
    """Who pressed, or for an organisation's vote one of its managers."""
    return vote.person_id == person.id or manages(person, vote.organisation_id)


def spaces_for_ideas(person: Person | None) -> Sequence[Space]:
    """Where a person may suggest an idea; a visitor sees the public spaces of all, and is asked to sign in."""
    rows = spaces_to_begin_in(person) if person else visible_spaces(None).where(Space.open_to_all)
    found = db.session.scalars(rows.order_by(Space.place, Space.name, Space.id))
    return [space for space in found if "idea" in (space.kinds or ())]
