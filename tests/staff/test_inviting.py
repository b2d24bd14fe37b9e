"""A colleague is asked by mail, chooses a password and is in; a link works once, and says why it works no more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.audit.models import AuditEntry
from portal.company.actions import save_first
from portal.extensions import db
from portal.kit import clock, crypto
from portal.kit.addresses import without_tokens
from portal.kit.company import the_company
from portal.mail.models import Letter
from portal.people.models import Person, Role, Team
from portal.people.permissions import Permission
from portal.staff import queries
from portal.staff.leaving import deactivate
from portal.staff.models import Invitation

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import PASSWORD
from .conftest import Holder, LinkTo

Browser = Callable[[Person], PortalClient]
NEW = "nora@example.org"
JOINS = {"name": "Nora", "password": "a sentence of mine"}


def key_of(role: str) -> int:
    return int(db.session.query(Role.id).filter_by(key=role).scalar())


def team(name: str) -> Team:
    return db.session.query(Team).filter_by(name=name).one()


def invite(client: PortalClient, email: str = NEW, role: str = "agent", **more: object) -> int:
    """Send the form; returns its status."""
    form = {"email": email, "name": "Nora", "language": "pt_BR", "roles": key_of(role), "place": "everywhere"}
    return client.send("/admin/people/invite", {**form, **more}).status_code


def names_on(page: BeautifulSoup) -> list[str]:
    return [str(one.text) for one in page.select(".person-row a")]


def waiting() -> list[Invitation]:
    db.session.expire_all()
    return db.session.query(Invitation).filter_by(state="waiting").all()


def test_the_form_says_what_roles_are_for_and_offers_the_languages_of_the_company(
    people: Cast, browser_of: Browser
) -> None:
    save_first("languages", {"LANGUAGES": ["en", "es"], "LANGUAGE": "en", "ZONE": "UTC"}, "x")
    db.session.commit()
    the_company()
    owner = browser_of(people.admin)
    page = owner.page("/admin/people/invite")
    assert "Answers customers at the desk" in page.text
    assert [o["value"] for o in page.select("[name=language] option")] == ["en", "es"]
    assert invite(owner, language="pt_BR") == 422


def test_without_a_mail_server_nobody_is_told_that_a_mail_went(
    people: Cast, browser_of: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = browser_of(people.admin)
    monkeypatch.setitem(app.config, "DEMO", False)
    assert invite(owner) == 303
    assert "No mail server is set" in owner.page("/admin/people?show=invited").text


def test_people_are_listed_by_name_page_by_page(
    people: Cast, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SIZE", 2)
    owner, seen = browser_of(people.admin), []
    page = owner.page("/admin/people?show=staff")
    first = names_on(page)
    while True:
        seen += names_on(page)
        older = page.select_one(".pager a[rel=next]")
        if older is None:
            break
        page = owner.page(str(older["href"]))
    assert len(seen) == len(set(seen)) > 3
    assert seen == sorted(seen, key=str.lower)
    back = page.select_one(".pager a[rel=prev]")
    while back is not None:
        page = owner.page(str(back["href"]))
        back = page.select_one(".pager a[rel=prev]")
    assert names_on(page) == first
    assert names_on(owner.page("/admin/people?show=staff&at=older-999999")) == first


def test_who_is_invited_names_a_password_and_is_at_the_desk(
    people: Cast, browser_of: Browser, client: PortalClient, link_to: LinkTo
) -> None:
    billing = team("Billing").id
    assert invite(browser_of(people.admin), place="teams", teams=billing) == 303
    path = link_to(NEW)
    assert db.session.query(Letter).filter_by(recipient=NEW).one().subject.startswith("Admin")
    page = client.page(path)
    assert "Billing" in page.text
    assert client.send(path, {"name": "", "password": "short"}).status_code == 422
    assert client.send(path, JOINS).location == "/desk"
    nora = db.session.query(Person).filter_by(email=NEW).one()
    assert {(one.role.key, one.team_id) for one in nora.grants} == {("customer", None), ("agent", billing)}
    assert nora.language == "pt_BR"
    assert client.get("/desk").status_code == 200
    acts = {row.act for row in db.session.query(AuditEntry)}
    assert acts >= {"invited a colleague", "accepted an invitation", "gave a role"}
    assert client.send("/sign-out").status_code == 303
    assert client.send("/sign-in", {"email": NEW, "password": JOINS["password"]}).location == "/desk"


def test_who_looks_after_one_team_invites_for_that_team_alone(
    people: Cast, browser_of: Browser, holds: Holder
) -> None:
    billing, support = team("Billing"), team("Support")
    lead = holds(people.agent2, Permission.STAFF, Permission.READ, team=billing)
    browser = browser_of(people.agent2)
    assert "Everywhere" not in browser.page("/admin/people/invite").text
    for wrong in (
        {"place": "everywhere"},
        {"place": ["teams", "everywhere"], "teams": support.id},
        {"place": "teams", "teams": [billing.id, support.id]},
        {"place": "teams", "teams": billing.id, "roles": [lead.id, key_of("administrator")]},
    ):
        fields: dict[str, Any] = {"roles": lead.id, **wrong}
        assert invite(browser, **fields) in (403, 422), wrong
    assert waiting() == []
    assert invite(browser, roles=lead.id, place="teams", teams=billing.id) == 303
    assert [tuple(pair) for one in waiting() for pair in one.offers] == [(lead.id, billing.id)]


def test_a_link_works_once_and_is_withdrawn_or_runs_out_in_plain_words(
    people: Cast, browser_of: Browser, client: PortalClient, link_to: LinkTo
) -> None:
    admin = browser_of(people.admin)
    invite(admin)
    path, one = link_to(NEW), waiting()[0]
    assert crypto.digest(path.rpartition("/")[2]) == one.digest
    with clock.at(clock.now() + timedelta(days=7)):
        late = client.get(path)
        assert late.status_code == 410
        assert "has run out" in soup(late).text
    assert "Ran out" not in admin.page("/admin/people?show=invited").text
    admin.send(f"/admin/people/invitations/{one.id}/withdraw")
    gone = client.get(path)
    assert (gone.status_code, "was withdrawn" in soup(gone).text) == (410, True)
    assert client.send(path, JOINS).status_code == 410
    invite(admin)
    second = link_to(NEW)
    client.send(second, JOINS)
    second += "?lang=en"  # the account has the language of the invitation
    for again in (client.get(second), client.send(second, JOINS)):
        assert (again.status_code, "used already" in soup(again).text) == (410, True)
    assert db.session.query(Person).filter_by(email=NEW).count() == 1


@pytest.mark.parametrize("change", ["", "{}x", "{} ", "null", "[]", "half", "other case", "%00"])
def test_an_odd_token_opens_nothing(
    people: Cast, browser_of: Browser, client: PortalClient, link_to: LinkTo, change: str
) -> None:
    invite(browser_of(people.admin))
    token = link_to(NEW).rpartition("/")[2]
    odd = {"half": token[:20], "other case": token.swapcase()}.get(change, change.format(token))
    assert client.get(f"/invitation/{odd}").status_code == 404
    assert client.send(f"/invitation/{odd}", JOINS).status_code in (404, 405)
    assert without_tokens(f"/invitation/{token}") == "/invitation/…"
    assert not db.session.query(Person).filter_by(email=NEW).count()


def test_asked_twice_it_is_one_invitation_and_the_mail_before_is_void(
    people: Cast, browser_of: Browser, client: PortalClient, link_to: LinkTo
) -> None:
    admin = browser_of(people.admin)
    invite(admin)
    first = link_to(NEW)
    invite(admin, email="Nora@Example.org", role="editor")
    second, found = link_to(NEW), waiting()
    assert len(found) == 1
    assert client.get(first).status_code == 404
    admin.send(f"/admin/people/invitations/{found[0].id}/again")
    assert client.get(second).status_code == 404
    client.send(link_to(NEW), JOINS)
    nora = db.session.query(Person).filter_by(email=NEW).one()
    assert {one.role.key for one in nora.grants} == {"customer", "editor"}


def test_a_customer_who_is_invited_gets_the_roles_when_they_say_yes_and_enters_by_their_own_password(
    people: Cast, browser_of: Browser, client: PortalClient, link_to: LinkTo
) -> None:
    invite(browser_of(people.admin), email=people.stranger.email or "")
    path = link_to(people.stranger.email or "")
    assert not client.page(path).select("[name=password]")
    assert not people.stranger.is_staff
    answer = client.send(path, {"name": "Taken", "password": "somebody else's words"})
    assert answer.location == "/sign-in?next=/desk"
    assert client.get("/desk").status_code == 303  # the link opened no account
    db.session.expire_all()
    assert people.stranger.may(Permission.READ)
    assert people.stranger.called == "Stranger"
    form = {"email": people.stranger.email, "password": PASSWORD, "next": "/desk"}
    assert client.send("/sign-in", form).location == "/desk"


def test_who_works_here_or_was_deactivated_is_not_invited(people: Cast, browser_of: Browser) -> None:
    admin = browser_of(people.admin)
    people.colleague.active = False
    db.session.commit()
    for person, words in ((people.agent, "works here already"), (people.colleague, "deactivated")):
        form = {
            "email": person.email,
            "name": "X",
            "language": "en",
            "roles": key_of("agent"),
            "place": "everywhere",
        }
        assert admin.send("/admin/people/invite", form).location == f"/admin/people/{person.id}"
        assert words in admin.page(f"/admin/people/{person.id}").text
    assert waiting() == []


def test_nobody_invites_with_a_role_that_holds_more_than_they_do(
    people: Cast, browser_of: Browser, holds: Holder
) -> None:
    holds(people.agent, Permission.STAFF)
    agent = browser_of(people.agent)
    page = agent.page("/admin/people/invite").text
    assert "Administrator" not in page
    support, billing = team("Support").id, team("Billing").id
    assert invite(agent, role="administrator") == 422
    assert invite(agent, role="agent") == 403  # an agent of one team gives it for that team
    assert invite(agent, role="agent", place="teams", teams=billing) == 403
    assert waiting() == []
    assert invite(agent, role="agent", place="teams", teams=support) == 303


def test_what_an_inviter_may_no_longer_give_is_not_given(
    people: Cast, browser_of: Browser, client: PortalClient, link_to: LinkTo, holds: Holder
) -> None:
    holds(people.manager, Permission.STAFF)
    invite(browser_of(people.manager), role="agent")
    path = link_to(NEW)
    manager = db.session.query(Role).filter_by(key="manager").one()
    held, manager.permissions = manager.permissions, [Permission.READ]
    people.manager.known_held = None
    db.session.commit()
    assert client.get(path).status_code == 410
    manager.permissions = held
    db.session.commit()
    assert client.get(path).status_code == 200
    deactivate(people.manager, people.admin)
    db.session.commit()
    assert client.send(path, JOINS).status_code == 410
    assert not db.session.query(Person).filter_by(email=NEW).count()


def test_fields_that_nobody_asked_for_change_nothing(
    people: Cast, browser_of: Browser, client: PortalClient, link_to: LinkTo
) -> None:
    extra = {
        "id": "1", "by_id": "1", "state": "used", "ends": "2099-01-01", "digest": "x", "turn": "9", "offers": "[[1,null]]",
        "active": "y", "permissions": "roles.manage", "is_default": "y", "person_id": "1",
        "email_verified": "y", "created_at": "2001-01-01",
    }  # fmt: skip
    invite(browser_of(people.admin), role="editor", **extra)
    one = waiting()[0]
    assert (one.by_id, one.state) == (people.admin.id, "waiting")
    assert [tuple(pair) for pair in one.offers] == [(key_of("editor"), None)]
    path = link_to(NEW)
    client.send(path, {**JOINS, **extra, "email": "admin@example.com", "roles": key_of("administrator")})
    nora = db.session.query(Person).filter_by(email=NEW).one()
    assert {grant.role.key for grant in nora.grants} == {"customer", "editor"}
    assert nora.created_at.year != 2001


def test_one_address_is_not_flooded_with_invitations(people: Cast, browser_of: Browser) -> None:
    admin = browser_of(people.admin)
    most = admin.application.config["LIMIT_MAIL_ADDRESS"]
    assert [invite(admin) for _ in range(most + 1)] == [303] * most + [429]
