"""Measuring: the portal at both amounts and the bare app in turns, so that a busy machine weighs on all alike."""

import json
import re
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from flask import Flask
from tqdm import tqdm

from .browser import Answer, Ask, Browser, cookie_of
from .fill import OUR_AGENT, OUR_CUSTOMER, PASSWORD, Amounts, email_of, token_of
from .pages import FRAGMENTS, PAGES, Page, Who
from .processes import Server

PERSONS = {"customer": OUR_CUSTOMER, "agent": OUR_AGENT}
FORMS = {"visitor": "/sign-in", "customer": "/tickets/new", "agent": "/desk"}
WHILE_OPEN = ("article, visitor", "ticket page", "desk view")  # measured again while streams are open


@dataclass(frozen=True)
class Effort:
    """How long to measure: rounds of so many requests for each page, streams, sign-ins of each kind."""

    rounds: int
    requests: int
    streams: int
    sign_ins: int


@dataclass
class Cost:
    """What one page cost: processor and wall seconds of each request, statements, bytes over the wire."""

    processor: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    wire: int = 0
    statements: int = 0

    @property
    def processor_ms(self) -> float:
        return median(self.processor) * 1000

    @property
    def median_ms(self) -> float:
        return median(self.seconds) * 1000

    @property
    def p95_ms(self) -> float:
        return (quantiles(self.seconds, n=20)[-1] if len(self.seconds) > 1 else self.seconds[0]) * 1000


@dataclass
class Site:
    """A running portal with the browsers of those who ask."""

    name: str
    amounts: Amounts
    app: Flask
    server: Server
    browsers: dict[Who, Browser] = field(init=False)

    def __post_init__(self) -> None:
        self.browsers = {who: self.browser(PERSONS.get(who)) for who in FORMS}
        for who, browser in self.browsers.items():
            browser.page(FORMS[who])

    def close(self) -> None:
        for browser in self.browsers.values():
            browser.close()

    def browser(self, person: int | None) -> Browser:
        return Browser(self.server.port, cookie_of(self.app, token_of(person)) if person else "")

    def ask(self, page: Page, turn: int) -> Answer:
        answer = self.browsers[page.who].send(page.ask(self.amounts, turn))
        if answer.status >= 400:  # noqa: PLR2004 -- HTTP's first error
            raise SystemExit(f"{page.name} answered {answer.status}:\n{answer.body.decode()[:1000]}")
        return answer


def store(sites: Sequence[Site], folder: Path) -> None:
    """Keep what the portal answers, for the bare app to answer the same."""
    pages = {}
    for site in sites:
        for page in PAGES:
            answer = site.ask(page, 0)
            pages[f"{site.name}/{page.key}"] = (answer.status, answer.kind, answer.body.decode())
    config = {name: value for name, value in sites[0].app.config.items() if name.startswith("COMPRESS_")}
    (folder / "pages.json").write_text(json.dumps({"config": config, "pages": pages}), encoding="utf-8")


def _round(cost: Cost, server: Server, asks: Sequence[tuple[Browser, Ask]]) -> None:
    before = server.processor_time()
    answers = [browser.send(ask) for browser, ask in asks]
    cost.processor.append((server.processor_time() - before) / len(asks))
    cost.seconds += [answer.seconds for answer in answers]
    cost.requests += [answer.request_id for answer in answers]
    cost.wire = answers[-1].wire


def pages(sites: Sequence[Site], bare: Server, effort: Effort) -> dict[tuple[str, str], tuple[Cost, Cost]]:
    """By page and site: what it costs the portal, and what a page like it costs the bare app."""
    found = {(page.name, site.name): (Cost(), Cost()) for page in PAGES for site in sites}
    plain = Browser(bare.port)
    for page in tqdm(PAGES, "Pages", disable=None, leave=False):
        for number in range(-1, effort.rounds):
            for site in sites:
                turns = range((number + 1) * effort.requests + 1, (number + 2) * effort.requests + 1)
                asks = [page.ask(site.amounts, turn) for turn in turns]
                real, other = (
                    found[page.name, site.name] if number >= 0 else (Cost(), Cost())
                )  # first warms up
                _round(real, site.server, [(site.browsers[page.who], ask) for ask in asks])
                same = [Ask(f"/{site.name}/{page.key}", ask.fields, ask.htmx) for ask in asks]
                _round(other, bare, [(plain, ask) for ask in same])
    plain.close()
    for site in sites:
        counted = _statements(site.server.log)
        for page in PAGES:
            cost = found[page.name, site.name][0]
            cost.statements = max(counted[request_id] for request_id in cost.requests)
    return found


def _statements(log: Path) -> dict[str, int]:
    """Statements by the id of the request, from the server's log."""
    found = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        if line.startswith("{") and '"queries"' in line:
            values = json.loads(line)
            found[values["id"]] = values["queries"]
    return found


def fragments(site: Site) -> dict[str, int]:
    """Bytes over the wire of each fragment."""
    return {page.name: site.ask(page, 0).wire for page in FRAGMENTS}


def first_visit(site: Site) -> dict[str, int]:
    """Bytes over the wire of all that a first visitor's browser fetches, by kind."""
    browser = site.browser(None)
    page = browser.send(Ask("/"))
    text = page.body.decode()
    text = re.sub(
        r'<link rel="(?:alternate|canonical)"[^>]*>', "", text
    )  # which no browser fetches by itself
    wanted = re.findall(r'<(?:link|script)[^>]*?(?:href|src)="([^"#][^"]*)"', text) + re.findall(
        r'<use href="([^"#]+)', text
    )
    sums = {"page": page.wire, "css": 0, "js": 0, "svg": 0, "webmanifest": 0}
    for address in dict.fromkeys(wanted):
        kind = address.partition("?")[0].rpartition(".")[2]
        sums[kind] += browser.send(Ask(address.replace("&amp;", "&"))).wire
    browser.close()
    return sums


def sign_ins(site: Site, count: int) -> dict[str, list[float]]:
    """Seconds that the answer to a wrong password takes, for an address that has an account and for one without."""
    found: dict[str, list[float]] = {"known": [], "unknown": []}
    browser = site.browsers["visitor"]
    browser.page("/sign-in")
    for n in tqdm(range(count), "Sign-ins", disable=None, leave=False):
        for kind, address in (
            ("known", email_of(n % site.amounts.people + 1)),
            ("unknown", f"nobody{n}@example.com"),
        ):
            answer = browser.send(
                Ask("/sign-in", {"email": address, "password": f"{PASSWORD} {n}", "next": ""})
            )
            if answer.status != 422:  # noqa: PLR2004 -- a form that came back
                raise SystemExit(f"A wrong password was answered {answer.status}.")
            found[kind].append(answer.seconds)
    return found


@contextmanager
def open_streams(site: Site, count: int) -> Iterator[int]:
    """Windows of different people that listen; gives how many the server took."""
    held, taken = [], 0
    try:
        for n in range(count):
            person = n % site.amounts.people + 1
            held.append(socket.create_connection(("127.0.0.1", site.server.port), timeout=10))
            cookie = cookie_of(site.app, token_of(person))
            lines = f"GET /live?topic=person-{person} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session={cookie}\r\n\r\n"
            held[-1].sendall(lines.encode())
        taken = sum(b" 200 " in window.recv(200) for window in held)
        yield taken
    finally:
        for window in held:
            window.close()


def some_pages(site: Site, count: int) -> Mapping[str, Cost]:
    """What a few pages cost now."""
    costs = {}
    for page in PAGES:
        if page.name in WHILE_OPEN:
            costs[page.name] = Cost()
            asks = [page.ask(site.amounts, turn) for turn in range(count)]
            _round(costs[page.name], site.server, [(site.browsers[page.who], ask) for ask in asks])
    return costs


@dataclass(frozen=True)
class Crowd:
    """A few pages and the memory without and with open streams."""

    streams: int
    before: Mapping[str, Cost]
    during: Mapping[str, Cost]
    memory_before: Sequence[float]
    memory_during: Sequence[float]


def crowd(site: Site, effort: Effort) -> Crowd:
    """Measure with all streams open."""
    count = effort.rounds * effort.requests // 2
    before, memory = some_pages(site, count), site.server.memory()
    with open_streams(site, effort.streams) as taken:
        time.sleep(1)
        during = some_pages(site, count)
        return Crowd(taken, before, during, memory, site.server.memory())
