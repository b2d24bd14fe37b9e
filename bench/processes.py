"""The servers under test as processes, and what the system knows of them: processor time and memory."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from portal.config import ROOT
from portal.serving import _gunicorn as gunicorn_command

SECONDS = 60  # that a server may take to answer
PROCESSES, THREADS = 2, 400  # as the portal has them unless told otherwise


@dataclass
class Server:
    """A running server: where it listens, its web processes, its log, and the seconds until its first answer."""

    port: int
    pids: list[int]
    log: Path
    started: float

    def processor_time(self) -> float:
        """Seconds of processor, user and system, that the web processes have used."""
        # The kernel's clock of another process (clock_getcpuclockid(3)): exact, where /proc counts hundredths.
        return sum(time.clock_gettime(~pid << 3 | 2) for pid in self.pids)

    def memory(self) -> list[float]:
        """Megabytes of each web process; what processes share is counted in parts (PSS)."""
        return [_kilobytes(pid) / 1024 for pid in self.pids]


def _kilobytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            pid, _, rest = status.read_text(encoding="utf-8", errors="replace").partition(" ")
            if int(rest.rpartition(")")[2].split()[1]) == parent:
                found.append(int(pid))
    return found


def _is_gunicorn(pid: int) -> bool:
    return b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()


def _workers(master: int) -> list[int]:
    """All web processes: the first answers before the last is there."""
    while len(found := _children(master)) < PROCESSES:
        time.sleep(0.01)
    return found


def _wait(port: int, process: "subprocess.Popen[bytes]", path: str, log: Path) -> None:
    until = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < until:
        with suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
            connection.request("GET", path)
            connection.getresponse().read()
            connection.close()
            return
        time.sleep(0.01)
    raise SystemExit(f"A server did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def portal(environ: Mapping[str, str], log: Path) -> Iterator[Server]:
    """The portal as `portal serve` runs it."""
    command = [sys.executable, "-P", "-m", "portal", "serve"]
    with log.open("wb") as out:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ}, stdout=out, stderr=out)
    try:
        _wait(int(environ["PORT"]), process, "/healthz", log)
        started = time.monotonic() - began
        master = next(pid for pid in _children(process.pid) if _is_gunicorn(pid))
        yield Server(int(environ["PORT"]), _workers(master), log, started)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


@contextmanager
def bare(pages: Path, log: Path) -> Iterator[Server]:
    """The bare app under the same server with the same settings."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener, log.open("wb") as out:
        command = gunicorn_command(listener.fileno(), PROCESSES, THREADS)
        command[command.index("wsgi:app")] = "bench.bare:app"
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", *command],
            cwd=ROOT,
            env={**os.environ, "BENCH_PAGES": str(pages), "PYTHONPATH": str(ROOT)},
            stdout=out,
            stderr=out,
            pass_fds=[listener.fileno()],
        )
        port = int(listener.getsockname()[1])
        try:
            _wait(port, process, "/", log)
            yield Server(port, _workers(process.pid), log, 0)
        finally:
            process.terminate()
            process.wait()
