"""What customers really write, sent and answered over HTTP, with the desk and a customer's page open meanwhile.

PORTAL_DRILL_CSV names a file with the columns text, intent and category; without it the drill writes its own texts.
"""

import csv
import os
import queue
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright
from sqlalchemy import func, select

from portal.desk.queries import counts
from portal.extensions import db
from portal.kit.forms import clean_text
from portal.people.models import Person
from portal.tickets.models import Ticket, TicketEvent

from ..chromium import ARGS, chromium_path
from ..make import PASSWORD
from ..servers import PortalServer, free_port, portal_server, smtp_sink
from .browser import Answer, Browser
from .place import AGENTS, CUSTOMERS, Place, prepared
from .trials import wait_for

pytestmark = pytest.mark.drill
MOST = 500
WATCHED = 10  # answers that the open page of a customer is to show
WRITERS, (WATCHER, *_) = CUSTOMERS[1:], CUSTOMERS
ODD = (
    "{}",
    "{} 🙃🛠️ 👩‍🔧",
    "{} <script>alert(1)</script> & <b>bold</b>",
    "{} {{{{7*7}}}} ${{x}} %s %(name)s",
    "{}\n\n```\nip route 0.0.0.0/0\n```\n* one\n* two",
    "{} «Ёлка», ¿qué?, ação, Nguyễn, 日本語",
    "{} مرحبا بالعالم ‎(RTL)",
    "{} \"quoted\", 'single'; -- DROP TABLE ticket; \\ / \t tab",
    "{} http://example.com/?a=1&b=2#c and help@example.com",
    "{}" + " again" * 60,
)
PLAIN = (
    "where is my order",
    "i cant sign in !!",
    "cancel it pls",
    "wrong adress on the bill",
    "router lost",
    "refund???",
)
# Notes when words first appear on a page, and when a number changes, by the clock that the drill has too.
WATCH = """() => {
  window.seen = {}; window.opened = [];
  const look = () => {
    for (const word of document.body.innerText.match(/watch-\\d+/g) || []) window.seen[word] ??= Date.now();
    const number = document.querySelector('#rail a[href="/desk?view=open"] .num');
    if (number && number.textContent !== window.opened.at(-1)?.[1]) window.opened.push([Date.now(), number.textContent]);
  };
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
  look();
}"""


@dataclass
class Seen:
    """What the scripted people saw."""

    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    opened: list[float] = field(default_factory=list)  # when requests were acknowledged
    told: dict[str, float] = field(default_factory=dict)  # when answers to the watched request were
    faults: list[str] = field(default_factory=list)

    def ask(self, kind: str, browser: Browser, path: str, fields: dict[str, str] | None = None) -> Answer:
        began = time.perf_counter()
        answer = browser.get(path) if fields is None else browser.post(path, fields)
        self.milliseconds[kind].append((time.perf_counter() - began) * 1000)
        if answer.status != (200 if fields is None else 303):
            self.faults.append(f"{kind} {path}: {answer.status}")
        return answer


def _texts() -> list[tuple[str, str]]:
    """What is sent, with its intent: rows from the whole length of the file, or texts made here."""
    if "PORTAL_DRILL_CSV" not in os.environ:
        return [(odd.format(plain), "made_up") for plain in PLAIN for odd in ODD]
    with Path(os.environ["PORTAL_DRILL_CSV"]).open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["intent"]) for row in csv.DictReader(file)]
    return rows[:: max(len(rows) // MOST, 1)][:MOST]


def _ask_all(
    address: str, email: str, rows: Sequence[tuple[str, str]], asked: "queue.Queue[Any]", seen: Seen
) -> None:
    browser = Browser(address)
    browser.sign_in(email)
    for text, intent in rows:
        fields = seen.ask("request form", browser, "/tickets/new").hidden()
        subject = " ".join(text.split())[:80]
        answer = seen.ask(
            "send request", browser, "/tickets/new", fields | {"subject": subject, "body": text}
        )
        seen.opened.append(time.time())
        asked.put((int(answer.location.rpartition("/")[2]), f"About *{intent}*: we look after it."))
    browser.close()


def _answer_all(address: str, email: str, asked: "queue.Queue[Any]", seen: Seen) -> None:
    browser = Browser(address)
    browser.sign_in(email)
    while (job := asked.get()) is not None:
        number, words = job
        path = f"/desk/tickets/{number}"
        fields = seen.ask("desk ticket", browser, path).hidden() | {"kind": "answer", "then": "waiting"}
        seen.ask("send answer", browser, f"{path}/answer", fields | {"body": words})
        if words.startswith("watch-"):
            seen.told[words.partition(" ")[0]] = time.time()
    browser.close()


def _run(address: str, texts: list[tuple[str, str]], number: int, seen: Seen) -> list[threading.Thread]:
    """Start everybody: customers with a share of the texts each, agents who answer what came in."""
    asked: queue.Queue[Any] = queue.Queue()
    shares = [texts[place :: len(WRITERS)] for place in range(len(WRITERS))]
    customers = [
        threading.Thread(target=_ask_all, args=(address, email, share, asked, seen))
        for email, share in zip(WRITERS, shares, strict=True)
    ]
    agents = [threading.Thread(target=_answer_all, args=(address, email, asked, seen)) for email in AGENTS]

    def watch_over() -> None:
        for turn in range(WATCHED):
            wait_for(lambda turn=turn: len(seen.opened) > turn * len(texts) // WATCHED, "requests come", 600)  # type: ignore[misc]
            asked.put((number, f"watch-{turn} is for whom the page is open."))
        for thread in customers:
            thread.join()
        for _agent in agents:
            asked.put(None)

    everybody = [*customers, *agents, threading.Thread(target=watch_over)]
    for thread in everybody:
        thread.start()
    return everybody


def _open(context: BrowserContext, address: str, email: str, path: str, faults: list[str]) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"{path}: {error}"))
    page.on("console", lambda said: faults.append(f"{path}: {said.text}") if said.type == "error" else None)
    page.goto(f"{address}/sign-in?next={path}")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{address}{path}")
    page.evaluate(WATCH)
    return page


def _first_request(address: str) -> int:
    browser = Browser(address)
    browser.sign_in(WATCHER)
    fields = browser.get("/tickets/new").hidden() | {"subject": "My router", "body": "Its light is orange."}
    number = int(browser.post("/tickets/new", fields).location.rpartition("/")[2])
    browser.close()
    return number


def _delays(told: dict[str, float], shown: dict[str, float]) -> list[float]:
    """Milliseconds between the sender's acknowledgement and the reader's page; below 0 if the page was first."""
    return [shown[word] - at * 1000 for word, at in told.items()]


def _desk_delays(opened: list[float], numbers: list[list[Any]]) -> list[float]:
    """The same for the count of open requests on the desk: how long until it was at least that high."""
    steps = [(at, int(text)) for at, text in numbers]
    return [
        next(when for when, count in steps if count > n) - at * 1000 for n, at in enumerate(sorted(opened), 1)
    ]


def _line(name: str, values: list[float]) -> str:
    middle, high = statistics.median(values), sorted(values)[len(values) * 95 // 100]
    return f"{name}: {len(values)}, median {middle:.0f} ms, 95th percentile {high:.0f} ms, most {max(values):.0f} ms"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with smtp_sink() as sink, prepared(tmp_path / "instance", sink.port) as made:
        yield made


@pytest.fixture
def server(place: Place) -> Iterator[PortalServer]:
    with portal_server(place.instance, place.settings, free_port()) as running:
        yield running


@pytest.fixture
def windows() -> Iterator[tuple[BrowserContext, BrowserContext]]:
    """Two people's browsers."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=ARGS)
        yield chromium.new_context(), chromium.new_context()
        chromium.close()


def test_real_requests_are_answered_while_the_desk_and_a_customer_look_on(
    place: Place, server: PortalServer, windows: tuple[BrowserContext, BrowserContext], tmp_path: Path
) -> None:
    texts, seen, address = _texts(), Seen(), server.address
    number = _first_request(address)
    desk = _open(windows[0], address, AGENTS[0], "/desk?view=open", seen.faults)
    page = _open(windows[1], address, WATCHER, f"/tickets/{number}", seen.faults)
    began = time.monotonic()
    everybody = _run(address, texts, number, seen)
    while any(thread.is_alive() for thread in everybody):
        desk.wait_for_timeout(100)
    took = time.monotonic() - began
    with place.look():
        agent = db.session.scalars(select(Person).where(Person.email == AGENTS[0])).one()
        expected = {view: str(count) for view, count in counts(agent, "")[0].items()}
        assert db.session.scalar(select(func.count()).select_from(Ticket)) == len(texts) + 1
        stored = db.session.scalars(select(TicketEvent.body).where(TicketEvent.kind == "message")).all()
    assert {clean_text(text) for text, _ in texts} <= set(stored), "words were changed"
    for view, count in expected.items():
        desk.wait_for_function(
            "([view, count]) => document.querySelector(`#rail a[href='/desk?view=${view}'] .num`).textContent === count",
            arg=[view, count],
        )
    page.wait_for_function(f"Object.keys(window.seen).length === {WATCHED}")
    desk.screenshot(path=tmp_path / "desk.png")
    page.screenshot(path=tmp_path / "customer.png", full_page=True)
    asked = sum(map(len, seen.milliseconds.values()))
    told = [
        f"\n{len(texts)} requests sent and answered in {took:.0f} s, {asked / took:.1f} requests of HTTP a second",
        *(_line(name, values) for name, values in seen.milliseconds.items()),
        _line("answers on the customer's page", _delays(seen.told, page.evaluate("window.seen"))),
        _line("new requests on the desk's rail", _desk_delays(seen.opened, desk.evaluate("window.opened"))),
        f"the rail at the end: {expected}; faults: {len(seen.faults)}; pictures: {tmp_path}\n",
    ]
    sys.stdout.write("\n".join(told))
    assert not seen.faults
