"""Verbs of rules for words and links, each of which is recorded."""

from dataclasses import dataclass

from sqlalchemy import select

from ..community.laws import Rule
from ..extensions import db
from ..kit import clock
from ..kit.rows import insert_or_skip
from ..people.models import Person
from .actions import note


@dataclass(frozen=True)
class Law:
    """What a rule says, as models.py has it."""

    kind: str
    pattern: str
    does: str


def add_rule(law: Law, by: Person) -> Rule | None:
    """A new rule; None if there is one for the same words."""
    values = {**vars(law), "by_id": by.id, "at": clock.now()}
    key = db.session.scalar(insert_or_skip(Rule, Rule.id), values)
    if key is None:
        return None
    note("rule-added", by, data={"pattern": law.pattern, "does": law.does})
    return db.session.get(Rule, key)


def change_rule(rule: Rule, law: Law, by: Person) -> bool:
    """Let a rule say something else; False if another one says so already."""
    same = select(Rule.id).where(Rule.kind == law.kind, Rule.pattern == law.pattern, Rule.id != rule.id)
    if db.session.scalar(same):
        return False
    note("rule-changed", by, data={"was": rule.pattern, "pattern": law.pattern, "does": law.does})
    rule.kind, rule.pattern, rule.does = law.kind, law.pattern, law.does
    db.session.flush()
    return True


def drop_rule(rule: Rule, by: Person) -> None:
    note("rule-dropped", by, data={"pattern": rule.pattern})
    db.session.delete(rule)
    db.session.flush()
