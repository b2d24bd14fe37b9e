"""`portal move`: all of an instance arrives on PostgreSQL as it was, or nothing does."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.pool import NullPool

from portal.app import create_app
from portal.cli import cli
from portal.extensions import db
from portal.instance import prepare
from portal.moving.rows import fit, same
from portal.people.models import Person
from portal.tickets.actions import Words, open_ticket
from portal.tickets.fulltext import holds
from portal.tickets.models import Ticket

from ..client import PortalClient
from ..servers import ROOT, Postgres

LONG = "ß" * 200_000
SIGNS = "emoji \U0001f469\u200d\U0001f467, \u202eturned\u202c, 'quotes\" \\ %s :x $1\r\n\ttab e\u0301 \x01\x7f\uffff"


@pytest.fixture
def instance(demo_of_all: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo."""
    place = tmp_path / "instance"
    shutil.copytree(demo_of_all, place, symlinks=True)
    monkeypatch.setenv("PORTAL_INSTANCE", str(place))
    return place


@pytest.fixture
def target(request: pytest.FixtureRequest) -> str:
    """An empty database."""
    server: Postgres = request.getfixturevalue("postgres_server")
    return server.create_database("moved").replace("+psycopg", "")


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["move", *words])


def inside(place: Path, *statements: str) -> list[list[Any]]:
    """Do statements in the instance's SQLite; returns the rows of each."""
    with closing(sqlite3.connect(place / "portal.sqlite", isolation_level=None)) as connection:
        return [connection.execute(one).fetchall() for one in statements]


def everything(place: Path) -> list[str]:
    with closing(sqlite3.connect(place / "portal.sqlite")) as connection:
        return list(connection.iterdump())


def tables(target: str) -> list[str]:
    engine = create_engine(target.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
    with engine.connect() as connection:
        return inspect(connection).get_table_names()


@pytest.fixture
def hostile(instance: Path) -> Path:
    """Values that databases stumble over."""
    with closing(sqlite3.connect(instance / "portal.sqlite")) as connection:
        (event,) = connection.execute("SELECT max(id) FROM ticket_event WHERE body IS NOT NULL").fetchone()
        odd = {"deep": [[{"k": [True, 1, 1.5, None, 10**30, -0.0, 1e22, "\0x", "\ud800", SIGNS]}]]}
        connection.execute(
            "UPDATE ticket_event SET body = ?, html = ?, data = ?, at = '1999-12-31 23:59:59.999999' WHERE id = ?",
            (LONG + SIGNS, "zero \0 byte", json.dumps(odd), event),
        )
        connection.execute("UPDATE person SET called = ? WHERE email = 'stranger@example.com'", (SIGNS[:60],))
        connection.execute(
            "INSERT INTO live (id, topic, at) VALUES (?, 'x', '2026-01-01 00:00:00.000001')", (2**63 - 9,)
        )
        connection.execute("CREATE TABLE other_program (x)")
        connection.commit()
    return instance


def test_a_whole_instance_arrives_as_it_was_and_goes_on(hostile: Path, target: str) -> None:
    before = everything(hostile)
    told = json.loads(run(target, "--json").stdout)
    assert told["moved"]
    assert told["left"] == ["other_program"]
    counts = {name: inside(hostile, f'SELECT count(*) FROM "{name}"')[0][0][0] for name in told["tables"]}
    assert told["tables"] == counts
    assert told["rows"] == sum(counts.values()) > 1000
    assert everything(hostile) == before
    again = run(target)
    assert again.exit_code == 1
    assert "holds tables already" in again.output
    assert "createdb" in again.output
    app = create_app({**os.environ, "PORTAL_DATABASE_URL": target})
    app.test_client_class = PortalClient
    with app.app_context():
        _look_around(app.test_client())  # type: ignore[arg-type]
        db.session.remove()
        db.engine.dispose()


def _look_around(browser: PortalClient) -> None:
    assert db.session.scalar(text("SELECT max(id) FROM live")) == 2**63 - 9
    row = db.session.execute(
        text("SELECT body, html, data, at FROM ticket_event ORDER BY length(body) DESC NULLS LAST")
    ).first()
    assert row is not None
    assert row.body == LONG + SIGNS
    assert row.html == "zero � byte"
    assert row.data["deep"][0][0]["k"][4:] == [10**30, 0, 1e22, "�x", "�", SIGNS]
    assert row.at.isoformat() == "1999-12-31T23:59:59.999999+00:00"
    customer = db.session.scalars(select(Person).where(Person.email == "customer@example.com")).one()
    highest = db.session.scalar(select(Ticket.number).order_by(Ticket.number.desc())) or 0
    ticket = open_ticket("After the move", Words("All is well."), customer)
    assert ticket.number == highest + 1
    db.session.commit()
    found = db.session.scalars(
        select(Ticket).where(Ticket.requester_id == customer.id, Ticket.id != ticket.id)
    ).first()
    assert found
    known = holds(found.subject.split()[0], internal=False)
    assert known is not None
    assert found.number in db.session.scalars(select(Ticket.number).where(known)).all()
    browser.enter(customer)
    assert found.subject in browser.get(f"/tickets/{found.number}").text


def test_a_rehearsal_compares_all_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.setenv("PORTAL_INSTANCE", str(tmp_path))
    with create_app(dict(os.environ)).app_context():
        prepare()
        db.session.remove()
        db.engine.dispose()
    done = run(target, "--dry-run")
    assert "could be moved and compared" in done.output
    assert "Now without --dry-run." in done.output
    assert tables(target) == []


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://x/y", "begins with sqlite:/// or postgresql://"),
        ("sqlite:////tmp/x", "The portal moves to PostgreSQL"),
        ("postgresql://portal@127.0.0.1", "names no database"),
        ("postgresql://portal:very-secret@127.0.0.1:1/x", "Connection refused"),
        ("postgresql://[::1/x", "is no address of a database"),
    ],
)
def test_an_address_that_cannot_be_is_told_in_a_sentence(instance: Path, url: str, told: str) -> None:
    done = run(url)
    assert done.exit_code == 1
    assert told in done.output
    assert "very-secret" not in done.output


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "older version"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer version of the portal (9999)"),
        ("DROP TABLE alembic_version", "not made yet"),
        ("UPDATE team SET name = printf('%0200d', 1) WHERE id = 1", "The row of team with id 1 cannot be moved"),
        ("UPDATE ticket SET requester_id = 987654 WHERE id = 1", "violates foreign key"),
        ("UPDATE ticket SET created_at = 'yesterday' WHERE id = 1", "cannot be read"),
    ],
)  # fmt: skip
def test_what_postgresql_would_not_hold_is_named_and_nothing_moves(
    instance: Path, target: str, statement: str, told: str
) -> None:
    inside(instance, statement)
    done = run(target)
    assert done.exit_code == 1
    assert told in done.output, done.output
    assert tables(target) == []


@pytest.fixture
def open_elsewhere(instance: Path) -> Iterator[None]:
    """Another process has the database open and rests, as web processes and workers do between two requests."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM team').fetchall();"
        "print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(instance / "portal.sqlite")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        yield


def test_a_portal_that_runs_is_not_moved(instance: Path, target: str, open_elsewhere: None) -> None:
    done = run(target)
    assert done.exit_code == 1
    assert "The portal is running" in done.output
    assert tables(target) == []


def test_a_move_that_is_killed_leaves_nothing_behind(instance: Path, target: str) -> None:
    before = everything(instance)
    command = [sys.executable, "-P", "-m", "portal", "move", target]
    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'moved' AND query LIKE 'INSERT INTO %'"
    look = create_engine(target.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)

    def is_copying() -> bool:
        with look.connect() as connection:
            return bool(connection.scalar(text(busy)))

    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as moving:
        _wait(is_copying, moving)
        moving.send_signal(signal.SIGKILL)
    assert moving.returncode == -signal.SIGKILL
    assert everything(instance) == before
    assert tables(target) == []


def _wait(there: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while not there():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, True, False), (0, False, False), (1, 1.0, True), (None, "", False), ([1], [True], False), ([1], [1, 2], False),
        ({"a": None}, {}, False), ({"a": [1e22]}, {"a": [10**22]}, True), (b"\0", b"\0", True), ("é", "e\u0301", False),
    ],
)  # fmt: skip
def test_values_are_compared_by_kind_and_content(one: object, other: object, equal: bool) -> None:
    assert same(one, other) is equal
    assert same(fit(one), other) is equal
