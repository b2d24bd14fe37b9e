"""Many writers at once: they queue, and nobody is refused."""

import subprocess
import sys

from flask import Flask
from sqlalchemy import func, select

from portal.extensions import db
from portal.live.models import LiveRow
from portal.outbox.models import Job

from ..real import at_once
from ..servers import ROOT

WRITE = """
import os
from portal.app import create_app
from portal.extensions import db
from portal.outbox.actions import enqueue
app = create_app(dict(os.environ))
for n in range(20):
    with app.app_context():
        enqueue("nothing", {"n": n}, lane="writers")
        db.session.commit()
"""


def test_twenty_threads_and_two_processes_write_without_an_error(real_app: Flask) -> None:
    config = real_app.config
    url = config["DATABASE_URL"].replace("+psycopg", "")
    env = {"PORTAL_INSTANCE": str(config["INSTANCE"]), "PORTAL_DATABASE_URL": url}
    others = [subprocess.Popen([sys.executable, "-c", WRITE], cwd=ROOT, env=env) for _ in range(2)]

    def write(_number: int) -> int:
        for _ in range(10):
            with real_app.app_context():
                db.session.add(LiveRow(topic="writers"))
                db.session.flush()
                db.session.commit()
        return 10

    assert sum(at_once(20, write)) == 200
    assert [process.wait(60) for process in others] == [0, 0]
    with real_app.app_context():
        assert db.session.scalar(select(func.count()).where(LiveRow.topic == "writers")) == 200
        assert db.session.scalar(select(func.count()).where(Job.lane == "writers")) == 40
        db.session.query(Job).where(Job.lane == "writers").delete()
        db.session.commit()
