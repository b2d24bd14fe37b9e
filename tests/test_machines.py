"""Two machines on one PostgreSQL: two instance folders, each with its web processes, worker and index, and shared files."""

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.extensions import db
from portal.outbox.models import Job
from portal.tickets.models import Attachment, Ticket

from .drills.browser import Browser, File
from .drills.place import AGENTS, CUSTOMERS, Place, prepared
from .drills.streams import Stream
from .real import until
from .servers import PortalServer, Postgres, SmtpSink, portal_server, smtp_sink

KEY = "the same key on all machines, and long enough"
ARTICLE = """---
title: Reset the {thing}
---
Hold the button of the {thing} for ten seconds.
"""


@dataclass
class Machines:
    """Both, and what they share."""

    a: PortalServer
    b: PortalServer
    place: Place
    sink: SmtpSink
    articles: Path
    other: Path


@pytest.fixture(scope="module")
def machines(postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    folder = tmp_path_factory.mktemp("machines")
    url, articles = postgres_server.create_database("machines"), folder / "articles"
    (articles / "en" / "first").mkdir(parents=True)
    with smtp_sink() as sink, prepared(folder / "a", sink.port, url) as place:
        place.settings |= {
            "PORTAL_SECRET_KEY": KEY,
            "PORTAL_KB_CONTENT": str(articles),
            "PORTAL_LIMIT_SIGN_IN_ADDRESS": "4",
        }
        shutil.rmtree(folder / "a" / "search")  # the first start makes it
        (folder / "b").mkdir()
        (folder / "b" / "files").symlink_to(folder / "a" / "files")
        with (
            portal_server(folder / "a", place.settings) as a,
            portal_server(folder / "b", place.settings | {"PORTAL_INSTANCE": str(folder / "b")}) as b,
        ):
            yield Machines(a, b, place, sink, articles, folder / "b")
            assert '"trace"' not in a.log.read_text() + b.log.read_text()


OPEN: list[Browser] = []


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


def visitor(server: PortalServer) -> Browser:
    OPEN.append(Browser(server.address))
    return OPEN[-1]


def signed_in(server: PortalServer, email: str) -> Browser:
    browser = visitor(server)
    browser.sign_in(email)
    return browser


def ask(browser: Browser, subject: str, file: File | None = None) -> int:
    """Send a request; returns its number."""
    fields = browser.get("/tickets/new").hidden() | {"subject": subject, "body": f"{subject}, please."}
    answer = browser.post("/tickets/new", fields, file)
    assert answer.status == 303
    return int(answer.location.rpartition("/")[2])


@contextmanager
def listening(browser: Browser, *topics: str) -> Iterator[Stream]:
    stream = Stream(browser, topics)
    try:
        until(stream.is_open)
        yield stream
    finally:
        stream.close()


def test_an_answer_on_one_machine_is_heard_on_the_other(machines: Machines) -> None:
    customer, agent = signed_in(machines.b, CUSTOMERS[0]), signed_in(machines.a, AGENTS[0])
    number = ask(customer, "Two machines")
    with machines.place.look():
        ticket = db.session.scalar(select(Ticket.id).where(Ticket.number == number))
    with listening(customer, f"ticket-{ticket}") as window:
        page = agent.get(f"/desk/tickets/{number}")
        fields = page.hidden() | {"kind": "answer", "then": "waiting", "body": "Heard there."}
        assert agent.post(f"/desk/tickets/{number}/answer", fields).status == 303
        window.wait_for(f"ticket-{ticket}", seconds=5)
    assert "Heard there." in customer.get(f"/tickets/{number}").text


def test_a_sign_in_holds_on_both_machines_and_ends_on_both(machines: Machines) -> None:
    here = signed_in(machines.a, CUSTOMERS[1])
    there = visitor(machines.b)
    there.cookies = dict(here.cookies)
    assert there.get("/account").status == 200
    assert here.post("/sign-out", here.get("/account").hidden()).status == 303
    assert there.get("/account").status == 303


def test_limits_count_for_both_machines_together(machines: Machines) -> None:
    answers = []
    for number in range(6):
        browser = visitor((machines.a, machines.b)[number % 2])
        fields = browser.get("/sign-in").hidden() | {"email": CUSTOMERS[2], "password": f"wrong {number}"}
        answers.append(browser.post("/sign-in", fields).status)
    assert answers == [422] * 4 + [429] * 2


def test_a_file_sent_to_one_machine_is_had_from_the_other(machines: Machines) -> None:
    here, there = signed_in(machines.a, CUSTOMERS[3]), signed_in(machines.b, CUSTOMERS[3])
    content = b"line of a log\n" * 1000
    ask(here, "With a file", File("router.log", content))
    with machines.place.look():
        key = db.session.scalar(select(Attachment.key).where(Attachment.name == "router.log"))
    page = there.get(f"/files/{key}/router.log")
    assert page.status == 200
    assert hashlib.sha256(page.text.encode()).digest() == hashlib.sha256(content).digest()


def test_an_article_is_found_and_shown_on_both_machines(machines: Machines) -> None:
    for thing in ("dishwasher", "microscope"):
        (machines.articles / "en" / "first" / f"reset-{thing}.md").write_text(ARTICLE.format(thing=thing))
        for server in (machines.a, machines.b):
            browser = visitor(server)
            until(lambda: f"reset-{thing}" in browser.get(f"/help/search?q={thing}").text, 15)  # noqa: B023
            assert f"Reset the {thing}" in browser.get(f"/help/reset-{thing}").text
    # What is taken away is gone on both, also from pages that were kept for visitors.
    (machines.articles / "en" / "first" / "reset-dishwasher.md").unlink()
    for server in (machines.a, machines.b):
        browser = visitor(server)
        until(lambda: browser.get("/help/reset-dishwasher").status == 404, 15)  # noqa: B023
        until(lambda: "reset-dishwasher" not in browser.get("/help/search?q=dishwasher").text, 15)  # noqa: B023


def test_a_machine_whose_index_is_gone_makes_its_own_anew(machines: Machines) -> None:
    (machines.articles / "en" / "first" / "reset-lamp.md").write_text(ARTICLE.format(thing="lamp"))
    browser = visitor(machines.b)
    until(lambda: "reset-lamp" in browser.get("/help/search?q=lamp").text, 15)
    shutil.rmtree(machines.other / "search" / "current", ignore_errors=True)
    (machines.other / "search" / "current").unlink()
    (machines.articles / "en" / "first" / "reset-fan.md").write_text(ARTICLE.format(thing="fan"))
    until(lambda: "reset-fan" in browser.get("/help/search?q=fan").text, 20)
    assert "reset-lamp" in browser.get("/help/search?q=lamp").text


def test_each_mail_leaves_once_and_periodic_work_is_done_once(machines: Machines) -> None:
    """R21: two workers and two planners on one database."""
    browsers = [signed_in(server, CUSTOMERS[4]) for server in (machines.a, machines.b)]
    for number in range(10):
        ask(browsers[number % 2], f"Once {number}")
    machines.place.wait_until_done(30, hurry=False)
    ours = [letter for letter in machines.sink.letters if CUSTOMERS[4] in letter.recipients]
    told = Counter(str(letter.message["Message-ID"]) for letter in ours)
    assert set(told.values()) == {1}
    assert len(told) == 10
    with machines.place.look():
        slots = (
            select(Job.kind, func.count(), func.max(Job.tries)).where(Job.key.is_not(None)).group_by(Job.kind)
        )
        done = {kind: tries for kind, _count, tries in db.session.execute(slots)}
    assert {"search.check", "readership.take", "live.sweep"} <= done.keys()
    assert {kind for kind, tries in done.items() if tries > 1} == set()
