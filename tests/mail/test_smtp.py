"""Mails over a real SMTP conversation: sent once, kept while the server is away, shown when it refuses for good."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from portal.app import create_app
from portal.company.actions import save_first
from portal.company.models import CompanyValue
from portal.extensions import db
from portal.features import JOB_MODULES
from portal.instance import prepare
from portal.kit import clock
from portal.mail.models import Letter
from portal.outbox.models import Job
from portal.outbox.worker import Worker

from ..client import PortalClient
from ..conftest import _make_cast, environment
from ..make import make_answer, make_ticket
from ..real import browser, person
from ..servers import SmtpSink, smtp_sink


@pytest.fixture(scope="module")
def server() -> Iterator[SmtpSink]:
    with smtp_sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def sending(server: SmtpSink, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app that sends: what goes over the wire is the same on both databases, so one is enough."""
    place: Path = tmp_path_factory.mktemp("sending")
    mail = {
        "PORTAL_MAIL_SERVER": "127.0.0.1",
        "PORTAL_MAIL_PORT": str(server.port),
        "PORTAL_MAIL_SECURITY": "none",
    }
    names = {"PORTAL_NAME": 'Lind\u00e9 "wire"', "PORTAL_MAIL_FROM": "help@example.com"}
    app = create_app(environment(place, **mail, **names))
    app.test_client_class = PortalClient
    with app.app_context():
        prepare()
        _make_cast()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def sink(server: SmtpSink, sending: Flask) -> Iterator[SmtpSink]:
    server.letters.clear()
    yield server
    server.refuse, server.drop_after_data, server.asked = None, False, 0
    db.session.rollback()
    for table in (Letter, Job):
        db.session.query(table).delete()
    db.session.commit()


@pytest.fixture
def post(sending: Flask) -> Callable[[], int]:
    return Worker(sending, JOB_MODULES).drain


def later(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


def letters_of(kind: str = "tickets.letter") -> list[Job]:
    db.session.rollback()
    db.session.expire_all()
    found = db.session.query(Job).where(Job.kind == kind).order_by(Job.id).all()
    db.session.commit()  # an open transaction would keep the worker and the browsers waiting
    return found


def test_a_mail_is_whole(sink: SmtpSink, post: Callable[[], int]) -> None:
    ticket = make_ticket(person("customer"), "Orange \u2192 light", "It **blinks**")
    post()
    letter = next(one for one in sink.letters if one.recipients == ["customer@example.com"])
    mail = letter.message
    assert mail["Subject"] == f"[#{ticket.number}] Orange \u2192 light"
    assert mail["To"] == "customer@example.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert letter.sender == "help@example.com"
    assert mail["From"].addresses[0].display_name == 'Lind\u00e9 "wire"'
    # RFC 2369 and RFC 8058: a mail program offers to stop mails of this kind, by one post to a signed address.
    stop = str(mail["List-Unsubscribe"])
    assert stop.startswith("<http://127.0.0.1:8000/unsubscribe/"), stop
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    assert all(body and "http://127.0.0.1:8000/tickets/" in body.get_content() for body in bodies)
    assert all(body and stop.strip("<>") in body.get_content() for body in bodies)
    job = next(job for job in letters_of() if job.id == int(mail["X-Portal-Mail"].split(".")[0]))
    assert job.done
    assert db.session.query(Letter).where(Letter.text.is_not(None)).count() == 0


def test_nothing_in_names_or_subjects_becomes_a_header(sink: SmtpSink, post: Callable[[], int]) -> None:
    customer = person("customer")
    customer.called = "Bo\r\nBcc: evil@example.com"
    make_ticket(customer, "Hi\r\nBcc: evil@example.com\r\n\r\nbody =?utf-8?q?=0D=0AX-Bad:_1?=")
    post()
    assert len(sink.letters) == 4
    for letter in sink.letters:
        assert len(letter.recipients) == 1
        assert "evil" not in letter.recipients[0]
        assert letter.message["Bcc"] is None
        assert letter.message["X-Bad"] is None
    customer.called = "Customer"
    db.session.commit()


@pytest.mark.parametrize(
    ("called", "address"),
    [
        ("=?utf-8?q?=0d=0aBcc:evil@example.com?=", "help@ex\u00e4mple.org"),
        ('Caf\u00e9 "\u00dcn\u00ef" <x@evil.example>, y@evil.example', "o'hara+x@example.org"),
    ],
)
def test_whatever_the_sender_is_called_a_mail_has_one_sender_and_the_usual_headers(
    sink: SmtpSink, sending: Flask, post: Callable[[], int], called: str, address: str
) -> None:
    """Row 38, also for the name and address that an administrator gives."""
    customer = person("customer")
    make_ticket(customer)
    post()
    usual = next(one for one in sink.letters if one.recipients == [customer.email]).message.keys()
    customer.email = "bo@ex\u00e4mple.org"
    save_first("sender", {"SENDER_NAME": called, "MAIL_FROM": address}, "changed it")
    db.session.commit()
    sending.extensions["company"].look(at_once=True)
    try:
        sink.letters.clear()
        make_ticket(customer)
        post()
        letter = next(one for one in sink.letters if "bo@" in one.recipients[0])
        assert letter.recipients == ["bo@xn--exmple-cua.org"]
        assert letter.sender == address.replace("ex\u00e4mple", "xn--exmple-cua")
        assert letter.message["From"].addresses[0].addr_spec == letter.sender
        assert len(letter.message["From"].addresses) == 1
        assert letter.message.keys() == usual
        assert not any(letter.message[name].defects for name in ("From", "To", "Subject"))
    finally:
        customer.email = "customer@example.com"
        db.session.query(CompanyValue).delete()
        db.session.commit()
        sending.extensions["company"].forget()


def test_an_address_that_no_mail_reaches_is_given_up_in_plain_words(
    sink: SmtpSink, sending: Flask, post: Callable[[], int]
) -> None:
    customer = person("customer")
    customer.email = "b\u00f6@example.com"
    make_ticket(customer)
    post()
    dead = [job for job in letters_of() if job.dead]
    assert dead
    assert "letters that mail servers do not take" in (dead[0].error or "")
    customer.email = "customer@example.com"
    db.session.commit()


def test_a_refusal_for_good_is_shown_and_can_be_tried_again(
    sink: SmtpSink, sending: Flask, post: Callable[[], int]
) -> None:
    sink.refuse = "550 5.1.1 No such mailbox"
    make_answer(make_ticket(person("stranger")), person("agent"))
    post()
    dead = letters_of()
    assert dead
    assert all(job.dead and job.tries == 1 for job in dead)
    asked = sink.asked
    with clock.at(clock.now() + later(600)):
        post()
    assert sink.asked == asked
    agent, admin = browser(sending, "agent"), browser(sending, "admin")
    page = admin.page("/admin")
    assert "No such mailbox" in page.text
    sink.refuse = None
    for job in dead:
        assert admin.send(f"/admin/jobs/{job.id}/retry").status_code == 303
    post()
    assert len(sink.letters) == len(dead)
    assert admin.send(f"/admin/jobs/{dead[0].id}/retry").status_code == 404
    assert agent.send(f"/admin/jobs/{dead[0].id}/retry").status_code == 403


def test_a_refusal_for_now_is_tried_again_after_growing_pauses(
    sink: SmtpSink, sending: Flask, post: Callable[[], int]
) -> None:
    sink.refuse = "451 4.3.0 Try later"
    with clock.at(clock.now()):
        make_answer(make_ticket(person("customer")), person("agent"))
    moment, pauses = clock.now() + later(1), []
    for _ in range(5):
        with clock.at(moment):
            post()
            job = letters_of()[0]
            pauses.append((job.due - moment).total_seconds())
        moment = job.due + timedelta(seconds=1)
    assert [5 * 2**n * 0.79 < pause < 5 * 2**n * 1.21 for n, pause in enumerate(pauses)] == [True] * 5
    job = letters_of()[0]
    assert "Try later" in (job.error or "")
    assert job.dead is None
    assert "Try later" in browser(sending, "admin").page("/admin").text
    sink.refuse = None
    with clock.at(moment + later(60)):
        post()
    recipients = [
        letter.recipients[0] for letter in sink.letters if letter.recipients == ["customer@example.com"]
    ]
    assert len(recipients) == 2


def test_what_never_goes_through_is_given_up(
    sink: SmtpSink, post: Callable[[], int], monkeypatch: pytest.MonkeyPatch, sending: Flask
) -> None:
    monkeypatch.setitem(sending.config, "MAIL_TRIES", 2)
    sink.refuse = "451 4.3.0 Try later"
    make_ticket(person("customer"))
    for step in range(4):
        with clock.at(clock.now() + later(step * 10 + 1)):
            post()
    assert all(job.dead and job.tries == 2 for job in letters_of())


def test_a_second_copy_after_a_cut_carries_the_same_id(sink: SmtpSink, post: Callable[[], int]) -> None:
    sink.drop_after_data = True
    make_answer(make_ticket(person("customer")), person("customer"))
    post()
    first = {letter.message["Message-ID"] for letter in sink.letters}
    assert all(not job.done and not job.dead for job in letters_of())
    sink.drop_after_data = False
    with clock.at(clock.now() + later(5)):
        post()
    assert {letter.message["Message-ID"] for letter in sink.letters} >= first
    assert len(sink.letters) == 2 * len(first) + len(letters_of()) - len(first)


def test_no_server_at_all_keeps_the_mail(
    sink: SmtpSink, sending: Flask, post: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending.extensions["mail"], "port", 1)
    make_ticket(person("customer"))
    post()
    assert all(job.error and not job.dead and not job.done for job in letters_of())
    monkeypatch.undo()
    with clock.at(clock.now() + later(5)):
        post()
    assert len(sink.letters) == len(letters_of())


def test_one_bad_address_holds_up_nobody(sink: SmtpSink, sending: Flask, post: Callable[[], int]) -> None:
    agent = person("agent")
    agent.email = "agent@example.com\nBcc: evil@example.com"
    make_ticket(person("customer"))
    post()
    assert {letter.recipients[0] for letter in sink.letters} == {
        "customer@example.com",
        "manager@example.com",
        "admin@example.com",
    }
    agent.email = "agent@example.com"
    db.session.commit()


def test_mails_of_a_ticket_arrive_in_their_order(sink: SmtpSink, post: Callable[[], int]) -> None:
    ticket = make_ticket(person("customer"))
    sink.refuse = "451 4.3.0 Try later"
    post()
    sink.refuse = None
    for n in range(3):
        make_answer(ticket, person("agent"), f"Answer {n}")
    post()
    with clock.at(clock.now() + later(10)):
        post()
    bodies = [
        str(letter.message.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        for letter in sink.letters
        if letter.recipients == ["customer@example.com"]
    ]
    found = [
        next(n for n in range(4) if (f"Answer {n - 1}" if n else "It blinks") in body) for body in bodies
    ]
    assert found == [0, 1, 2, 3]
