"""The trials themselves, short or long by their parameters; each leaves figures to be printed."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from asyncio import sleep
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from ..servers import PortalServer, SmtpSink, free_port, portal_server, smtp_sink
from .account import check_files, check_mails, check_rows, check_search
from .browser import Browser, multipart
from .load import Ledger, Load, Said
from .place import CUSTOMERS, Place, prepared

APART = 5.6  # seconds between two kills of one child: two within 5 s end the portal, which is its right


@dataclass
class Trial:
    """One instance under one load; `kills` counts by what was killed."""

    place: Place
    sink: SmtpSink
    ledger: Ledger
    port: int
    load: Load
    kills: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> None:
        self.kills[what] = self.kills.get(what, 0) + 1

    @contextlib.contextmanager
    def served(self) -> Iterator[PortalServer]:
        """Serve the instance; afterwards its log must show no fault of its own."""
        with portal_server(self.place.instance, self.place.settings, self.port) as server:
            try:
                yield server
            finally:
                faults = [line for line in server.log.read_text().splitlines() if '"trace"' in line]
                assert not faults, "\n".join(faults)

    def settle(self, seconds: float, *, hurry: bool) -> None:
        """Wait until all mails are out, then compare everything; the portal must be running."""
        self.place.wait_until_done(seconds, hurry=hurry)
        check_rows(self.place, self.ledger)
        files = check_files(self.place, self.ledger)
        check_search(self.place, self.ledger)
        # Each can fall between a mail and the note that it is out.
        workers = sum(
            self.kills.get(part, 0) for part in ("worker", "everything", "supervisor", "database", "locked")
        )
        mails = check_mails(self.place, self.ledger, list(self.sink.letters), workers)
        sys.stdout.write(
            f"\n{len(self.ledger.said)} acknowledged, {files} files, {mails.different} mails, {mails.again} twice; "
            f"killed: {self.kills or 'nothing'}; broken connections {self.load.broken}, busy {self.load.busy}\n"
        )


@contextlib.contextmanager
def trial(folder: Path, database_url: str = "", **load: float) -> Iterator[Trial]:
    """A fresh instance in `folder` with a mail server, ready to be served; `load` as Load takes it."""
    port = free_port()
    with smtp_sink() as sink, prepared(folder / "instance", sink.port, database_url) as place:
        ledger = Ledger(folder / "ledger")
        work = Load(f"http://127.0.0.1:{port}", ledger, **load)  # type: ignore[arg-type]  # numbers by name
        try:
            yield Trial(place, sink, ledger, port, work)
        finally:
            ledger.close()


def kill_parts(it: Trial, seconds: float, pace: float, *, hurry: bool) -> None:
    """Kill web processes, their master and the worker at random moments; the portal must go on by itself.

    Args:
        it: the instance.
        seconds: how long.
        pace: seconds between two kills, on average.
        hurry: whether jobs of a dead worker are taken over at once and not after their lease.
    """
    it.sink.slow = 0.02  # so that some kills fall between a mail and the note that it is out
    with it.served() as server:
        it.load.start()
        try:
            wait_for(lambda: len(it.ledger.said) > 5, "the load has begun")
            _kill_parts(it, server, time.monotonic() + seconds, pace)
        finally:
            it.load.stop()
        it.sink.slow = 0.0
        it.settle(300, hurry=hurry)


def _kill_parts(it: Trial, server: PortalServer, ends: float, pace: float) -> None:
    dice = random.Random()
    last = {"worker": 0.0, "web server": 0.0, "web": 0.0}
    while time.monotonic() < ends:
        time.sleep(dice.uniform(0.5, 1.5) * pace)
        ready = [part for part, at in last.items() if part == "web" or time.monotonic() > at + APART]
        part = "worker" if "worker" in ready else dice.choice(ready)
        if _kill_part(server, part):
            last[part] = time.monotonic()
            it.count(part)
        assert server.process.poll() is None, server.log.read_text()[-2000:]


def _kill_part(server: PortalServer, part: str) -> bool:
    found = {
        "worker": server.worker_pids,
        "web": server.web_pids,
        "web server": lambda: server.pids_of("gunicorn", server.process.pid),
    }[part]()
    for pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(found)


def kill_all(it: Trial, rounds: int, *, hurry: bool) -> None:
    """Kill everything at once, or the supervisor alone; nothing is left running, and a new start goes on."""
    it.sink.slow = 0.02
    for number in range(rounds):
        with it.served() as server:
            if number == 0:
                it.load.start()
            said = len(it.ledger.said)
            wait_for(lambda said=said: len(it.ledger.said) > said + 5, "the load goes on")  # type: ignore[misc]
            time.sleep(random.uniform(0.0, 1.5))
            _kill_all(it, server, alone=number % 2 == 1)
    with it.served():
        it.load.stop()
        it.sink.slow = 0.0
        it.settle(300, hurry=hurry)


def _kill_all(it: Trial, server: PortalServer, *, alone: bool) -> None:
    pids = all_pids(server)
    if alone:
        server.process.kill()
        server.process.wait()
    else:
        server.kill()
    it.count("supervisor" if alone else "everything")
    wait_for(lambda: not [pid for pid in pids if is_running(pid)], "everything has ended")
    assert not answers(it.port), "somebody still holds the port"


def all_pids(server: PortalServer) -> list[int]:
    """The supervisor and all below it."""
    masters = server.pids_of("gunicorn", server.process.pid)
    return [server.process.pid, *masters, *server.web_pids(), *server.worker_pids()]


def is_running(pid: int) -> bool:
    """Whether a process lives; one that has ended and is only not yet buried does not."""
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(told.stdout.strip()) and not told.stdout.startswith("Z")


def answers(port: int) -> bool:
    """Whether anybody listens at a port of the loopback."""
    with (
        contextlib.suppress(ConnectionRefusedError),
        socket.create_connection(("127.0.0.1", port), timeout=2),
    ):
        return True
    return False


def wait_for(there: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Wait until something is so. Raises AssertionError if it is not in time."""
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


class _ThoughtfulSink(SmtpSink):
    """A mail server that can keep its client waiting for an answer to a whole mail."""

    thinking = False
    kept_waiting = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- as aiosmtpd calls it
        while self.thinking:
            self.kept_waiting += 1
            await sleep(0.05)
        return await super().handle_DATA(server, session, envelope)


def refuse_mail(it: Trial, seconds: float, *, hurry: bool) -> None:
    """A mail server that is away, then says "later", then thinks for long: pages go on, all mails leave later, once.

    Args:
        it: the instance.
        seconds: how long each of the first two faults lasts under load.
        hurry: whether the growing pauses are cut short.
    """
    it.sink = sink = _ThoughtfulSink(port=free_port(), refuse="451 4.3.0 Try later")
    it.place.settings["PORTAL_MAIL_PORT"] = str(sink.port)
    back = Controller(sink, hostname="127.0.0.1", port=sink.port)
    with it.served():
        it.load.start()
        try:
            wait_for(lambda: it.place.refused() > 0, "a mail was refused a connection")
            time.sleep(seconds)
            back.start()
            _come_back(it, sink, seconds, hurry=hurry)
        finally:
            sink.thinking = False
            it.load.stop()
        it.settle(600, hurry=hurry)
    back.stop()
    assert it.load.broken == 0, "pages broke"


def _come_back(it: Trial, sink: _ThoughtfulSink, seconds: float, *, hurry: bool) -> None:
    if hurry:
        it.place.hurry()
    wait_for(lambda: sink.asked > 0, "a mail was answered with 451", 120)
    time.sleep(seconds)
    assert not sink.letters
    sink.refuse, sink.thinking = None, True
    if hurry:
        it.place.hurry()
    wait_for(lambda: sink.kept_waiting > 0, "a mail is thought about", 120)
    said = len(it.ledger.said)
    wait_for(lambda: len(it.ledger.said) > said + 5, "nobody waits for the mail server", 20)


def stop_gently(it: Trial, uploads: int) -> None:
    """SIGTERM while forms are arriving: each is still answered; what came too late is done after the next start."""
    with it.served() as server:
        it.load.start()
        wait_for(lambda: len(it.ledger.said) > 5, "the load has begun")
        pids = all_pids(server)
        under_way = [HalfSent(it) for _ in range(uploads)]
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        for form in under_way:
            form.finish()
        assert server.process.wait(20) == 0
        wait_for(lambda: not [pid for pid in pids if is_running(pid)], "everything has ended")
    with it.served():
        it.load.stop()
        it.settle(120, hurry=False)


class HalfSent:
    """A request of a customer whose last bytes are still to come."""

    def __init__(self, it: Trial) -> None:
        self.ledger, self.token = it.ledger, "kq" + os.urandom(8).hex()
        browser = Browser(it.load.address)
        browser.sign_in(CUSTOMERS[0])
        words = {"subject": f"About {self.token}", "body": f"My word is {self.token}."}
        body, kind = multipart(browser.get("/tickets/new").hidden() | words)
        self.ledger.asked.add(self.token)
        self.browser, self.rest = browser, body[-10:]
        browser.connection.putrequest("POST", "/tickets/new")
        for name, value in (
            browser.headers() | {"Content-Type": kind, "Content-Length": str(len(body))}
        ).items():
            browser.connection.putheader(name, value)
        browser.connection.endheaders(body[:-10])

    def finish(self) -> None:
        self.browser.connection.send(self.rest)
        response = self.browser.connection.getresponse()
        response.read()
        assert response.status == 303
        number = int(response.headers["Location"].rpartition("/")[2])
        self.ledger.note(Said(self.token, "request", CUSTOMERS[0], number))
        self.browser.close()
