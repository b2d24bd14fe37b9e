"""The demo goes from PostgreSQL as well: making it there takes too long for every run."""

from pathlib import Path

import pytest

from ..conftest import make_demo
from ..demo.test_remove import removed
from ..servers import Postgres


@pytest.mark.drill
def test_the_demo_goes_from_postgresql(postgres_server: Postgres, tmp_path: Path) -> None:
    place = tmp_path / "instance"
    url = postgres_server.create_database("removed").replace("+psycopg", "")
    env = {"PORTAL_INSTANCE": str(place), "PORTAL_ARGON_MEMORY_KB": "8", "PORTAL_DATABASE_URL": url}
    made = make_demo(**env)
    assert made.returncode == 0, made.stderr
    removed(place, env)
