"""Teams are made, renamed and deleted; what a deleted one had goes to another."""

from collections.abc import Callable

from portal.canned.actions import Saying, add_canned
from portal.canned.models import CannedAnswer
from portal.extensions import db
from portal.people.models import Grant, Person, Team

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_ticket, take

Browser = Callable[[Person], PortalClient]


def team(name: str) -> Team:
    return db.session.query(Team).filter_by(name=name).one()


def test_requests_of_a_kind_come_to_the_team_that_says_so_last(people: Cast, browser_of: Browser) -> None:
    admin = browser_of(people.admin)
    admin.send("/admin/teams/new", {"name": "Faults", "kinds": "incident"})
    admin.send(f"/admin/teams/{team('Billing').id}", {"name": "Money", "kinds": ["incident", "question"]})
    db.session.expire_all()
    assert (team("Faults").kinds, team("Money").kinds) == ([], ["incident", "question"])
    assert make_ticket(people.customer).team.name == "Money"
    assert "Money" in admin.page("/admin/teams").text


def test_one_team_is_the_default_one_and_stays(people: Cast, browser_of: Browser) -> None:
    admin, support = browser_of(people.admin), team("Support")
    admin.send(f"/admin/teams/{support.id}/delete", {"heir": team("Billing").id})
    admin.send(f"/admin/teams/{support.id}", {"name": "Support"})
    db.session.expire_all()
    assert team("Support").is_default
    admin.send(f"/admin/teams/{team('Billing').id}", {"name": "Billing", "first": "y"})
    db.session.expire_all()
    assert [one.name for one in db.session.query(Team).filter_by(is_default=True)] == ["Billing"]


def test_a_name_is_given_once(people: Cast, browser_of: Browser) -> None:
    admin = browser_of(people.admin)
    for path in ("/admin/teams/new", f"/admin/teams/{team('Billing').id}"):
        answer = admin.send(path, {"name": " support "})
        assert (answer.status_code, "Another team is called so" in soup(answer).text) == (422, True)


def test_what_a_deleted_team_had_goes_to_another(people: Cast, browser_of: Browser) -> None:
    billing, support = team("Billing"), team("Support")
    one, done = (make_ticket(people.stranger, name, team="Billing") for name in ("One", "Done"))
    take(one, people.agent2)
    done.state = "closed"
    add_canned(Saying("Money back", "", "Yes", team_id=billing.id), None)
    db.session.commit()
    admin, agent2 = browser_of(people.admin), browser_of(people.agent2)
    assert "1 request is open here" in admin.page(f"/admin/teams/{billing.id}/delete").text
    assert admin.send(f"/admin/teams/{billing.id}/delete", {"heir": billing.id}).status_code == 422
    assert admin.send(f"/admin/teams/{billing.id}/delete", {"heir": support.id}).status_code == 303
    db.session.expire_all()
    assert {one.team_id, done.team_id, db.session.query(CannedAnswer).one().team_id} == {support.id}
    assert one.assignee_id is None
    assert not db.session.query(Grant).filter_by(team_id=billing.id).count()
    assert agent2.get("/desk").status_code == 403
    assert admin.get(f"/admin/teams/{billing.id}").status_code == 404
