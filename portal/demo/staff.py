"""The part of the demo about colleagues: a role of one's own, somebody who left, and who is invited."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from ..extensions import db
from ..kit import clock, crypto
from ..people.actions import give_role as give_first_role
from ..people.models import CUSTOMER, Person, Role, Team
from ..staff.actions import Offer, invite
from ..staff.leaving import deactivate
from ..staff.rights import give_role, make_role

Moment = Callable[[str], datetime]


def fill_staff(
    data: dict[str, Any], people: dict[str, Person], teams: dict[str, Team], moment: Moment
) -> None:
    """Make what staff.yaml says, by the administrator of the demo."""
    by = people["admin@example.com"]
    roles = {role.key: role for role in db.session.scalars(select(Role))}
    with clock.at(moment("30d")):
        roles |= {row["key"]: make_role(row["name"], row["permissions"], by) for row in data["roles"]}
    stored = crypto.hash_password(current_app.config["DEMO_PASSWORD"])
    for row in data["colleagues"]:
        with clock.at(moment(row["came"])):
            person = Person(email=row["email"], name=row["name"], called=row["called"], password_hash=stored)
            person.created_at = person.confirmed_at = clock.now()
            db.session.add(person)
            db.session.flush()
            give_first_role(person, CUSTOMER)
            give_role(person, roles[row["role"]], teams[row["team"]], by)
        if "left" in row:
            with clock.at(moment(row["left"])):
                deactivate(person, by)
    for row in data["invitations"]:
        with clock.at(moment(row["ago"])):
            team = [teams[row["team"]]] if row["team"] else []
            invite(Offer(row["email"], row["called"], row["language"], [roles[row["role"]]], team), by)
