"""What the worker does for ideas: tell of a step, in batches, and write the mails that people chose to have."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import force_locale
from sqlalchemy import exists, select, union

from ..community.access import visible_topics
from ..community.following import TOPIC, make_token
from ..community.models import Topic
from ..community.traces import Follow
from ..extensions import db
from ..kit.i18n import _
from ..kit.markdown import excerpt
from ..mail.actions import send
from ..mail.compose import Draft, absolute, compose
from ..notifications.queries import wants_mail
from ..notifications.wording import COMMUNITY
from ..outbox.actions import enqueue
from ..people.models import Person
from .actions import TELL
from .models import Demand, Idea, IdeaStep
from .notices import tell
from .queries import own_comment
from .wording import quarter_words, told

BATCH = 200  # people of one job
IN_A_NOTICE, IN_A_MAIL = 120, 400  # letters of somebody's own words
LETTER = "ideas.letter"


def _shown(step_id: int) -> tuple[IdeaStep, Idea] | None:
    """A step and its idea, or None where its topic is not shown to all who read the space: then nobody is told."""
    step = db.session.get(IdeaStep, step_id)
    idea = db.session.get(Idea, step.topic_id) if step else None
    return (step, idea) if step and idea and not idea.topic.gate else None


def _listeners(idea: Idea, after: int) -> Sequence[Person]:
    """The next people to tell: who follows it (who votes does), and who asked for it and never stopped hearing of it."""
    target = str(idea.topic_id)
    following = select(Follow.person_id).where(Follow.kind == TOPIC, Follow.target == target, Follow.heard)
    asking = select(Demand.person_id).where(Demand.idea_id == idea.topic_id)
    stopped = exists().where(
        Follow.person_id == Person.id, Follow.kind == TOPIC, Follow.target == target, ~Follow.heard
    )
    rows = union(following, asking).subquery()
    people = select(Person).join(rows, rows.c[0] == Person.id).where(Person.id > after, Person.active)
    return db.session.scalars(people.where(~stopped).order_by(Person.id).limit(BATCH)).all()


def tell_all(payload: dict[str, Any]) -> None:
    """Tell a batch of people of a step, and leave the next batch to another job; told twice, they hear once."""
    found, after = _shown(payload["step"]), payload.get("after", 0)
    if found is None:
        return
    step, idea = found
    people = _listeners(idea, after)
    for person in people:
        if person.id == step.by_id or not _may_read(person, idea):
            continue
        words = _own_words(person, idea) if step.state == "released" else ""
        if tell(person, idea, step, excerpt(words, IN_A_NOTICE)):
            _leave_letter(person, step, asked=_asked(person, idea))
    if len(people) == BATCH:
        last = people[-1].id
        values = {"step": step.id, "after": last}
        enqueue(TELL, values, key=f"{TELL}:{step.id}:{last}", lane=f"topic-{idea.topic_id}")


def _may_read(person: Person, idea: Idea) -> bool:
    return db.session.scalar(visible_topics(person).where(Topic.id == idea.topic_id)) is not None


def _asked(person: Person, idea: Idea) -> Demand | None:
    """The first request or topic of theirs that asks for it."""
    rows = select(Demand).where(Demand.idea_id == idea.topic_id, Demand.person_id == person.id)
    return db.session.scalar(rows.order_by(Demand.id).limit(1))


def _own_words(person: Person, idea: Idea) -> str:
    """What they said when they asked for it, or under the idea itself."""
    asked = _asked(person, idea)
    return asked.words if asked and asked.words else own_comment(idea.topic_id, person.id)


def _wants_letter(person: Person, step: IdeaStep, asked: Demand | None) -> bool:
    """As chosen for the idea; of a release also who asked for it elsewhere, since nobody else would tell them."""
    row = db.session.get(Follow, (person.id, TOPIC, str(step.topic_id)))
    chosen = row.heard and row.by_mail if row else bool(asked and step.state == "released")
    return chosen and wants_mail(person.id, COMMUNITY)


def _leave_letter(person: Person, step: IdeaStep, *, asked: Demand | None) -> None:
    if _wants_letter(person, step, asked):
        key = f"{LETTER}:{step.id}:{person.id}"
        enqueue(
            LETTER, {"step": step.id, "person": person.id}, key=key, lane=f"topic-{step.topic_id}-{person.id}"
        )


def letter(payload: dict[str, Any]) -> None:
    """One mail to one reader, with rights and choices asked again."""
    person, found = db.session.get(Person, payload["person"]), _shown(payload["step"])
    if person is None or found is None or not person.active or not person.email:
        return
    step, idea = found
    asked = _asked(person, idea)
    if _may_read(person, idea) and _wants_letter(person, step, asked):
        send(_draft(person, step, idea, asked), payload["job"])


def _draft(person: Person, step: IdeaStep, idea: Idea, asked: Demand | None) -> Draft:
    stop = absolute(f"/community/stop/{make_token(person.id, TOPIC, str(idea.topic_id))}")
    with force_locale(person.language):
        said = told(step.state) % {"subject": idea.topic.heading}
        quarter = quarter_words(idea.quarter) if step.state == idea.state == "planned" else ""
        stop_words = _("No more mails about this idea")
    words = excerpt(_own_words(person, idea), IN_A_MAIL) if step.state == "released" else ""
    values: Mapping[str, Any] = {
        "called": person.shown,
        "said": said,
        "reason": step.reason,
        "quarter": quarter,
        "words": words,
        "elsewhere": asked is not None,
        "topic": idea.topic,
        "path": idea.topic.address,
        "stop": stop,
        "stop_words": stop_words,
    }
    draft = compose("idea", person, **values)
    stopping = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return replace(draft, thread=f"topic {idea.topic_id}", headers=stopping)


HANDLERS = {TELL: tell_all, LETTER: letter}
PERIODIC: dict[str, int] = {}
