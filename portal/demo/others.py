"""The part of the demo about people beside the requester: visitors, callers, followers, and how it was."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ..extensions import db
from ..kit import clock
from ..people.actions import know
from ..people.models import Membership, Person, Team
from ..privacy.actions import erase
from ..search.actions import set_pins
from ..tickets.actions import Words
from ..tickets.following import follow, share
from ..tickets.models import Ticket
from ..tickets.second_thoughts import rate
from ..tickets.visitors import Visitor, ask_as_visitor, confirm_request, open_for_caller


def fill_others(
    data: dict[str, Any],
    people: dict[str, Person],
    teams: dict[str, Team],
    moment: Callable[[str], datetime],
) -> None:
    """Make what others.yaml says; `moment` turns its "ago" into a time."""
    for key, kinds in data["kinds"].items():
        teams[key].kinds = kinds
    for row in data["managers"]:
        mark = select(Membership).where(Membership.person_id == people[row["person"]].id)
        db.session.scalars(mark).one().is_manager = True
    for row in data["visitors"]:
        with clock.at(moment(row["ago"])):
            ticket = _visitor(row)
        if row.get("erased"):
            with clock.at(moment(row["erased"])):
                erase(ticket.requester, None)
    for row in data["callers"]:
        with clock.at(moment(row["ago"])):
            caller = know(None, row["name"], "en")
            open_for_caller(
                row["subject"], Words(row["text"].strip()), caller, people[row["by"]], row["kind"]
            )
    set_pins("en", [(row["words"], row["slug"]) for row in data["pins"]], people["editor@example.com"])
    _reading_along(data, people, moment)
    for row in data["ratings"]:
        ticket = _ticket(row["subject"])
        with clock.at(moment(row["ago"])):
            rate(ticket, ticket.requester, row["score"], row["comment"])


def _visitor(row: dict[str, Any]) -> Ticket:
    visitor = Visitor(row["name"], row["email"], row["language"])
    odd = row.get("held", False)
    ticket = ask_as_visitor(row["subject"], Words(row["text"].strip()), visitor, row["kind"], odd=odd)
    if row.get("confirmed"):
        confirm_request(ticket)
    return ticket


def _reading_along(
    data: dict[str, Any], people: dict[str, Person], moment: Callable[[str], datetime]
) -> None:
    for row in data["followers"]:
        with clock.at(moment(row["ago"])):
            follow(_ticket(row["subject"]), people[row["person"]], people[row["by"]])
    for row in data["shared"]:
        with clock.at(moment(row["ago"])):
            share(_ticket(row["subject"]), True, people[row["by"]])


def _ticket(subject: str) -> Ticket:
    return db.session.scalars(select(Ticket).where(Ticket.subject == subject)).one()
