"""Bad nights at full length: on both databases, and from each to the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ..servers import Postgres, postgres
from .nights import break_parts, can_mount, come_back, fill_part, lose, small_disk
from .trials import trial

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.mark.parametrize("there", ["sqlite", "postgresql"])
@pytest.mark.parametrize("here", ["sqlite", "postgresql"])
def test_a_machine_is_lost_under_load_and_restored_elsewhere(
    tmp_path: Path, server: Postgres, here: str, there: str
) -> None:
    urls = [
        server.create_database(f"night_{n}") if on == "postgresql" else ""
        for n, on in enumerate((here, there))
    ]
    with trial(tmp_path, urls[0], largest=1_000_000, pause=0.2) as it:
        come_back(it, lose(it, tmp_path, words=300), tmp_path / "elsewhere", urls[1])


def test_each_part_that_breaks_is_named(tmp_path: Path) -> None:
    with trial(tmp_path) as it:
        break_parts(it)


def test_a_database_that_is_away_is_named(tmp_path: Path, server: Postgres) -> None:
    @contextmanager
    def shut(_server: Any) -> Iterator[None]:
        with psycopg.connect(
            host=str(server.place), user="portal", dbname="postgres", autocommit=True
        ) as asked:
            asked.execute("alter database night_away allow_connections false")
            asked.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'night_away'"
            )
            try:
                yield
            finally:
                asked.execute("alter database night_away allow_connections true")

    with trial(tmp_path, server.create_database("night_away")) as it:
        break_parts(it, {"database": shut})


@pytest.mark.parametrize("part", ["files", "tmp", "log"])
def test_one_place_that_is_full_holds_up_nothing_else(tmp_path: Path, part: str) -> None:
    """R4; the disk of the instance itself is filled in each run of the tests."""
    if not can_mount(tmp_path):
        pytest.skip("a small disk needs the right to mount one")
    place = tmp_path / "instance" / "files" if part == "files" else tmp_path / part
    with small_disk(place, 60), trial(tmp_path, pause=0.4) as it:
        fill_part(it, part, place)
