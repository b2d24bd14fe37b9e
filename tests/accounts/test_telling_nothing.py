"""Nobody learns from an answer whether an address is known here, by any road; and limits hold against tries at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from portal.accounts.models import Attempt
from portal.extensions import db
from portal.kit import crypto
from portal.outbox.models import Job
from portal.people.models import Person

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import PASSWORD, make_ticket

KNOWN, UNKNOWN = "stranger@example.com", "nobody@example.com"
VISITOR = {"name": "Rui", "subject": "No light", "body": "It is dark", "kind": "question"}


@dataclass(frozen=True)
class Road:
    """A form that takes an address; `who` is signed in, and {ticket} stands for the number of a request of theirs."""

    path: str
    data: dict[str, str] = field(default_factory=dict)
    who: str = ""


ROADS = [
    Road("/sign-in", {"password": "not the password"}),
    Road("/sign-up", {"name": "N", "password": "a sentence only I say"}),
    Road("/lost-password"),
    Road("/sign-in/link"),
    Road("/account/address", {"current": PASSWORD}, "customer"),
    Road("/tickets/new", VISITOR),
    Road("/tickets/{ticket}/followers", {}, "customer"),
]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often passwords were checked and hashed, which is what takes time."""
    counted: Counter[str] = Counter()

    def counting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            counted[name] += 1
            return real(*given)

        return call

    for name in ("check_password", "hash_password"):
        monkeypatch.setattr(crypto, name, counting(name, getattr(crypto, name)))
    return counted


@pytest.mark.parametrize("road", ROADS, ids=[road.path for road in ROADS])
def test_known_and_unknown_addresses_get_one_answer_for_the_same_work(
    app: Flask, people: Cast, browser_of: Callable[[Person], PortalClient], calls: Counter[str], road: Road
) -> None:
    number, asker = str(make_ticket(people.customer).number), people.customer.id
    seen = []
    for email in (KNOWN, UNKNOWN):
        connection: Connection = db._app_engines[app][None]  # type: ignore[assignment]
        undo = connection.begin_nested()
        asking = browser_of(db.session.get_one(Person, asker)) if road.who else app.test_client()
        assert isinstance(asking, PortalClient)
        jobs = db.session.query(Job).count()
        calls.clear()
        answer = asking.send(road.path.replace("{ticket}", number), {"email": email, **road.data})
        shown = asking.get(answer.location.partition("#")[0]) if answer.location else answer
        words = soup(shown).select_one("main").text.replace(email, "x")  # type: ignore[union-attr]
        names = sorted(name for name, _ in answer.headers)
        work = (dict(calls), db.session.query(Job).count() - jobs)
        seen.append((answer.status_code, answer.location, names, words, work))
        db.session.remove()
        undo.rollback()
    assert seen[0] == seen[1]


@pytest.mark.parametrize("path", ["/sign-in", "/lost-password", "/sign-in/link", "/sign-up"])
def test_no_spelling_of_a_header_is_another_source(
    app: Flask, client: PortalClient, people: Cast, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    for limit in ("SIGN_IN_SOURCE", "SIGN_UP_SOURCE"):
        monkeypatch.setitem(app.config, f"LIMIT_{limit}", 2)
    answers = []
    for number in range(3):
        spoof = dict.fromkeys(
            ("X-Forwarded-For", "X-Real-IP", "True-Client-IP", "Forwarded"), f"203.0.113.{number}"
        )
        form = {"email": f"n{number}@example.com", "password": "a sentence only I say", "name": "N"}
        answers.append(client.send(path, form, headers=spoof).status_code)
    assert answers[2] == 429
    assert 429 not in answers[:2]


def test_tries_at_once_are_counted_one_by_one(real_app: Flask) -> None:
    form = {"email": "customer@example.com", "password": "not the password"}

    def attempt(_number: int) -> int:
        browser: PortalClient = real_app.test_client()  # type: ignore[assignment]
        return browser.send("/sign-in", form, environ_base={"REMOTE_ADDR": "198.51.100.9"}).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = Counter(pool.map(attempt, range(18)))
    with real_app.app_context():
        db.session.query(Attempt).delete()
        db.session.commit()
    assert answers == {422: 10, 429: 8}
