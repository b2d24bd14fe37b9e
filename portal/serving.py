"""Keeps the web server and the worker running: starts both, restarts the one that dies, ends both together."""

import contextlib
import ctypes
import errno
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import FrameType
from typing import IO, TextIO

from .config import ROOT

PATIENCE = 28  # seconds that a child has to finish what it is doing, once asked to end: somebody sends a file
TOO_SOON = 5  # seconds: a child that dies twice within them will not get better by a third start
PR_SET_PDEATHSIG = 1
READY = "PORTAL_READY_FD"  # variable of a child with the pipe in which it says that it is ready
libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Child:
    """One process that is kept running, with whatever it starts itself (its process group)."""

    def __init__(self, name: str, command: list[str], fds: tuple[int, ...] = ()) -> None:
        self.name, self.command, self.fds = name, command, fds
        self.died = float("-inf")
        self.next: _Started | None = None  # takes the place of the one that runs as soon as it is ready
        self.ending: list[subprocess.Popen[bytes]] = []  # those that did, which finish what they are doing
        self.process = self._start().process

    def _start(self) -> "_Started":
        ready, told = os.pipe()
        # A session of its own keeps the terminal's Ctrl+C away from it: the supervisor alone says when to end.
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", *self.command],
            cwd=ROOT,  # gunicorn takes modules from where it was called first, and a folder there may be named as we are
            pass_fds=(*self.fds, told),
            env=os.environ | {READY: str(told)},
            start_new_session=True,
            preexec_fn=end_with_parent(os.getpid()),  # noqa: PLW1509 - the supervisor has no threads
        )
        os.close(told)
        return _Started(process, os.fdopen(ready, "rb", 0))

    def renew(self) -> None:
        """Start it anew, as it is on disk now, beside the one that runs."""
        self.next = self._start()

    def look_after(self) -> bool:
        """Start it again if it has died, and hand over to the next one; False if that one could not start.

        Raises:
            SystemExit: it dies too often.
        """
        self.ending = [process for process in self.ending if process.poll() is None]
        if self.next and self.next.is_ready():
            self.process.terminate()
            self.ending.append(self.process)
            self.process, self.next = self.next.process, None
        elif self.next and self.next.process.poll() is not None:
            self.next = None
            _say(f"The new {self.name} does not start; the one before goes on.", sys.stderr)
            return False
        if self.process.poll() is None:
            return True
        self.kill()
        before, self.died = self.died, time.monotonic()
        if self.died - before < TOO_SOON:
            sys.exit(
                f"The {self.name} ended twice within {TOO_SOON} seconds, so the portal stops. The reason is above."
            )
        _say(f"The {self.name} ended unexpectedly; it is being started again.", sys.stderr)
        self.process = self._start().process
        return True

    def ask_to_end(self) -> None:
        """Let all its processes finish what they are doing, and end."""
        if self.next:
            self.ending.append(self.next.process)
        for process in (self.process, *self.ending):
            process.terminate()

    def end(self, deadline: float) -> None:
        for process in (*self.ending, self.process):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            _kill(process)

    def kill(self) -> None:
        _kill(self.process)


@dataclass
class _Started:
    """A process that was started, and where it says that it is ready."""

    process: "subprocess.Popen[bytes]"
    ready: IO[bytes]

    def is_ready(self) -> bool:
        return bool(select.select([self.ready], [], [], 0)[0] and self.ready.read(1))


def say_ready() -> None:
    """Tell the supervisor, if one started this process, that it does its work from now on."""
    if told := os.environ.pop(READY, ""):
        with contextlib.suppress(OSError):
            os.write(int(told), b".")


def _say(words: str, where: TextIO) -> None:
    """Tell it in the log; a full disk under that ends nothing."""
    with contextlib.suppress(OSError):
        print(words, file=where, flush=True)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # the group is gone already
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def serve(host: str, port: int, workers: int, threads: int, ready: Iterable[str] = ()) -> None:
    """Serve the portal until a signal ends it; print its address and the lines of `ready` once it answers.

    SIGUSR1 starts both parts anew, as they are on disk by then: nobody is refused meanwhile, and nothing is cut off.

    `workers` are processes, `threads` those of each (an open live stream holds one). Raises SystemExit with a sentence
    when the port cannot be had or a part dies again at once.
    """
    listener = _listen(host, port)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup stays nohup
            signal.signal(number, _leave)
    children: list[Child] = []
    renew: list[Child] = []
    signal.signal(signal.SIGUSR1, lambda *_: renew.extend(children))
    try:
        # The socket stays with the supervisor: while the web server is restarted, visitors wait and are not refused.
        children.append(
            Child("web server", _gunicorn(listener.fileno(), workers, threads), (listener.fileno(),))
        )
        _keep(children, renew, listener, [f"The portal is at {_address(listener)} (Ctrl+C stops it)", *ready])
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _end(children)
        listener.close()


def _keep(children: list[Child], renew: list[Child], listener: socket.socket, lines: list[str]) -> None:
    """Look after the children; those in `renew` are started anew, one after the other."""
    asking: socket.socket | None = _ask(listener)
    while True:
        if asking and select.select([asking], [], [], 0)[0]:
            _say("\n".join(lines), sys.stdout)
            asking.close()
            asking = None
            # Only now: two processes that load at once would keep a small machine's first visitor waiting.
            children.append(Child("worker", ["portal", "worker", "--parent", str(os.getpid())]))
        for child in children:
            if not child.look_after():
                renew.clear()
        if renew and not any(child.next for child in children):
            renew.pop(0).renew()
        time.sleep(0.1)


def _end(children: list[Child]) -> None:
    deadline = time.monotonic() + PATIENCE
    for child in children:
        child.ask_to_end()
    for child in children:
        child.end(deadline)


def _gunicorn(fd: int, workers: int, threads: int) -> list[str]:
    # fmt: off
    return [
        "gunicorn", "wsgi:app", "--bind", f"fd://{fd}", "--worker-class", "gthread",
        "--workers", str(workers), "--threads", str(threads), "--worker-connections", str(threads + 1000),
        "--preload", "--no-control-socket", "--graceful-timeout", str(PATIENCE - 3), "--keep-alive", "15", "--log-level", "warning",
        "--config", "python:portal.gunicorn_conf",
    ]
    # fmt: on


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.exit(
                f"Port {port} on {host} is in use already. Stop what uses it, or take another: PORT=8001 make run"
            )
        sys.exit(f"Cannot serve on {host}, port {port}: {str(error.strerror).partition(' (while')[0]}.")


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - a name for it, not a choice
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _ask(listener: socket.socket) -> socket.socket:
    """Ask whether the portal is up; there is something to read as soon as it is."""
    asking = socket.create_connection(listener.getsockname()[:2])
    asking.sendall(f"GET /healthz HTTP/1.0\r\nHost: {_address(listener).partition('//')[2]}\r\n\r\n".encode())
    return asking


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def end_with_parent(parent: int, number: int = signal.SIGTERM) -> Callable[[], None]:
    """Return what a new child calls to be sent signal `number` by the kernel (Linux) when `parent` has gone."""

    def ask() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, number)
            if os.getppid() != parent:
                os._exit(1)

    return ask
