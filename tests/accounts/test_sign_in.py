"""Signing in: right, wrong, too often, and back to where it began."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts.limits import plain_address
from portal.accounts.models import SignIn
from portal.extensions import db
from portal.kit import clock, crypto
from portal.kit.addresses import safe_path

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import PASSWORD

EMAIL = "customer@example.com"
RIGHT, WRONG = {"email": EMAIL, "password": PASSWORD}, {"email": EMAIL, "password": "not the password"}
ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "http:evil.example",
    "https:/evil.example",
    "evil.example",
    "@evil.example",
    "//[::1]",
    "http://[",
    "/\0/evil.example",
    "/\u2028/evil.example",
    "/" + "x" * 3000,
    "?next=//evil.example",
    "",
]


def test_the_right_password_opens_the_account(client: PortalClient, people: Cast) -> None:
    assert client.send_fresh("/sign-in", RIGHT).location == "/account"
    assert "Customer" in client.page("/account").text


@pytest.mark.parametrize("email", [" Customer@Example.COM ", "CUSTOMER@EXAMPLE.COM"])
def test_an_address_may_be_spelt_in_any_case(client: PortalClient, people: Cast, email: str) -> None:
    assert client.send("/sign-in", {**RIGHT, "email": email}).status_code == 303


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: PortalClient, people: Cast
) -> None:
    answers = [client.send("/sign-in", {**WRONG, "email": email}) for email in (EMAIL, "nobody@example.com")]
    texts = [soup(a).select_one("main").text for a in answers]  # type: ignore[union-attr]
    assert [a.status_code for a in answers] == [422, 422]
    assert texts[0] == texts[1]


def test_both_take_the_same_work(client: PortalClient, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str | None] = []
    check = crypto.check_password

    def count(stored: str | None, given: str) -> bool:
        checked.append(stored)
        return check(stored, given)

    monkeypatch.setattr(crypto, "check_password", count)
    for email in (EMAIL, "nobody@example.com"):
        client.send("/sign-in", {**WRONG, "email": email})
    assert len(checked) == 2


@pytest.mark.parametrize("email", ["\0", "a\0b@example.com", "x" * 300, "<b>", "' or 1=1 --", "\ud7ff😀", ""])
def test_odd_addresses_are_simply_wrong(client: PortalClient, people: Cast, email: str) -> None:
    assert client.send("/sign-in", {**WRONG, "email": email}).status_code == 422


# Whether one stays, hours that it lives at most, hours that it lives without being used.
LIVES = [({"stay": "y"}, 30 * 24, 14 * 24), ({}, 12, 4)]


@pytest.mark.parametrize(("stay", "hours", "idle"), LIVES)
def test_a_sign_in_ends_in_time_however_much_it_is_used(
    client: PortalClient, people: Cast, stay: dict[str, str], hours: int, idle: int
) -> None:
    answer = client.send("/sign-in", {**RIGHT, **stay})
    assert ("Expires=" in answer.headers["Set-Cookie"]) == bool(stay)
    begin, step = clock.now(), timedelta(hours=idle, minutes=-2)
    last = timedelta(hours=hours, minutes=-1)
    for used in [step * n for n in range(1, last // step + 1)] + [last]:  # only looked at: nothing is sent
        with clock.at(begin + used):
            assert client.get("/account").status_code == 200
    with clock.at(begin + timedelta(hours=hours, minutes=1)):
        assert client.get("/account").status_code == 303
        assert client.send("/account/notices/read", {"until": "1"}).status_code == 401


@pytest.mark.parametrize(("stay", "hours", "idle"), LIVES)
def test_a_sign_in_ends_when_it_is_not_used(
    client: PortalClient, people: Cast, stay: dict[str, str], hours: int, idle: int
) -> None:
    client.send("/sign-in", {**RIGHT, **stay})
    begin = clock.now()
    with clock.at(begin + timedelta(hours=idle, minutes=-1)):
        client.get("/account", headers={"HX-Request": "true"})  # what a page fetches by itself is no use
    with clock.at(begin + timedelta(hours=idle, minutes=1)):
        assert client.get("/account").status_code == 303
        assert client.get("/live?topic=person-1").status_code in (303, 401)
    with clock.at(begin + timedelta(minutes=20)):
        assert client.send("/account/notices/read", {"until": "1"}).status_code == 303
    with clock.at(begin + timedelta(hours=idle, minutes=10)):  # to send something is one
        assert client.get("/account").status_code == 200


def test_signing_in_again_ends_the_sign_in_before(client: PortalClient, people: Cast) -> None:
    client.send("/sign-in", RIGHT)
    first = db.session.query(SignIn).one().digest
    client.send("/sign-in", RIGHT)
    assert db.session.query(SignIn).one().digest != first


def test_a_session_planted_before_is_worth_nothing_afterwards(client: PortalClient, people: Cast) -> None:
    with client.session_transaction() as session:
        session["planted"] = "mine"
    client.send("/sign-in", RIGHT)
    with client.session_transaction() as session:
        assert "planted" not in session


def test_only_failures_count_and_thirty_right_ones_a_minute_pass(client: PortalClient, people: Cast) -> None:
    assert [client.send("/sign-in", RIGHT).status_code for _ in range(30)] == [303] * 30


def test_the_eleventh_try_after_ten_wrong_ones_is_refused_even_if_right(
    client: PortalClient, people: Cast
) -> None:
    assert {client.send("/sign-in", WRONG).status_code for _ in range(10)} == {422}
    assert client.send("/sign-in", RIGHT).status_code == 429
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert client.send("/sign-in", RIGHT).status_code == 303


def test_somebody_elses_wrong_tries_do_not_lock_the_owner_out(client: PortalClient, people: Cast) -> None:
    for _ in range(11):
        client.send("/sign-in", WRONG, environ_base={"REMOTE_ADDR": "192.0.2.66"})
    assert client.send("/sign-in", RIGHT, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 303


def test_spellings_of_one_mailbox_count_as_one(client: PortalClient, people: Cast) -> None:
    spellings = [
        "customer@example.com",
        "cus.tomer@example.com",
        "customer+a@example.com",
        "CUSTOMER@example.com",
    ]
    for email in spellings * 3:
        client.send("/sign-in", {**WRONG, "email": email})
    assert client.send("/sign-in", RIGHT).status_code == 429


def test_headers_of_the_sender_choose_no_other_source(client: PortalClient, people: Cast) -> None:
    for number in range(11):
        headers = dict.fromkeys(
            ("X-Forwarded-For", "X-Real-IP", "Client-IP", "Forwarded"), f"203.0.113.{number}"
        )
        client.send("/sign-in", WRONG, headers=headers)
    assert client.send("/sign-in", RIGHT).status_code == 429


def test_one_source_may_fail_so_often_and_that_is_a_setting(
    app: Flask, client: PortalClient, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "LIMIT_SIGN_IN_SOURCE", 4)
    for number in range(4):
        client.send("/sign-in", {**WRONG, "email": f"n{number}@example.com"})
    assert client.send("/sign-in", RIGHT).status_code == 429
    monkeypatch.setitem(app.config, "LIMIT_SIGN_IN_SOURCE", 5)
    assert client.send("/sign-in", RIGHT).status_code == 303


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("A.B+c@Example.com", "ab@example.com"),
        (" a@b.c ", "a@b.c"),
        ("a+@b.c", "a@b.c"),
        ("nothing", "@nothing"),
    ],
)
def test_an_address_without_its_spellings(written: str, plain: str) -> None:
    assert plain_address(written) == plain


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_spelling_leads_to_another_site(client: PortalClient, people: Cast, address: str) -> None:
    assert safe_path(address, "/account") == "/account"
    assert client.send("/sign-in", {**RIGHT, "next": address}).location == "/account"
    assert client.get("/sign-in", query_string={"next": address}).location == "/account"
    assert client.send("/sign-in", {**RIGHT, "next": address}, htmx=True).headers["HX-Redirect"] == "/account"


@pytest.mark.parametrize(
    "address", ["/tickets?show=all", "/help/a-b#c", "/tickets/20001", "/help/search?q=%D0%B0"]
)
def test_an_address_of_ours_is_kept(client: PortalClient, people: Cast, address: str) -> None:
    assert client.send("/sign-in", {**RIGHT, "next": address}).location == address


@pytest.mark.parametrize(
    "referrer", ["http://[", "//evil.example", "https://evil.example//evil.example", "\\", "x" * 5000]
)
def test_an_odd_referrer_harms_nothing(client: PortalClient, people: Cast, referrer: str) -> None:
    answer = client.send("/sign-in", WRONG, headers={"Referer": referrer})
    assert answer.status_code == 422
    assert "evil.example" not in answer.text


def test_a_page_behind_the_sign_in_is_shown_after_it(client: PortalClient, people: Cast) -> None:
    sent = client.get("/tickets?show=all&q=vpn")
    assert sent.status_code == 303
    assert client.send_fresh(str(sent.location), RIGHT).location == "/tickets?show=all&q=vpn"


def test_the_link_to_sign_in_stands_on_every_page_and_leads_back(client: PortalClient, people: Cast) -> None:
    for path in ("/", "/help/search?q=vpn", "/nothing-here", "/sign-up"):
        links = [
            str(a["href"])
            for a in soup(client.get(path)).select("a")
            if str(a["href"]).startswith("/sign-in")
        ]
        assert links, path
    lost = soup(client.get("/nothing-here"))
    assert lost.select(".topbar a[href='/sign-in?next=/nothing-here']")


def test_a_deactivated_person_cannot_sign_in(client: PortalClient, people: Cast) -> None:
    people.customer.active = False
    db.session.commit()
    assert client.send("/sign-in", RIGHT).status_code == 422


def test_a_password_stored_with_older_settings_is_stored_anew(
    client: PortalClient,
    people: Cast,
    browser_of: Callable[..., PortalClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(client.application.config, "ARGON_MEMORY_KB", 16)
    before = people.customer.password_hash
    client.send("/sign-in", RIGHT)
    db.session.expire_all()
    assert people.customer.password_hash != before
    assert client.send("/sign-in", RIGHT).status_code == 303
