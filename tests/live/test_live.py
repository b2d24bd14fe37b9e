"""The stream: who may hear what, and that a committed change reaches every open window."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert
from werkzeug.test import TestResponse

from portal.extensions import db
from portal.kit import clock
from portal.live import views
from portal.live.actions import publish, sweep
from portal.live.hub import Hub
from portal.live.models import LiveRow
from portal.people.models import Person
from portal.tickets.access import get_own
from portal.tickets.actions import Words, reply

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_ticket
from ..real import browser, new_ticket, person, until
from ..servers import ROOT

Browser = Callable[[Person], PortalClient]


class Window:
    """An open stream that a thread reads, line by line."""

    def __init__(self, response: TestResponse) -> None:
        self.response, self.heard, self.ended = response, "", threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        for part in self.response.response:
            self.heard += part.decode() if isinstance(part, bytes) else part
        self.ended.set()

    def hears(self, topic: str) -> None:
        until(lambda: f"event: {topic}\n" in self.heard)


@contextmanager
def window(app: Flask, name: str, *topics: str, **more: object) -> Iterator[Window]:
    response = browser(app, name).get("/live", query_string={"topic": topics, **more})
    assert response.status_code == 200
    opened = Window(response)
    until(lambda: "retry:" in opened.heard)
    try:
        yield opened
    finally:
        hub_of(app).windows.clear()
        opened.ended.wait(10)
        response.close()
        until(lambda: hub_of(app).thread is None)  # so that the next test's window hears nothing of before


def hub_of(app: Flask) -> Hub:
    hub: Hub = app.extensions["live_hub"]
    return hub


@pytest.fixture(autouse=True)
def short_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "HEARTBEAT", 0.1)


def topics_of(number: int, ticket: int, team: int, person_id: int) -> list[str]:
    assert number
    return [f"ticket-{ticket}", f"desk-ticket-{ticket}", f"team-{team}", f"person-{person_id}"]


def test_rights_are_asked_when_a_window_opens(
    people: Cast, browser_of: Callable[..., PortalClient], client: PortalClient
) -> None:
    ticket = make_ticket(people.customer)
    topics = topics_of(ticket.number, ticket.id, ticket.team_id, people.customer.id)
    allowed = {
        "customer": [True, False, False, True],
        "colleague": [False] * 4,
        "stranger": [False] * 4,
        "agent": [True, True, True, False],
        "agent2": [False] * 4,
        "editor": [False] * 4,
        "manager": [True, True, True, False],
    }
    rights = client.application.extensions["live_rights"]
    for name, expected in allowed.items():
        who = getattr(people, name)
        asked = [topic.rpartition("-") for topic in topics]
        assert [rights[kind](who, int(key)) for kind, _, key in asked] == expected, name
        for topic in (t for t, may in zip(topics, expected, strict=True) if not may):
            assert browser_of(who).get("/live", query_string={"topic": topic}).status_code == 404
    assert client.get("/live", query_string={"topic": topics[0]}).status_code == 303


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "ticket",
        "ticket-",
        "ticket-*",
        "ticket-%",
        "ticket-1 OR 1",
        "person--1",
        "secret-1",
        "ticket-²",
        "person-" + "9" * 5000,
    ],
)
def test_a_topic_that_does_not_exist_is_not_found(
    people: Cast, browser_of: Callable[..., PortalClient], topic: str
) -> None:
    customer = browser_of(people.customer)
    assert customer.get("/live", query_string={"topic": topic}).status_code == 404
    mine = f"person-{people.customer.id}"
    assert customer.get("/live", query_string={"topic": [mine, topic]}).status_code == 404
    assert customer.get("/live").status_code == 404
    assert (
        customer.get("/live", query_string={"topic": [f"person-{n}" for n in range(60)]}).status_code == 404
    )


@pytest.mark.parametrize(
    "claim",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
)
def test_another_site_hears_nothing(people: Cast, browser_of: Browser, claim: dict[str, str]) -> None:
    """Row 16."""
    address = f"/live?topic=person-{people.customer.id}"
    assert browser_of(people.customer).get(address, headers=claim).status_code == 404


def test_beyond_the_cap_windows_are_told_to_poll(real_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket, _number = new_ticket(real_app, "Cap")
    monkeypatch.setattr(hub_of(real_app), "cap", 1)
    with window(real_app, "customer", f"ticket-{ticket}"):
        answer = browser(real_app, "customer").get("/live", query_string={"topic": f"ticket-{ticket}"})
        assert answer.status_code == 503
        assert answer.text == ""
    until(lambda: not hub_of(real_app).windows)


def test_one_reader_cannot_take_the_windows_of_all(real_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket, _number = new_ticket(real_app, "Greed")
    monkeypatch.setattr("portal.live.hub.OF_ONE", 2)
    topic = {"topic": f"ticket-{ticket}"}
    with window(real_app, "customer", f"ticket-{ticket}"):
        greedy = browser(real_app, "customer")
        held = [greedy.get("/live", query_string=topic) for _ in range(3)]
        assert [answer.status_code for answer in held] == [200, 503, 503]
        other = browser(real_app, "agent").get("/live", query_string=topic)
        assert other.status_code == 200
        for answer in (*held, other):
            answer.close()
        assert browser(real_app, "customer").get("/live", query_string=topic).status_code == 200


def test_an_answer_is_heard_by_both_sides_and_a_note_by_one(real_app: Flask) -> None:
    ticket, number = new_ticket(real_app, "Heard")
    with (
        window(real_app, "customer", f"ticket-{ticket}") as customers,
        window(real_app, "agent", f"ticket-{ticket}", f"desk-ticket-{ticket}") as agents,
    ):
        agent = browser(real_app, "agent")
        form = {"body": "Secret words", "kind": "note"}
        agent.send(f"/desk/tickets/{number}/answer", form)
        agents.hears(f"desk-ticket-{ticket}")
        assert "event" not in customers.heard
        browser(real_app, "customer").send(f"/tickets/{number}/answer", {"body": "Other words"})
        customers.hears(f"ticket-{ticket}")
        agents.hears(f"ticket-{ticket}")
        assert "words" not in customers.heard + agents.heard


def test_a_change_that_is_undone_is_not_heard(real_app: Flask) -> None:
    ticket, number = new_ticket(real_app, "Undone")
    with window(real_app, "customer", f"ticket-{ticket}") as opened:
        with real_app.app_context():
            customer = person("customer")
            reply(get_own(customer, number), Words("never"), customer)
            db.session.rollback()
            publish(f"ticket-{ticket}")
            db.session.commit()
        opened.hears(f"ticket-{ticket}")
        assert opened.heard.count("event:") == 1


def test_a_commit_of_another_process_is_heard(real_app: Flask) -> None:
    ticket, _number = new_ticket(real_app, "Another process")
    config = real_app.config
    code = (
        "import os; from portal.app import create_app; from portal.extensions import db; "
        "from portal.live.actions import publish; app = create_app(dict(os.environ)); "
        f"ctx = app.app_context(); ctx.push(); publish('ticket-{ticket}'); db.session.commit()"
    )
    env = {"PORTAL_INSTANCE": str(config["INSTANCE"]), "PORTAL_DATABASE_URL": config["DATABASE_URL"]}
    with window(real_app, "customer", f"ticket-{ticket}") as opened:
        env["PORTAL_DATABASE_URL"] = env["PORTAL_DATABASE_URL"].replace("+psycopg", "")
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True, timeout=60)
        opened.hears(f"ticket-{ticket}")


def test_what_was_missed_is_told_at_the_next_opening(real_app: Flask) -> None:
    ticket, _number = new_ticket(real_app, "Missed")
    with real_app.app_context():
        last = hub_of(real_app).newest()
        publish(f"ticket-{ticket}")
        db.session.commit()
    with window(real_app, "customer", f"ticket-{ticket}", last=last) as opened:
        opened.hears(f"ticket-{ticket}")
    since = int((clock.now() - timedelta(seconds=20)).timestamp() * 1000)
    with window(real_app, "customer", f"ticket-{ticket}", since=since) as opened:
        opened.hears(f"ticket-{ticket}")
    for odd in ("", "x", "-1", "9" * 30, "²"):
        with window(real_app, "customer", f"ticket-{ticket}", last=odd, since=odd):
            pass


def test_a_row_that_commits_after_a_higher_one_is_not_lost(real_app: Flask) -> None:
    with real_app.app_context():
        if db.engine.dialect.name == "sqlite":
            return  # its writers queue, so ids commit in their order
    ticket, _number = new_ticket(real_app, "Late")
    other, _number = new_ticket(real_app, "Early")
    with (
        window(real_app, "customer", f"ticket-{ticket}", f"ticket-{other}") as opened,
        real_app.app_context(),
    ):
        with db.engine.connect() as slow:
            row = insert(LiveRow).values(topic=f"ticket-{ticket}", at=clock.now()).returning(LiveRow.id)
            late = slow.execute(row).scalar_one()
            publish(f"ticket-{other}")
            db.session.commit()
            opened.hears(f"ticket-{other}")
            last = hub_of(real_app).newest()
            slow.commit()
        opened.hears(f"ticket-{ticket}")
        missed = hub_of(real_app).since([f"ticket-{ticket}"], last, None)
        assert max(key for key, _topic in missed) == late
        assert late < last


def test_a_stream_ends_itself_so_that_rights_are_asked_again(
    real_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LIFE", 0.3)
    ticket, _number = new_ticket(real_app, "Ends")
    with window(real_app, "customer", f"ticket-{ticket}") as opened:
        assert opened.ended.wait(10)
    assert not hub_of(real_app).windows


def test_a_window_that_was_closed_is_forgotten_and_the_hub_sleeps(real_app: Flask) -> None:
    ticket, _number = new_ticket(real_app, "Closed")
    response = browser(real_app, "customer").get("/live", query_string={"topic": f"ticket-{ticket}"})
    hub = hub_of(real_app)
    assert len(hub.windows) == 1
    response.close()
    assert not hub.windows
    until(lambda: hub.thread is None)
    with window(real_app, "customer", f"ticket-{ticket}") as opened:
        with real_app.app_context():
            publish(f"ticket-{ticket}")
            db.session.commit()
        opened.hears(f"ticket-{ticket}")


def test_a_window_that_cannot_follow_is_closed(real_app: Flask) -> None:
    hub = hub_of(real_app)
    slow, quick = hub.open(["ticket-1"]), hub.open(["ticket-1"])
    assert slow
    assert quick
    for key in range(1001):
        hub._hand_out(key, "ticket-1")
        quick.waiting.get_nowait()
    assert slow not in hub.windows
    assert quick in hub.windows
    hub.close(quick)


def test_old_rows_are_swept(app: Flask) -> None:
    with clock.at(clock.now() - timedelta(minutes=11)):
        publish("ticket-1", "ticket-2")
    publish("ticket-3")
    sweep()
    assert [row.topic for row in db.session.query(LiveRow)] == ["ticket-3"]
