"""What is accepted, by whom and in which version: at sign-up, with a visitor's request or feedback, and when people are asked."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.extensions import db
from portal.kit import clock
from portal.legal.actions import publish
from portal.legal.models import LegalAcceptance
from portal.legal.queries import plan_of
from portal.mail.models import Letter
from portal.people.models import Person
from portal.tickets.models import Ticket

from ..client import PortalClient, soup
from ..conftest import Cast
from .conftest import Publish, Write

Work = Callable[[], int]
Browser = Callable[[Person], PortalClient]
ACCOUNT = {"name": "Nia", "email": "new@example.com", "password": "a sentence only I say"}
REQUEST = {"name": "Nia", "email": "new@example.com", "subject": "Orange", "body": "It blinks."}


def accepted() -> list[tuple[str, int, str, str]]:
    rows = db.session.query(LegalAcceptance).order_by(LegalAcceptance.id)
    return sorted((row.version.kind, row.version.number, row.way, row.language) for row in rows)


def fields(client: PortalClient, path: str, form: str) -> dict[str, str]:
    hidden = client.page(path).select(f"{form} input[type=hidden]")
    return {str(one["name"]): str(one.get("value", "")) for one in hidden if one.get("name")}


def link_in(work: Work, kind: str) -> str:
    work()
    letters = db.session.query(Letter).order_by(Letter.id.desc())
    found = (re.search(rf"http://127\.0\.0\.1:8000({kind}\S+)", letter.text or "") for letter in letters)
    return next(link[1] for link in found if link)


def test_without_pages_forms_are_as_they_were(client: PortalClient, work: Work) -> None:
    for path in ("/sign-up", "/tickets/new", "/feedback"):
        page = client.page(path)
        assert not page.select("[name=agree], [name=shown_pages]"), path
    assert client.send("/sign-up", ACCOUNT).status_code == 200
    client.send(link_in(work, "/confirm/"))
    assert accepted() == []


def test_signing_up_takes_the_terms_by_a_tick_and_notes_both_pages(
    client: PortalClient, put_in_force: Publish, work: Work
) -> None:
    put_in_force("terms", en="Rules", es="Reglas")
    put_in_force("privacy", en="We keep little.")
    page = client.page("/sign-up")
    assert not page.select("[name=agree][checked]")
    assert page.select('main a[href="/terms"]')
    assert page.select('main a[href="/privacy"]')
    form = ACCOUNT | fields(client, "/sign-up", "main form")

    refused = client.send("/sign-up", form)
    client.send("/sign-up?lang=es", form | {"agree": "y"})

    assert refused.status_code == 422
    assert soup(refused).select_one("[name=email]")["value"] == "new@example.com"  # type: ignore[index]
    assert soup(refused).select("#agree-e")
    assert accepted() == [], "nobody has confirmed the address yet"
    client.send(link_in(work, "/confirm/"))
    assert accepted() == [("privacy", 1, "sign-up", "es"), ("terms", 1, "sign-up", "es")]
    own = client.page("/account/agreements")
    assert len(own.select("tbody tr")) == 2
    assert own.select('tbody a[href="/terms/versions/1?lang=es"]')


@pytest.mark.parametrize("anew", [False, True])
def test_who_sends_while_a_version_is_published_accepts_what_they_saw_or_is_shown_the_new_one(
    client: PortalClient, put_in_force: Publish, write: Write, people: Cast, work: Work, anew: bool
) -> None:
    put_in_force("terms", en="Rules")
    form = ACCOUNT | {"agree": "y"} | fields(client, "/sign-up", "main form")
    write("terms", "Other rules", en="Other rules")
    publish("terms", plan_of("terms").digest, anew=anew, by=people.manager)
    db.session.commit()  # by another process: this one has not noticed

    answer = client.send("/sign-up", form)

    if anew:
        assert answer.status_code == 422
        assert "This changed while you were writing" in answer.text
        assert not soup(answer).select("[name=agree][checked]")
        again = {
            str(one["name"]): str(one["value"]) for one in soup(answer).select("main form [type=hidden]")
        }
        assert again["shown_pages"] == "terms-2"
        assert client.send("/sign-up", form | again).status_code == 200
    client.send(link_in(work, "/confirm/"))
    assert accepted() == [("terms", 2 if anew else 1, "sign-up", "en")]


@pytest.mark.parametrize("shown", ["", "terms-9", "terms-0", "terms", "privacy-1", "terms-1x", "-" * 5000])
def test_odd_versions_in_a_form_accept_nothing(
    client: PortalClient, put_in_force: Publish, shown: str
) -> None:
    put_in_force("terms", en="Rules")
    answer = client.send("/sign-up", ACCOUNT | {"agree": "y", "shown_pages": shown})
    assert answer.status_code == client.send("/sign-up", ACCOUNT | {"agree": "y"}).status_code == 422
    assert "new@example.com" in answer.text


def test_a_visitors_request_carries_what_was_accepted_until_its_sender_is_known(
    client: PortalClient, put_in_force: Publish, work: Work
) -> None:
    put_in_force("terms", en="Rules")
    put_in_force("privacy", en="We keep little.")
    with clock.at(clock.now() - timedelta(minutes=1)):  # what is sent at once is held back
        form = REQUEST | fields(client, "/tickets/new", "#ask")

    refused = client.send("/tickets/new", form)
    assert refused.status_code == 422
    assert "It blinks." in refused.text
    assert client.send("/tickets/new", form | {"agree": "y"}).status_code == 303

    ticket = db.session.query(Ticket).filter_by(subject="Orange").one()
    rows = db.session.query(LegalAcceptance).all()
    assert [(row.ticket_id, row.person_id, row.way) for row in rows] == [(ticket.id, None, "request")] * 2
    client.send(link_in(work, "/tickets/confirm/"))
    db.session.expire_all()
    assert {row.person_id for row in db.session.query(LegalAcceptance)} == {ticket.requester_id}


def test_feedback_asks_only_those_who_want_an_answer(client: PortalClient, put_in_force: Publish) -> None:
    put_in_force("terms", en="Rules")
    put_in_force("privacy", en="We keep little.")
    form = fields(client, "/feedback", "#feedback-form") | {"mood": "2", "body": "Slow"}

    assert client.send("/feedback", form).status_code == 303
    assert accepted() == [("privacy", 1, "feedback", "en")]
    wanted = fields(client, "/feedback", "#feedback-form") | {"mood": "2", "body": "Why", "answer": "y"}
    wanted["email"] = "new@example.com"
    assert client.send("/feedback", wanted).status_code == 422
    assert client.send("/feedback", wanted | {"agree": "y"}).status_code == 303
    assert accepted()[-1] == ("terms", 1, "feedback", "en")


def asked(browser: PortalClient, path: str = "/account") -> Any:
    return browser.page(path).select_one(".asked")


def test_people_are_asked_once_about_what_must_be_accepted_anew_and_nothing_is_locked(
    people: Cast, browser_of: Browser, put_in_force: Publish
) -> None:
    browser, agent = browser_of(people.customer), browser_of(people.agent)
    put_in_force("terms", en="Rules")
    assert not asked(browser), "who is not to be asked is not asked"
    put_in_force("terms", anew=True, en="Other rules")

    line = asked(browser)
    assert line.select('a[href="/terms/versions/2/changes"]')
    assert not asked(agent, "/help"), "staff is no customer"
    sent = browser.send("/tickets/new", {"subject": "Help", "body": "First"})
    assert sent.status_code == 303, "help comes first"
    hidden = {
        str(one["name"]): str(one["value"]) for one in line.select("[type=hidden]:not([name=csrf_token])")
    }
    assert browser.send("/account/agreements", hidden).location == "/account"
    assert not asked(browser), "not now"

    later = browser_of(people.customer)
    assert asked(later)
    assert later.send("/account/agreements", hidden | {"accept": "yes"}).status_code == 303
    assert not asked(later)
    assert not asked(browser_of(people.customer))
    assert accepted() == [("terms", 2, "asked", "en")]
    put_in_force("terms", anew=True, en="Third rules")
    assert asked(later)
    stale = later.send("/account/agreements", hidden | {"accept": "yes", "next": "//evil.invalid"})
    assert stale.location == "/account/agreements"
    assert accepted() == [("terms", 2, "asked", "en")]


def test_an_answer_that_comes_twice_is_stored_once(
    people: Cast, browser_of: Browser, put_in_force: Publish
) -> None:
    put_in_force("terms", anew=True, en="Rules")
    browser = browser_of(people.customer)
    form = {"accept": "yes", "shown_pages": "terms-1", "next": "//evil.invalid"}
    for _time in range(2):
        assert browser.send("/account/agreements", form).location == "/account"
    assert accepted() == [("terms", 1, "asked", "en")]
