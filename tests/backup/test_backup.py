"""A backup made and put back by the commands alone, from each database to the other; and what is refused."""

import contextlib
import fcntl
import json
import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select, text

from portal.app import create_app
from portal.backup import actions, parts, sealed
from portal.backup.models import Backup
from portal.cli import cli
from portal.company.actions import save_first
from portal.extensions import db
from portal.features import JOB_MODULES
from portal.health.actions import note
from portal.instance import prepare
from portal.kit.files import path_of, store
from portal.outbox.actions import let_go
from portal.outbox.models import Job
from portal.outbox.worker import Worker
from portal.people.actions import know
from portal.people.models import Person
from portal.privacy.actions import erase
from portal.tickets.fulltext import holds
from portal.tickets.guests import link_path
from portal.tickets.models import Attachment, Ticket, TicketEvent

from ..client import PortalClient
from ..conftest import environment
from ..make import make_ticket
from ..servers import Postgres

WORDS = "a long enough passphrase"
ODD = 'Ünïcode 日本語 \\ \t " {} and more'
CONTENT = b"the bytes of a file" * 1000


class Machine:
    """A place with a portal, and its commands."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.instance, self.articles = folder / "instance", folder / "articles"
        own = {"PORTAL_BACKUP_PASSPHRASE": WORDS, "PORTAL_KB_CONTENT": str(self.articles)}
        self.settings = environment(self.instance, PORTAL_DATABASE_URL=url, **own)

    def run(self, *words: object, **settings: str) -> Result:
        return CliRunner().invoke(cli, [str(word) for word in words], env={**self.settings, **settings})

    def app(self) -> Flask:
        app = create_app(self.settings)
        app.test_client_class = PortalClient
        return app


@contextlib.contextmanager
def inside(machine: Machine) -> Iterator[Flask]:
    """In the context of its app, whose connections are closed at the end."""
    app = machine.app()
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def work(app: Flask) -> None:
    """The worker does what is due; it must not wait for the test's own session."""
    db.session.commit()
    Worker(app, JOB_MODULES).drain()
    db.session.expire_all()


def _fill(machine: Machine) -> None:
    """A request, a file, an article and a mail that waits."""
    machine.articles.mkdir(parents=True)
    (machine.articles / "hello.md").write_text("# Hello\n\nWords.\n", encoding="utf-8")
    with inside(machine):
        prepare()
        ticket = make_ticket(by=know("ann@example.com", "Ann", "en"), subject="Zebracrossing", body=ODD)
        event = db.session.scalars(select(TicketEvent).where(TicketEvent.ticket_id == ticket.id)).first()
        kept = store("note.txt", BytesIO(CONTENT))
        db.session.add(Attachment(event=event, key=kept.key, name=kept.name, type=kept.type, size=kept.size))
        know("bob@example.com", "Bob", "en")
        db.session.commit()


def filled(folder: Path, url: str = "") -> Machine:
    """A portal with some content."""
    machine = Machine(folder / "here", url)
    _fill(machine)
    return machine


def _made(folder: Path, url: str = "") -> Machine:
    machine = filled(folder, url)
    done = machine.run("backup", folder / "kept.backup")
    assert done.exit_code == 0, done.output
    return machine


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a portal and a backup of it; tests take copies."""
    folder = tmp_path_factory.mktemp("backup")
    _made(folder)
    return folder


@pytest.fixture
def here(on_sqlite: Path, tmp_path: Path) -> Machine:
    """A portal."""
    shutil.copytree(on_sqlite / "here", tmp_path / "here")
    return Machine(tmp_path / "here")


@pytest.fixture
def kept(on_sqlite: Path, tmp_path: Path) -> Path:
    """A backup of it."""
    return Path(shutil.copy(on_sqlite / "kept.backup", tmp_path / "kept.backup"))


@pytest.mark.parametrize("made_on", ["sqlite", "postgresql"])
def test_all_is_there_again_on_another_machine_and_database_and_nothing_is_sent_twice(
    made_on: str, tmp_path: Path, postgres_server: Postgres, request: pytest.FixtureRequest
) -> None:
    url = postgres_server.create_database("backup_one")
    if made_on == "sqlite":
        here, _kept = (request.getfixturevalue(name) for name in ("here", "kept"))
    else:
        here = _made(tmp_path, url)
    there = Machine(tmp_path / "there", url if made_on == "sqlite" else "")
    with inside(here) as app:
        ticket = db.session.scalars(select(Ticket)).one()
        key, number, link = ticket.id, ticket.number, link_path(ticket, ticket.requester)
        file = db.session.scalars(select(Attachment.key)).one()
        erase(db.session.scalars(select(Person).where(Person.called == "Bob")).one(), None)
        work(app)
    done = there.run("restore", tmp_path / "kept.backup", "--erased", here.instance / "erased", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["files"], told["erased"], told["aside"]) == (1, 1, [])
    assert told["held"] >= 1
    for machine in (here, there):
        assert stat.S_IMODE(machine.instance.stat().st_mode) == 0o700
    assert (there.instance / "secret_key").read_bytes() == (here.instance / "secret_key").read_bytes()
    assert (there.articles / "hello.md").read_text(encoding="utf-8") == "# Hello\n\nWords.\n"
    with inside(there) as app:
        again = db.session.get_one(Ticket, key)
        assert (again.number, again.subject) == (number, "Zebracrossing")
        assert db.session.scalars(select(TicketEvent.body)).first() == ODD
        assert path_of(file).read_bytes() == CONTENT
        found = holds("zebracross", internal=False)
        assert found is not None
        assert db.session.scalars(select(Ticket.id).where(found)).all() == [key]
        assert not db.session.scalars(select(Person.id).where(Person.called == "Bob")).all()
        work(app)
        assert not db.session.scalars(text("SELECT id FROM letter")).all()
        assert db.session.scalars(select(Job.kind).where(Job.held)).all()
        assert db.session.scalars(select(Backup.good)).all() == [True]
        newer = make_ticket(by=db.session.scalars(select(Person).where(Person.called == "Ann")).one())
        assert newer.number > number + 1, "a number that may have been told meanwhile is not given again"
        assert newer.id > key + 100, "nor an id, by which links and mails know it"
        assert (
            db.session.scalar(select(func.min(TicketEvent.id)).where(TicketEvent.ticket_id == newer.id)) or 0
        ) > 100
        assert know("later@example.com", "Later", "en").id > 100
        assert app.test_client().get(link).status_code == 303


def test_a_young_portal_without_a_single_file_is_well_after_a_restore(tmp_path: Path) -> None:
    here, there = Machine(tmp_path / "here"), Machine(tmp_path / "there")
    with inside(here):
        prepare()
    assert here.run("backup", tmp_path / "kept.backup").exit_code == 0
    assert there.run("restore", tmp_path / "kept.backup").exit_code == 0
    with inside(there) as app:
        answer = app.test_client().get("/readyz")
        assert (answer.status_code, "files" in answer.text) == (200, False)


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _changed(data: bytes) -> bytes:
    return data[:-30] + bytes([data[-30] ^ 1]) + data[-29:]


def _longer(data: bytes) -> bytes:
    return data + b"more"


def _other_form(data: bytes) -> bytes:
    return data.replace(b"portal backup 1\n", b"portal backup 7\n", 1)


def _costly(data: bytes) -> bytes:
    return data.replace(b'"memory": 65536', b'"memory": 99999999', 1)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_cut, "cut short or was changed"),
        (_changed, "cut short or was changed"),
        (_longer, "cut short or was changed"),
        (_other_form, "of form '7'"),
        (_costly, "beginning of the backup is damaged"),
        (lambda _data: b"", "no backup of a portal"),
    ],
    ids=["cut", "changed", "longer", "other form", "costly", "empty"],
)
def test_what_is_not_whole_is_refused_before_anything_is_touched(
    kept: Path, tmp_path: Path, harm: Callable[[bytes], bytes], words: str
) -> None:
    kept.write_bytes(harm(kept.read_bytes()))
    there = Machine(tmp_path / "there")
    done = there.run("restore", kept)
    assert done.exit_code == 1
    assert words in done.output
    assert not there.instance.exists()
    assert words in there.run("backup", "--verify", kept).output


def test_the_wrong_key_and_a_newer_portals_backup_are_refused(
    here: Machine, kept: Path, tmp_path: Path
) -> None:
    there, key = Machine(tmp_path / "there"), tmp_path / "key"
    assert "not the key or passphrase" in there.run("restore", kept, PORTAL_BACKUP_PASSPHRASE="x" * 12).output
    assert "12 or more" in there.run("restore", kept, PORTAL_BACKUP_PASSPHRASE="short").output
    assert "nobody to ask" in there.run("restore", kept, PORTAL_BACKUP_PASSPHRASE="").output
    key.write_bytes(b"k" * 40)
    assert "made with a passphrase" in there.run("restore", kept, "--key-file", key).output
    with inside(here):
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        db.session.commit()
    newer = tmp_path / "newer.backup"
    assert here.run("backup", newer, "--key-file", key).exit_code == 0
    assert "newer portal" in there.run("restore", newer, "--key-file", key).output
    assert not there.instance.exists()


def test_what_is_there_is_not_overwritten_but_put_aside_if_asked(here: Machine, kept: Path) -> None:
    refused = here.run("restore", kept)
    assert refused.exit_code == 1
    assert "holds an instance already" in refused.output
    with inside(here):
        note("worker here", {})
        db.session.commit()
    assert "stop it first" in here.run("restore", kept, "--replace").output
    with inside(here):
        db.session.execute(text("DELETE FROM health_note"))
        db.session.commit()
    done = here.run("restore", kept, "--replace", "--json")
    aside = Path(json.loads(done.stdout)["aside"][0])
    assert (aside / "portal.sqlite").exists()
    assert (here.instance / "portal.sqlite").exists()


def test_a_database_that_cannot_be_is_told_in_a_sentence(kept: Path, tmp_path: Path) -> None:
    done = Machine(tmp_path / "there").run("restore", kept, PORTAL_DATABASE_URL="mysql://here/portal")
    assert done.exit_code == 1
    assert "begins with sqlite:/// or postgresql://" in done.output


def test_a_backup_is_called_as_the_company_is_now(here: Machine, tmp_path: Path) -> None:
    with inside(here):
        save_first("look", {"NAME": "Quay & Sons", "ACCENT": "#aa3300", "LOGO": None}, "changed name")
        db.session.commit()
    told = json.loads(here.run("backup", tmp_path, "--json").stdout)
    assert Path(told["file"]).name.startswith("quay-sons-2")
    assert "Whole: Quay & Sons" in here.run("backup", "--verify", told["file"]).output


def test_a_database_that_is_not_empty_is_put_aside_only_if_asked_and_comes_back_when_a_restore_fails(
    here: Machine, kept: Path, tmp_path: Path, postgres_server: Postgres
) -> None:
    there = Machine(tmp_path / "there", postgres_server.create_database("backup_full"))
    assert there.run("restore", kept).exit_code == 0
    other = Machine(tmp_path / "other", there.settings["PORTAL_DATABASE_URL"])
    assert "has tables already" in other.run("restore", kept).output
    other.instance.mkdir(parents=True)
    (other.instance / "portal.toml").write_text("")
    done = other.run("restore", kept, "--replace", "--json")
    assert "the schema before_restore" in done.stdout, done.output
    with inside(other):
        assert db.session.scalars(select(Ticket.subject)).all() == ["Zebracrossing"]


def test_backups_wait_for_a_held_database_are_private_and_only_the_newest_are_kept(
    here: Machine, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in ("01", "02"):
        (folder / f"lindwire-2026-01-{day}T000000Z.backup").touch()
    (folder / "lindwire-else.backup").touch()
    with (here.instance / "write.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        held = threading.Timer(6.5, lambda: fcntl.flock(lock, fcntl.LOCK_UN))  # longer than a writer waits
        held.start()
        done = here.run("backup", folder, "--keep", "2", "--json")
        held.join()
    told = json.loads(done.stdout)
    assert stat.S_IMODE(Path(told["file"]).stat().st_mode) == 0o600
    assert told["parts"]["files"]["pieces"] == 1
    assert [Path(path).name for path in told["removed"]] == ["lindwire-2026-01-01T000000Z.backup"]
    assert min(path.name for path in folder.iterdir()) == "lindwire-2026-01-02T000000Z.backup"
    assert "Whole: Lindwire" in here.run("backup", "--verify", told["file"]).output
    with (here.instance / "backup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "under way" in here.run("backup", folder).output


def test_no_backup_lies_where_the_web_or_the_next_backup_finds_it(here: Machine, tmp_path: Path) -> None:
    for place in (here.instance / "files", here.articles / "x.backup", here.instance / "search" / "x.backup"):
        place.parent.mkdir(parents=True, exist_ok=True)
        done = here.run("backup", place)
        assert done.exit_code == 1
        assert "choose another folder" in done.output
    assert "does not exist" in here.run("backup", tmp_path / "nowhere" / "x.backup").output
    assert "Say where" in here.run("backup").output


def test_files_stay_while_a_backup_reads_them_and_go_after_it(here: Machine) -> None:
    with inside(here) as app:
        file = db.session.scalars(select(Attachment.key)).one()
        row = actions.begin("somewhere")
        let_go([file])
        work(app)
        job = db.session.scalars(select(Job).where(Job.kind == "outbox.drop_file")).one()
        assert path_of(file).exists()
        assert (job.done, job.tries) == (None, 0)
        actions.end(row.id, row.began, size=1)
        job.due = job.created
        work(app)
        assert not path_of(file).exists()


@pytest.mark.parametrize(
    "name",
    ["files//etc/evil", "articles//etc/evil", "files/../../evil", "articles/a/./b.md", "files/", "/evil"],
)
def test_a_backup_that_somebody_else_made_names_no_place_beside_the_instance(name: str) -> None:
    """Row 47: also for whoever has the key."""
    secret, made = sealed.Secret(b"k" * 32, is_file=True), BytesIO()
    writer = parts.Writer(sealed.Sealer(made, secret), {"tables": []})
    writer.put(name, b"theirs")
    writer.end()
    made.seek(0)
    with pytest.raises(sealed.BadBackup, match="which no portal writes"):
        list(parts.Reader(sealed.Opener(made, secret)))
