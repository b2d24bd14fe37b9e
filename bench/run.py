"""One run: fill, serve, measure, print."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from portal.app import create_app
from portal.config import ROOT
from tests.servers import Postgres, postgres

from . import backup, finding, measure, processes, questions, table
from .community import fill_community
from .fill import Amounts, fill_ground, fill_tickets
from .measure import Effort, Site


@dataclass(frozen=True)
class Finding:
    """Amounts of articles to be searched, and how many questions each is asked."""

    articles: tuple[int, ...]
    questions: int


@dataclass(frozen=True)
class Plan:
    """What to fill and how long to measure; the larger instance differs in tickets, topics and posts alone."""

    amounts: Amounts
    larger: Amounts
    effort: Effort
    finding: Finding
    stored: int  # bytes of files that are there when the backup is made


FULL = Plan(
    Amounts(1_000, 500, 2_000, 1_000, 1_000, 10_000),
    Amounts(100_000, 500, 2_000, 1_000, 10_000, 100_000),
    Effort(12, 25, 300, 40),
    Finding((1_000, 10_000), 300),
    1_000_000_000,
)
QUICK = Plan(
    Amounts(600, 200, 100, 60, 200, 2_000),
    Amounts(2_000, 200, 100, 60, 500, 5_000),
    Effort(3, 10, 40, 5),
    Finding((100, 1_000), 60),
    20_000_000,
)


def environment(instance: Path, port: int, database: str = "") -> dict[str, str]:
    """Settings of an instance: limits so high that scripted people do not meet them."""
    limits = ("SIGN_IN_ADDRESS", "SIGN_IN_SOURCE", "REQUESTS")
    return {
        "PORTAL_INSTANCE": str(instance),
        "PORTAL_DATABASE_URL": database,
        "PORTAL_NAME": "Lindwire",
        "PORT": str(port),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
        "XDG_RUNTIME_DIR": str(instance.parent),
        **{f"PORTAL_LIMIT_{name}": "9999" for name in limits},
    }


def _fill(folder: Path, plan: Plan) -> dict[str, tuple[Amounts, Path]]:
    """Both instances: the ground is made once and copied."""
    ground = folder / "ground"
    fill_ground(create_app(environment(ground, 1)), plan.amounts)
    made = {}
    for amounts in (plan.amounts, plan.larger):
        place = folder / str(amounts.tickets)
        shutil.copytree(ground, place, symlinks=True)
        app = create_app(environment(place, 1))
        fill_tickets(app, amounts)
        fill_community(app, amounts)
        made[f"{amounts.tickets:,}"] = (amounts, place)
    return made


def moved(place: Path, server: Postgres) -> str:
    """Move an instance to a database of the server as an owner does; returns its address, and tells how long it took."""
    url = server.create_database(f"bench_{place.name}").replace("+psycopg", "")
    command = [sys.executable, "-P", "-m", "portal", "move", url, "--json"]
    environ = {**os.environ, **environment(place, 1)}
    done = subprocess.run(command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout)
    print(f"{told['rows']:,} rows moved to PostgreSQL and compared, in {told['seconds']} s")
    return url


def _serve(stack: ExitStack, name: str, amounts: Amounts, place: Path, database: str) -> Site:
    environ = environment(place, processes.free_port(), database)
    server = stack.enter_context(processes.portal(environ, place.parent / f"{place.name}.log"))
    site = Site(name, amounts, create_app(environ), server)
    stack.callback(site.close)
    return site


def run(plan: Plan, *, postgresql: bool = False) -> list[str]:
    """The lines of all tables; on PostgreSQL without those of search, whose index is the same there."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        made = _fill(folder, plan)
        server = stack.enter_context(postgres(safe=True)) if postgresql else None
        sites = [
            _serve(stack, name, amounts, place, moved(place, server) if server else "")
            for name, (amounts, place) in made.items()
        ]
        measure.store(sites, folder)
        bare = stack.enter_context(processes.bare(folder, folder / "bare.log"))
        found = _measure(sites, bare, plan.effort)
        _amounts, place = made[sites[-1].name]
        port = sites[-1].server.port
        backup.fill(place, plan.stored)
        found += backup.lines(backup.measure(f"http://127.0.0.1:{port}/", environment(place, port), folder))
    return found if postgresql else found + _found(plan.finding)


def _found(plan: Finding) -> list[str]:
    """What search costs, and how good it is."""
    costs = [finding.measure(articles, plan.questions) for articles in plan.articles]
    asked, unseen = questions.load(), questions.load(questions.UNSEEN)
    return [
        *finding.lines(costs),
        *questions.lines(asked, questions.ask(asked)),
        *questions.lines(unseen, questions.ask(unseen), "Questions that nothing was made better for"),
    ]


def _measure(sites: Sequence[Site], bare: processes.Server, effort: Effort) -> list[str]:
    small, large = sites
    fragments, visit = measure.fragments(large), measure.first_visit(large)
    found = measure.pages(sites, bare, effort)
    lines = [*table.page_table(small.name, found), *table.page_table(large.name, found)]
    lines += table.growth_table(small.name, large.name, found)
    lines += table.size_table(visit, fragments)
    lines += table.crowd_table(measure.crowd(large, effort))
    started = {site.name: site.server.started for site in sites}
    return lines + table.other_table(started, measure.sign_ins(large, effort.sign_ins))
