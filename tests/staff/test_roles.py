"""Roles are given, taken, made and changed, by nobody beyond what they hold, and count at once."""

from collections.abc import Callable

import pytest

from portal.audit.models import AuditEntry
from portal.extensions import db
from portal.notifications.models import Notice
from portal.people.models import Grant, Person, Role, Team
from portal.people.permissions import Permission

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_ticket, take
from .conftest import Holder

Browser = Callable[[Person], PortalClient]


def role(key: str) -> Role:
    return db.session.query(Role).filter_by(key=key).one()


def billing() -> Team:
    return db.session.query(Team).filter_by(name="Billing").one()


def give(client: PortalClient, person: Person, key: int, team: int = 0) -> int:
    return client.send(f"/admin/people/{person.id}/roles", {"role": f"{key}-{team}"}).status_code


def test_a_role_counts_from_the_next_click_and_is_taken_as_fast(people: Cast, browser_of: Browser) -> None:
    ticket = make_ticket(people.stranger, team="Billing")
    admin, agent = browser_of(people.admin), browser_of(people.agent)
    address = f"/desk/tickets/{ticket.number}"
    assert agent.get(address).status_code == 404
    assert give(admin, people.agent, role("agent").id, billing().id) == 303
    assert agent.get(address).status_code == 200
    take(ticket, people.agent)
    grant = db.session.query(Grant).filter_by(person_id=people.agent.id, team_id=billing().id).one()
    admin.send(f"/admin/people/{people.agent.id}/roles/{grant.id}/take")
    assert agent.get(address).status_code == 404
    db.session.expire_all()
    assert ticket.assignee_id is None  # nobody looks after what they cannot read
    kinds = {row.kind for row in db.session.query(Notice).filter_by(person_id=people.agent.id)}
    assert kinds >= {"role_given", "role_taken"}
    assert "Agent · Billing" in admin.page("/admin/record").text
    assert "took a role" in admin.page(f"/admin/people/{people.agent.id}").text


def test_a_role_that_is_held_is_not_given_again(people: Cast, browser_of: Browser) -> None:
    admin = browser_of(people.admin)
    for _ in range(2):
        give(admin, people.stranger, role("editor").id)
    give(admin, people.stranger, role("editor").id, billing().id)
    assert db.session.query(Grant).filter_by(person_id=people.stranger.id).count() == 2


def test_nobody_gives_or_takes_what_they_lack(people: Cast, browser_of: Browser, holds: Holder) -> None:
    own = holds(people.agent, Permission.STAFF, Permission.RIGHTS, Permission.ROLES)
    agent = browser_of(people.agent)
    for key, team in ((role("administrator").id, 0), (role("manager").id, 0), (role("agent").id, 0)):
        assert give(agent, people.agent, key, team) == 422
        assert give(agent, people.stranger, key, team) == 422
    assert give(agent, people.stranger, role("customer").id) == 422
    grant = people.admin.grants[-1].id
    assert agent.send(f"/admin/people/{people.admin.id}/roles/{grant}/take").status_code == 403
    assert agent.send(f"/admin/people/{people.agent.id}/roles/{grant}/take").status_code == 404
    assert give(agent, people.stranger, own.id) == 303
    form = {"name": "More", "permissions": ["audit.read"], "version": "1"}
    for path in ("/admin/roles/new", f"/admin/roles/{own.id}"):
        assert agent.send(path, form).status_code == 403
    for ours in (role("administrator"), role("agent")):
        assert agent.send(f"/admin/roles/{ours.id}", form).status_code == 403
        assert agent.send(f"/admin/roles/{ours.id}/delete").status_code == 403
    db.session.expire_all()
    assert not people.agent.may(Permission.AUDIT)


def test_who_gives_roles_for_one_team_gives_them_for_that_team(
    people: Cast, browser_of: Browser, holds: Holder
) -> None:
    team = billing()
    holds(people.agent2, Permission.STAFF, Permission.RIGHTS, team=team)
    lead, support = browser_of(people.agent2), people.agent.grants[-1].team_id or 0
    assert lead.get(f"/admin/people/{people.agent.id}").status_code == 404
    assert people.agent.called not in [
        link.text for link in lead.page("/admin/people").select(".person-row a")
    ]
    assert lead.get("/admin/teams").status_code == 403
    assert lead.get("/admin/roles/new").status_code == 403
    assert give(lead, people.agent2, role("agent").id, support) == 422
    assert give(lead, people.agent2, role("agent").id) == 422


def test_a_role_is_made_of_a_copy_named_and_given(people: Cast, browser_of: Browser) -> None:
    admin = browser_of(people.admin)
    copied = {"name": "Night shift", "permissions": ["tickets.read", "tickets.note"]}
    page = admin.page(f"/admin/roles/{role('agent').id}/copy")
    assert page.select_one("[name=name]")["value"] == "Copy of Agent"  # type: ignore[index]
    assert {str(box["value"]) for box in page.select("[checked]")} == set(role("agent").permissions)
    address = admin.send("/admin/roles/new", copied).location
    made = db.session.query(Role).filter_by(name="Night shift").one()
    assert address == f"/admin/roles/{made.id}"
    assert give(admin, people.stranger, made.id, billing().id) == 303
    assert browser_of(people.stranger).get("/desk").status_code == 200
    assert "Stranger" in admin.page(address).text
    admin.send(f"{address}/delete")
    assert "Somebody holds it" in admin.page(address).text


@pytest.mark.parametrize(
    ("name", "permissions", "words"),
    [
        ("", ["tickets.read"], "Give it a name"),
        ("agent", ["tickets.read"], "Another role is called so"),
        ("Speaks", ["tickets.answer"], "is of no use without"),
        ("Odd", ["tickets.everything"], "not a valid choice"),
    ],
)
def test_a_role_that_makes_no_sense_is_not_made(
    people: Cast, browser_of: Browser, name: str, permissions: list[str], words: str
) -> None:
    answer = browser_of(people.admin).send("/admin/roles/new", {"name": name, "permissions": permissions})
    assert answer.status_code == 422
    assert words in soup(answer).text


def test_of_two_who_change_a_role_the_second_sees_what_the_first_did(
    people: Cast, browser_of: Browser, holds: Holder
) -> None:
    own = holds(people.stranger, Permission.READ, name="Reader")
    stranger, admin = browser_of(people.stranger), browser_of(people.admin)
    address = f"/admin/roles/{own.id}"
    admin.send(address, {"name": "First", "version": "1", "permissions": ["tickets.read", "audit.read"]})
    assert stranger.get("/admin/record").status_code == 200
    mine = {"name": "Second", "permissions": ["tickets.read", "tickets.note"]}
    assert admin.send(address, {**mine, "version": "9" * 5000}).status_code == 409
    answer = admin.send(address, {**mine, "version": "1"})
    assert answer.status_code == 409
    page = soup(answer)
    assert "First" in page.text
    assert page.select_one("[name=name]")["value"] == "Second"  # type: ignore[index]
    version = page.select_one("[name=version]")["value"]  # type: ignore[index]
    assert admin.send(address, {**mine, "version": version}).status_code == 303
    assert stranger.get("/admin/record").status_code == 403
    entries = db.session.query(AuditEntry).filter_by(act="changed a role").order_by(AuditEntry.id).all()
    assert [one.detail["added"] for one in entries] == [["audit.read"], ["tickets.note"]]
    assert "Write internal notes" in admin.page("/admin/record").text


def test_roles_that_came_with_the_portal_stay_and_nobody_changes_one_beyond_them(
    people: Cast, browser_of: Browser, holds: Holder
) -> None:
    admin = browser_of(people.admin)
    for key in ("administrator", "agent", "customer"):
        form = {"name": "Weak", "version": "1", "permissions": []}
        assert admin.send(f"/admin/roles/{role(key).id}", form).status_code == 403
        assert "stays as it is" in admin.page(f"/admin/roles/{role(key).id}").text
    high = holds(people.colleague, *Permission, name="High")
    holds(people.manager, Permission.STAFF, Permission.RIGHTS, name="Low")
    manager = browser_of(people.manager)
    form = {"name": "High", "version": "1", "permissions": ["tickets.read"]}
    assert manager.send(f"/admin/roles/{high.id}", form).status_code == 403
    assert "0 permissions" not in manager.page(f"/admin/roles/{high.id}/copy").text


def test_a_name_full_of_marks_is_only_text(people: Cast, browser_of: Browser) -> None:
    admin, name = browser_of(people.admin), "<script>alert(1)</script>"
    admin.send("/admin/roles/new", {"name": name, "permissions": "tickets.read"})
    made = db.session.query(Role).filter_by(name=name).one()
    give(admin, people.stranger, made.id)
    admin.send("/admin/teams/new", {"name": name})
    pages = ("/admin/roles", f"/admin/roles/{made.id}", "/admin/record", "/admin/people", "/admin/teams")
    for path in (*pages, f"/admin/people/{people.stranger.id}", "/admin/people/invite"):
        assert name not in admin.get(path).text, path
    assert name not in browser_of(people.stranger).get("/account/notices").text
