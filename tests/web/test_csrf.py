"""Forged, expired and signed-out forms: refused, and nothing that was typed is lost."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from portal.extensions import db
from portal.people.models import Person
from portal.tickets.models import Ticket

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_ticket

Browser = Callable[[Person], PortalClient]
LONG = "My router blinks orange.\n\n<b>Since Monday</b> & it is “slow” 😀\n" * 40
OURS = {"Sec-Fetch-Site": "same-origin"}
# Mail programs post to these by themselves (RFC 8058); each address is signed; tests/notifications and tests/community hold what it can do.
FREE = {"/unsubscribe/1", "/community/stop/1"}
REQUEST = {"subject": "Blinks <orange>", "body": LONG, "once": "c" * 20}


def _acts(app: Flask) -> list[str]:
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return [
        "".join(_filling(rule, text) if dynamic else text for dynamic, text in rule._trace if text != "|")
        for rule in rules
    ]


def _filling(rule: Rule, name: str) -> str:
    """A value that the place in an address takes: a number, or one of the words that it knows."""
    converter = rule._converters[name]
    return min(converter.items) if isinstance(converter, AnyConverter) else "1"


def test_no_act_works_without_the_token_of_its_own_session(
    app: Flask, people: Cast, browser_of: Browser
) -> None:
    browser, other = browser_of(people.admin), browser_of(people.customer)
    foreign = other.csrf()
    assert set(_acts(app)) >= FREE
    for path in set(_acts(app)) - FREE:
        for headers in (
            {},
            {"HX-Request": "true"},
            {"Content-Type": "application/json"},
            {"X-CSRFToken": foreign},
        ):
            assert browser.post(path, headers=headers).status_code == 400, path
        for token in ("", "x", foreign, foreign[:-1]):
            assert browser.post(path, data={"csrf_token": token}).status_code == 400, path


def test_the_table_of_acts_is_not_empty(app: Flask) -> None:
    assert len(_acts(app)) > 15


def test_an_expired_form_comes_back_with_all_that_was_typed_and_can_be_sent(
    people: Cast, browser_of: Browser
) -> None:
    browser = browser_of(people.customer)
    answer = browser.post("/tickets/new", data={**REQUEST, "csrf_token": "old"}, headers=OURS)
    page = soup(answer)
    form = page.select_one("main form[method=post]")
    assert answer.status_code == 400
    assert form
    fields = {str(f["name"]): str(f.get("value") or f.text.removeprefix("\n")) for f in form.select("[name]")}
    assert fields["subject"] == REQUEST["subject"]
    assert fields["body"] == LONG
    sent = browser.post(str(form["action"]), data=fields, headers=OURS)
    assert sent.status_code == 303
    ticket = db.session.query(Ticket).one()
    assert ticket.subject == REQUEST["subject"]


@pytest.mark.parametrize("site", [None, "cross-site", "same-site", "none"])
def test_a_form_from_elsewhere_gets_no_page_that_would_send_it(
    people: Cast, browser_of: Browser, site: str | None
) -> None:
    headers = {"Sec-Fetch-Site": site} if site else {}
    answer = browser_of(people.customer).post("/tickets/new", data=REQUEST, headers=headers)
    assert answer.status_code == 400
    assert "Blinks" not in answer.text
    assert not soup(answer).select("main form[method=post]")


def test_a_fragment_gets_an_alert_and_the_page_keeps_its_text(people: Cast, browser_of: Browser) -> None:
    answer = browser_of(people.customer).post(
        "/tickets/new", data=REQUEST, headers={**OURS, "HX-Request": "true"}
    )
    assert answer.status_code == 400
    assert "<html" not in answer.text
    assert soup(answer).select_one(".callout")


def test_words_of_somebody_signed_out_meanwhile_are_kept_and_can_be_sent_after_signing_in(
    client: PortalClient, people: Cast
) -> None:
    answer = client.send("/tickets/new", REQUEST)
    page = soup(answer)
    assert answer.status_code == 401
    assert page.select_one("main a[href^='/sign-in']")
    assert page.select_one("main textarea").text.removeprefix("\n") == LONG  # type: ignore[union-attr]
    client.enter(people.customer)
    again = soup(client.send("/tickets/new", REQUEST, headers=OURS))
    assert db.session.query(Ticket).count() == 1, again.text


def test_passwords_are_never_given_back(client: PortalClient, people: Cast) -> None:
    secret = {"email": "a@example.com", "password": "the secret words", "current": "the older words"}
    for path in ("/sign-in", "/sign-up", "/account/password"):
        answer = client.post(path, data={**secret, "csrf_token": "old"}, headers=OURS)
        assert answer.status_code == (401 if path.startswith("/account") else 400)
        assert "secret words" not in answer.text
        assert "older words" not in answer.text


def test_a_form_that_is_too_large_is_told_so(people: Cast, browser_of: Browser) -> None:
    answer = browser_of(people.customer).send("/tickets/new", {**REQUEST, "body": "x" * 9_000_000})
    assert answer.status_code in (413, 422)
    assert "too" in answer.text


def test_reading_never_acts(people: Cast, app: Flask, browser_of: Browser) -> None:
    browser = browser_of(people.customer)
    for path in _acts(app):
        assert browser.get(path).status_code in (200, 303, 403, 404, 405), path
    assert browser.get("/account").status_code == 200


def test_a_form_whose_session_ended_is_told_so_and_offers_to_sign_in(
    people: Cast, browser_of: Browser
) -> None:
    ticket = make_ticket(people.customer)
    browser = browser_of(people.customer)
    old = browser.csrf()
    browser.send("/sign-out")
    for headers in (OURS, {**OURS, "HX-Request": "true"}):
        answer = browser.post(
            f"/tickets/{ticket.number}/answer", data={"body": "Kept", "csrf_token": old}, headers=headers
        )
        assert answer.status_code == 401
        assert "You are signed out" in answer.text
        assert soup(answer).select_one("a[href^='/sign-in']")


def test_a_page_that_follows_by_itself_stays_when_its_session_ends(people: Cast, browser_of: Browser) -> None:
    ticket = make_ticket(people.customer)
    browser = browser_of(people.customer)
    browser.send("/sign-out")
    answer = browser.get(f"/tickets/{ticket.number}", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers


def test_scripts_of_a_page_whose_session_ended_get_no_page_and_no_new_session(
    people: Cast, browser_of: Browser
) -> None:
    browser = browser_of(people.customer)
    browser.delete_cookie("session")
    by = {"Sec-Fetch-Dest": "empty"}
    topic = f"notices-{people.customer.id}"
    asked = {
        "/drafts?place=new": ({**by, "Accept": "*/*"}, 401),
        "/tickets": ({"Sec-Fetch-Dest": "image"}, 401),
        f"/live?topic={topic}": ({**by, "Accept": "text/event-stream"}, 204),
        "/account": ({"Sec-Fetch-Dest": "document"}, 303),
    }
    for path, (headers, status) in asked.items():
        answer = browser.get(path, headers=headers)
        assert (answer.status_code, answer.data) == (status, b""), path
        assert "Set-Cookie" not in answer.headers, path
    answer = browser.post("/drafts/keep", data={"csrf_token": "old"}, headers=by)
    assert (answer.status_code, answer.data, "Set-Cookie" in answer.headers) == (401, b"", False)
