"""Rights: a role for everything or for one team only."""

import pytest

from portal.extensions import db
from portal.people.access import agents_of, find_person, is_taken, visible_teams
from portal.people.actions import give_role, make_first_roles
from portal.people.models import Person, Role, Team
from portal.people.permissions import FIRST_ROLES, Permission

from ..conftest import Cast


@pytest.mark.parametrize("permission", list(Permission))
def test_an_administrator_holds_every_right(people: Cast, permission: Permission) -> None:
    assert people.admin.may(permission)


def test_a_role_for_one_team_reaches_no_other(people: Cast) -> None:
    support, billing = (db.session.query(Team).filter_by(name=name).one() for name in ("Support", "Billing"))
    assert people.agent.may(Permission.ANSWER)
    assert people.agent.may(Permission.ANSWER, support.id)
    assert not people.agent.may(Permission.ANSWER, billing.id)
    assert [team.name for team in db.session.scalars(visible_teams(people.agent))] == ["Support"]
    assert people.manager.may(Permission.ANSWER, billing.id)


def test_a_role_with_one_right_gives_that_one_alone(people: Cast) -> None:
    db.session.add(Role(key="auditor", permissions=[Permission.AUDIT]))
    give_role(people.stranger, "auditor")
    held = {permission for permission in Permission if people.stranger.may(permission)}
    assert held == {Permission.ASK, Permission.POST, Permission.AUDIT}
    assert not people.stranger.is_staff


def test_who_answers_for_a_team_is_active_and_of_that_team(people: Cast) -> None:
    billing = db.session.query(Team).filter_by(name="Billing").one()
    people.manager.active = False
    db.session.commit()
    assert {person.called for person in agents_of(billing.id)} == {"Agent2", "Admin"}


def test_somebody_deactivated_is_not_found_but_keeps_the_address(people: Cast) -> None:
    people.customer.active = False
    db.session.commit()
    assert find_person("Customer@example.com ") is None
    assert is_taken("Customer@example.com ")
    assert not is_taken("nobody@example.com")


def test_first_roles_are_made_once_and_later_changes_stay(people: Cast) -> None:
    db.session.query(Role).filter_by(key="agent").one().permissions = [Permission.READ]
    make_first_roles()
    assert db.session.query(Role).count() == len(FIRST_ROLES)
    assert db.session.query(Role).filter_by(key="agent").one().permissions == [Permission.READ]


def test_a_role_that_does_not_exist_cannot_be_given(people: Cast) -> None:
    with pytest.raises(LookupError):
        give_role(people.customer, "king")


@pytest.mark.parametrize(
    ("called", "name", "shown", "initials"),
    [
        ("Marta", "Marta Silva", "Marta", "MA"),
        ("", "Marta Silva", "Marta Silva", "MA"),
        ("", "", "marta", "MA"),
        ("نورا", "", "نورا", "نو"),
        ("<b>", "", "<b>", "B"),
        ("😀", "", "😀", "?"),
        ("\u200fא", "", "\u200fא", "א"),
    ],
)
def test_names_as_others_read_them(called: str, name: str, shown: str, initials: str) -> None:
    person = Person(email="marta@example.com", called=called, name=name)
    assert (person.shown, person.initials) == (shown, initials)
