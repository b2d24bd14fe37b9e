"""Bad nights: a machine that is lost and restored elsewhere, parts that break one by one, a disk that fills up."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from portal.app import create_app
from portal.extensions import db
from portal.outbox.models import Job
from portal.people.actions import know
from portal.people.models import Person
from portal.tickets.guests import link_path
from portal.tickets.models import Attachment, Ticket, TicketEvent

from ..servers import ROOT, portal_server
from .account import TOKEN, check_files
from .browser import BROKEN, Browser, File
from .load import Ledger
from .place import AGENTS, CUSTOMERS, Place
from .trials import Trial, wait_for

PASSPHRASE = {"PORTAL_BACKUP_PASSPHRASE": "a passphrase of the drills"}
NAMED = 30.0  # seconds within which a part that broke is named
BACK = 60.0  # seconds within which all goes on once there is room again


def portal(
    settings: dict[str, str], *words: object, given: bytes = b""
) -> "subprocess.CompletedProcess[bytes]":
    """Run a command of the portal."""
    command = [sys.executable, "-P", "-m", "portal", *map(str, words)]
    env = {**os.environ, **settings, **PASSPHRASE}
    return subprocess.run(
        command, env=env, cwd=ROOT, capture_output=True, input=given, timeout=600, check=False
    )


@dataclass
class Lost:
    """What was known of the machine that is lost: what was acknowledged before the backup began, and a link in a mail."""

    before: Ledger
    backup: Path
    link: str
    seconds: float


def lose(it: Trial, folder: Path, *, words: int) -> Lost:
    """Back up under load; go on a little; erase somebody; then the machine is gone."""
    with it.place.app.app_context():
        know("gone@example.com", "Gone", "en")
        db.session.commit()
    it.sink.slow = 0.3  # so that mails wait while the backup is made
    with it.served():
        it.load.start()
        try:
            wait_for(lambda: len(it.ledger.said) > words, "the load has begun", 120)
            before = Ledger(folder / "before")
            before.said, before.asked = list(it.ledger.said), it.ledger.asked
            before.close()
            began = time.monotonic()
            done = portal(it.place.settings, "backup", folder / "night.backup", "--json")
            seconds = time.monotonic() - began
            assert done.returncode == 0, done.stderr
            said = len(it.ledger.said)
            wait_for(lambda: len(it.ledger.said) > said, "nothing stops", 60)
        finally:
            it.load.stop()
        assert portal(it.place.settings, "user", "erase", "--yes", "gone@example.com").returncode == 0
        notes = it.place.instance / "erased"
    with it.place.look():
        ticket = db.session.scalars(select(Ticket).where(Ticket.number == before.said[0].number)).one()
        link = link_path(ticket, ticket.requester)
        db.session.rollback()
    (folder / "erased").write_bytes(notes.read_bytes())
    return Lost(before, folder / "night.backup", link, seconds)


def come_back(it: Trial, lost: Lost, instance: Path, url: str = "") -> None:
    """Restore elsewhere by the command alone; then compare, sign in, search, answer, open an old link."""
    settings = it.place.settings | {"PORTAL_INSTANCE": str(instance), "PORTAL_DATABASE_URL": url}
    sent = len(it.sink.letters)
    began = time.monotonic()
    done = portal(settings, "restore", lost.backup, "--json")
    seconds = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    place = Place(instance, settings, create_app(settings))
    _compare(place, lost)
    with portal_server(instance, settings, it.port) as server:
        browser = Browser(server.address)
        browser.sign_in(CUSTOMERS[0])
        assert browser.get(lost.link).status == 303
        agent = Browser(server.address)
        agent.sign_in(AGENTS[0])
        first = next(said for said in lost.before.said if said.kind == "request")
        assert first.token in agent.get(f"/desk?view=all&q={first.token}").text
        path = f"/desk/tickets/{first.number}"
        fields = agent.get(path).hidden() | {"kind": "answer", "then": "waiting", "body": "After the night."}
        assert agent.post(f"{path}/answer", fields).status == 303
        it.sink.wait_for(sent + 1, 30)
        assert len(it.sink.letters) == sent + 1, "what waited would have left before it"
        browser.close()
        agent.close()
    sys.stdout.write(
        f"\n{len(lost.before.said)} acknowledged before; backup {lost.seconds:.1f} s, restore {seconds:.1f} s,"
        f" {told['rows']} rows, {told['files']} files, {told['held']} mails and jobs held\n"
    )
    with place.app.app_context():
        db.engine.dispose()


def _compare(place: Place, lost: Lost) -> None:
    with place.look():
        words = db.session.scalars(select(TicketEvent.body).where(TicketEvent.body.is_not(None)))
        stored = [TOKEN.findall(body or "")[0] for body in words]
        assert len(stored) == len(set(stored)), "doubled"
        assert {said.token for said in lost.before.said} <= set(stored), (
            "acknowledged before the backup, and lost"
        )
        assert set(stored) <= lost.before.asked, "nobody wrote this"
        assert db.session.scalar(select(Person.id).where(Person.email == "gone@example.com")) is None, (
            "back again"
        )
        assert db.session.scalars(select(Job.id).where(Job.held)).all(), "mails waited, and are held"
        for file in db.session.scalars(select(Attachment)):
            path = place.instance / "files" / file.key[:2] / file.key
            assert path.stat().st_size == file.size
        db.session.rollback()
    check_files(place, lost.before)


def readiness(address: str) -> tuple[int, list[str]]:
    """What /readyz says; /healthz must answer meanwhile."""
    with urllib.request.urlopen(f"{address}/healthz", timeout=10) as alive:
        assert alive.status == 200
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=10) as answer:
            return 200, list(json.loads(answer.read())["failing"])
    except urllib.error.HTTPError as error:
        return error.code, list(json.loads(error.read())["failing"])


@contextmanager
def away(path: Path) -> Iterator[None]:
    """A folder is not there."""
    hidden = path.with_name(f"{path.name}.away")
    path.rename(hidden)
    try:
        yield
    finally:
        if path.exists():  # somebody made it again
            subprocess.run(["rm", "-r", str(path)], check=True)
        hidden.rename(path)


@contextmanager
def frozen(pids: list[int]) -> Iterator[None]:
    """Processes hang, and nobody starts them again."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextmanager
def refused(it: Trial) -> Iterator[None]:
    """The mail server takes nothing, and somebody writes."""
    it.sink.refuse = "451 4.3.0 Try later"
    browser = Browser(f"http://127.0.0.1:{it.port}")
    browser.sign_in(CUSTOMERS[0])
    fields = browser.get("/tickets/new").hidden() | {"subject": "Router", "body": "It is orange."}
    assert browser.post("/tickets/new", fields).status == 303
    browser.close()
    try:
        yield
    finally:
        it.sink.refuse = None
        it.place.hurry()


def break_parts(it: Trial, breakers: dict[str, Callable[[Any], Any]] | None = None) -> dict[str, float]:
    """Break each part in turn; /readyz names it, /healthz goes on, and it is well again afterwards.

    Args:
        it: the instance.
        breakers: further parts with what breaks them, as context managers that take the server.

    Returns:
        Seconds until each was named.
    """
    instance, named = it.place.instance, {}
    (instance / "kb_content").mkdir(exist_ok=True)
    with portal_server(instance, it.place.settings, it.port) as server:
        wait_for(lambda: readiness(server.address) == (200, []), "all is well", 60)
        parts: dict[str, Callable[[Any], Any]] = {
            "articles": lambda _server: away(instance / "kb_content"),
            "search": lambda _server: away(instance / "search"),
            "files": lambda _server: away(instance / "files"),
            "mail": lambda _server: refused(it),
            "worker": lambda server: frozen(server.worker_pids()),
            **(breakers or {}),
        }
        for part, breaker in parts.items():
            with breaker(server):
                began = time.monotonic()
                wait_for(lambda part=part: part in readiness(server.address)[1], f"{part} is named", NAMED)  # type: ignore[misc]
                named[part] = time.monotonic() - began
                assert readiness(server.address)[0] == (503 if part in ("database", "files") else 200)
            wait_for(lambda: readiness(server.address) == (200, []), f"all is well after {part}", 90)
    sys.stdout.write("\nnamed after: " + ", ".join(f"{part} {s:.1f} s" for part, s in named.items()) + "\n")
    return named


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[None]:
    """A file system of its own, which is soon full."""
    place.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def can_mount(folder: Path) -> bool:
    """Whether this machine lets us have a small disk."""
    with suppress(subprocess.CalledProcessError, OSError), small_disk(folder / "probe", 1):
        return os.geteuid() == 0
    return False


def fill_up(path: Path) -> None:
    """Write until there is no room at all."""
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 1_000_000)
    with suppress(OSError), path.open("ab", buffering=0) as file:
        while True:
            file.write(b"x" * 512)


def _is_taken(browser: Browser, fields: dict[str, str]) -> bool:
    with suppress(*BROKEN):  # a connection that was idle for long is closed, and opened anew
        return browser.post("/tickets/new", fields).status == 303
    return False


MAIL = b"From: a@example.com\r\nTo: help@example.com\r\nSubject: x\r\nMessage-ID: <%d@a>\r\n\r\nHello\r\n"
PAPER = File("paper.log", b"a line of a log\n" * 100_000)  # so large that it goes by a file


def fill_part(it: Trial, part: str, place: Path) -> None:
    """Only one place is full: what needs it is refused and given back, all else goes on; then all of it does.

    Args:
        it: the instance, with `place` where the part is.
        part: "files", "tmp" or "log".
        place: a small disk.
    """
    settings = it.place.settings | ({"TMPDIR": str(place)} if part == "tmp" else {})
    logs = place if part == "log" else None
    with portal_server(it.place.instance, settings, it.port, logs=logs) as server:
        it.load.start()
        wait_for(lambda: len(it.ledger.said) > 5, "the load has begun", 60)
        it.load.stop()
        browser = Browser(server.address)
        browser.sign_in(CUSTOMERS[0])
        fill_up(place / "filler")
        typed = {"subject": "Zebra", "body": "Typed in vain?"}
        plain, with_file = (browser.get("/tickets/new").hidden() | typed for _form in range(2))
        assert browser.post("/tickets/new", plain).status == 303, "words need no room there"
        said = browser.post("/tickets/new", with_file, PAPER)
        assert said.status == (303 if part == "log" else 507)
        assert part != "files" or "Typed in vain?" in said.text, "what was typed is given back"
        later = Browser(server.address)
        later.sign_in(CUSTOMERS[1])
        assert {later.get(path).status for path in ("/tickets", "/help", "/healthz")} == {200}
        server.kill_worker()
        wait_for(lambda: bool(server.worker_pids()), "a worker is there again", 30)
        taken = portal(settings, "mail", "receive", given=MAIL % 1).returncode
        assert taken == (os.EX_TEMPFAIL if part == "files" else 0), (
            "a mail that cannot be kept stays where it is"
        )
        assert server.process.poll() is None, "the portal runs on"
        (place / "filler").unlink()
        began = time.monotonic()
        if part != "log":
            wait_for(
                lambda: browser.post("/tickets/new", with_file, PAPER).status == 303,
                "files are taken again",
                BACK,
            )
        wait_for(lambda: readiness(server.address)[1] == [], "all is well", BACK)
        assert portal(settings, "mail", "receive", given=MAIL % 2).returncode == 0
        sys.stdout.write(f"\n{part}: all went on {time.monotonic() - began:.1f} s after there was room\n")
        browser.close()
        later.close()
    with it.place.look():
        kept = db.session.scalars(select(Attachment).where(Attachment.name == PAPER.name)).all()
        assert [file.size for file in kept] == [len(PAPER.content)], "once, and whole"
        _nothing_half_stored(it.place.instance)
        db.session.rollback()


def _nothing_half_stored(instance: Path) -> None:
    named = set(db.session.scalars(select(Attachment.key))) | set(
        db.session.scalars(text("SELECT raw_key FROM incoming_mail"))
    )
    there = {
        path.name for path in (instance / "files").rglob("*") if path.is_file() and path.name != "filler"
    }
    assert named == there, "nothing half stored"


def fill_disk(it: Trial) -> None:
    """A full disk: forms are given back, mails are refused for now, reading and signing in go on; then all goes on."""
    instance = it.place.instance
    with portal_server(instance, it.place.settings, it.port) as server:
        it.load.start()
        wait_for(lambda: len(it.ledger.said) > 5, "the load has begun", 60)
        it.load.stop()
        wait_for((instance / "reserve").exists, "there is a reserve", 30)
        browser = Browser(server.address)
        browser.sign_in(CUSTOMERS[0])
        fields = browser.get("/tickets/new").hidden() | {"subject": "Zebra", "body": "Typed in vain?"}
        fill_up(instance / "filler")
        refused_form = browser.post("/tickets/new", fields)
        assert refused_form.status == 507
        assert "Typed in vain?" in refused_form.text, "what was typed is given back"
        later = Browser(server.address)
        later.sign_in(CUSTOMERS[1])
        assert later.get("/tickets").status == 200
        assert later.get("/help").status == 200
        wait_for(lambda: "room" in readiness(server.address)[1], "the disk is named", NAMED)
        assert portal(it.place.settings, "mail", "receive", given=MAIL % 1).returncode == os.EX_TEMPFAIL
        (instance / "filler").unlink()
        began = time.monotonic()
        wait_for(lambda: _is_taken(browser, fields), "forms are taken again", BACK)
        wait_for(lambda: readiness(server.address)[1] == [], "all is well", BACK)
        assert portal(it.place.settings, "mail", "receive", given=MAIL % 1).returncode == 0
        sys.stdout.write(f"\nall went on {time.monotonic() - began:.1f} s after there was room\n")
        browser.close()
        later.close()
    assert not list((instance / "files").rglob("*.part"))
    with it.place.look():
        assert db.session.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        _nothing_half_stored(instance)
        db.session.rollback()
