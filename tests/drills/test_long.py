"""The drills at full length, on both databases; leases and pauses run out by themselves."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import select

from bench.fill import Amounts, fill_ground, fill_tickets
from portal.app import create_app
from portal.extensions import db
from portal.instance import is_empty
from portal.people.models import Role

from ..servers import ROOT, postgres
from .crowd import crowd
from .database import SlowWay, lock_database, restart_database, slow_database
from .deploy import renew, roll
from .desks import one_ticket
from .nights import portal
from .trials import kill_all, kill_parts, refuse_mail, stop_gently, trial
from .versions import old_code_on_new_tables, older_code, there_and_back
from .workers import poison, two_of_each

pytestmark = pytest.mark.drill


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    with postgres() as server:
        yield server.create_database("drill")


def test_web_and_worker_are_killed_for_three_minutes(tmp_path: Path, database_url: str) -> None:
    """R1, R2."""
    with trial(tmp_path, database_url, largest=1_000_000, pause=0.5) as it:
        kill_parts(it, seconds=180, pace=3, hurry=False)


def test_everything_is_killed_ten_times(tmp_path: Path, database_url: str) -> None:
    """R1."""
    with trial(tmp_path, database_url, pause=0.5) as it:
        kill_all(it, rounds=10, hurry=False)


def test_mail_is_refused_for_two_minutes(tmp_path: Path, database_url: str) -> None:
    """R5."""
    with trial(tmp_path, database_url, pause=3) as it:
        refuse_mail(it, seconds=60, hurry=False)


def test_two_agents_and_a_customer_are_at_one_ticket_fifty_times(tmp_path: Path, database_url: str) -> None:
    """R11."""
    with trial(tmp_path, database_url) as it:
        one_ticket(it, rounds=50)


def test_the_portal_is_stopped_while_many_forms_arrive(tmp_path: Path, database_url: str) -> None:
    """R18."""
    with trial(tmp_path, database_url, pause=0.3) as it:
        stop_gently(it, uploads=20)


def test_the_database_is_locked_for_half_a_minute(tmp_path: Path, database_url: str) -> None:
    """R8."""
    with trial(tmp_path, database_url, pause=0.5) as it:
        lock_database(it, database_url, seconds=30)


def test_the_database_server_is_restarted_six_times(tmp_path: Path) -> None:
    """R8."""
    with postgres(safe=True) as server, trial(tmp_path, server.create_database("restarts"), pause=0.5) as it:
        restart_database(it, server, rounds=6, away=3)


def test_each_statement_takes_two_seconds_for_a_while(tmp_path: Path) -> None:
    """R8."""
    with (
        postgres(safe=True) as server,
        TemporaryDirectory(prefix="portal-way-") as name,
        closing(SlowWay(server, Path(name))) as way,
    ):
        server.create_database("slow")
        with trial(tmp_path, way.url("slow"), pause=0.5) as it:
            slow_database(it, way, seconds=30)


def test_hundreds_of_windows_miss_nothing(tmp_path: Path, database_url: str) -> None:
    """R20."""
    with trial(tmp_path, database_url) as it:
        crowd(it, int(os.environ.get("PORTAL_DRILL_WINDOWS", "500")))


def test_work_that_never_ends_well_is_parked(tmp_path: Path, database_url: str) -> None:
    """R21."""
    with trial(tmp_path, database_url, pause=1) as it:
        poison(it, tmp_path, seconds=120)


def test_three_workers_of_which_one_has_a_wrong_clock(tmp_path: Path, database_url: str) -> None:
    """R15, R21."""
    with trial(tmp_path, database_url, pause=3) as it:
        two_of_each(it, tmp_path, seconds=15)


def test_new_versions_are_put_in_place_ten_times_under_load(tmp_path: Path, database_url: str) -> None:
    """R18."""
    with trial(tmp_path, database_url, pause=0.3) as it:
        renew(it, rounds=10)


def test_two_machines_behind_a_proxy_are_renewed_in_turns(tmp_path: Path) -> None:
    """R18."""
    with postgres() as server:
        roll(tmp_path, server.create_database("rolling"), rounds=3)


def test_a_migration_that_is_killed_at_any_moment_is_done_by_the_next_start(
    tmp_path: Path, database_url: str
) -> None:
    """R13."""
    dice = random.Random(13)
    settings = {"PORTAL_INSTANCE": str(tmp_path), "PORTAL_DATABASE_URL": database_url.replace("+psycopg", "")}
    command = [sys.executable, "-P", "-m", "portal", "init", "--no-input"]
    for _round in range(10):
        with subprocess.Popen(
            command, env=os.environ | settings, cwd=ROOT, stdout=subprocess.DEVNULL
        ) as making:
            time.sleep(dice.uniform(0.8, 4))
            making.kill()
    assert subprocess.run(command, env=os.environ | settings, cwd=ROOT, check=False).returncode == 0
    with create_app(settings).app_context():
        assert not is_empty()
        assert db.session.scalars(select(Role.key)).all()
        db.session.remove()
        db.engine.dispose()


def test_fifty_thousand_requests_go_down_and_up_and_are_killed_on_the_way(
    tmp_path: Path, database_url: str
) -> None:
    """R13."""
    settings = {"PORTAL_INSTANCE": str(tmp_path / "instance"), "PORTAL_ARGON_MEMORY_KB": "8"}
    amounts = Amounts(50_000, 500, 50, 300, 50, 500)
    app = create_app(settings)
    fill_ground(app, amounts)
    fill_tickets(app, amounts)
    settings["PORTAL_DATABASE_URL"] = url = database_url.replace("+psycopg", "")
    if url:
        moved = portal(settings | {"PORTAL_DATABASE_URL": ""}, "move", url)
        assert moved.returncode == 0, moved.stderr
    there_and_back(create_app(settings), steps=4, kills=6, settings=settings)


def test_older_code_goes_on_while_and_after_a_new_one_migrates(tmp_path: Path, database_url: str) -> None:
    """R13."""
    older = older_code(tmp_path / "older")
    with trial(tmp_path, database_url, pause=0.5) as it:
        old_code_on_new_tables(it, older, seconds=20)
