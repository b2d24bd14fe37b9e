"""Trials of a new version's tables: older code on them, migrations that are killed, counts and checksums of what stays."""

import contextlib
import fcntl
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
from flask import Flask
from sqlalchemy import inspect

from portal.extensions import db
from portal.instance import prepare
from portal.kit.migrating import bind

from ..servers import ROOT, portal_server
from .database import BACK
from .trials import Trial, wait_for

Figures = dict[str, tuple[int, int]]  # rows of each table, and a sum that changes with any of them
NOT_COMPARED = ("ticket_text", "alembic", "sqlite_")
INIT = [sys.executable, "-P", "-m", "portal", "init", "--no-input"]


def older_code(place: Path) -> Path:
    """The portal as it was before its newest migration, out of the repository; the folder."""
    newest = _newest()
    commit = _git("log", "--format=%H", "--diff-filter=A", "-1", "--", str(newest.relative_to(ROOT)))
    wanted = f"{commit.strip()}~1" if commit.strip() else "HEAD"
    place.mkdir()
    with subprocess.Popen(
        ["git", "archive", wanted, "portal", "wsgi.py", "pyproject.toml"], cwd=ROOT, stdout=subprocess.PIPE
    ) as told:
        subprocess.run(["tar", "-x", "-C", str(place)], stdin=told.stdout, check=True)
    assert not (place / newest.relative_to(ROOT)).exists()
    return place


def _newest() -> Path:
    return max((ROOT / "portal/migrations/versions").glob("[0-9]*.py"))


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def init(settings: dict[str, str], root: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """Bring an instance up to date by the command."""
    env = {**os.environ, **settings, "PYTHONPATH": str(root)}
    return subprocess.run(INIT, env=env, cwd=root, capture_output=True, text=True, check=False)


def old_code_on_new_tables(it: Trial, older: Path, seconds: float) -> None:
    """The older portal serves while the new one migrates, goes on for a while, and is started anew; then comes the new one.

    Args:
        it: the instance.
        older: the older portal's code.
        seconds: how long it goes on after the migration, and again after a start.
    """
    with it.place.app.app_context():
        bind()
        flask_migrate.downgrade(revision="-1")
    settings, instance = it.place.settings, it.place.instance
    with portal_server(instance, settings, it.port, root=older) as server:
        it.load.start()
        wait_for(lambda: len(it.ledger.said) > 5, "the load has begun")
        began = time.monotonic()
        done = init(settings)
        took = time.monotonic() - began
        assert done.returncode == 0, done.stderr
        said = len(it.ledger.said)
        wait_for(lambda: len(it.ledger.said) > said + 5, "the older one goes on", BACK)
        time.sleep(seconds)
        faults = [line for line in server.log.read_text().splitlines() if '"trace"' in line]
        assert not faults, "\n".join(faults)
    refused = init(settings, older)
    assert refused.returncode != 0
    assert _newest().name.partition("_")[0] in refused.stderr, refused.stderr
    for root in (older, ROOT):
        with portal_server(instance, settings, it.port, root=root):
            said = len(it.ledger.said)
            wait_for(lambda said=said: len(it.ledger.said) > said + 5, "all goes on", BACK + 20)  # type: ignore[misc]
            time.sleep(seconds if root == older else 0)
    sys.stdout.write(f"\nmigrated under load in {took:.1f} s; {it.load.busy} times busy meanwhile\n")
    it.place.connect_anew()
    with it.served():
        it.load.stop()
        it.settle(300, hurry=True)


# Counts and checksums


def columns() -> dict[str, list[str]]:
    """Tables with the names of their columns."""
    found = inspect(db.engine).get_multi_columns()
    names = {name: sorted(column["name"] for column in held) for (_, name), held in found.items()}
    return {name: held for name, held in names.items() if not name.startswith(NOT_COMPARED)}


def figures(known: dict[str, list[str]]) -> Figures:
    """Rows and a sum over all of them, in whichever order they come, of these columns."""
    found: Figures = {}
    with db.engine.connect() as connection:
        for name, held in known.items():
            asked = f'SELECT {", ".join(f"{chr(34)}{one}{chr(34)}" for one in held)} FROM "{name}"'
            count = total = 0
            for row in connection.execution_options(stream_results=True).exec_driver_sql(asked):
                count += 1
                total += int.from_bytes(blake2b(repr(tuple(row)).encode(), digest_size=8).digest())
            found[name] = (count, total % 2**64)
    return found


def shared(older: dict[str, list[str]], newer: dict[str, list[str]]) -> dict[str, list[str]]:
    """The columns that both know; what a role may do changes by right."""
    both = {name: sorted({*held} & {*newer.get(name, ())}) for name, held in older.items() if name in newer}
    return {
        name: [one for one in held if (name, one) != ("role", "permissions")] for name, held in both.items()
    }


@contextlib.contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    sys.stdout.write(f"{what}: {time.monotonic() - began:.1f} s\n")


def there_and_back(app: Flask, steps: int, kills: int, settings: dict[str, str]) -> None:
    """Some steps down, killed on the way up, up; one down, up: what all of them know is the same each time.

    Args:
        app: its database is at the newest tables, with rows.
        steps: how far down it goes.
        kills: how often the way up is killed in its middle.
        settings: of its instance.
    """
    url = settings["PORTAL_DATABASE_URL"]
    with app.app_context():
        bind()
        newest, first = columns(), figures(columns())
        with _timed(f"\n{first['ticket'][0]} tickets, {steps} steps down"):
            flask_migrate.downgrade(revision=f"-{steps}")
        low = _revision()
        lowest = columns()
        known = shared(newest, lowest)
        rows = figures(known)
        assert {name: rows[name][0] for name in rows} == {name: first[name][0] for name in rows}
        caught = 0
        for _kill in range(kills):
            db.engine.dispose()
            caught += _kill_on_the_way(settings, Path(app.config["INSTANCE"]), url)
            if _revision() != low:  # it was over already
                flask_migrate.downgrade(revision=f"-{steps}")
            assert columns() == lowest
            assert figures(known) == rows, "a migration that was killed changed something"
        with _timed(f"killed {caught} times of {kills} in its middle; up"):
            prepare()
        assert columns() == newest
        assert figures(known) == rows
        with _timed("down one and up again"):
            flask_migrate.downgrade(revision="-1")
            flask_migrate.upgrade()
        assert columns() == newest
        assert figures(known) == rows
        db.session.remove()
        db.engine.dispose()


def _revision() -> str:
    with db.engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def _kill_on_the_way(settings: dict[str, str], instance: Path, url: str) -> bool:
    """Begin to migrate, kill it within its first second of work; whether it was at work still."""
    with _on_postgresql(url) if url else _on_sqlite(instance) as at_work:
        with subprocess.Popen(
            INIT,
            env={**os.environ, **settings},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as making:
            while making.poll() is None and not at_work():
                time.sleep(0.005)
            time.sleep(random.uniform(0.0, 0.2 if url else 1.0))
            there = making.poll() is None and at_work()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(making.pid, signal.SIGKILL)
        wait_for(lambda: not at_work(), "the server has undone it")  # which notices a little later
    return there


@contextlib.contextmanager
def _on_sqlite(instance: Path) -> Iterator[Callable[[], bool]]:
    def at_work() -> bool:
        with (instance / "write.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    yield at_work


@contextlib.contextmanager
def _on_postgresql(url: str) -> Iterator[Callable[[], bool]]:
    asked = (
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
        " WHERE locktype = 'advisory' AND d.datname = current_database() AND granted"
    )
    with psycopg.connect(url, autocommit=True) as connection:

        def at_work() -> bool:
            found: Any = connection.execute(asked).fetchone()
            return bool(found[0])

        yield at_work
