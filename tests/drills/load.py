"""Customers and agents who work at the same time, and a ledger on disk of everything that the portal acknowledged."""

import hashlib
import json
import os
import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from ..make import PASSWORD
from .browser import BROKEN, Answer, Browser, File
from .place import AGENTS, CUSTOMERS

Turn = Callable[[Browser, str, random.Random], None]
PATIENCE = 60.0  # seconds that a browser goes on trying before the trial has failed


@dataclass(frozen=True)
class Said:
    """Words that the portal acknowledged: a word of their own in them, their ticket, their file."""

    token: str
    kind: str  # request, answer (of the desk), more (of the customer), note
    by: str
    number: int
    size: int = 0
    sha256: str = ""


class Ledger:
    """Keeps what was acknowledged, each line on disk before the next request is sent."""

    def __init__(self, path: Path) -> None:
        self.said: list[Said] = []
        self.asked: set[str] = set()
        self._guard = threading.Lock()
        self._file = path.open("a", encoding="utf-8")

    def note(self, said: Said) -> None:
        with self._guard:
            self.said.append(said)
            self._file.write(json.dumps(asdict(said)) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


class Load:
    """Works from start() to stop(); what is under way at stop() is still brought to its end."""

    def __init__(self, address: str, ledger: Ledger, *, largest: int = 100_000, pause: float = 0.1) -> None:
        self.address, self.ledger, self.largest, self.pause = address, ledger, largest, pause
        self.broken = self.busy = 0  # connections that died; answers 503
        self.trouble: list[str] = []
        self.numbers: list[int] = []
        self._over = threading.Event()
        roles: list[tuple[str, Turn]] = [(email, self._customer) for email in CUSTOMERS]
        roles += [(email, self._agent) for email in AGENTS]
        self._threads = [threading.Thread(target=self._work, args=role, name=role[0]) for role in roles]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish. Raises AssertionError if somebody got an answer that should not be."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        assert not self.trouble, self.trouble

    def _work(self, email: str, turn: Turn) -> None:
        browser, dice = Browser(self.address), random.Random(email)
        try:
            self._kept(lambda: self._signed_in(browser, email))
            while not self._over.wait(dice.uniform(0, 2 * self.pause)):
                turn(browser, email, dice)
        except Exception as error:  # noqa: BLE001 -- told by stop()
            self.trouble.append(f"{email}: {error!r}")
        finally:
            browser.close()

    @staticmethod
    def _signed_in(browser: Browser, email: str) -> Answer:
        browser.cookies.clear()
        page = browser.get("/sign-in")
        if page.status != 200:
            return page
        answer = browser.post("/sign-in", page.hidden() | {"email": email, "password": PASSWORD})
        return browser.get("/account") if answer.status == 303 else answer

    def _kept(self, ask: Callable[[], Answer], typed: str = "") -> Answer:
        """Ask until there is an answer, as somebody does who sees that the page does not come.

        A portal that is busy says when to come again, and gives back what was typed.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = ask()
            except BROKEN:
                self.broken += 1
            else:
                if answer.status != 503:
                    return answer
                self.busy += 1
                assert answer.retry_after, "a 503 that does not say when to come again"
                assert typed in answer.text, "a 503 that loses what was typed"
            assert time.monotonic() < deadline, f"no answer within {PATIENCE} s"
            time.sleep(0.05)

    def _customer(self, browser: Browser, email: str, dice: random.Random) -> None:
        own = [said.number for said in list(self.ledger.said) if said.by == email and said.kind == "request"]
        if own and dice.random() < 0.3:
            number = dice.choice(own)
            self._say(browser, email, "more", f"/tickets/{number}", dice)
        else:
            self._say(browser, email, "request", "/tickets/new", dice)

    def _agent(self, browser: Browser, email: str, dice: random.Random) -> None:
        recent = self.numbers[-10:]
        if recent:
            kind = "note" if dice.random() < 0.2 else "answer"
            self._say(browser, email, kind, f"/desk/tickets/{dice.choice(recent)}", dice)

    def _say(self, browser: Browser, email: str, kind: str, path: str, dice: random.Random) -> None:
        token = "kq" + secrets.token_hex(8)
        page = self._kept(lambda: browser.get(path))
        assert page.status == 200, f"{path}: {page.status}"
        fields = page.hidden() | {"body": f"My word is {token}. ¿Qué? Ünïcode, **bold**."}
        fields |= {"subject": f"About {token}"} if kind == "request" else {}
        fields |= {"kind": kind, "then": "waiting"} if kind in ("answer", "note") else {}
        file = self._file(token, dice) if dice.random() < 0.3 else None
        self.ledger.asked.add(token)
        address = path if kind == "request" else f"{path}/answer"
        where = self._send(browser, address, fields, file)
        if dice.random() < 0.1:
            again = self._send(browser, address, fields, file)
            assert again == where, f"a replayed form led to {again}, not {where}: {fields}"
        number = int(where.partition("#")[0].partition("?")[0].rpartition("/")[2])
        said = Said(token, kind, email, number)
        if file:
            said = Said(
                token, kind, email, number, len(file.content), hashlib.sha256(file.content).hexdigest()
            )
        self.ledger.note(said)
        self.numbers += [number] if kind == "request" else []

    def _file(self, token: str, dice: random.Random) -> File:
        line = f"{token} router log, nothing odd\n".encode()
        return File(f"{token}.log", line * (dice.randrange(1, self.largest) // len(line) + 1))

    def _send(self, browser: Browser, path: str, fields: dict[str, str], file: File | None) -> str:
        """Send a form until it is acknowledged, with the same hidden word each time; return where it led."""
        while True:
            answer = self._kept(
                partial(browser.post, path, fields, file), fields["body"].split(" is ")[1][:18]
            )
            if answer.status == 409:  # somebody else wrote meanwhile: read it, send again
                fields = fields | {"seen": answer.hidden()["seen"]}
                continue
            assert answer.status == 303, f"{path}: {answer.status}"
            return answer.location
