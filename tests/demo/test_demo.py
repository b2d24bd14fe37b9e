"""The demo: a shop with people, requests of every state and their mails, made by one command."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.app import create_app
from portal.extensions import db
from portal.mail.models import Letter
from portal.outbox.models import Job
from portal.people.models import Person
from portal.tickets.models import Ticket, TicketEvent

from ..client import PortalClient
from ..conftest import make_demo


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, dict[str, str]]]:
    place: Path = tmp_path_factory.mktemp("demo") / "instance"
    env = {"PORTAL_INSTANCE": str(place), "PORTAL_ARGON_MEMORY_KB": "8"}
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("demo_of_all"), place)
    else:
        url = request.getfixturevalue("postgres_server").create_database("demo")
        env["PORTAL_DATABASE_URL"] = url.replace("+psycopg", "")
        done = make_demo(**env)
        assert done.returncode == 0, done.stderr
    app = create_app(env)
    app.test_client_class = PortalClient
    with app.app_context():
        yield app, env
        db.session.remove()
        db.engine.dispose()


def rows() -> dict[str, int]:
    counted = {
        table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Person, Ticket, TicketEvent, Letter, Job)
    }
    db.session.rollback()
    return counted


def test_it_holds_fifty_requests_of_every_state(made: tuple[Flask, dict[str, str]]) -> None:
    states = Counter(db.session.scalars(select(Ticket.state)))
    assert states == {"open": 11, "solved": 8, "waiting": 8, "new": 17, "closed": 7}
    assert db.session.scalar(select(func.count()).where(Job.dead.is_not(None))) == 0
    assert db.session.scalar(select(func.count()).where(Job.done.is_(None))) == 0
    assert (db.session.scalar(select(func.count()).select_from(Letter)) or 0) > 0
    assert db.session.scalar(select(func.max(Ticket.touched_at)))


def test_everybody_who_is_named_can_sign_in_and_sees_something(made: tuple[Flask, dict[str, str]]) -> None:
    app, _env = made
    first = {
        "customer": "/tickets",
        "agent": "/desk",
        "agent2": "/desk",
        "manager": "/desk",
        "admin": "/admin",
    }
    for name in ("customer", "colleague", "stranger", "agent", "agent2", "editor", "manager", "admin"):
        client: PortalClient = app.test_client()  # type: ignore[assignment]
        form = {"email": f"{name}@example.com", "password": app.config["DEMO_PASSWORD"]}
        assert client.send("/sign-in", form).status_code == 303, name
        client.page("/account")
        client.page(first.get(name, "/tickets"))
    agent: PortalClient = app.test_client()  # type: ignore[assignment]
    agent.send("/sign-in", {"email": "manager@example.com", "password": app.config["DEMO_PASSWORD"]})
    for number in db.session.scalars(select(Ticket.number)):
        agent.page(f"/desk/tickets/{number}")


def test_a_second_time_changes_nothing(made: tuple[Flask, dict[str, str]]) -> None:
    _app, env = made
    before = rows()
    assert make_demo(**env).returncode == 0
    assert rows() == before


def test_the_outbox_can_be_read(made: tuple[Flask, dict[str, str]]) -> None:
    app, _env = made
    client: PortalClient = app.test_client()  # type: ignore[assignment]
    assert client.page("/outbox").select("#letters a")
