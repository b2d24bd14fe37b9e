"""Backups that cannot be brought to their end: a folder that is full, a database that goes away."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from sqlalchemy import select

from portal.backup.models import Backup
from portal.extensions import db

from ..drills.nights import can_mount, fill_up, small_disk
from ..real import until
from ..servers import Postgres, postgres
from .test_backup import Machine, filled, inside


@pytest.fixture
def own_server() -> Iterator[Postgres]:
    """A server that nobody else uses, for it is restarted."""
    with postgres() as server:
        yield server


def _is_refused(machine: Machine, done: Result, folder: Path, words: str) -> None:
    assert done.exit_code == 1
    assert words in done.output
    assert "Traceback" not in done.output
    assert [path.name for path in folder.iterdir() if path.name != "filler"] == [], "half a backup takes room"
    with inside(machine):
        kept = db.session.scalars(select(Backup).order_by(Backup.id)).all()
        assert [(row.good, bool(row.error), bool(row.ended)) for row in kept] == [(False, True, True)]


def test_a_folder_that_is_full_is_told_and_holds_no_half_a_backup(tmp_path: Path) -> None:
    """R4, R14."""
    if not can_mount(tmp_path):
        pytest.skip("a small disk needs the right to mount one")
    here, folder = filled(tmp_path), tmp_path / "full"
    with small_disk(folder, 1):
        fill_up(folder / "filler")
        _is_refused(here, here.run("backup", folder), folder, "No space left")
        (folder / "filler").unlink()
        assert here.run("backup", folder).exit_code == 0


def test_a_database_that_is_restarted_meanwhile_is_told_and_the_next_backup_is_whole(
    tmp_path: Path, own_server: Postgres
) -> None:
    """R8, R14."""
    url = own_server.create_database("restarted").replace("+psycopg", "")
    here, folder, told = filled(tmp_path, url), tmp_path / "backups", list[Result]()
    folder.mkdir()
    under_way = threading.Thread(target=lambda: told.append(here.run("backup", folder)))
    with closing(psycopg.connect(url)) as other, closing(psycopg.connect(url, autocommit=True)) as looks:
        other.execute("LOCK TABLE letter IN ACCESS EXCLUSIVE MODE")
        under_way.start()
        asked = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = 'restarted'"
        until(lambda: looks.execute(asked).fetchone() is not None, 30)
        own_server.restart()
    under_way.join()
    _is_refused(here, told[0], folder, "database")
    assert here.run("backup", folder).exit_code == 0
    assert len(list(folder.iterdir())) == 1
