"""What moderation holds of a person: reports, what was done with their posts, suspensions, rules, marks of their words.

Reports and suspensions are kept for two years, marks of words for 30 days. The record of acts and the rules stay: who
was erased is a bare number in them, and what was told to that person goes.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from ..community.gate import REMEMBERED
from ..community.laws import Rule, Suspension
from ..community.models import Post
from ..community.traces import PostMark
from ..extensions import db
from ..kit import clock
from ..people.models import Person
from .models import ModeratorAct, Report

KEPT = {
    "report": timedelta(days=730),
    "suspension": timedelta(days=730),
    "post_mark": REMEMBERED,
    "moderator_act": clock.UNTIL_ERASED,
    "community_rule": clock.UNTIL_ERASED,
}


def export(person: Person) -> dict[str, Any]:
    """What they reported, what moderators did with their words and told them, and what they did as a moderator."""
    reports = select(Report).where(Report.person_id == person.id).order_by(Report.id)
    about = select(ModeratorAct).where(ModeratorAct.person_id == person.id).order_by(ModeratorAct.id)
    own = select(ModeratorAct).where(ModeratorAct.by_id == person.id).order_by(ModeratorAct.id)
    suspensions = select(Suspension).where(Suspension.person_id == person.id).order_by(Suspension.id)
    marks = select(PostMark.at).join(Post, Post.id == PostMark.post_id).where(Post.author_id == person.id)
    return {
        "reported": [
            {"at": clock.iso(one.at), "reason": one.reason, "words": one.words, "outcome": one.outcome}
            for one in db.session.scalars(reports)
        ],
        "moderators_did": [
            {
                "at": clock.iso(act.at),
                "act": act.act,
                "because": act.data.get("because"),
                "reason": act.reason,
            }
            for act in db.session.scalars(about)
        ],
        "did_as_moderator": [
            {"at": clock.iso(act.at), "act": act.act, "reason": act.reason} for act in db.session.scalars(own)
        ],
        "suspended": [
            {
                "at": clock.iso(one.at),
                "until": clock.iso(one.ends),
                "ended": clock.iso(one.lifted_at),
                "reason": one.reason,
            }
            for one in db.session.scalars(suspensions)
        ],
        "rules": [
            {"at": clock.iso(rule.at), "kind": rule.kind, "pattern": rule.pattern}
            for rule in db.session.scalars(select(Rule).where(Rule.by_id == person.id).order_by(Rule.id))
        ],
        "compared_until": clock.iso(max(db.session.scalars(marks), default=None)),
    }


def erase(person: Person) -> None:
    """What they said in reports, and what was said to them; a rule of theirs stays as nobody's."""
    own = select(Post.id).where(Post.author_id == person.id)
    db.session.execute(delete(PostMark).where(PostMark.post_id.in_(own)))
    db.session.execute(update(Report).where(Report.person_id == person.id).values(words=""))
    told = ModeratorAct.person_id == person.id
    db.session.execute(update(ModeratorAct).where(told).values(reason="", data={}))
    db.session.execute(update(Suspension).where(Suspension.person_id == person.id).values(reason=""))
    db.session.execute(update(Rule).where(Rule.by_id == person.id).values(by_id=None))


def sweep() -> None:
    """Drop what is older than that."""
    now = clock.now()
    db.session.execute(delete(Report).where(Report.at < now - KEPT["report"]))
    over = Suspension.at < now - KEPT["suspension"]
    db.session.execute(delete(Suspension).where(over, Suspension.ends < now))
    db.session.execute(delete(PostMark).where(PostMark.at < now - KEPT["post_mark"]))
