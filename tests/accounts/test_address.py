"""Another address: asked with the password, said yes to from both mailboxes, stopped from the old one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts.models import AddressChange, MailLink, SignIn
from portal.extensions import db
from portal.inbox.actions import read_kept, sort, take_in
from portal.inbox.models import IncomingMail
from portal.kit import clock
from portal.mail.threads import Thread
from portal.outbox.models import Job
from portal.people.models import Person
from portal.tickets.guests import link_path
from portal.tickets.models import Ticket

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import PASSWORD, make_ticket
from .conftest import LinkIn, Mailbox

Browser = Callable[[Person], PortalClient]
OLD, NEW = "customer@example.com", "marta@example.org"
FORM = {"email": NEW, "current": PASSWORD}


@pytest.fixture
def here(people: Cast, browser_of: Browser) -> PortalClient:
    """The customer's browser, from which the change was asked for."""
    browser = browser_of(people.customer)
    assert browser.send("/account/address", FORM).location == "/account/security#address"
    return browser


def _make_quiet_ticket(people: Cast) -> Ticket:
    """A request whose mails are out of the way."""
    ticket = make_ticket(people.customer)
    db.session.query(Job).filter(~Job.kind.startswith("accounts.")).delete()
    db.session.commit()
    return ticket


def _now(people: Cast) -> str | None:
    db.session.expire_all()
    return people.customer.email


@pytest.mark.parametrize("first", [OLD, NEW])
def test_it_changes_once_both_mailboxes_have_said_yes(
    client: PortalClient, people: Cast, here: PortalClient, link_in: LinkIn, first: str
) -> None:
    for email in (first, OLD if first == NEW else NEW):
        assert _now(people) == OLD
        path = link_in(email)
        client.page(path)
        client.page(path)  # opened by a program: nothing happens
        assert client.send(path, {"say": "yes"}).status_code == 200
    assert _now(people) == NEW
    assert here.get("/account").status_code == 200
    assert client.send("/sign-in", {"email": OLD, "password": PASSWORD}).status_code == 422
    assert client.send("/sign-in", {"email": NEW, "password": PASSWORD}).status_code == 303


def test_the_old_address_is_told_afterwards(
    client: PortalClient, people: Cast, here: PortalClient, link_in: LinkIn, mailbox: Mailbox
) -> None:
    for email in (OLD, NEW):
        client.send(link_in(email), {"say": "yes"})
    assert "was changed" in mailbox(OLD)[-1].subject
    assert NEW in (mailbox(OLD)[-1].text or "")
    assert db.session.query(AddressChange).count() == 0


def test_nothing_changes_without_the_password_and_ten_wrong_ones_are_enough(
    people: Cast, browser_of: Browser, mailbox: Mailbox
) -> None:
    browser = browser_of(people.customer)
    for wrong in ["", *["wrong"] * 9]:
        answer = browser.send("/account/address", {**FORM, "current": wrong})
        assert answer.status_code == 422
        assert soup(answer).select_one("#address-current[aria-invalid=true]")
        assert soup(answer).select_one("#email")["value"] == NEW  # type: ignore[index]
    assert browser.send("/account/address", FORM).status_code == 422
    assert mailbox(NEW) == mailbox(OLD) == []


@pytest.mark.parametrize(
    "email", ["", "nobody", OLD, OLD.upper(), "a\r\nBcc: b@example.com", "x" * 250 + "@a.example"]
)
def test_an_address_that_cannot_be_is_told_at_the_field(
    people: Cast, browser_of: Browser, email: str
) -> None:
    answer = browser_of(people.customer).send("/account/address", {**FORM, "email": email})
    assert answer.status_code == 422
    assert soup(answer).select_one("#email[aria-invalid=true]")
    assert db.session.query(AddressChange).count() == 0


def test_both_links_end_after_a_day_and_work_once(
    client: PortalClient, people: Cast, here: PortalClient, browser_of: Browser, link_in: LinkIn
) -> None:
    paths = [link_in(OLD), link_in(NEW)]
    with clock.at(clock.now() + timedelta(hours=24, seconds=1)):
        assert {client.get(path).status_code for path in paths} == {404}
        assert {client.send(path).status_code for path in paths} == {404}
        assert "is to become" not in browser_of(people.customer).page("/account/security").text
    assert "is to become" in here.page("/account/security").text
    assert client.send(paths[0], {"say": "yes"}).status_code == 200
    assert client.send(paths[0], {"say": "no"}).status_code == 404


@pytest.mark.parametrize("shut", [True, False])
def test_the_old_mailbox_says_no_and_may_shut_everything(
    client: PortalClient, people: Cast, here: PortalClient, link_in: LinkIn, mailbox: Mailbox, shut: bool
) -> None:
    new = link_in(NEW)
    assert client.page(link_in(OLD)).select_one("[name=shut][checked]")
    assert client.send(link_in(OLD), {"say": "no", **({"shut": "yes"} if shut else {})}).status_code == 200
    assert client.send(new).status_code == 404
    assert _now(people) == OLD
    assert (here.get("/account").status_code == 200) is not shut
    assert (client.send("/sign-in", {"email": OLD, "password": PASSWORD}).status_code == 303) is not shut
    assert ("/reset/" in (mailbox(OLD)[-1].text or "")) is shut


def test_a_taken_address_is_not_told_and_its_owner_hears_of_it(
    people: Cast, browser_of: Browser, mailbox: Mailbox
) -> None:
    seen = set()
    for email in (NEW, "stranger@example.com"):
        browser, before = browser_of(people.customer), db.session.query(Job).count()
        answer = browser.send("/account/address", {**FORM, "email": email})
        page = soup(browser.get("/account/security")).select_one("main").text.replace(email, "x")  # type: ignore[union-attr]
        seen.add(
            (
                answer.status_code,
                answer.location,
                page.replace("\n", ""),
                db.session.query(Job).count() - before,
            )
        )
        db.session.rollback()
        browser.send("/account/address/call-off")
    assert len({(status, where, work) for status, where, _page, work in seen}) == 1
    people.customer.email = OLD
    browser = browser_of(people.customer)
    browser.send("/account/address", {**FORM, "email": "stranger@example.com"})
    letter = mailbox("stranger@example.com")[-1]
    assert "/address/" not in (letter.text or "")
    assert OLD not in (letter.text or "")


def test_an_address_that_is_taken_meanwhile_changes_nothing(
    client: PortalClient, people: Cast, here: PortalClient, link_in: LinkIn
) -> None:
    db.session.add(Person(email=NEW, called="Quicker"))
    db.session.commit()
    client.send(link_in(OLD), {"say": "yes"})
    answer = client.send(link_in(NEW))
    assert "is in use" in answer.text
    assert _now(people) == OLD
    assert db.session.query(AddressChange).count() == 0


def test_asking_again_or_calling_off_voids_what_was_mailed(
    client: PortalClient, people: Cast, here: PortalClient, link_in: LinkIn
) -> None:
    first = [link_in(OLD), link_in(NEW)]
    here.send("/account/address", {**FORM, "email": "third@example.org"})
    assert {client.get(path).status_code for path in first} == {404}
    second = link_in("third@example.org")
    here.send("/account/address/call-off")
    assert client.get(second).status_code == 404
    assert "is to become" not in here.page("/account/security").text


def test_what_was_mailed_to_the_old_address_opens_nothing_any_more(
    app: Flask, client: PortalClient, people: Cast, here: PortalClient, link_in: LinkIn
) -> None:
    ticket = _make_quiet_ticket(people)
    mailed = link_path(ticket, people.customer)
    assert client.get(mailed).status_code == 303
    client.send("/sign-in/link", {"email": OLD})
    into = link_in(OLD)
    client.send("/lost-password", {"email": OLD})
    reset = link_in(OLD)
    here.send("/account/address", FORM)
    for email in (OLD, NEW):
        app.test_client().send(link_in(email), {"say": "yes"})  # type: ignore[attr-defined]
    assert {client.get(path).status_code for path in (into, reset, mailed)} == {404}
    assert client.get(f"/tickets/{ticket.number}").status_code in (303, 404)  # also where it was open before
    with clock.at(clock.now() + timedelta(seconds=2)):
        assert client.get(link_path(ticket, people.customer)).status_code == 303


def test_a_mail_from_the_old_address_speaks_for_nobody_and_a_new_account_there_inherits_nothing(
    client: PortalClient, people: Cast, here: PortalClient, link_in: LinkIn
) -> None:
    ticket = _make_quiet_ticket(people)
    root = Thread(ticket.id, people.customer.id).root
    for email in (OLD, NEW):
        client.send(link_in(email), {"say": "yes"})
    take_in(f"From: {OLD}\nSubject: Re\nIn-Reply-To: {root}\n\nIt is me".encode())
    row = db.session.query(IncomingMail).filter_by(state="new").one()
    sort(row, read_kept(row.raw_key, whole=True))
    assert row.reason == "other_sender"
    client.send("/sign-up", {"name": "N", "email": OLD, "password": "a sentence only I say"})
    client.send(link_in(OLD))
    assert ticket.subject not in client.page("/tickets?show=all").text


def test_somebody_without_a_password_needs_a_sign_in_by_link_just_now(
    client: PortalClient, people: Cast, link_in: LinkIn
) -> None:
    people.customer.password_hash = None
    db.session.commit()
    client.send("/sign-in/link", {"email": OLD})
    client.send(link_in(OLD))
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert not client.page("/account/security").select("form[action='/account/address']")
        assert client.send("/account/address", {"email": NEW}).status_code == 422
    assert client.send("/account/address", {"email": NEW}).status_code == 303


def test_nobody_is_sent_more_than_three_an_hour(people: Cast, browser_of: Browser, mailbox: Mailbox) -> None:
    browser = browser_of(people.customer)
    answers = [
        browser.send("/account/address", {**FORM, "email": f"m+{n}@example.org"}).status_code
        for n in range(4)
    ]
    assert answers == [303, 303, 303, 422]
    other = browser_of(people.colleague)
    assert other.send("/account/address", {**FORM, "email": "m@example.org"}).status_code == 422


@pytest.mark.parametrize(
    "field", ["person_id", "person", "old", "proof", "by_id", "done", "old_said", "new_said"]
)
def test_fields_that_the_form_does_not_have_do_nothing(people: Cast, browser_of: Browser, field: str) -> None:
    browser_of(people.customer).send("/account/address", {**FORM, field: str(people.admin.id)})
    change = db.session.query(AddressChange).one()
    assert (change.person_id, change.old, change.proof, change.by_id) == (
        people.customer.id,
        OLD,
        "password",
        None,
    )
    assert (change.done, change.old_said, change.new_said) == (None, None, None)


def test_links_of_one_address_do_not_answer_for_the_other(
    client: PortalClient, people: Cast, here: PortalClient, link_in: LinkIn
) -> None:
    new = link_in(NEW).rpartition("/")[2]
    for which in ("old", "object", "else"):
        assert client.get(f"/address/{which}/{new}").status_code == 404
        assert client.send(f"/address/{which}/{new}", {"say": "yes"}).status_code == 404
    assert (
        client.send(f"/address/new/{new}", {"say": "no", "shut": "yes"}).status_code == 200
    )  # it can only say yes
    assert db.session.query(SignIn).filter_by(person_id=people.customer.id).count() == 1
    assert new not in str([vars(link) for link in db.session.query(MailLink)])


def test_somebody_deactivated_meanwhile_changes_no_more(
    client: PortalClient, people: Cast, here: PortalClient, link_in: LinkIn
) -> None:
    paths = [link_in(OLD), link_in(NEW)]
    people.customer.active = False
    db.session.commit()
    assert {client.send(path, {"say": "yes"}).status_code for path in paths} == {404}
    assert _now(people) == OLD
