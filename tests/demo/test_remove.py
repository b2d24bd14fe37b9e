"""The demo goes with one command: no word of it is left, and what is not of it stays."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from portal.app import create_app
from portal.demo.remove import NoDemo, people_of_demo
from portal.extensions import db
from portal.people.actions import give_role
from portal.people.models import Person
from portal.tickets.models import Ticket

from ..client import PortalClient
from ..make import PASSWORD_HASH, make_answer, make_ticket
from ..privacy.story import everything
from ..servers import ROOT

# A word of each kind of the demo's content, as it stands in its files.
WORDS = ("guest network", "vpn connects", "marta", "example.com", "lindwire", "donaudampf", "rua do cais")


def removed(place: Path, env: dict[str, str]) -> None:
    """Put own things into a demo, take the demo out, and look at everything that is left."""
    own = place / "kb_content" / "en" / "own"
    own.mkdir(parents=True)
    (own / "_section.md").write_text("---\ntitle: Own section\n---\n", encoding="utf-8")
    words = "---\ntitle: Ownarticle\nstatus: published\n---\n\nOwnarticlewords.\n"
    (own / "own.md").write_text(words, encoding="utf-8")
    app = create_app(env)
    with app.app_context():
        with pytest.raises(NoDemo, match="Add your own first"):
            people_of_demo()
        admin = Person(email="me@own.test", called="Owner", password_hash=PASSWORD_HASH)
        asking = Person(email="you@own.test", called="Asker", password_hash=PASSWORD_HASH)
        db.session.add_all([admin, asking])
        db.session.flush()
        for person, role in ((admin, "customer"), (admin, "administrator"), (asking, "customer")):
            give_role(person, role)
        agent = db.session.query(Person).filter_by(email="agent@example.com").one()
        ticket = make_ticket(asking, "Ownsubject", "Ownwords")
        make_answer(ticket, agent, "Ownanswer")
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    done = subprocess.run(
        [sys.executable, "-P", "-m", "portal", "demo", "--remove"],
        env={**os.environ, **env},
        cwd=ROOT,
        capture_output=True,
        text=True,
        input="y\n",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "The demo is gone" in done.stdout
    app = create_app(env)
    app.test_client_class = PortalClient
    assert not app.config["DEMO"]
    with app.app_context():
        _look(app)
        db.session.remove()
        db.engine.dispose()
    assert [file for file in (place / "files").rglob("*") if file.is_file()] == []


def _look(app: Flask) -> None:
    held = "\n".join(f"{table}: {row}" for table, row in everything() if table != "synonym")
    assert [line for line in held.splitlines() if any(word in line for word in WORDS)] == []
    for word in ("ownsubject", "ownwords", "ownanswer", "ownarticlewords", "me@own.test"):
        assert word in held, word
    assert db.session.query(Ticket).count() == 1
    with pytest.raises(NoDemo, match="holds no demo"):
        people_of_demo()
    db.session.rollback()
    client: PortalClient = app.test_client()  # type: ignore[assignment]
    assert "Ownarticle" in client.page("/help/search?q=ownarticle").text
    assert not client.page("/help/search?q=guest+network").select("#hits li")
    client.enter(db.session.query(Person).filter_by(email="me@own.test").one())
    for page in ("/desk?view=all", "/community", "/ideas", "/admin/ready", "/admin/record", "/tickets"):
        client.page(page)


def test_the_demo_goes_and_what_is_not_of_it_stays(demo_of_all: Path, tmp_path: Path) -> None:
    place = tmp_path / "instance"
    shutil.copytree(demo_of_all, place, symlinks=True)
    removed(place, {"PORTAL_INSTANCE": str(place), "PORTAL_ARGON_MEMORY_KB": "8"})
