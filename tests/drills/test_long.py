"""The drills at full length, on both databases; leases and pauses run out by themselves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..servers import postgres
from .trials import kill_all, kill_parts, refuse_mail, stop_gently, trial

pytestmark = pytest.mark.drill


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    with postgres() as server:
        yield server.create_database("drill")


def test_web_and_worker_are_killed_for_three_minutes(tmp_path: Path, database_url: str) -> None:
    with trial(tmp_path, database_url, largest=1_000_000, pause=0.5) as it:
        kill_parts(it, seconds=180, pace=3, hurry=False)


def test_everything_is_killed_ten_times(tmp_path: Path, database_url: str) -> None:
    with trial(tmp_path, database_url, pause=0.5) as it:
        kill_all(it, rounds=10, hurry=False)


def test_mail_is_refused_for_two_minutes(tmp_path: Path, database_url: str) -> None:
    with trial(tmp_path, database_url, pause=3) as it:
        refuse_mail(it, seconds=60, hurry=False)


def test_the_portal_is_stopped_while_many_forms_arrive(tmp_path: Path, database_url: str) -> None:
    with trial(tmp_path, database_url, pause=0.3) as it:
        stop_gently(it, uploads=20)
