"""Somebody leaves: sessions end, open requests are handed over, and nothing is done in their name any more."""

from collections.abc import Callable
from itertools import islice

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.accounts.models import SignIn
from portal.audit.models import AuditEntry
from portal.drafts.actions import keep
from portal.drafts.forms import Text
from portal.drafts.models import Draft
from portal.extensions import db
from portal.inbox.actions import take_in
from portal.live import views as live
from portal.mail.models import Letter
from portal.notifications.models import Notice
from portal.people.access import administrators
from portal.people.actions import give_role
from portal.people.models import Person
from portal.people.permissions import Permission
from portal.tickets.following import follow
from portal.tickets.models import Follower, Ticket, TicketEvent

from ..client import PortalClient, soup
from ..conftest import Cast
from ..inbox.mails import REPLY, mail, reply_to
from ..make import PASSWORD, make_ticket, take
from ..real import at_once, browser, person
from .conftest import Holder

Browser = Callable[[Person], PortalClient]


def leave(client: PortalClient, who: Person, **to: object) -> TestResponse:
    return client.send(f"/admin/people/{who.id}/deactivate", to)


def test_open_requests_go_to_whom_the_list_says_and_else_to_the_team(
    people: Cast, browser_of: Browser
) -> None:
    one, two, done = (make_ticket(people.customer, subject) for subject in ("One", "Two", "Done"))
    for ticket in (one, two, done):
        take(ticket, people.agent)
    done.state = "solved"
    db.session.commit()
    admin = browser_of(people.admin)
    page = admin.page(f"/admin/people/{people.agent.id}/deactivate")
    assert [field["name"] for field in page.select("select")] == [f"to-{one.number}", f"to-{two.number}"]
    heirs = {option.text for option in page.select(f"[name=to-{one.number}] option")}
    assert heirs == {"The team Support", "Admin", "Manager"}
    assert leave(admin, people.agent, **{f"to-{one.number}": people.manager.id}).status_code == 303
    db.session.expire_all()
    assert (one.assignee_id, two.assignee_id, done.assignee_id) == (people.manager.id, None, people.agent.id)
    assert db.session.query(Notice).filter_by(person_id=people.manager.id, kind="handed").count() == 1
    entry = db.session.query(AuditEntry).filter_by(act="deactivated a person").one()
    assert (entry.actor_id, entry.about) == (people.admin.id, f"person {people.agent.id}")


def test_an_heir_who_left_meanwhile_is_told_before_anything_is_done(
    people: Cast, browser_of: Browser
) -> None:
    ticket = make_ticket(people.customer)
    take(ticket, people.agent)
    answer = leave(browser_of(people.admin), people.agent, **{f"to-{ticket.number}": people.agent2.id})
    assert answer.status_code == 409
    assert "left meanwhile" in soup(answer).text
    db.session.expire_all()
    assert people.agent.active
    assert ticket.assignee_id == people.agent.id


def test_nothing_happens_in_the_name_of_who_left(
    app: Flask,
    people: Cast,
    browser_of: Browser,
    client: PortalClient,
    work: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.config, "MAIL_REPLY", REPLY)
    ticket, inside = make_ticket(people.customer), browser_of(people.agent)
    take(ticket, people.agent)
    follow(make_ticket(people.stranger), people.agent, people.stranger)
    keep(people.agent, "new", Text({"body": "Half a thought"}, "o" * 20, "w" * 20, 0), 0)
    thread = reply_to(ticket.id, people.agent.id)
    client.send("/lost-password", {"email": people.agent.email})
    db.session.commit()
    assert leave(browser_of(people.admin), people.agent).status_code == 303
    work()
    assert inside.get("/desk").location.startswith("/sign-in")
    assert client.send("/sign-in", {"email": people.agent.email, "password": PASSWORD}).status_code == 422
    client.send("/lost-password", {"email": people.agent.email})
    client.send("/sign-up", {"name": "A", "email": people.agent.email, "password": "another sentence"})
    take_in(mail("Agent <agent@example.com>", thread, body="Said after the end").as_bytes())
    work()
    assert not db.session.query(Letter).filter_by(recipient=people.agent.email).count()
    assert not db.session.query(TicketEvent).filter(TicketEvent.body.contains("after the end")).count()
    assert not db.session.query(SignIn).filter_by(person_id=people.agent.id).count()
    assert not db.session.query(Follower).filter_by(person_id=people.agent.id).count()
    assert db.session.query(Draft).filter_by(person_id=people.agent.id).one().size


def test_who_is_activated_again_is_in_with_roles_and_drafts(
    people: Cast, browser_of: Browser, client: PortalClient
) -> None:
    admin = browser_of(people.admin)
    leave(admin, people.agent)
    assert people.agent.called in admin.page("/admin/people?show=deactivated").text
    assert admin.send(f"/admin/people/{people.agent.id}/activate").status_code == 303
    assert client.send("/sign-in", {"email": people.agent.email, "password": PASSWORD}).location == "/desk"


def test_nobody_sees_off_themselves_or_who_holds_more(
    people: Cast, browser_of: Browser, holds: Holder
) -> None:
    holds(people.manager, Permission.STAFF, Permission.RIGHTS)
    manager = browser_of(people.manager)
    for other in (people.manager, people.admin):
        for act in ("deactivate", "activate", "sign-out"):
            assert manager.send(f"/admin/people/{other.id}/{act}").status_code == 403
        assert manager.get(f"/admin/people/{other.id}/deactivate").status_code == 403
    assert leave(manager, people.agent2).status_code == 303


def test_who_may_not_read_a_request_hands_it_to_its_team_unseen(
    people: Cast, browser_of: Browser, holds: Holder
) -> None:
    """Somebody who looks after people, and reads the requests of one team alone."""
    ticket = make_ticket(people.stranger, "Hiddensubject", team="Billing")
    take(ticket, people.agent2)
    team = people.agent2.grants[-1]
    lead = people.agent
    for name in ("Staff", "Reach"):
        held = (
            [Permission.STAFF]
            if name == "Staff"
            else [p for p in team.role.permissions if p != Permission.READ]
        )
        holds(lead, *held, name=name)
    team.role = holds(people.colleague, Permission.ANSWER, Permission.CHANGE, name="Writes")
    db.session.commit()
    page = browser_of(lead).page(f"/admin/people/{people.agent2.id}/deactivate").text
    assert "Hiddensubject" not in page
    assert str(ticket.number) not in page
    assert "1 more goes back to its team" in page
    leave(browser_of(lead), people.agent2, **{f"to-{ticket.number}": people.manager.id})
    db.session.expire_all()
    assert (people.agent2.active, ticket.assignee_id) == (False, None)


def test_the_last_administrator_stays(people: Cast, browser_of: Browser, holds: Holder) -> None:
    second = holds(people.manager, *Permission, name="Second")
    manager = browser_of(people.manager)
    assert leave(manager, people.admin).status_code == 303
    grant = next(one for one in people.manager.grants if one.role_id == second.id)
    manager.send(f"/admin/people/{people.manager.id}/roles/{grant.id}/take")
    assert "Nobody would be left" in manager.page("/admin/people").text
    manager.send(f"/admin/roles/{second.id}", {"name": "Second", "version": "1", "permissions": "roles.read"})
    assert "Nobody would be left" in manager.page("/admin/people").text
    db.session.expire_all()
    assert administrators() == {people.manager.id}


def test_of_two_administrators_who_see_each_other_off_at_the_same_instant_one_stays(real_app: Flask) -> None:
    with real_app.app_context():
        give_role(person("manager"), "administrator")
        db.session.commit()
        ids = {name: person(name).id for name in ("admin", "manager")}
    pairs = [("admin", "manager"), ("manager", "admin")]
    clients = [browser(real_app, name) for name, _other in pairs]
    answers = at_once(
        2, lambda n: clients[n].send(f"/admin/people/{ids[pairs[n][1]]}/deactivate").status_code
    )
    with real_app.app_context():
        left = administrators()
        assert len(left) == 1, answers
        for one in db.session.query(Person).filter(Person.id.in_(ids.values())):
            one.active = True
        grants = person("manager").grants
        db.session.delete(grants[-1])
        db.session.commit()


def test_an_open_stream_ends_with_the_rights_it_was_opened_with(
    real_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.1)
    with real_app.app_context():
        key = person("agent2").id
    inside = browser(real_app, "agent2")
    stream = inside.get(f"/live?topic=person-{key}")
    parts = iter(stream.response)
    assert b"retry" in next(parts)
    hub = real_app.extensions["live_hub"]
    browser(real_app, "admin").send(f"/admin/people/{key}/deactivate")
    told = list(islice(parts, 100))  # of so many heartbeats a stream that goes on would send all
    assert len(told) < 100
    assert set(told) <= {b": still here\n\n"}
    stream.close()
    assert not hub.windows
    assert inside.get(f"/live?topic=person-{key}", headers={"Accept": "text/event-stream"}).status_code == 204
    assert inside.get(f"/live?topic=rights-{key}").status_code != 200
    browser(real_app, "admin").send(f"/admin/people/{key}/activate")
    assert browser(real_app, "agent2").get(f"/live?topic=rights-{key}").status_code == 404


def test_tickets_of_everybody_stay_where_they_are_when_a_customer_is_deactivated(
    people: Cast, browser_of: Browser
) -> None:
    ticket = make_ticket(people.customer)
    leave(browser_of(people.admin), people.customer)
    db.session.expire_all()
    assert db.session.get_one(Ticket, ticket.id).is_open
    assert browser_of(people.agent).get(f"/desk/tickets/{ticket.number}").status_code == 200
