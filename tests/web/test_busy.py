"""A database that another writer holds: a sentence after a while, and what was typed is given back."""

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal.app import create_app
from portal.extensions import db
from portal.instance import prepare
from portal.kit import sqlite

from ..client import PortalClient, soup
from ..conftest import _make_cast, environment
from ..real import browser


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[PortalClient, PortalClient]]:
    """A customer and a visitor of an instance on SQLite whose lock somebody else has taken."""
    monkeypatch.setattr(sqlite, "PATIENCE", 0.2)
    app: Flask = create_app(environment(tmp_path))
    app.test_client_class = PortalClient
    with app.app_context():
        prepare()
        _make_cast()
        db.session.remove()
    customer, visitor = browser(app, "customer"), PortalClient(app)
    customer.csrf()
    visitor.page("/tickets/new")
    with (Path(app.config["INSTANCE"]) / "write.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield customer, visitor
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("htmx", [False, True])
def test_who_writes_meanwhile_is_told_so_and_keeps_the_words(
    held: tuple[PortalClient, PortalClient], htmx: bool
) -> None:
    form = {"subject": "Kept words", "body": "Elderberryword", "email": "vera@example.org", "began": "x"}
    for client in held:
        answer = client.send("/tickets/new", form, htmx=htmx, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert answer.headers["X-Request-Id"]
        if not htmx:
            kept = soup(answer).select_one("main form [name=body]")
            assert kept
            assert "Elderberryword" in str(kept)


def test_who_reads_meanwhile_notices_nothing(held: tuple[PortalClient, PortalClient]) -> None:
    for client, path in ((held[0], "/tickets"), (held[1], "/help")):
        assert client.get(path).status_code == 200
