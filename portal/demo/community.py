"""The part of the demo about the community: spaces, topics with their posts, votes and accepted answers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ..community.actions import Opening, add_post, begin_topic, count_space, profile_of
from ..community.changes import Better, edit
from ..community.gate import Verdict
from ..community.laws import Rule
from ..community.models import Post, Space, SpaceMember, Topic
from ..community.names import key_of
from ..community.traces import Vote
from ..extensions import db
from ..kit import clock
from ..people.models import Organisation, Person
from ..tickets.actions import Words


def fill_community(
    data: dict[str, Any], people: dict[str, Person], moment: Callable[[str], datetime]
) -> None:
    """Make what community.yaml says; `moment` turns its "ago" into a time."""
    for email, name in data["names"].items():
        profile = profile_of(people[email])
        profile.name, profile.key, profile.standing = name, key_of(name), "known"
        profile.since = people[email].created_at
    spaces = {row["slug"]: _space(row, place, people) for place, row in enumerate(data["spaces"], 1)}
    for row in data["topics"]:
        _topic(spaces[row["space"]], row, people, moment)
    db.session.add_all(Rule(**row) for row in data["rules"])
    for space in spaces.values():
        count_space(space)  # its topics were not made in the order of their time


def _space(row: dict[str, Any], place: int, people: dict[str, Person]) -> Space:
    organisation = select(Organisation.id).where(Organisation.name == row.get("organisation", ""))
    space = Space(
        slug=row["slug"],
        name=row["name"],
        about=row.get("about", ""),
        icon=row.get("icon", "messages"),
        locale=row.get("language", ""),
        audience=row.get("audience", "public"),
        organisation_id=db.session.scalar(organisation),
        kinds=row.get("kinds", ["question", "discussion", "announcement"]),
        open_to_all=not row.get("staff_only", False),
        place=place * 10,
    )
    db.session.add(space)
    db.session.flush()
    db.session.add_all(
        SpaceMember(space_id=space.id, person_id=people[email].id) for email in row.get("members", ())
    )
    return space


def _topic(
    space: Space, row: dict[str, Any], people: dict[str, Person], moment: Callable[[str], datetime]
) -> None:
    first, *rest = row["posts"]
    opening = Opening(row["title"], row["kind"], row.get("tags", ()), row["language"])
    before = first.get("before") or first["text"]
    with clock.at(moment(first["ago"])):
        topic = begin_topic(space, opening, Words(before.strip()), people[first["by"]], Verdict())
    topic.pinned, topic.closed = row.get("pinned", False), row.get("closed", False)
    begun = db.session.scalars(select(Post).where(Post.topic_id == topic.id)).one()
    _liked(topic, begun, first, people)
    for said in rest:
        with clock.at(moment(said["ago"])):
            verdict = Verdict(said.get("gate", ""), said.get("why", ""))
            post = add_post(topic, Words(said["text"].strip()), people[said["by"]], verdict)
            _liked(topic, post, said, people)
    if before != first["text"]:
        with clock.at(moment(first["changed"])):
            better = Better(first["text"].strip(), topic.title, topic.tags)
            edit(begun, better, people[first["by"]], Verdict())


def _liked(topic: Topic, post: Post, row: dict[str, Any], people: dict[str, Person]) -> None:
    """Votes of people, and whether it is the answer that helped."""
    voters = [people[email] for email in row.get("votes", ())]
    db.session.add_all(Vote(post_id=post.id, person_id=one.id) for one in voters)
    post.votes = len(voters)
    if post.place == 1:
        topic.votes = len(voters)
    if row.get("accepted"):
        topic.accepted_id = post.id
        profile_of(people[row["by"]]).accepted += 1
