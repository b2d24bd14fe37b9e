"""Migrations: forward and back on both databases, and in the end what the models say."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import event, inspect

from portal.app import create_app
from portal.extensions import db
from portal.instance import is_empty, prepare
from portal.kit import clock
from portal.kit.migrating import bind
from portal.people.models import Person, Role
from portal.tickets.actions import Words, open_ticket, reply, set_state
from portal.tickets.models import Ticket

from .conftest import environment
from .servers import ROOT, Postgres

VERSIONS = ROOT / "portal/migrations/versions"
BY_HAND = "ticket_text"  # full text, which the two databases spell differently


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app whose database holds nothing."""
    more = {}
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres_server")
        server.drop_database("migrations")
        more["PORTAL_DATABASE_URL"] = server.create_database("migrations")
    app = create_app(environment(tmp_path, **more))
    with app.app_context():
        bind()
        yield app
        db.session.remove()
        db.engine.dispose()


def _schema() -> dict[str, Any]:
    """Tables with their columns, indexes and keys, as the database tells them."""
    look = inspect(db.engine)
    tables = [name for name in look.get_table_names() if not name.startswith((BY_HAND, "alembic"))]
    return {
        name: (
            sorted((c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(name)),
            sorted(
                (str(i["name"]), str(i["column_names"]), bool(i["unique"])) for i in look.get_indexes(name)
            ),
            sorted(str(k["constrained_columns"]) for k in look.get_foreign_keys(name)),
        )
        for name in tables
    }


def test_the_newest_migration_equals_the_models(empty: Flask) -> None:
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _ours})
        assert compare_metadata(context, db.metadata) == []


def _ours(_thing: object, name: str | None, kind: str, *_more: object) -> bool:
    return not (kind == "table" and (name or "").startswith(BY_HAND))


def test_forward_back_and_forward_again_gives_the_same(empty: Flask) -> None:
    flask_migrate.upgrade()
    first = _schema()
    flask_migrate.downgrade(revision="base")
    assert _schema() == {}
    flask_migrate.upgrade()
    assert _schema() == first


def test_every_step_can_be_taken_back_with_rows_in_place(empty: Flask) -> None:
    prepare()
    db.session.add(Person(email="kept@example.com", called="Kept"))
    db.session.commit()
    flask_migrate.downgrade(revision="-1")
    flask_migrate.upgrade()
    assert db.session.query(Person).filter_by(email="kept@example.com").one().called == "Kept"


def _columns() -> dict[str, set[str]]:
    """Tables with the names of their columns, in one look."""
    found = inspect(db.engine).get_multi_columns()
    names = {name: {column["name"] for column in held} for (_, name), held in found.items()}
    return {name: held for name, held in names.items() if not name.startswith((BY_HAND, "alembic"))}


def _rows(columns: dict[str, set[str]]) -> dict[str, list[str]]:
    """All rows, of these tables and columns alone, in an order of their own."""
    found = {}
    with db.engine.connect() as connection:
        for name, held in columns.items():
            names = ", ".join(f'"{column}"' for column in sorted(held))
            found[name] = sorted(map(str, connection.exec_driver_sql(f'SELECT {names} FROM "{name}"').all()))
    return found


def test_every_revision_goes_back_and_forward_and_keeps_its_rows(empty: Flask) -> None:
    """R13: each one with rows in place; what the one before it knows of is the same afterwards."""
    prepare()
    customer, agent = Person(email="a@example.com", called="Ánna"), Person(email="b@example.com")
    db.session.add_all([customer, agent])
    db.session.flush()
    for number in range(5):
        ticket = open_ticket(f"Number {number}", Words("Words, **bold** 🎈"), customer)
        reply(ticket, Words("More words"), agent, then="waiting")
    db.session.commit()
    for step in range(len(list(VERSIONS.glob("*.py"))) - 1):
        flask_migrate.downgrade(revision="-1")
        before = _columns()
        before["role"] -= {"permissions"}  # a revision gives those that it brings, and takes them back
        rows = _rows(before)
        flask_migrate.upgrade(revision="+1")
        assert _rows(before) == rows, f"{step} steps below the newest"
        flask_migrate.downgrade(revision="-1")
        assert _rows(before) == rows
    flask_migrate.upgrade()
    assert len(_rows({"ticket": {"id"}})["ticket"]) == 5


def test_open_tickets_of_before_the_clock_are_promised_an_answer_from_now_on(empty: Flask) -> None:
    prepare()
    customer, agent = Person(email="a@example.com"), Person(email="b@example.com")
    db.session.add_all([customer, agent])
    db.session.flush()
    with clock.at(clock.now() - timedelta(days=90)):
        for subject in ("new", "answered", "asked in vain", "waiting", "solved"):
            ticket = open_ticket(subject, Words("Words"), customer)
            if subject in ("answered", "waiting"):
                reply(ticket, Words("Words"), agent, then="open" if subject == "answered" else "waiting")
            elif subject != "new":
                set_state(ticket, "waiting" if subject == "asked in vain" else "solved", agent)
    db.session.commit()
    flask_migrate.downgrade(revision="0006")
    flask_migrate.downgrade(revision="-1")
    flask_migrate.upgrade()

    found = {t.subject: (t.owed_answer, t.due_at, bool(t.paused_at)) for t in db.session.query(Ticket)}
    due = found["new"][1]
    assert due
    assert due > clock.now() + timedelta(hours=7)
    assert found == {
        "new": ("first", due, False),
        "answered": ("next", due, False),
        "asked in vain": ("first", None, True),
        "waiting": (None, None, False),
        "solved": (None, None, False),
    }


def test_preparing_twice_is_preparing_once(empty: Flask) -> None:
    assert is_empty()
    prepare()
    prepare()
    assert not is_empty()
    assert sorted(role.key for role in db.session.query(Role)) == [
        "administrator",
        "agent",
        "customer",
        "editor",
        "manager",
    ]


def test_a_migration_that_is_cut_off_leaves_nothing_behind(empty: Flask) -> None:
    def cut(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "TRIGGER" in statement:
            raise ConnectionError("killed in the middle")

    event.listen(db.engine, "before_cursor_execute", cut)
    with pytest.raises(ConnectionError):
        flask_migrate.upgrade()
    event.remove(db.engine, "before_cursor_execute", cut)
    assert _schema() == {}
    flask_migrate.upgrade()
    assert "ticket" in _schema()
