"""What was acknowledged stays, whatever is killed, refused or stopped: the short forms of the drills."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .drills.database import lock_database, restart_database
from .drills.deploy import renew
from .drills.trials import kill_all, kill_parts, refuse_mail, stop_gently, trial
from .servers import Postgres, postgres


def test_nothing_acknowledged_is_lost_when_web_and_worker_are_killed(tmp_path: Path) -> None:
    """R1, R2."""
    with trial(tmp_path, pause=0.4) as it:
        kill_parts(it, seconds=6, pace=0.9, hurry=True)


def test_a_new_start_goes_on_after_everything_was_killed(tmp_path: Path) -> None:
    """R1."""
    with trial(tmp_path, pause=0.4) as it:
        kill_all(it, rounds=2, hurry=True)


def test_mails_that_are_refused_for_a_while_leave_later_and_once(tmp_path: Path) -> None:
    """R5."""
    with trial(tmp_path, pause=0.4) as it:
        refuse_mail(it, seconds=0.5, hurry=True)


def test_requests_under_way_are_answered_when_the_portal_is_stopped(tmp_path: Path) -> None:
    """R18."""
    with trial(tmp_path, pause=0.4) as it:
        stop_gently(it, uploads=4)


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server that nobody else uses, for it is stopped, and which keeps what it acknowledged."""
    with postgres(safe=True) as server:
        yield server


def test_a_database_that_is_locked_makes_nobody_wait_for_long_and_loses_no_words(tmp_path: Path) -> None:
    """R8."""
    with trial(tmp_path, pause=0.4) as it:
        lock_database(it, "", seconds=1)


def test_a_database_server_that_is_restarted_loses_nothing(tmp_path: Path, own_postgres: Postgres) -> None:
    """R8."""
    url = own_postgres.create_database("drill")
    with trial(tmp_path, url, pause=0.4) as it:
        restart_database(it, own_postgres, rounds=1, away=1)


def test_a_new_version_is_put_in_place_while_people_work(tmp_path: Path) -> None:
    """R18, R20."""
    with trial(tmp_path, pause=1.5) as it:
        renew(it, rounds=1)
