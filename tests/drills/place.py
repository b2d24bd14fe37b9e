"""An instance to be tried: its people, its settings, a look into its database and outbox."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select, update

from portal.app import create_app
from portal.extensions import db
from portal.instance import prepare
from portal.kit import clock
from portal.kit.sqlite import reading
from portal.outbox.models import Job
from portal.people.actions import give_role
from portal.people.models import Person, Team

from ..make import PASSWORD_HASH

CUSTOMERS = [f"customer{number}@example.com" for number in range(6)]
AGENTS = [f"agent{number}@example.com" for number in range(2)]
WAITS = Job.done.is_(None) & Job.dead.is_(None) & Job.kind.like("tickets.%")


@dataclass
class Place:
    """A prepared instance; `settings` is what the server that serves it is started with."""

    instance: Path
    settings: dict[str, str]
    app: Flask

    @contextlib.contextmanager
    def look(self) -> Iterator[None]:
        """A look into the database, which locks nothing."""
        with self.app.app_context(), reading():
            yield

    def id_of(self, email: str) -> int:
        """The id of a person."""
        with self.look():
            return db.session.scalars(select(Person.id).where(Person.email == email)).one()

    def connect_anew(self) -> None:
        """Forget connections to a server that was restarted."""
        with self.app.app_context():
            db.engine.dispose()

    def waiting(self) -> int:
        """How many jobs of requests wait."""
        with self.look():
            return db.session.scalar(select(func.count()).where(WAITS)) or 0

    def kinds(self) -> dict[str, int]:
        """How many jobs of requests wait, by their kind and what went wrong."""
        with self.look():
            rows = db.session.execute(
                select(Job.kind, Job.error, func.count()).where(WAITS).group_by(Job.kind, Job.error)
            )
            return {f"{kind} {error or ''}": count for kind, error, count in rows}

    def refused(self) -> int:
        """How many jobs wait that failed before."""
        with self.look():
            return db.session.scalar(select(func.count()).where(WAITS, Job.error.is_not(None))) or 0

    def hurry(self) -> None:
        """Let what waits for a later try, or for the end of a dead worker's lease, be due now."""
        with self.app.app_context():
            db.session.execute(update(Job).where(WAITS).values(due=clock.now()))
            db.session.commit()

    def wait_until_done(self, seconds: float, *, hurry: bool) -> None:
        """Wait until the outbox is empty. Raises AssertionError if it is not in time."""
        deadline = time.monotonic() + seconds
        while left := self.waiting():
            assert time.monotonic() < deadline, f"{left} jobs still wait after {seconds} s: {self.kinds()}"
            if hurry:
                self.hurry()
            time.sleep(0.5)


def _make_people() -> None:
    team = db.session.scalars(select(Team).where(Team.is_default)).one()
    for email in [*CUSTOMERS, *AGENTS]:
        person = Person(email=email, called=email.partition("@")[0], password_hash=PASSWORD_HASH)
        db.session.add(person)
        db.session.flush()
        give_role(person, "customer")
        if email in AGENTS:
            give_role(person, "agent", team=team)
    db.session.commit()


@contextlib.contextmanager
def prepared(instance: Path, mail_port: int, database_url: str = "") -> Iterator[Place]:
    """Make an instance whose mails go to `mail_port` of the loopback and whose customers may write without limit."""
    settings = {
        "PORTAL_INSTANCE": str(instance),
        "PORTAL_DATABASE_URL": database_url,
        "PORTAL_ARGON_MEMORY_KB": "8",
        "PORTAL_LIMIT_REQUESTS": "100000",
        "PORTAL_MAIL_SERVER": "127.0.0.1",
        "PORTAL_MAIL_PORT": str(mail_port),
        "PORTAL_MAIL_SECURITY": "none",
        "PORTAL_MAIL_FROM": "help@example.com",
        "PORTAL_MAIL_TRIES": "100",
    }
    app = create_app(settings)
    with app.app_context():
        prepare()
        _make_people()
    try:
        yield Place(instance, settings, app)
    finally:
        with app.app_context():
            db.engine.dispose()
