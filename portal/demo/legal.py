"""The part of the demo about the company's pages: their versions, how the company is reached, who accepted what."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ..extensions import db
from ..kit import clock
from ..legal.actions import Agreement, agree, change_reach, keep_draft, publish
from ..legal.models import LegalVersion
from ..legal.queries import PageWords, Reach, plan_of, reach
from ..people.models import Person


def fill_legal(data: dict[str, Any], people: dict[str, Person], moment: Callable[[str], datetime]) -> None:
    """Make what legal.yaml says; `moment` turns its "ago" into a time."""
    by = people["manager@example.com"]
    for row in data["versions"]:
        with clock.at(moment(row["ago"])):
            for language, saying in _sayings(row).items():
                keep_draft(row["kind"], language, saying, plan_of(row["kind"]).saying(language).digest, by)
            publish(row["kind"], plan_of(row["kind"]).digest, anew=row.get("anew", False), by=by)
    with clock.at(moment("430d")):
        change_reach(Reach(**data["reach"]), reach().digest, by)
    versions = {f"{row.kind}-{row.number}": row.id for row in db.session.scalars(select(LegalVersion))}
    for row in data["accepted"]:
        person = people[row["person"]]
        ids = [versions[name] for name in row["versions"]]
        agree(Agreement(ids, row["with"], person.language, moment(row["ago"])), person)


def _sayings(row: dict[str, Any]) -> dict[str, PageWords]:
    if "texts" in row:
        return {code: PageWords(said["title"], said["body"]) for code, said in row["texts"].items()}
    plan = plan_of(row["kind"])
    return {code: _changed(plan.saying(code), **change) for code, change in row["changes"].items()}


def _changed(before: PageWords, note: str, words: list[tuple[str, str]]) -> PageWords:
    body = before.body
    for old, new in words:
        if old not in body:
            raise ValueError(f"the text before does not say {old!r}")
        body = body.replace(old, new)
    return PageWords(before.title, body, note)
