"""The ground of all tests: an app on each database, a fixed cast, clients that look at every page they fetch."""

import fcntl
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, has_request_context, request
from sqlalchemy import event
from sqlalchemy.engine import Connection

from portal.app import create_app
from portal.extensions import db
from portal.features import JOB_MODULES
from portal.instance import prepare
from portal.kb.actions import sync
from portal.kit import clock
from portal.legal.standing import Standing
from portal.outbox.worker import Worker
from portal.people.actions import give_role
from portal.people.models import Grant, Membership, Organisation, Person, Team

from .client import PortalClient
from .make import PASSWORD_HASH
from .servers import ROOT, postgres

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="portal-run-"))
CONTENT = Path(__file__).parent / "kb_content"


@dataclass
class Cast:
    """Everybody that tests are about. Marta's organisation has a colleague; the agent is of Support, agent2 of Billing."""

    customer: Person
    colleague: Person
    stranger: Person
    agent: Person
    agent2: Person
    editor: Person
    manager: Person
    admin: Person


def _make_cast() -> None:
    support = db.session.query(Team).filter_by(is_default=True).one()
    billing = Team(name="Billing")
    ours, theirs = Organisation(name="Marta & Filhas"), Organisation(name="Longport")
    db.session.add_all([billing, ours, theirs])
    roles = {"agent": ("agent", support), "agent2": ("agent", billing), "editor": ("editor", None)}
    roles |= {"manager": ("manager", None), "admin": ("administrator", None)}
    homes = {"customer": ours, "colleague": ours, "stranger": theirs}
    for name in (field.name for field in fields(Cast)):
        person = Person(email=f"{name}@example.com", called=name.capitalize(), password_hash=PASSWORD_HASH)
        person.created_at = person.confirmed_at = clock.now() - timedelta(days=90)  # nobody came today
        if name in homes:
            person.memberships.append(Membership(organisation=homes[name]))
        db.session.add(person)
        db.session.flush()
        give_role(person, "customer")
        if name in roles:
            key, team = roles[name]
            give_role(person, key, team=team)
    db.session.query(Grant).update({"given_at": clock.now() - timedelta(days=90)})
    db.session.commit()


def environment(instance: Path, **more: str) -> dict[str, str]:
    """Settings of an instance for tests: a demo, so that mails can be read, with cheap passwords."""
    return {
        "PORTAL_INSTANCE": str(instance),
        "PORTAL_DEMO": "yes",
        "PORTAL_NAME": "Lindwire",
        "PORTAL_KB_CONTENT": str(CONTENT),
        "PORTAL_ARGON_MEMORY_KB": "8",
        **more,
    }


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[object]:
    """A PostgreSQL of our own."""
    with postgres() as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def full_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app on each database, migrated, with the cast and its articles; tests take `app`, which undoes what they do."""
    more = {}
    if request.param == "postgresql":
        more["PORTAL_DATABASE_URL"] = request.getfixturevalue("postgres_server").create_database("tests")
    app = create_app(environment(tmp_path_factory.mktemp(request.param), **more))
    app.test_client_class = PortalClient
    with app.app_context():
        prepare()
        _make_cast()
        sync(app.config["KB_CONTENT"])
        db.session.commit()
        Worker(app, JOB_MODULES).drain()
        event.listen(db.engine, "before_cursor_execute", _no_writes_by_get)
    yield app
    with app.app_context():
        db.engine.dispose()


def make_demo(**more: str) -> "subprocess.CompletedProcess[str]":
    """Run `portal demo --if-empty` with these settings."""
    command = [sys.executable, "-P", "-m", "portal", "demo", "--if-empty"]
    settings = {**os.environ, "PORTAL_ARGON_MEMORY_KB": "8", **more}
    return subprocess.run(
        command, env=settings, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False
    )


@pytest.fixture(scope="session")
def demo_of_all(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The demo as a newcomer gets it, on SQLite; the processes of one test run make it once, and take copies."""
    shared = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        shared = shared.parent
    made = shared / "demo-of-all"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "portal.toml").exists():
            done = make_demo(PORTAL_INSTANCE=str(made), PORTAL_NAME="Lindwire")
            assert done.returncode == 0, done.stderr
    return made


def _no_writes_by_get(_connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
    if has_request_context() and request.method in ("GET", "HEAD") and not g.get("may_write"):
        word = statement.lstrip().split(maxsplit=1)[0].upper()
        assert word not in ("INSERT", "UPDATE", "DELETE"), f"a GET wrote: {statement}"


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def real_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app on each database whose commits are real: for several browsers, workers and windows at once."""
    more = {"PORTAL_LIMIT_REQUESTS": "100000"}
    if request.param == "postgresql":
        more["PORTAL_DATABASE_URL"] = request.getfixturevalue("postgres_server").create_database("real")
    app = create_app(environment(tmp_path_factory.mktemp(f"real-{request.param}"), **more))
    app.test_client_class = PortalClient
    with app.app_context():
        prepare()
        _make_cast()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(full_app: Flask) -> Iterator[Flask]:
    """The app inside a transaction that is undone after the test."""
    with full_app.app_context():
        engine = db.engine
        connection = engine.connect()
        outer = connection.begin()
        engines: dict[str | None, Any] = db._app_engines[full_app]  # the one way to lend a connection
        engines[None] = connection
        for name in ("kept_pages", "kept_pieces", "not_new"):  # they go by a revision that is undone as well
            full_app.extensions.pop(name, None)
        # There are no pages of the company until a test publishes some: nobody looks for them while statements are counted
        full_app.extensions["legal_standing"] = Standing(until=math.inf)
        full_app.extensions.pop("noted", None)  # all tests come from one address
        full_app.extensions["company"].forget()  # what an earlier one saved is undone
        db.session.remove()
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        yield full_app
        db.session.remove()
        engines[None] = engine
        outer.rollback()
        connection.close()


@pytest.fixture
def db_session(app: Flask) -> object:
    """The session of the test itself."""
    return db.session


@pytest.fixture
def people(app: Flask) -> Cast:
    """The cast, fresh from the database."""
    found = {person.called.lower(): person for person in db.session.query(Person)}
    return Cast(**{field.name: found[field.name] for field in fields(Cast)})


@pytest.fixture
def client(app: Flask) -> PortalClient:
    """A visitor's browser."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def browser_of(app: Flask) -> Callable[[Person], PortalClient]:
    """A signed-in browser of a person."""

    def open_for(person: Person) -> PortalClient:
        browser: PortalClient = app.test_client()  # type: ignore[assignment]
        browser.enter(person)
        return browser

    return open_for


@pytest.fixture
def work(app: Flask) -> Callable[[], int]:
    """Does what waits in the outbox, as the worker would; returns how many jobs were done."""
    return Worker(app, JOB_MODULES).drain
