"""Answers for watchdogs: alive, and able to work."""

import shutil
from pathlib import Path

from flask import Flask

from portal.app import create_app
from portal.health.actions import note
from portal.health.outside import see_room
from portal.instance import prepare
from portal.search.index import the_search

from ..client import PortalClient
from ..conftest import environment


def test_a_portal_that_can_work_says_so(client: PortalClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    the_search().rebuild()
    seen = client.get("/readyz")
    assert (seen.status_code, seen.json) == (200, {"status": "limited", "failing": ["worker"]})
    note("worker here", {})
    assert client.get("/readyz").json == {"status": "ok", "failing": []}


def test_what_the_database_takes_is_told_of_each_database(app: Flask) -> None:
    assert see_room()["database"] > 100_000  # no tables are smaller than that


def test_a_portal_without_its_tables_or_files_is_alive_but_not_ready_and_names_the_part(
    tmp_path: Path,
) -> None:
    app = create_app(environment(tmp_path / "instance"))
    client = app.test_client()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "failing", "failing": ["database", "files"]})
    assert client.get("/healthz").status_code == 200
    with app.app_context():
        prepare()
    assert client.get("/readyz").status_code == 200
    shutil.rmtree(tmp_path / "instance")
    assert "files" in client.get("/readyz").json["failing"]  # type: ignore[index]
