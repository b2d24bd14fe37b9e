"""Signing up: a form, a mail with a link, one press, and the account is there."""

from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts.models import MailLink
from portal.extensions import db
from portal.kit import clock
from portal.people.models import Person

from ..client import PortalClient, soup
from ..conftest import Cast
from .conftest import LinkIn, Mailbox

NEW = "new@example.com"
FORM = {"name": "Nia", "email": NEW, "password": "a sentence only I say"}


def _find(email: str = NEW) -> Person | None:
    return db.session.query(Person).filter_by(email=email).one_or_none()


def test_an_account_is_made_when_its_link_is_confirmed_and_not_before(
    client: PortalClient, link_in: LinkIn
) -> None:
    assert client.send("/sign-up", FORM).status_code == 200
    path = link_in(NEW)
    client.page(path)
    assert _find() is None
    assert client.send(path).location == "/account"
    assert _find()
    assert "Nia" in client.page("/account").text


def test_a_link_works_once(app: object, client: PortalClient, link_in: LinkIn) -> None:
    client.send("/sign-up", FORM)
    path = link_in(NEW)
    client.send(path)
    assert client.get(path).status_code == 404
    assert client.send(path).status_code == 404
    assert db.session.query(Person).filter_by(email=NEW).count() == 1


def test_a_link_ends_after_a_day(client: PortalClient, link_in: LinkIn) -> None:
    client.send("/sign-up", FORM)
    path = link_in(NEW)
    with clock.at(clock.now() + timedelta(hours=24, seconds=1)):
        assert client.get(path).status_code == 404
        assert client.send(path).status_code == 404
    assert _find() is None


def test_only_the_very_link_works(client: PortalClient, link_in: LinkIn) -> None:
    client.send("/sign-up", FORM)
    token = link_in(NEW).removeprefix("/confirm/")
    flipped = token.swapcase()
    for wrong in (
        "",
        token[:-1],
        token + "x",
        token + "%20",
        flipped,
        "null",
        "None",
        "%00",
        "[]",
        token + "%00",
    ):
        assert client.get(f"/confirm/{wrong}").status_code == 404, wrong
        assert client.send(f"/confirm/{wrong}").status_code == 404, wrong
    assert client.get(f"/reset/{token}").status_code == 404
    assert client.get(f"/confirm/{token}").status_code == 200


def test_the_database_holds_no_token_and_the_page_tells_it_nobody(
    client: PortalClient, link_in: LinkIn
) -> None:
    client.send("/sign-up", FORM)
    path = link_in(NEW)
    token = path.removeprefix("/confirm/")
    assert len(token) >= 43
    assert token not in str([vars(link) for link in db.session.query(MailLink)])
    assert client.get(path).headers["Referrer-Policy"] == "no-referrer"


def test_nobody_learns_whether_an_address_has_an_account(
    client: PortalClient, people: Cast, mailbox: Mailbox
) -> None:
    known = people.customer.email or ""
    answers = [client.send("/sign-up", {**FORM, "email": email}) for email in (NEW, known)]
    pages = [soup(a).select_one("main").text.replace(NEW, "x").replace(known, "x") for a in answers]  # type: ignore[union-attr]
    assert [a.status_code for a in answers] == [200, 200]
    assert pages[0] == pages[1]
    assert {name for name, _ in answers[0].headers} == {name for name, _ in answers[1].headers}
    assert "already" in mailbox(known)[-1].subject
    assert "Confirm" in mailbox(NEW)[-1].subject


def test_a_deactivated_persons_address_gets_no_second_account(
    client: PortalClient, people: Cast, mailbox: Mailbox
) -> None:
    people.customer.active = False
    db.session.commit()
    answer = client.send("/sign-up", {**FORM, "email": people.customer.email})
    assert answer.status_code == 200
    assert mailbox(people.customer.email or "") == []


def test_a_link_of_somebody_deactivated_meanwhile_signs_nobody_in(
    client: PortalClient, link_in: LinkIn
) -> None:
    client.send("/sign-up", FORM)
    path = link_in(NEW)
    db.session.add(Person(email=NEW, active=False))
    db.session.commit()
    assert client.send(path).status_code == 404
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", "new"),
        ("   ", "new"),
        ("N" * 80, "N" * 80),
        ("نورا السالم", "نورا السالم"),
        ("<b>Nia</b>", "<b>Nia</b>"),
        ("{{7*7}}", "{{7*7}}"),
    ],
)
def test_people_are_addressed_as_they_chose(
    client: PortalClient, link_in: LinkIn, mailbox: Mailbox, name: str, shown: str
) -> None:
    client.send("/sign-up", {**FORM, "name": name})
    client.send(link_in(NEW))
    page = client.page("/account")
    assert shown in page.text
    assert not page.select("main b")
    person = _find()
    assert person
    assert person.shown == shown
    letter = mailbox(NEW)[0]
    assert (f"Hello {name.strip()}," if name.strip() else "Hello,") in (letter.text or "")
    assert "<b>Nia" not in (letter.html or "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "N" * 81),
        ("email", ""),
        ("email", "nobody"),
        ("email", "a@b@c"),
        ("email", "a\r\nBcc: b@example.com"),
        ("email", "x" * 250 + "@example.com"),
        ("password", "eleven char"),
        ("password", "a" * 40),
        ("password", "x" * 1001),
        ("password", NEW),
    ],
)
def test_what_cannot_be_right_is_told_at_its_field(client: PortalClient, field: str, value: str) -> None:
    answer = client.send("/sign-up", {**FORM, field: value})
    page = soup(answer)
    assert answer.status_code == 422
    assert page.select_one(f"#{field}[aria-invalid=true][aria-describedby]")
    assert page.select_one("#password")["value"] == ""  # type: ignore[index]


def test_invisible_signs_that_turn_a_name_round_are_taken_out(client: PortalClient, link_in: LinkIn) -> None:
    client.send("/sign-up", {**FORM, "name": "Nia\u202egnp.exe\0"})
    client.send(link_in(NEW))
    person = _find()
    assert person
    assert "\u202e" not in person.called
    assert "\0" not in person.called


def test_the_way_goes_back_to_the_page_where_it_began(client: PortalClient, link_in: LinkIn) -> None:
    page = client.page("/help/search?q=vpn")
    begin = next(a["href"] for a in page.select("a") if str(a["href"]).startswith("/sign-up"))
    client.send_fresh(str(begin), FORM)
    assert client.send(link_in(NEW)).location == "/help/search?q=vpn"


def test_more_mails_than_the_limit_are_not_sent_and_nobody_is_told(
    client: PortalClient, mailbox: Mailbox
) -> None:
    answers = [client.send("/sign-up", FORM).status_code for _ in range(5)]
    assert answers == [200] * 5
    assert len(mailbox(NEW)) == 3


def test_a_flood_from_one_source_is_refused_with_the_words_kept(client: PortalClient) -> None:
    for number in range(20):
        client.send("/sign-up", {**FORM, "email": f"n{number}@example.com"})
    answer = client.send("/sign-up", FORM)
    assert answer.status_code == 429
    assert soup(answer).select_one("#email")["value"] == NEW  # type: ignore[index]


@pytest.mark.parametrize(
    "field", ["role", "roles", "is_admin", "permissions", "active", "id", "email_verified", "language"]
)
def test_fields_that_the_form_does_not_have_do_nothing(
    client: PortalClient, link_in: LinkIn, field: str
) -> None:
    client.send("/sign-up", {**FORM, field: "administrator"})
    client.send(link_in(NEW), {field: "administrator"})
    person = _find()
    assert person
    assert [grant.role.key for grant in person.grants] == ["customer"]
    assert person.language == "en"


def test_on_another_device_the_password_given_at_sign_up_is_worth_nothing(
    app: Flask, client: PortalClient, link_in: LinkIn
) -> None:
    client.send("/sign-up", {"name": "X", "email": NEW, "password": "a stranger's choice"})
    path, owner = link_in(NEW), app.test_client()
    assert isinstance(owner, PortalClient)
    assert owner.send(path).status_code == 422
    assert owner.send(path, {"password": "the owner's own words"}).status_code == 303
    stranger = client.send("/sign-in", {"email": NEW, "password": "a stranger's choice"})
    assert stranger.status_code == 422
    assert client.send("/sign-in", {"email": NEW, "password": "the owner's own words"}).status_code == 303


def test_signing_up_uses_up_nobodys_mails_for_a_new_password(
    client: PortalClient, people: Cast, mailbox: Mailbox
) -> None:
    for n in range(4):
        client.send(
            "/sign-up", {"name": "X", "email": "customer@example.com", "password": f"long enough {n}"}
        )
        client.send("/lost-password", {"email": f"cust.omer+{n}@example.com"})
    client.send("/lost-password", {"email": "customer@example.com"})
    assert "/reset/" in (mailbox("customer@example.com")[-1].text or "")
