"""Many open windows: streams by the hundred in one loop, that are cut, lose their server, and must miss nothing."""

import asyncio
import contextlib
import random
import resource
import signal
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

from sqlalchemy import select

from portal.extensions import db
from portal.tickets.models import Ticket

from ..servers import PortalServer
from .browser import BROKEN, Browser
from .place import AGENTS, CUSTOMERS
from .trials import Trial, wait_for

AGAIN = 0.5  # seconds until a browser connects again, as the server asks
FULL = 2.0  # seconds until one asks again that was told to poll; browsers wait longer
IN_TIME = 5.0  # seconds within which each window hears


class Window:
    """One stream of a topic: when it heard of it, and how each connection was answered."""

    def __init__(self, port: int, cookie: str, topic: str) -> None:
        self.port, self.cookie, self.topic = port, cookie, topic
        self.heard: list[float] = []
        self.answers: Counter[int] = Counter()
        self.last, self.is_open, self.over = "", False, False
        self.writer: asyncio.StreamWriter | None = None

    async def follow(self) -> None:
        while not self.over:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError, IndexError):
                await self._once()
            self.is_open = False
            if not self.over:
                await asyncio.sleep(FULL if self.answers[503] and not self.last else AGAIN)

    async def _once(self) -> None:
        reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            again = f"Last-Event-ID: {self.last}\r\n" if self.last else ""
            asked = f"GET /live?topic={self.topic} HTTP/1.0\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookie}\r\n"
            self.writer.write(f"{asked}Accept: text/event-stream\r\n{again}\r\n".encode())
            await self.writer.drain()
            self.answers[int((await reader.readline()).split()[1])] += 1
            while line := (await reader.readline()).decode().rstrip():
                pass  # headers
            while line := (await reader.readline()).decode():
                name, _, value = line.strip().partition(": ")
                if name == "id":
                    self.last, self.is_open = value, True
                elif name == "event":
                    self.heard.append(time.monotonic())
        finally:
            self.writer.close()

    def cut(self) -> None:
        if self.writer:
            self.writer.transport.abort()


class Crowd:
    """Many windows, followed by one thread."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self.windows = windows
        self._begun = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._follow_all()), daemon=True)
        self._thread.start()
        self._begun.wait()

    async def _follow_all(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._begun.set()
        await asyncio.gather(*(self._begin(number, window) for number, window in enumerate(self.windows)))

    @staticmethod
    async def _begin(number: int, window: Window) -> None:
        await asyncio.sleep(number * 0.005)
        await window.follow()

    def are_there(self) -> bool:
        """Whether all were open once, and all are but those few that connect anew just now: each does in a minute."""
        opened = sum(window.is_open for window in self.windows)
        return opened > 0.95 * len(self.windows) and all(window.last for window in self.windows)

    def deaf(self, since: float) -> int:
        """How many heard nothing since a moment."""
        return sum(not window.heard or window.heard[-1] < since for window in self.windows)

    def cut(self, share: float) -> None:
        """The network drops for some of them."""
        for window in random.sample(list(self.windows), int(len(self.windows) * share)):
            self.loop.call_soon_threadsafe(window.cut)

    def close(self) -> None:
        for window in self.windows:
            window.over = True
        while self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # all have ended meanwhile
                self.cut(1.0)
            self._thread.join(0.5)


def _p95(browser: Browser, path: str, count: int = 80) -> float:
    found = []
    for _turn in range(count):
        began = time.perf_counter()
        assert browser.get(path).status == 200
        found.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(found, n=20)[-1]


class _Desk:
    """Requests of the customers, and an agent who answers all of them."""

    def __init__(self, it: Trial, address: str) -> None:
        self.browsers = {email: Browser(address) for email in CUSTOMERS}
        self.numbers = {}
        for email, browser in self.browsers.items():
            browser.sign_in(email)
            fields = browser.get("/tickets/new").hidden() | {"subject": "Crowded", "body": "My word is kq."}
            self.numbers[email] = int(browser.post("/tickets/new", fields).location.rpartition("/")[2])
        with it.place.look():
            rows = db.session.execute(select(Ticket.number, Ticket.id)).all()
            self.ids = {row.number: row.id for row in rows}
        self.agent = Browser(address)
        self.agent.sign_in(AGENTS[0])

    def answer_all(self) -> float:
        """Answer each; returns the moment before the first."""
        began = time.monotonic()
        for number in self.numbers.values():
            wait_for(lambda number=number: self._is_answered(number), "the answer is taken", 60)  # type: ignore[misc]
        return began

    def _is_answered(self, number: int) -> bool:
        """Answer it; not when the server was killed meanwhile."""
        path = f"/desk/tickets/{number}"
        with contextlib.suppress(*BROKEN):
            fields = self.agent.get(path).hidden() | {"kind": "answer", "then": "open", "body": "We look."}
            status = self.agent.post(f"{path}/answer", fields).status
            assert status == 303, f"an answer got {status}"
            return True
        return False

    def close(self) -> None:
        for browser in (*self.browsers.values(), self.agent):
            browser.close()


def crowd(it: Trial, size: int) -> None:
    """So many streams: all hear each answer in time, also those that were cut or whose server was renewed or killed.

    Args:
        it: the instance; its settings allow so many streams.
        size: how many windows.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, size * 3)), hard))
    with it.served() as server:
        desk = _Desk(it, server.address)
        browser = desk.browsers[CUSTOMERS[0]]
        quiet = _p95(browser, "/tickets")
        emails = list(desk.numbers)
        cookies = {email: desk.browsers[email].headers()["Cookie"] for email in emails}
        windows = [
            Window(it.port, cookies[email], f"ticket-{desk.ids[desk.numbers[email]]}")
            for email in (emails[number % len(emails)] for number in range(size))
        ]
        people = Crowd(windows)
        try:
            _try(server, people, desk, browser, quiet)
        finally:
            people.close()
            desk.close()
        answers = sum((window.answers for window in windows), Counter())
        assert set(answers) <= {200, 503}, answers
        sys.stdout.write(f"answers to streams: {dict(answers)}\n")


def _try(server: PortalServer, people: Crowd, desk: _Desk, browser: Browser, quiet: float) -> None:
    size = len(people.windows)
    told: list[str] = []

    def all_hear(what: str, act: Callable[[], None], seconds: float) -> None:
        act()
        began = desk.answer_all()
        done = time.monotonic()
        while (deaf := people.deaf(began)) and time.monotonic() < done + seconds + 30:
            time.sleep(0.05)
        assert not deaf, f"{deaf} of {size} windows heard nothing after {what}"
        late = max(min(at for at in window.heard if at >= began) for window in people.windows) - done
        told.append(f"{what} {max(late, 0):.1f} s")
        assert late <= seconds, f"{what}: the last window heard after {late:.1f} s"

    wait_for(people.are_there, "all are open", 120)
    crowded = _p95(browser, "/tickets")
    all_hear("the answer", lambda: None, IN_TIME)
    all_hear("a cut of a third", lambda: people.cut(0.3), IN_TIME)
    all_hear("a renewal", lambda: server.process.send_signal(signal.SIGUSR1), 30)
    wait_for(people.are_there, "all are open again", 120)
    all_hear("kill -9 of the web processes", server.kill_web, 30)
    wait_for(people.are_there, "all are open again", 120)
    threads = [_threads(pid) for pid in server.web_pids()]
    sys.stdout.write(
        f"\n{size} streams; the last heard after: {', '.join(told)}; p95 of a page {quiet:.0f} ms without, "
        f"{crowded:.0f} ms with them; threads {threads}\n"
    )
    assert crowded < 2 * quiet + 50, "a page waits for the streams"


def _threads(pid: int) -> int:
    with open(f"/proc/{pid}/status", encoding="utf-8") as told:  # noqa: PTH123 -- of the kernel
        return int(next(line for line in told if line.startswith("Threads")).split()[1])
