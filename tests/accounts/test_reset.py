"""A forgotten password: the same answer for everybody, and a link that acts once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.accounts.actions import make_link
from portal.accounts.models import MailLink
from portal.extensions import db
from portal.kit import clock
from portal.people.models import Person

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import PASSWORD
from .conftest import LinkIn, Mailbox

EMAIL, NEW = "customer@example.com", "another long sentence"


def test_a_link_sets_a_new_password_and_signs_in(
    client: PortalClient, people: Cast, browser_of: Callable[[Person], PortalClient], link_in: LinkIn
) -> None:
    elsewhere = browser_of(people.customer)
    client.send("/lost-password", {"email": EMAIL})
    path = link_in(EMAIL)
    client.page(path)
    assert client.send(path, {"password": NEW}).location == "/account"
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert client.send("/sign-in", {"email": EMAIL, "password": PASSWORD}).status_code == 422
    assert client.send("/sign-in", {"email": EMAIL, "password": NEW}).status_code == 303


def test_it_works_once_and_for_an_hour(client: PortalClient, people: Cast, link_in: LinkIn) -> None:
    client.send("/lost-password", {"email": EMAIL})
    path = link_in(EMAIL)
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert client.get(path).status_code == 404
        assert client.send(path, {"password": NEW}).status_code == 404
    assert client.send(path, {"password": NEW}).status_code == 303
    assert client.send(path, {"password": NEW}).status_code == 404


@pytest.mark.parametrize("jump", [timedelta(days=3653), timedelta(days=-3653), timedelta(hours=1, seconds=1)])
def test_with_a_clock_that_jumps_links_and_sign_ins_fail_closed(
    client: PortalClient,
    people: Cast,
    browser_of: Callable[[Person], PortalClient],
    link_in: LinkIn,
    jump: timedelta,
) -> None:
    """R15: a link is never good for longer than it was made for; a form of another time comes back with its text."""
    client.send("/lost-password", {"email": EMAIL})
    path, customer = link_in(EMAIL), browser_of(people.customer)
    with clock.at(clock.now() + jump):
        if jump > timedelta(0):
            assert client.get(path).status_code == 404
            assert client.send(path, {"password": NEW}).status_code == 404
        assert customer.get("/account").status_code == (303 if jump > timedelta(days=30) else 200)
        assert customer.get("/help").status_code == 200
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert client.get(path).status_code == 404


def test_a_bad_new_password_does_not_use_the_link_up(
    client: PortalClient, people: Cast, link_in: LinkIn
) -> None:
    client.send("/lost-password", {"email": EMAIL})
    path = link_in(EMAIL)
    answer = client.send(path, {"password": "short"})
    assert answer.status_code == 422
    assert soup(answer).select_one("#password[aria-invalid=true]")
    assert client.send(path, {"password": NEW}).status_code == 303


@pytest.mark.parametrize("asked", [1, 2])
def test_every_link_is_void_after_a_change_of_the_password(
    client: PortalClient,
    people: Cast,
    browser_of: Callable[[Person], PortalClient],
    link_in: LinkIn,
    asked: int,
) -> None:
    paths = []
    for _ in range(asked):
        client.send("/lost-password", {"email": EMAIL})
        paths.append(link_in(EMAIL))
    browser_of(people.customer).send("/account/password", {"current": PASSWORD, "password": NEW})
    assert [client.get(path).status_code for path in paths] == [404] * asked


def test_a_link_of_somebody_deactivated_meanwhile_is_over(
    client: PortalClient, people: Cast, link_in: LinkIn
) -> None:
    client.send("/lost-password", {"email": EMAIL})
    path = link_in(EMAIL)
    people.customer.active = False
    db.session.commit()
    assert client.send(path, {"password": NEW}).status_code == 404


def test_known_and_unknown_addresses_get_the_same_answer(
    client: PortalClient, people: Cast, mailbox: Mailbox
) -> None:
    answers = [client.send("/lost-password", {"email": email}) for email in (EMAIL, "nobody@example.com")]
    texts = [
        main.text.replace(EMAIL, "nobody@example.com") for a in answers for main in soup(a).select("main")
    ]
    assert [a.status_code for a in answers] == [200, 200]
    assert texts[0] == texts[1]
    assert mailbox("nobody@example.com") == []


def test_nobody_is_sent_more_than_three_mails_an_hour_whatever_the_spelling(
    client: PortalClient, people: Cast, mailbox: Mailbox
) -> None:
    for email in [EMAIL, EMAIL.upper(), EMAIL] * 3:
        assert client.send("/lost-password", {"email": email}).status_code == 200
    assert len(mailbox(EMAIL)) == 3
    with clock.at(clock.now() + timedelta(minutes=61)):
        client.send("/lost-password", {"email": EMAIL})
        assert len(mailbox(EMAIL)) == 4


def test_opening_the_link_as_a_scanner_of_mails_does_changes_nothing(
    client: PortalClient, people: Cast, link_in: LinkIn
) -> None:
    client.send("/lost-password", {"email": EMAIL})
    path = link_in(EMAIL)
    for _ in range(3):
        client.get(path)
        client.head(path)
    assert client.send("/sign-in", {"email": EMAIL, "password": PASSWORD}).status_code == 303
    assert client.get(path).status_code == 200


def test_links_in_mails_lead_to_the_public_address_whatever_the_host(
    client: PortalClient, people: Cast, mailbox: Mailbox
) -> None:
    poison = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
        "Origin": "https://evil.example",
    }
    client.send("/lost-password", {"email": EMAIL}, headers=poison)
    letter = mailbox(EMAIL)[-1]
    assert "evil.example" not in f"{letter.text} {letter.html}"
    assert "http://127.0.0.1:8000/reset/" in (letter.text or "")


def test_a_new_password_ends_links_to_the_account_and_leaves_those_to_a_request(
    client: PortalClient, people: Cast, link_in: LinkIn
) -> None:
    until = (clock.now() + timedelta(days=14)).isoformat()
    for purpose in ("request", "follow", "confirm", "reset"):
        make_link(purpose, EMAIL, {}, None, until)
    client.send("/lost-password", {"email": EMAIL})
    client.send(link_in(EMAIL), {"password": NEW})
    assert {link.purpose for link in db.session.query(MailLink)} == {"request", "follow"}
