"""`python -m bench.writers`: twenty people write at the same moment; no error, and how long the portal takes for each.

The times are the portal's own, from its log: from the first to the last line of its work on a request, the wait for
other writers among them. Two pauses of people are tried: none, which is as hard as it can be, and some.
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from portal.app import create_app
from tests.servers import postgres

from . import processes
from .browser import Browser, cookie_of
from .fill import Amounts, fill_ground, fill_tickets, token_of
from .pages import PAGES
from .run import environment, moved
from .table import columns, verdict

PEOPLE = 20
MOST_P95 = 300  # milliseconds
AMOUNTS = Amounts(1_000, 500, 100, 200, 10, 10)
AGENTS = range(2, 14)  # persons that bench.fill makes agents
WRITES = {page.name: page for page in PAGES if page.name in ("creating a ticket", "answering")}


@dataclass(frozen=True)
class Found:
    """What a round gave: milliseconds of each write, and answers that were no success."""

    pause: float
    times: Sequence[float]
    faults: Sequence[str]
    seconds: float


def _writer(
    site: processes.Server, cookie: str, number: int, turns: int, pause: float
) -> Callable[[list[str]], None]:
    """One who sends a form `turns` times: every fourth is an agent who answers, the others ask."""
    is_agent = number % 4 == 0
    page = WRITES["answering" if is_agent else "creating a ticket"]

    def work(faults: list[str]) -> None:
        browser = Browser(site.port, cookie)
        try:
            browser.page("/desk" if is_agent else "/tickets/new")
            for turn in range(turns):
                answer = browser.send(page.ask(AMOUNTS, number + turn * PEOPLE))
                if answer.status not in (200, 303):
                    faults.append(f"{page.name}: {answer.status}")
                time.sleep(pause)
        except Exception as error:  # noqa: BLE001 -- told with the figures
            faults.append(f"{page.name}: {error!r}")
        finally:
            browser.close()

    return work


def _people() -> list[int]:
    """Who writes: agents of the first team, and customers."""
    return [AGENTS[0] if number % 4 == 0 else AGENTS[-1] + 1 + number for number in range(PEOPLE)]


def _round(site: processes.Server, cookies: Sequence[str], turns: int, pause: float) -> Found:
    faults: list[str] = []
    said = len(site.log.read_text(encoding="utf-8"))
    began = time.monotonic()
    threads = [
        threading.Thread(target=_writer(site, cookie, number, turns, pause), args=(faults,))
        for number, cookie in enumerate(cookies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    time.sleep(0.5)
    lines = site.log.read_text(encoding="utf-8")[said:].splitlines()
    posts = [json.loads(line) for line in lines if '"POST"' in line]
    return Found(pause, [line["ms"] for line in posts], faults, seconds)


def measure(turns: int, pauses: Sequence[float], *, postgresql: bool = False) -> list[Found]:
    """A round for each pause, on an instance of its own."""
    with tempfile.TemporaryDirectory(prefix="portal-writers-") as name, ExitStack() as stack:
        folder = Path(name)
        place = folder / "instance"
        app = create_app(environment(place, 1))
        fill_ground(app, AMOUNTS)
        fill_tickets(app, AMOUNTS)
        database = moved(place, stack.enter_context(postgres(safe=True))) if postgresql else ""
        environ = environment(place, processes.free_port(), database)
        cookies = [cookie_of(app, token_of(person)) for person in _people()]
        site = stack.enter_context(processes.portal(environ, folder / "serve.log"))
        _round(site, cookies, 1, 0)  # warms up
        return [_round(site, cookies, turns, pause) for pause in pauses]


def lines(found: Sequence[Found]) -> list[str]:
    """The figures, with the aim beside."""
    rows = []
    for one in found:
        p95 = quantiles(one.times, n=20)[-1]
        rows.append(
            [
                f"{PEOPLE} people, {one.pause:g} s between two writes of each",
                str(len(one.times)),
                f"{len(one.times) / one.seconds:.0f}",
                f"{median(one.times):.0f}",
                f"{p95:.0f}",
                verdict(round(p95), MOST_P95),
                f"{max(one.times):.0f}",
                verdict(len(one.faults), 0),
            ]
        )
    head = ["writers", "writes", "a second", "median ms", "p95 ms", "", "worst ms", "errors"]
    return [*columns(head, rows), *sorted({fault for one in found for fault in one.faults})]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.writers", description=__doc__)
    parser.add_argument("--turns", type=int, default=60, help="writes of each")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own, not on SQLite")
    asked = parser.parse_args()
    print("\n".join(lines(measure(asked.turns, (0.0, 1.0), postgresql=asked.postgresql))))
