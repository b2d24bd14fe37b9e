"""An agent changes the address of a customer who lost their mailbox: after a code, with the old address told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts.models import AddressChange
from portal.audit.models import AuditEntry
from portal.extensions import db
from portal.kit import clock
from portal.outbox.models import Job
from portal.people.actions import give_role
from portal.people.models import Person, Role
from portal.tickets.models import Ticket
from portal.tickets.visitors import replace_code

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import PASSWORD, make_ticket
from .conftest import LinkIn, Mailbox

Browser = Callable[[Person], PortalClient]
OLD, NEW = "customer@example.com", "marta@example.org"


@pytest.fixture
def ticket(people: Cast) -> Ticket:
    """A request of the customer's, whose mails are out of the way."""
    made = make_ticket(people.customer)
    db.session.query(Job).delete()
    db.session.commit()
    return made


@pytest.fixture
def desk(people: Cast, browser_of: Browser) -> PortalClient:
    return browser_of(people.manager)


def _address(ticket: Ticket) -> str:
    return f"/desk/tickets/{ticket.number}/address"


def _spoken(people: Cast, browser_of: Browser) -> str:
    """The code that the customer's own account page shows."""
    browser = browser_of(people.customer)
    assert browser.send("/account/address/lost", {"current": PASSWORD}).location == "/account/address/lost"
    code = browser.page("/account/address/lost").select_one("#code")
    assert code
    assert not browser.page("/account/address/lost").select("#code")  # shown once
    return code.text


def _ask(desk: PortalClient, ticket: Ticket, code: str, email: str = NEW) -> int:
    return desk.send(_address(ticket), {"email": email, "code": code}).status_code


@pytest.fixture
def asked(people: Cast, browser_of: Browser, desk: PortalClient, ticket: Ticket) -> None:
    """The agent asked for the new address, with the code of the account page."""
    assert _ask(desk, ticket, _spoken(people, browser_of)) == 303


def test_with_the_code_of_the_account_page_it_changes_once_the_new_address_says_yes(
    app: Flask,
    client: PortalClient,
    people: Cast,
    browser_of: Browser,
    desk: PortalClient,
    ticket: Ticket,
    link_in: LinkIn,
    mailbox: Mailbox,
) -> None:
    here = browser_of(people.customer)
    assert _ask(desk, ticket, _spoken(people, browser_of).lower().replace("-", " ")) == 303
    assert people.customer.email == OLD
    assert "/address/object/" in (mailbox(OLD)[-1].text or "")
    assert client.send(link_in(NEW)).status_code == 200
    db.session.expire_all()
    assert people.customer.email == NEW
    assert here.get("/account").status_code == 303  # whoever was signed in is out
    assert client.send("/sign-in", {"email": NEW, "password": PASSWORD}).status_code == 303
    acts = {(row.act, row.actor_id, row.about) for row in db.session.query(AuditEntry)}
    about = f"person {people.customer.id}"
    assert {
        ("asked for another address", people.manager.id, about),
        ("changed the address", people.manager.id, about),
    } <= acts
    proofs = [
        row.detail["proof"] for row in db.session.query(AuditEntry).filter_by(act="asked for another address")
    ]
    assert proofs == ["spoken"]


@pytest.mark.parametrize("made", ["before", "after"])
@pytest.mark.usefixtures("asked")
def test_the_old_address_objects_and_all_is_as_it_was(
    client: PortalClient, people: Cast, browser_of: Browser, link_in: LinkIn, mailbox: Mailbox, made: str
) -> None:
    new = link_in(NEW)
    if made == "after":
        client.send(new)
        client.send("/sign-in", {"email": NEW, "password": PASSWORD})
    thief = browser_of(people.customer)
    with clock.at(clock.now() + timedelta(hours=71)):
        object_link = link_in(OLD)
        client.page(object_link)
        assert client.send(object_link).status_code == 200
        db.session.expire_all()
        assert people.customer.email == OLD
        assert people.customer.password_hash is None
        assert thief.get("/account").status_code == client.get("/account").status_code == 303
        assert client.send(new).status_code == 404
        assert "/reset/" in (mailbox(OLD)[-1].text or "")
        assert client.send(object_link).status_code == 404


@pytest.mark.usefixtures("asked")
def test_after_three_days_nobody_objects_any_more(client: PortalClient, link_in: LinkIn) -> None:
    client.send(link_in(NEW))
    with clock.at(clock.now() + timedelta(hours=72, seconds=1)):
        assert client.send(link_in(OLD)).status_code == 404
        client.send("/sign-up", {"name": "N", "email": OLD, "password": "a sentence only I say"})
        assert link_in(OLD).startswith("/confirm/")  # it is anybody's who reads mails there


@pytest.mark.usefixtures("asked")
def test_whoever_got_the_account_cannot_keep_the_old_address_from_objecting(
    client: PortalClient,
    people: Cast,
    browser_of: Browser,
    desk: PortalClient,
    ticket: Ticket,
    link_in: LinkIn,
) -> None:
    client.send(link_in(NEW))
    db.session.expire_all()
    thief = browser_of(people.customer)
    thief.send("/account/address/call-off")
    third = {"email": "third@example.org", "current": PASSWORD}
    assert thief.send("/account/address", third).status_code == 422
    assert _ask(desk, ticket, _spoken(people, browser_of), "third@example.org") == 422
    changed = {"current": PASSWORD, "password": "the thief's own words"}
    assert thief.send("/account/password", changed).status_code == 303
    assert client.send(link_in(OLD)).status_code == 200
    db.session.expire_all()
    assert (people.customer.email, people.customer.password_hash) == (OLD, None)


@pytest.mark.usefixtures("asked")
def test_nobody_takes_the_old_address_while_it_may_come_back(
    client: PortalClient, people: Cast, link_in: LinkIn, mailbox: Mailbox
) -> None:
    client.send(link_in(NEW))
    before = len(mailbox(OLD))
    client.send("/sign-up", {"name": "N", "email": OLD, "password": "a sentence only I say"})
    assert len(mailbox(OLD)) == before
    db.session.add(Person(email=OLD, called="Wrote meanwhile"))
    db.session.commit()
    assert client.send(link_in(OLD)).status_code == 200
    db.session.expire_all()
    assert people.customer.email == OLD


def test_a_callers_code_proves_it_when_it_rested_and_another_made_it(
    people: Cast, desk: PortalClient, ticket: Ticket
) -> None:
    cases = ((people.agent, 25, 303), (people.agent, 23, 422), (people.manager, 25, 422))
    for maker, hours, status in cases:
        with clock.at(clock.now() - timedelta(hours=hours)):
            code = replace_code(ticket, maker)
            db.session.commit()
        assert _ask(desk, ticket, code) == status, (maker.called, hours)
    assert db.session.query(AddressChange).one().proof == "code"


@pytest.mark.parametrize("code", ["", "AAAA-BBBB", "\0", "x" * 500, "None"])
def test_without_a_proof_nothing_happens(desk: PortalClient, ticket: Ticket, code: str) -> None:
    answer = desk.send(_address(ticket), {"email": NEW, "code": code})
    assert answer.status_code == 422
    assert soup(answer).select_one("#code[aria-invalid=true]")
    assert db.session.query(AddressChange).count() == 0


def test_a_spoken_code_is_the_customers_own_works_once_and_for_a_quarter_of_an_hour(
    people: Cast, browser_of: Browser, desk: PortalClient, ticket: Ticket
) -> None:
    other = make_ticket(people.stranger)
    code = _spoken(people, browser_of)
    assert _ask(desk, other, code) == 422
    with clock.at(clock.now() + timedelta(minutes=15, seconds=1)):
        assert _ask(desk, ticket, code) == 422
    assert _ask(desk, ticket, code) == 303
    assert _ask(desk, ticket, code, "third@example.org") == 422


def test_ten_wrong_codes_are_enough(
    people: Cast, browser_of: Browser, desk: PortalClient, ticket: Ticket
) -> None:
    for _ in range(10):
        assert _ask(desk, ticket, "AAAA-BBBB") == 422
    code = _spoken(people, browser_of)
    assert _ask(desk, ticket, code) == 422
    assert _ask(browser_of(people.admin), ticket, code) == 422  # they count for the customer, too
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert _ask(desk, ticket, _spoken(people, browser_of)) == 303


def test_one_agent_asks_for_so_many_a_day(
    app: Flask,
    people: Cast,
    browser_of: Browser,
    desk: PortalClient,
    ticket: Ticket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.config, "LIMIT_ADDRESS_AGENT", 1)
    assert _ask(desk, ticket, _spoken(people, browser_of)) == 303
    assert _ask(desk, ticket, _spoken(people, browser_of)) == 422
    assert _ask(browser_of(people.admin), ticket, _spoken(people, browser_of)) == 303


def test_only_who_holds_the_right_for_the_team_may_and_never_for_our_own_people(
    people: Cast, browser_of: Browser, desk: PortalClient, ticket: Ticket
) -> None:
    role = Role(key="phone", permissions=["tickets.read", "tickets.answer", "people.read", "people.address"])
    db.session.add(role)
    give_role(people.agent2, "phone", team=people.agent2.grants[-1].team)
    staff = make_ticket(people.agent)
    db.session.commit()
    agent2 = browser_of(people.agent2)
    billing = make_ticket(people.stranger, team="Billing")
    assert agent2.get(_address(billing)).status_code == 200
    assert agent2.get(_address(ticket)).status_code == _ask(agent2, ticket, "x") == 404
    assert browser_of(people.agent).get(_address(ticket)).status_code == 403
    assert desk.get(_address(staff)).status_code == _ask(desk, staff, "x") == 403
    assert desk.page(f"/desk/tickets/{ticket.number}").select(f"a[href='{_address(ticket)}']")
    assert (
        not browser_of(people.agent)
        .page(f"/desk/tickets/{ticket.number}")
        .select(f"a[href='{_address(ticket)}']")
    )
