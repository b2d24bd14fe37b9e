"""The ways in, with real servers: a mail server's pipe, an IMAP mailbox, and two robots that write to each other."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from portal.app import create_app
from portal.cli import cli
from portal.extensions import db
from portal.features import JOB_MODULES
from portal.inbox.models import IncomingMail, Mailbox
from portal.instance import prepare
from portal.kit import clock
from portal.kit.files import path_of
from portal.outbox.worker import Worker
from portal.tickets.models import Ticket, TicketEvent

from ..client import PortalClient
from ..conftest import _make_cast, environment
from ..make import make_answer, make_ticket
from ..real import browser, person
from ..servers import ROOT, ImapServer, Letter, SmtpSink, imap_server, smtp_sink
from .mails import REPLY, mail, reply_to

Portal = Callable[..., Result]


@pytest.fixture(scope="module")
def mail_server() -> Iterator[ImapServer]:
    with imap_server() as server:
        yield server


@pytest.fixture(scope="module")
def sink() -> Iterator[SmtpSink]:
    with smtp_sink() as server:
        yield server


@pytest.fixture(scope="module")
def settings(
    mail_server: ImapServer, sink: SmtpSink, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    imap = {"SERVER": "127.0.0.1", "PORT": str(mail_server.port), "SECURITY": "none"}
    imap |= {"USERNAME": mail_server.user, "PASSWORD": mail_server.password}
    smtp = {"SERVER": "127.0.0.1", "PORT": str(sink.port), "SECURITY": "none", "REPLY": REPLY, "MB": "1"}
    more = {f"PORTAL_IMAP_{name}": value for name, value in imap.items()}
    more |= {f"PORTAL_MAIL_{name}": value for name, value in smtp.items()}
    return environment(tmp_path_factory.mktemp("in"), **more)


@pytest.fixture(scope="module")
def served(settings: dict[str, str]) -> Iterator[Flask]:
    """An app of its own, whose commits are real; what comes over the wire is the same on both databases."""
    app = create_app(settings)
    app.test_client_class = PortalClient
    with app.app_context():
        prepare()
        _make_cast()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def box(mail_server: ImapServer, served: Flask) -> ImapServer:
    """The mailbox, empty and never read."""
    mail_server.inside.uid("STORE", "1:*", "+FLAGS.SILENT", "(\\Deleted)")
    mail_server.inside.expunge()
    db.session.query(Mailbox).delete()
    db.session.commit()
    return mail_server


@pytest.fixture
def work_off(served: Flask) -> Callable[[], int]:
    return Worker(served, JOB_MODULES).drain


@pytest.fixture
def portal(served: Flask, settings: dict[str, str]) -> Iterator[Portal]:
    """Runs a command on that instance, or on one with other settings, as a process of its own would see it."""

    def run(*words: str, wrong: dict[str, str] | None = None, **more: Any) -> Result:
        db.session.rollback()
        return Context().run(CliRunner().invoke, cli, words, env={**settings, **(wrong or {})}, **more)

    yield run
    db.session.rollback()
    for row in db.session.query(IncomingMail).where(IncomingMail.state == "new"):
        row.state = "aside"
    for box in db.session.query(Mailbox):
        box.error = box.failed_at = None
    db.session.commit()


def kept(subject: str) -> list[IncomingMail]:
    db.session.rollback()
    db.session.expire_all()
    rows = db.session.query(IncomingMail).order_by(IncomingMail.id).all()
    db.session.commit()  # an open transaction would keep the worker and the browsers waiting
    return [row for row in rows if subject.encode() in path_of(row.raw_key).read_bytes()]


# The pipe


def test_a_mail_that_is_piped_in_is_kept_and_stands_in_its_request(
    portal: Portal, work_off: Callable[[], int]
) -> None:
    ticket = make_ticket(person("customer"))
    to = reply_to(ticket.id, person("customer").id)
    db.session.commit()
    answer = mail(to="somebody@example.com", subject="piped", body="By the pipe.")
    came = b"From customer@example.com Mon Jan  1\n" + answer.as_bytes()
    done = portal("mail", "receive", "--to", to, "--from", "customer@example.com", input=came)
    assert (done.exit_code, done.output) == (0, "")
    assert portal("mail", "receive", "--to", to, "--from", "customer@example.com", input=came).exit_code == 0
    work_off()
    (row,) = kept("piped")
    assert (row.state, row.ticket_id) == ("placed", ticket.id)
    assert db.session.scalar(select(TicketEvent.body).where(TicketEvent.id == row.event_id)) == "By the pipe."


def test_a_report_without_a_sender_is_a_programs(portal: Portal, work_off: Callable[[], int]) -> None:
    for nobody in ("", "<>", "MAILER-DAEMON"):
        assert (
            portal("mail", "receive", "--from", nobody, input=mail(subject="returned").as_bytes()).exit_code
            == 0
        )
    work_off()
    assert [row.reason for row in kept("returned")] == ["automatic"] * 3


def test_what_is_too_large_is_refused_with_its_head_kept_and_told_to_agents(
    portal: Portal, work_off: Callable[[], int], served: Flask
) -> None:
    done = portal("mail", "receive", input=mail(subject="elephant").as_bytes() + b"x" * 3_000_000)
    assert done.exit_code == os.EX_DATAERR
    assert "larger than 1 MB" in done.output
    work_off()
    (row,) = kept("elephant")
    assert (row.state, row.reason, row.whole, row.subject) == ("waiting", "large", False, "elephant")
    assert row.size > 3_000_000 > path_of(row.raw_key).stat().st_size
    assert "too large" in browser(served, "agent").page(f"/desk/mail/{row.id}").text


def test_trouble_of_ours_lets_the_mail_come_again(portal: Portal, tmp_path: Path) -> None:
    for wrong in ({"PORTAL_INSTANCE": str(tmp_path / "new")}, {"PORTAL_MAIL_MB": "much"}):
        done = portal("mail", "receive", wrong=wrong, input=b"Subject: x\n\nx")
        assert done.exit_code == os.EX_TEMPFAIL, done.output
        assert "try again" in done.output
        assert "Traceback" not in done.output
    assert list((tmp_path / "new").rglob("*.part")) == []


def test_a_pipe_that_is_killed_before_it_answers_loses_nothing(
    portal: Portal, settings: dict[str, str]
) -> None:
    """The mail server brings it again: then it is here once."""
    came = mail(subject="killed").as_bytes()
    command = [sys.executable, "-P", "-m", "portal", "mail", "receive"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, **settings}, cwd=ROOT)
    assert process.stdin
    process.stdin.write(came[:50])
    process.stdin.flush()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    assert kept("killed") == []
    assert portal("mail", "receive", input=came).exit_code == 0
    assert len(kept("killed")) == 1


# The mailbox


def test_the_mailbox_is_read_once_and_what_was_read_before_stays(
    box: ImapServer, portal: Portal, work_off: Callable[[], int]
) -> None:
    ticket = make_ticket(person("customer"))
    to = reply_to(ticket.id, person("customer").id)
    db.session.commit()
    piped = mail(subject="by two ways").as_bytes()
    box.put(mail(subject="seen long ago").as_bytes(), flags="(\\Seen)")
    box.put(mail(to=to, subject="by imap").as_bytes(), b"Subject: nothing else\r\n\r\n", piped)
    box.put(mail(subject="whale").as_bytes() + b"x" * 2_000_000)
    assert portal("mail", "receive", input=piped).exit_code == 0
    assert "3 new mails" in portal("mail", "poll").output
    assert "0 new mails" in portal("mail", "poll").output
    assert box.unseen() == []
    work_off()
    assert [[row.reason for row in kept(name)] for name in ("by imap", "by two ways", "whale")] == [
        ["placed"],
        ["first"],
        ["large"],
    ]
    assert kept("seen long ago") == []
    box.put(mail(subject="seen by a colleague").as_bytes(), flags="(\\Seen)")
    assert "1 new mails" in portal("mail", "poll").output
    assert len(kept("seen by a colleague")) == 1


def test_a_reading_that_is_cut_off_goes_on_where_it_was(
    box: ImapServer, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(*(mail(subject=f"cut {number}").as_bytes() for number in range(6)))
    real, calls = path_of, []

    def full(key: str) -> Path:
        calls.append(key)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        return real(key)

    monkeypatch.setattr("portal.kit.files.path_of", full)
    failed = portal("mail", "poll")
    assert failed.exit_code == 1
    assert "No space left" in failed.output
    assert (len(kept("cut ")), len(box.unseen())) == (2, 4)
    monkeypatch.undo()
    assert "4 new mails" in portal("mail", "poll").output
    assert (len(kept("cut ")), box.unseen()) == (6, [])


def test_a_mailbox_that_is_read_anew_doubles_nothing(box: ImapServer, portal: Portal) -> None:
    box.put(*(mail(subject=f"once {number}").as_bytes() for number in range(3)))
    portal("mail", "poll")
    place = db.session.query(Mailbox).one()
    place.validity = 1
    db.session.commit()
    box.inside.uid("STORE", "1:*", "-FLAGS.SILENT", "(\\Seen)")
    portal("mail", "poll")
    assert box.unseen() == []
    assert [len(kept(f"once {number}")) for number in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"PORTAL_IMAP_PASSWORD": "wrong"}, "AUTHENTICATIONFAILED"),
        ({"PORTAL_IMAP_FOLDER": "Nowhere"}, "Nowhere"),
        ({"PORTAL_IMAP_PORT": "1"}, "refused"),
        ({"PORTAL_IMAP_SECURITY": "starttls"}, "TLS"),
    ],
)
def test_a_mailbox_that_cannot_be_read_is_told_in_a_sentence(
    portal: Portal, settings: dict[str, str], wrong: dict[str, str], told: str
) -> None:
    done = portal("mail", "poll", wrong=wrong)
    assert done.exit_code == 1
    assert "cannot be read" in done.output
    assert told in done.output
    assert "Traceback" not in done.output
    doctor = portal("doctor", wrong=wrong).output
    assert "bad  mail_in" in doctor
    assert settings["PORTAL_IMAP_PASSWORD"] not in doctor + done.output


def test_the_worker_reads_it_and_the_desk_hears_when_it_cannot(
    box: ImapServer, served: Flask, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(served, JOB_MODULES)
    box.put(mail("worker@example.net", subject="by the worker").as_bytes())
    worker._plan()
    worker.drain()
    assert [row.reason for row in kept("by the worker")] == ["unknown"]
    monkeypatch.setitem(served.config, "IMAP_SECURITY", "tls")
    worker._slots.clear()
    with clock.at(clock.now().replace(year=2030)):
        worker._plan()
        worker.drain()
    agent = browser(served, "agent")
    assert "The mailbox cannot be read." in agent.page("/desk/mail").text
    monkeypatch.undo()
    portal("mail", "poll")
    assert "cannot be read" not in agent.page("/desk/mail").text


def test_without_a_mailbox_nothing_is_polled(portal: Portal) -> None:
    done = portal("mail", "poll", wrong={"PORTAL_IMAP_SERVER": ""})
    assert (done.exit_code, "PORTAL_IMAP_SERVER" in done.output) == (1, True)


# Robots


def _robot(letter: Letter) -> bytes:
    """What a thoughtless program answers: to each mail at once, with no word that it is one."""
    got = letter.message
    answer = mail(
        letter.recipients[0],
        str(got["Reply-To"]),
        f"Re: {got['Subject']}",
        "Thank you for your message!",
        In_Reply_To=str(got["Message-ID"]),
    )
    return answer.as_bytes()


def test_two_robots_that_write_to_each_other_end_within_three_mails(
    sink: SmtpSink, served: Flask, portal: Portal, work_off: Callable[[], int]
) -> None:
    sink.letters.clear()
    robots = {"stranger@example.com", "agent@example.com"}
    ticket: Ticket = make_ticket(person("stranger"), "Robots")
    make_answer(ticket, person("agent"))
    number, answered = ticket.id, 0
    db.session.commit()
    began = time.monotonic()
    while work_off() or answered < len(sink.letters):
        for letter in sink.letters[answered:]:
            answered += 1
            if letter.recipients[0] in robots and "Robots" in str(letter.message["Subject"]):
                assert portal("mail", "receive", input=_robot(letter)).exit_code == 0
        assert time.monotonic() - began < 60
    db.session.expire_all()
    placed = [row for row in kept("Robots") if row.state == "placed"]
    assert {row.sender for row in placed} == robots
    assert all(len([row for row in placed if row.sender == one]) <= 3 for one in robots)
    assert {row.reason for row in kept("Robots") if row.state == "waiting"} == {"loop"}
    words = (
        db.session.query(TicketEvent)
        .where(TicketEvent.ticket_id == number, TicketEvent.kind == "message")
        .count()
    )
    assert words == 2 + len(placed)
