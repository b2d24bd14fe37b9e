"""Signing in by a link in a mail: once, soon, by a press, for customers; and the same answer for every address."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts.models import MailLink, SignIn
from portal.extensions import db
from portal.kit import clock
from portal.outbox.models import Job
from portal.people.models import Person
from portal.tickets.models import Ticket

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import PASSWORD
from .conftest import LinkIn, Mailbox

EMAIL = "customer@example.com"


def _ask(client: PortalClient, email: str = EMAIL, **more: str) -> None:
    assert client.send("/sign-in/link", {"email": email, **more}).status_code == 200


def test_a_link_signs_in_by_a_press_and_never_by_being_opened(
    client: PortalClient, people: Cast, link_in: LinkIn
) -> None:
    _ask(client, next="/tickets?show=all")
    path = link_in(EMAIL)
    for _ in range(3):  # a program that looks through mails
        client.page(path)
        client.head(path)
    assert db.session.query(SignIn).count() == 0
    assert client.send(path).location == "/tickets?show=all"
    assert client.get("/account").status_code == 200


def test_it_works_once_and_for_a_quarter_of_an_hour(
    client: PortalClient, people: Cast, link_in: LinkIn
) -> None:
    _ask(client)
    path = link_in(EMAIL)
    with clock.at(clock.now() + timedelta(minutes=15, seconds=1)):
        assert client.get(path).status_code == 404
        assert client.send(path).status_code == 404
    assert client.send(path).status_code == 303
    assert client.get(path).status_code == 404
    assert client.send(path).status_code == 404


def test_using_one_ends_all_others(client: PortalClient, people: Cast, link_in: LinkIn) -> None:
    paths = []
    for _ in range(2):
        _ask(client)
        paths.append(link_in(EMAIL))
    client.send(paths[1])
    assert client.get(paths[0]).status_code == 404


def test_another_browser_is_told_so_and_may_go_on(
    app: Flask, client: PortalClient, people: Cast, link_in: LinkIn
) -> None:
    _ask(client)
    path = link_in(EMAIL)
    other: PortalClient = app.test_client()  # type: ignore[assignment]
    warning = "asked for on another device"
    assert warning not in client.page(path).text
    assert warning in other.page(path).text
    assert other.send(path).status_code == 303
    assert client.get("/account").status_code == 303  # the press alone decides which browser it is


@pytest.mark.parametrize("spoil", ["password", "reset", "address", "inactive", "staff"])
def test_it_ends_with_what_it_was_made_for(
    client: PortalClient,
    people: Cast,
    browser_of: Callable[[Person], PortalClient],
    link_in: LinkIn,
    spoil: str,
) -> None:
    _ask(client)
    path = link_in(EMAIL)
    if spoil == "password":
        new = {"current": PASSWORD, "password": "another long sentence"}
        assert browser_of(people.customer).send("/account/password", new).status_code == 303
    elif spoil == "reset":
        client.send("/lost-password", {"email": EMAIL})
        client.send(link_in(EMAIL), {"password": "another long sentence"})
    elif spoil == "address":
        people.customer.email = "else@example.com"
    elif spoil == "inactive":
        people.customer.active = False
    else:
        people.customer.grants.append(people.agent.grants[-1])
    db.session.commit()
    assert client.get(path).status_code == 404
    assert client.send(path).status_code == 404


def test_a_link_that_waits_in_the_outbox_ends_with_the_password(
    client: PortalClient, people: Cast, browser_of: Callable[[Person], PortalClient], mailbox: Mailbox
) -> None:
    _ask(client)
    new = {"current": PASSWORD, "password": "another long sentence"}
    browser_of(people.customer).send("/account/password", new)
    assert not [letter for letter in mailbox(EMAIL) if "/sign-in/link/" in (letter.text or "")]


def test_only_the_very_link_works_and_the_database_holds_no_token(
    client: PortalClient, people: Cast, link_in: LinkIn
) -> None:
    _ask(client)
    path = link_in(EMAIL)
    token = path.rpartition("/")[2]
    assert len(token) >= 43
    assert token not in str([vars(link) for link in db.session.query(MailLink)])
    for wrong in (token[:-1], token + "x", token.swapcase(), token + "%20", "null", "%00", "[]"):
        assert client.get(f"/sign-in/link/{wrong}").status_code == 404, wrong
        assert client.send(f"/sign-in/link/{wrong}").status_code == 404, wrong
    for other in ("confirm", "reset", "address/new", "address/old", "address/object", "tickets/link"):
        assert client.get(f"/{other}/{token}").status_code == 404, other
    assert client.get(path).headers["Referrer-Policy"] == "no-referrer"


def test_somebody_without_a_password_gets_in_once_the_address_is_confirmed_and_finds_their_requests(
    client: PortalClient, mailbox: Mailbox, link_in: LinkIn
) -> None:
    asked = {
        "email": "rui@example.com",
        "name": "Rui",
        "subject": "No light",
        "body": "It is dark",
        "kind": "question",
    }
    page = client.page("/tickets/new")
    with clock.at(clock.now() + timedelta(minutes=1)):
        began = str(page.select_one("[name=began]")["value"])  # type: ignore[index]
        client.send("/tickets/new", {**asked, "began": began})
    _ask(client, "rui@example.com")
    assert not [one for one in mailbox("rui@example.com") if "/sign-in/link/" in (one.text or "")]
    person = db.session.query(Person).filter_by(email="rui@example.com").one()
    person.confirmed_at = clock.now()
    db.session.query(Ticket).filter_by(requester_id=person.id).one().gate = ""
    db.session.commit()
    _ask(client, "rui@example.com")
    assert client.send(link_in("rui@example.com")).location == "/account"
    assert "No light" in client.page("/tickets").text
    assert not client.page("/account/security").select("form[action='/account/password']")


def test_known_unknown_deactivated_and_staff_get_one_answer_for_the_same_work(
    client: PortalClient, people: Cast, mailbox: Mailbox
) -> None:
    people.stranger.active = False
    db.session.commit()
    seen = set()
    for email in (EMAIL, "nobody@example.com", "stranger@example.com", "agent@example.com"):
        before = db.session.query(Job).count()
        answer = client.send("/sign-in/link", {"email": email})
        words = soup(answer).select_one("main").text.replace(email, "x")  # type: ignore[union-attr]
        names = frozenset(name for name, _ in answer.headers if name != "Set-Cookie")
        seen.add((answer.status_code, words, names, db.session.query(Job).count() - before))
    assert len(seen) == 1
    assert mailbox("nobody@example.com") == mailbox("stranger@example.com") == []
    staff = mailbox("agent@example.com")[-1]
    assert "/sign-in/link/" not in (staff.text or "")
    assert "password" in staff.subject


def test_nobody_is_sent_more_than_three_an_hour_and_that_uses_up_no_new_password(
    client: PortalClient, people: Cast, mailbox: Mailbox
) -> None:
    for email in [EMAIL, EMAIL.upper(), "cust.omer+1@example.com"] * 3:
        _ask(client, email)
    assert len(mailbox(EMAIL)) == 3
    client.send("/lost-password", {"email": EMAIL})
    assert "/reset/" in (mailbox(EMAIL)[-1].text or "")


def test_a_flood_from_one_source_is_refused_with_the_words_kept(client: PortalClient, people: Cast) -> None:
    for number in range(20):
        _ask(client, f"n{number}@example.com")
    headers = {"X-Forwarded-For": "203.0.113.9"}
    answer = client.send("/sign-in/link", {"email": EMAIL}, headers=headers)
    assert answer.status_code == 429
    assert soup(answer).select_one("#email")["value"] == EMAIL  # type: ignore[index]


@pytest.mark.parametrize("email", ["", "nobody", "a\r\nBcc: b@example.com", "x" * 300])
def test_what_is_no_address_is_told_at_the_field(client: PortalClient, email: str) -> None:
    answer = client.send("/sign-in/link", {"email": email})
    assert answer.status_code == 422
    assert soup(answer).select_one("#email[aria-invalid=true]")


def test_the_sign_in_page_offers_it_with_the_address_that_was_typed(
    client: PortalClient, people: Cast
) -> None:
    button = client.page("/sign-in?next=/tickets").select_one("[formaction='/sign-in/link']")
    assert button
    assert button["form"] == "sign-in"
    empty = client.send("/sign-in/link", {"email": " ", "password": "", "next": "/tickets"})
    assert empty.status_code == 200  # nobody typed anything yet: asked, not blamed
    assert not soup(empty).select("[aria-invalid]")


@pytest.mark.parametrize("language", ["en", "pt_BR", "es", "ru"])
def test_the_mail_is_in_its_readers_language(
    client: PortalClient, people: Cast, mailbox: Mailbox, language: str
) -> None:
    people.customer.language = language
    db.session.commit()
    _ask(client)
    assert f'lang="{language.replace("_", "-")}"' in (mailbox(EMAIL)[-1].html or "")


def test_links_lead_to_the_public_address_whatever_the_host(
    client: PortalClient, people: Cast, mailbox: Mailbox
) -> None:
    poison = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    client.send("/sign-in/link", {"email": EMAIL, "next": "//evil.example"}, headers=poison)
    letter = mailbox(EMAIL)[-1]
    assert "evil.example" not in f"{letter.text} {letter.html}"
