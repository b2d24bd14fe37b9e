"""What a backup of a gigabyte takes while pages are read, as figures beside what the disk and the pages do without it."""

import os
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .table import columns, verdict

MOST_SECONDS = 60  # for a gigabyte
MOST_MEMORY_MB = 300
MOST_SLOWER = 3.0  # times that a page's p95 may be of itself without a backup
PIECE = 5_000_000  # bytes of a file


@dataclass(frozen=True)
class Figures:
    """Seconds, of them on a processor, and peak memory (MB) of a backup, bytes, p95 of a page (ms) before and during it, seconds of a plain copy."""

    seconds: float
    processor: float
    memory: float
    size: int
    copied: float
    before: float
    during: float
    worst: float


def fill(instance: Path, amount: int) -> None:
    """Files in the store, as customers send them: bytes that nothing can press together."""
    for number in range(amount // PIECE):
        key = f"{number:032x}"
        folder = instance / "files" / key[:2]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(os.urandom(PIECE))


def _read(address: str, ended: threading.Event, found: list[float]) -> None:
    while not ended.wait(0.02):
        began = time.perf_counter()
        with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 -- our own server
            answer.read()
        found.append((time.perf_counter() - began) * 1000)


def _p95(found: Sequence[float]) -> float:
    return statistics.quantiles(found, n=20)[-1]


def measure(address: str, environ: dict[str, str], folder: Path) -> Figures:
    """Back up the instance of a server that runs at `address`, while its pages are read."""
    quiet, busy, ended = list[float](), list[float](), threading.Event()
    reader = threading.Thread(target=_read, args=(address, ended, quiet))
    reader.start()
    time.sleep(5)
    ended.set()
    reader.join()
    began = time.monotonic()
    subprocess.run(["cp", "-r", environ["PORTAL_INSTANCE"], str(folder / "copy")], check=True)
    subprocess.run(["sync", "-f", str(folder / "copy")], check=True)
    copied = time.monotonic() - began
    subprocess.run(["rm", "-r", str(folder / "copy")], check=True)
    path = folder / "bench.backup"
    ended = threading.Event()
    reader = threading.Thread(target=_read, args=(address, ended, busy))
    reader.start()
    began = time.monotonic()
    command = [sys.executable, "-P", "-m", "portal", "backup", str(path)]
    settings = {**os.environ, **environ, "PORTAL_BACKUP_PASSPHRASE": "a passphrase for the bench"}
    process = subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - began
    ended.set()
    reader.join()
    if process.returncode:
        raise RuntimeError("the backup failed; see above")
    size = path.stat().st_size
    path.unlink()
    processor = used.ru_utime + used.ru_stime
    return Figures(
        seconds, processor, used.ru_maxrss / 1024, size, copied, _p95(quiet), _p95(busy), max(busy)
    )


def lines(found: Figures) -> list[str]:
    """The figures as a table."""
    slower = found.during / found.before
    rows = [
        ["size, MB", f"{found.size / 1e6:.0f}", ""],
        [
            "seconds, read again and whole",
            f"{found.seconds:.1f}",
            verdict(round(found.seconds * 1e9 / found.size, 1), MOST_SECONDS),
        ],
        ["of them on a processor", f"{found.processor:.1f}", ""],
        ["times a plain copy (cp, sync)", f"{found.seconds / found.copied:.1f}", ""],
        ["peak memory, MB", f"{found.memory:.0f}", verdict(round(found.memory), MOST_MEMORY_MB)],
        [
            "start page p95 without / with it, ms",
            f"{found.before:.1f} / {found.during:.1f}",
            verdict(round(slower, 1), MOST_SLOWER),
        ],
        ["longest start page with it, ms", f"{found.worst:.0f}", ""],
    ]
    return ["Backup while pages are read", "", *columns(["what", "", ""], rows), ""]
