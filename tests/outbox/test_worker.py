"""Work that waits: done once, in its order, tried again, given up, swept."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from portal.extensions import db
from portal.features import JOB_MODULES
from portal.kit import clock
from portal.outbox.actions import claim, enqueue, figures, retry
from portal.outbox.models import Job, Once
from portal.outbox.privacy import sweep
from portal.outbox.worker import Hopeless, Worker

from ..real import at_once
from ..servers import ROOT

LEFT = re.compile(r"""enqueue\(\s*"([a-z.-]+)\"""")  # kinds of work that features leave


@pytest.fixture
def done() -> list[Any]:
    return []


@pytest.fixture
def worker(app: Flask, done: list[Any]) -> Worker:
    """A worker that notes what it does, and cannot do everything."""
    worker = Worker(app, ())
    worker.handlers = {"say": lambda payload: done.append(payload["n"]), "fail": _fail, "never": _never}
    return worker


def _fail(_payload: dict[str, Any]) -> None:
    raise OSError("not now")


def _never(_payload: dict[str, Any]) -> None:
    raise Hopeless("not like this")


def only() -> Job:
    db.session.expire_all()
    return db.session.query(Job).one()


def test_a_job_is_done_once_and_then_tells_nothing_more(worker: Worker, done: list[Any]) -> None:
    enqueue("say", {"n": 1, "secret": "x"})
    assert worker.drain() == 1
    assert worker.drain() == 0
    assert done == [1]
    assert only().done
    assert only().payload == {}


def test_a_key_makes_a_job_unique(worker: Worker, done: list[Any]) -> None:
    for n in range(3):
        enqueue("say", {"n": n}, key="same")
    worker.drain()
    assert done == [0]


def test_nothing_is_done_before_its_time(worker: Worker, done: list[Any]) -> None:
    enqueue("say", {"n": 1}, due=clock.now() + timedelta(hours=1))
    assert worker.drain() == 0
    with clock.at(clock.now() + timedelta(hours=2)):
        assert worker.drain() == 1


def test_a_lane_keeps_its_order_and_holds_up_no_other(worker: Worker, done: list[Any]) -> None:
    enqueue("fail", {}, lane="a")
    enqueue("say", {"n": "a2"}, lane="a")
    enqueue("say", {"n": "b1"}, lane="b")
    enqueue("say", {"n": "b2"}, lane="b")
    enqueue("say", {"n": "free"})
    worker.drain()
    assert done == ["b1", "b2", "free"]
    worker.handlers["fail"] = lambda _payload: done.append("a1")
    with clock.at(clock.now() + timedelta(minutes=5)):
        worker.drain()
    assert done[3:] == ["a1", "a2"]


def test_work_that_nobody_knows_is_shown_at_once(worker: Worker) -> None:
    enqueue("unknown", {"n": 1})
    worker.drain()
    assert only().dead
    assert "unknown" in (only().error or "")
    assert only().payload == {"n": 1}


def test_a_hopeless_job_is_not_tried_again_until_somebody_asks(worker: Worker, done: list[Any]) -> None:
    enqueue("never", {"n": 5})
    enqueue("say", {"n": 1})
    worker.drain()
    assert done == [1]
    job = db.session.query(Job).where(Job.dead.is_not(None)).one()
    assert figures()["dead"] == 1
    worker.handlers["never"] = worker.handlers["say"]
    assert retry(job.id)
    assert not retry(job.id)
    worker.drain()
    assert done == [1, 5]


def test_a_job_that_always_fails_is_parked_and_others_go_on(worker: Worker, done: list[Any]) -> None:
    enqueue("fail", {})
    enqueue("say", {"n": 1})
    for hour in range(14):
        with clock.at(clock.now() + timedelta(hours=2 * hour)):
            worker.drain()
    job = db.session.query(Job).where(Job.kind == "fail").one()
    db.session.refresh(job)
    assert job.dead
    assert job.tries == worker.app.config["MAIL_TRIES"]
    assert job.error == "OSError: not now"
    assert done == [1]


def test_a_job_whose_worker_died_is_taken_after_its_lease(worker: Worker, done: list[Any]) -> None:
    enqueue("say", {"n": 1})
    assert claim()
    db.session.commit()
    assert worker.drain() == 0
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert worker.drain() == 1
    assert done == [1]


def test_a_job_that_kills_every_worker_is_parked(worker: Worker, done: list[Any]) -> None:
    enqueue("say", {"n": 1})
    for n in range(worker.app.config["MAIL_TRIES"]):
        with clock.at(clock.now() + timedelta(seconds=61 * n)):
            assert claim()
            db.session.commit()
    with clock.at(clock.now() + timedelta(hours=1)):
        worker.drain()
    assert only().dead
    assert done == []


HANG = """
import os, time
from portal.app import create_app
from portal.outbox import worker
worker.LONGEST = 0.5
it = worker.Worker(create_app(dict(os.environ)), ())
it.handlers = {"hang": lambda _payload: time.sleep(60)}
it.run()
"""


def test_a_job_that_hangs_ends_its_worker_and_no_other_work(real_app: Flask) -> None:
    """R21: the next worker does what waits behind it; what hung is tried again after its lease."""
    with real_app.app_context():
        db.session.query(Job).delete()
        enqueue("hang", {})
        enqueue("say", {"n": 1})
        db.session.commit()
        url = real_app.config["DATABASE_URL"].replace("+psycopg", "")
        env = {"PORTAL_INSTANCE": str(real_app.config["INSTANCE"]), "PORTAL_DATABASE_URL": url}
        stuck = subprocess.run([sys.executable, "-c", HANG], cwd=ROOT, env=env, check=False, timeout=60)
        assert stuck.returncode == 1
        done: list[int] = []
        other = Worker(real_app, ())
        other.handlers = {"say": lambda payload: done.append(payload["n"])}
        assert other.drain() == 1
        assert done == [1]
        hung = db.session.query(Job).where(Job.kind == "hang").one()
        assert (hung.tries, hung.done, hung.dead) == (1, None, None)
        assert hung.error == "It took longer than 0.5 seconds"
        db.session.query(Job).delete()
        db.session.commit()


EAT = """
import os
from portal.app import create_app
from portal.outbox import worker
worker.MEMORY = 500_000_000
worker.LONGEST, worker.LEASE = 20, worker.LEASE / 60
it = worker.Worker(create_app(dict(os.environ)), ())
kept = []
def eat(_payload):
    while True:
        kept.append(bytearray(10_000_000))
it.handlers = {"eat": eat, "slow": lambda _payload: worker.time.sleep(2.5), "end": lambda _payload: it.stop()}
it.run()
"""


def test_a_job_that_eats_memory_fails_alone_and_one_that_takes_long_stays_with_its_worker(
    real_app: Flask,
) -> None:
    """R21."""
    with real_app.app_context():
        db.session.query(Job).delete()
        for kind in ("eat", "slow", "end"):
            enqueue(kind, {})
        db.session.commit()
        url = real_app.config["DATABASE_URL"].replace("+psycopg", "")
        env = {"PORTAL_INSTANCE": str(real_app.config["INSTANCE"]), "PORTAL_DATABASE_URL": url}
        began = clock.now()
        done = subprocess.run([sys.executable, "-c", EAT], cwd=ROOT, env=env, check=False, timeout=60)
        assert done.returncode == 0
        found = {job.kind: job for job in db.session.query(Job)}
        assert found["eat"].error == "MemoryError: "
        assert found["eat"].dead is None
        left = found["slow"].due - (found["slow"].done or began)
        assert left > timedelta(seconds=58.2), "its lease was renewed while it was done"
        assert found["end"].done
        db.session.query(Job).delete()
        db.session.commit()


def test_a_clock_that_jumps_leaves_no_slot_twice_and_holds_up_no_work(
    app: Flask, worker: Worker, done: list[Any]
) -> None:
    """R15, R21: an hour back, ten years on, and back again."""
    worker.periodic, worker.handlers["tick"] = {"tick": 3600}, lambda _payload: done.append("tick")
    began = clock.now().replace(minute=30)
    for moment in (began, began - timedelta(hours=1), began, began + timedelta(days=3653), began):
        with clock.at(moment):
            worker._plan()
            worker.drain()
    assert done == ["tick"] * 3
    enqueue("say", {"n": 7})
    with clock.at(clock.now() + timedelta(seconds=1)):
        worker.drain()
    assert done[3:] == [7]


def test_a_job_that_breaks_the_session_harms_no_other(worker: Worker, done: list[Any]) -> None:
    def break_it(_payload: dict[str, Any]) -> None:
        db.session.execute(update(Job).values(created=None))

    worker.handlers["break"] = break_it
    enqueue("break", {})
    enqueue("say", {"n": 1})
    worker.drain()
    assert done == [1]


def test_periodic_work_is_left_once_a_slot_by_however_many_workers(app: Flask, done: list[Any]) -> None:
    with clock.at(clock.now()):
        workers = [Worker(app, ()) for _ in range(3)]
        for worker in workers:
            worker.periodic = {"tick": 60}
            worker._plan()
            worker._plan()
        assert db.session.query(Job).where(Job.kind == "tick").count() == 1
        with clock.at(clock.now() + timedelta(seconds=60)):
            workers[0]._plan()
    assert db.session.query(Job).where(Job.kind == "tick").count() == 2


def test_every_periodic_job_has_somebody_who_does_it(app: Flask) -> None:
    worker = Worker(app, JOB_MODULES)
    left = {kind for file in (ROOT / "portal").rglob("*.py") for kind in LEFT.findall(file.read_text())}
    assert {"kb.turn", "search.index"} <= left
    assert left | set(worker.periodic) <= set(worker.handlers)
    for kind in worker.periodic:
        enqueue(kind, {})
    worker.drain()
    assert db.session.query(Job).where(Job.error.is_not(None)).count() == 0


def test_old_work_is_swept_and_dead_work_stays(worker: Worker) -> None:
    enqueue("say", {"n": 1})
    enqueue("never", {})
    worker.drain()
    db.session.add(Once(word="o" * 20, person_id=1))
    with clock.at(clock.now() + timedelta(days=15)):
        sweep()
    db.session.expire_all()
    assert [job.kind for job in db.session.query(Job)] == ["never"]


@pytest.fixture
def two_workers(real_app: Flask) -> Iterator[tuple[list[Any], Callable[[], list[int]]]]:
    said: list[Any] = []
    workers = [Worker(real_app, ()) for _ in range(2)]
    for worker in workers:
        worker.handlers = {"say": lambda payload: said.append((payload["lane"], payload["n"]))}

    def run() -> list[int]:
        return at_once(2, lambda n: workers[n].drain())

    with real_app.app_context():
        db.session.query(Job).delete()
        db.session.commit()
    yield said, run
    with real_app.app_context():
        db.session.query(Job).delete()
        db.session.commit()


def test_two_workers_do_each_job_once_and_keep_the_lanes(
    real_app: Flask, two_workers: tuple[list[Any], Callable[[], list[int]]]
) -> None:
    said, run = two_workers
    with real_app.app_context():
        for n in range(20):
            for lane in ("a", "b"):
                enqueue("say", {"n": n, "lane": lane}, lane=lane)
            enqueue("say", {"n": n, "lane": None})
        db.session.commit()
    total = sum(run())
    while len(said) < 60:  # one that saw only blocked lanes for a moment ended early
        total += sum(run())
    assert total == 60
    assert sorted(n for lane, n in said if lane is None) == list(range(20))
    for lane in ("a", "b"):
        assert [n for one, n in said if one == lane] == list(range(20))
