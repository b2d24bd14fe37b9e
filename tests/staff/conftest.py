"""Roles of one's own, and invitations as their recipients read them."""

import re
from collections.abc import Callable, Iterator

import pytest

from portal.extensions import db
from portal.kit import clock
from portal.mail.models import Letter
from portal.people.actions import give
from portal.people.models import Person, Role, Team

Holder = Callable[..., Role]
LinkTo = Callable[[str], str]


@pytest.fixture(autouse=True)
def early_in_the_hour() -> Iterator[None]:
    """Stop the clock at the beginning of an hour: mails are counted by the hour."""
    with clock.at(clock.now().replace(minute=1)):
        yield


@pytest.fixture
def holds(people: object) -> Holder:
    """Give a person a role made of these permissions, everywhere or for a team."""

    def make(person: Person, *permissions: str, team: Team | None = None, name: str = "Own") -> Role:
        role = Role(key=f"own-{name}", name=name, permissions=sorted(permissions))
        db.session.add(role)
        give(person, role, team, None)
        db.session.commit()
        return role

    return make


@pytest.fixture
def link_to(work: Callable[[], int]) -> LinkTo:
    """The path of the invitation in the newest mail of an address."""

    def read(address: str) -> str:
        work()
        letters = db.session.query(Letter).filter_by(recipient=address).order_by(Letter.id.desc())
        found = re.search(r"http://127\.0\.0\.1:8000(/invitation/\S+)", letters[0].text or "")
        assert found
        return found[1]

    return read
