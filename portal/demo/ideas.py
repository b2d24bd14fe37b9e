"""The part of the demo about ideas: what was suggested, who voted, how it went on, and which requests ask for it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from ..community.actions import Opening, add_post, profile_of
from ..community.gate import Verdict
from ..community.models import Space
from ..extensions import db
from ..ideas.actions import TELL, Decision, decide, link_ticket, suggest, vote
from ..ideas.models import Idea
from ..ideas.wording import quarters
from ..kit import clock
from ..outbox.models import Job
from ..people.models import Person
from ..tickets.actions import Words
from ..tickets.models import Ticket

Moment = Callable[[str], datetime]


def fill_ideas(data: dict[str, Any], people: dict[str, Person], moment: Moment) -> None:
    """Make what ideas.yaml says; `moment` turns its "ago" into a time."""
    row = data["space"]
    space = Space(
        slug=row["slug"],
        name=row["name"],
        about=row["about"],
        icon="bulb",
        kinds=["idea"],
        place=row["place"],
    )
    db.session.add(space)
    db.session.flush()
    made: dict[str, Idea] = {}
    for row in data["ideas"]:
        made[row["key"]] = _idea(space, row, people, moment)
    for row in data["ideas"]:
        for step in row.get("steps", ()):
            _step(made[row["key"]], step, made, people, moment)
    told = (Job.kind == TELL) & (Job.created < moment("3d"))  # who voted heard of it then
    db.session.execute(update(Job).where(told).values(done=moment("0d"), payload={}))


def _idea(space: Space, row: dict[str, Any], people: dict[str, Person], moment: Moment) -> Idea:
    by = people[row["by"]]
    with clock.at(moment(row["ago"])):
        profile_of(by).standing = "known"
        opening = Opening(row["title"], "idea", row.get("tags", ()), row["language"])
        idea = suggest(space, opening, Words(row["text"].strip()), by, Verdict())
    for email in row.get("votes", ()):
        vote(idea, people[email])
    for said in row.get("comments", ()):
        with clock.at(moment(said["ago"])):
            add_post(idea.topic, Words(said["text"].strip()), people[said["by"]], Verdict())
    for subject in row.get("asked_in", ()):
        ticket = db.session.scalars(select(Ticket).where(Ticket.subject == subject)).one()
        with clock.at(max(ticket.touched_at, idea.topic.created_at)):
            link_ticket(idea, ticket, people[row["linked_by"]])
    return idea


def _step(
    idea: Idea, row: dict[str, Any], made: dict[str, Idea], people: dict[str, Person], moment: Moment
) -> None:
    same = made[row["same"]] if "same" in row else None
    quarter = quarters()[row["in_quarters"]] if "in_quarters" in row else ""
    with clock.at(moment(row["ago"])):
        decide(idea, Decision(row["state"], row.get("reason", "").strip(), quarter, same), people[row["by"]])
