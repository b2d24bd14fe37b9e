"""Sign-ins are rows: whoever ends one ends it at once, also for a cookie that was copied before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.accounts.models import SignIn
from portal.extensions import db
from portal.kit import clock
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from ..make import PASSWORD

Browser = Callable[[Person], PortalClient]
NEW = "another long sentence"


@pytest.fixture
def copy_of(app: Flask) -> Callable[[PortalClient], PortalClient]:
    """A thief's browser with the same cookies."""

    def copy(browser: PortalClient) -> PortalClient:
        thief: PortalClient = app.test_client()  # type: ignore[assignment]
        cookie = browser.get_cookie("session")
        assert cookie
        thief.set_cookie("session", cookie.value)
        assert thief.get("/account").status_code == 200
        return thief

    return copy


def _is_in(browser: PortalClient) -> bool:
    return browser.get("/account").status_code == 200


def test_a_copied_cookie_is_dead_after_sign_out(
    people: Cast, browser_of: Browser, copy_of: Callable[..., PortalClient]
) -> None:
    browser = browser_of(people.customer)
    thief = copy_of(browser)
    answer = browser.send("/sign-out")
    assert answer.location == "/"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not _is_in(browser)
    assert not _is_in(thief)


def test_a_new_password_ends_all_others_and_keeps_this_one(
    people: Cast, browser_of: Browser, copy_of: Callable[..., PortalClient]
) -> None:
    here, there = browser_of(people.customer), browser_of(people.customer)
    other_person, thief = browser_of(people.colleague), copy_of(here)
    assert (
        here.send("/account/password", {"current": PASSWORD, "password": NEW}).location == "/account/security"
    )
    assert _is_in(here)
    assert not _is_in(there)
    assert not _is_in(thief)  # this one goes on with another cookie
    assert _is_in(other_person)


def test_ending_all_others_keeps_this_one(people: Cast, browser_of: Browser) -> None:
    here, there, stranger = (
        browser_of(people.customer),
        browser_of(people.customer),
        browser_of(people.stranger),
    )
    here.send("/account/sign-ins/end-others")
    assert [_is_in(b) for b in (here, there, stranger)] == [True, False, True]


def test_one_sign_in_can_be_ended_by_hand(people: Cast, browser_of: Browser) -> None:
    here, there = browser_of(people.customer), browser_of(people.customer)
    forms = [
        f["action"]
        for f in here.page("/account/security").select("form")
        if "/sign-ins/" in str(f.get("action"))
    ]
    assert len(forms) == 2  # the other one, and all others
    assert here.send(str(forms[0])).status_code == 303
    assert [_is_in(here), _is_in(there)] == [True, False]


def test_somebody_elses_sign_in_cannot_be_ended(people: Cast, browser_of: Browser) -> None:
    victim, admin = browser_of(people.customer), browser_of(people.admin)
    key = db.session.query(SignIn).filter_by(person_id=people.customer.id).one().id
    refused = admin.send(f"/account/sign-ins/{key}/end")
    missing = admin.send("/account/sign-ins/99999999/end")
    assert (refused.status_code, missing.status_code) == (404, 404)
    assert _is_in(victim)


def test_deactivation_ends_every_sign_in_at_once(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.agent)
    people.agent.active = False
    db.session.commit()
    assert not _is_in(browser)
    assert browser.get("/desk").status_code == 303
    assert browser.get("/live?topic=team-1").status_code == 303


def test_a_right_that_is_taken_is_gone_at_the_next_page(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.manager)
    assert browser.get("/desk").status_code == 200
    db.session.delete(next(g for g in people.manager.grants if g.role.key == "manager"))
    db.session.commit()
    assert browser.get("/desk").status_code == 403


def test_a_made_up_or_changed_cookie_opens_nothing(app: Flask, people: Cast, browser_of: Browser) -> None:
    row = db.session.query(SignIn).filter_by(person_id=people.customer.id).first()
    assert row is None
    browser_of(people.customer)
    row = db.session.query(SignIn).filter_by(person_id=people.customer.id).one()
    for value in (row.digest, str(row.id), str(people.customer.id), "", "x"):
        browser: PortalClient = app.test_client()  # type: ignore[assignment]
        with browser.session_transaction() as session:
            session["_user_id"] = value
        assert not _is_in(browser)


def test_a_wrong_password_changes_nothing_and_ten_of_them_are_enough(
    people: Cast, browser_of: Browser
) -> None:
    browser = browser_of(people.customer)
    for _ in range(10):
        assert browser.send("/account/password", {"current": "wrong", "password": NEW}).status_code == 422
    assert browser.send("/account/password", {"current": PASSWORD, "password": NEW}).status_code == 422
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert browser.send("/account/password", {"current": PASSWORD, "password": NEW}).status_code == 303


def test_the_owner_is_told_by_mail(
    people: Cast, browser_of: Browser, mailbox: Callable[..., list[object]]
) -> None:
    browser_of(people.customer).send("/account/password", {"current": PASSWORD, "password": NEW})
    assert len(mailbox(people.customer.email)) == 1


def test_devices_are_shown_by_the_names_people_know(app: Flask, people: Cast) -> None:
    browser: PortalClient = app.test_client()  # type: ignore[assignment]
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"
    browser.send(
        "/sign-in", {"email": people.customer.email, "password": PASSWORD}, headers={"User-Agent": agent}
    )
    assert "Firefox, Linux" in browser.page("/account/security").text


def test_a_hostile_device_name_is_only_text(app: Flask, people: Cast) -> None:
    browser: PortalClient = app.test_client()  # type: ignore[assignment]
    sent = {"User-Agent": "<script>alert(1)</script>" + "x" * 5000}
    browser.send("/sign-in", {"email": people.customer.email, "password": PASSWORD}, headers=sent)
    assert "<script>alert(1)" not in browser.get("/account/security").text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("203.0.113.77", "203.0.113.…"),
        ("10.1.2.3", "10.1.2.…"),
        ("2a01:4f8:c0c:1234::1", "2a01:4f8:c0c::"),
        ("::ffff:8.8.4.4", "8.8.4.…"),
        ("127.0.0.1", "computer that the portal runs on"),
        ("nonsense", "unknown"),
    ],
)
def test_a_place_is_the_network_and_no_more(app: Flask, people: Cast, source: str, shown: str) -> None:
    browser: PortalClient = app.test_client()  # type: ignore[assignment]
    entered = {"email": people.customer.email, "password": PASSWORD}
    browser.send("/sign-in", entered, environ_base={"REMOTE_ADDR": source})
    (row,) = browser.page("/account/security").select("[aria-labelledby=devices] .line-item")
    assert shown in row.text
    assert "this device" in row.text
    assert not row.select("form")


def test_every_other_row_says_which_device_since_when_and_when_it_was_used(
    people: Cast, browser_of: Browser
) -> None:
    with clock.at(clock.now() - timedelta(hours=2)):
        browser_of(people.customer)
    rows = (
        browser_of(people.customer).page("/account/security").select("[aria-labelledby=devices] .line-item")
    )
    assert [("this device" in row.text, "last used" in row.text) for row in rows] == [
        (True, False),
        (False, True),
    ]
    assert rows[1].select_one("time")


def test_a_browser_never_seen_before_is_told_to_the_owner(
    app: Flask, people: Cast, mailbox: Callable[..., list[Any]]
) -> None:
    entered = {"email": people.customer.email, "password": PASSWORD}
    for agent in ("Firefox/1 Linux", "Firefox/1 Linux", "Chrome/1 Windows"):
        browser: PortalClient = app.test_client()  # type: ignore[assignment]
        browser.send("/sign-in", entered, headers={"User-Agent": agent})
    told = [letter for letter in mailbox(people.customer.email) if "New sign-in" in letter.subject]
    assert len(told) == 1
    assert "Chrome, Windows" in (told[0].text or "")
