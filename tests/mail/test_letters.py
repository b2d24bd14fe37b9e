"""What stands in mails: the right language, name and address, for whoever reads them."""

from collections.abc import Callable

import pytest

from portal.extensions import db
from portal.mail.compose import one_line
from portal.mail.models import Letter
from portal.outbox.models import Job
from portal.tickets.actions import Words, reply

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_answer, make_ticket, take

WORK = Callable[[], int]


def letter_to(email: str) -> Letter:
    return db.session.query(Letter).filter_by(recipient=email).order_by(Letter.id.desc()).limit(1).one()


def test_an_answer_reaches_the_customer_as_text_and_html(people: Cast, work: WORK) -> None:
    ticket = make_ticket(people.customer)
    make_answer(ticket, people.agent, "Press **it** for <10> seconds.")
    work()
    letter = letter_to("customer@example.com")
    assert letter.subject == f"[#{ticket.number}] The light is orange"
    assert "Press **it** for <10> seconds." in (letter.text or "")
    assert "<strong>it</strong>" in (letter.html or "")
    assert "http://127.0.0.1:8000/tickets/link/" in (letter.text or "")


@pytest.mark.parametrize(
    ("language", "word"), [("pt_BR", "Olá"), ("es", "Hola"), ("ru", "Здравствуйте"), ("en", "Hello")]
)
def test_a_mail_speaks_its_readers_language(people: Cast, work: WORK, language: str, word: str) -> None:
    people.customer.language = language
    make_answer(make_ticket(people.customer), people.agent)
    work()
    assert word in (letter_to("customer@example.com").text or "")


@pytest.mark.parametrize(
    ("called", "text"),
    [
        ("", "Hello customer,"),
        ("n" * 80, f"Hello {'n' * 80},"),
        ("مرتا", "Hello مرتا,"),
        ("<b>Bo</b>", "Hello <b>Bo</b>,"),
        ("{{7*7}}", "Hello {{7*7}},"),
    ],
)
def test_people_are_addressed_as_they_chose(people: Cast, work: WORK, called: str, text: str) -> None:
    people.customer.called = called
    make_answer(make_ticket(people.customer), people.agent)
    work()
    letter = letter_to("customer@example.com")
    plain = (letter.text or "").replace("\u2068", "").replace("\u2069", "")
    assert text in plain
    assert "<b>Bo" not in (letter.html or "")


def test_words_for_a_header_are_one_line() -> None:
    assert one_line("a\r\nBcc: x@example.com\0\u2028b") == "a Bcc: x@example.com b"


def test_the_team_hears_of_a_new_request_and_then_only_who_took_it(people: Cast, work: WORK) -> None:
    ticket = make_ticket(people.customer)
    work()
    told = {letter.recipient for letter in db.session.query(Letter)}
    assert told == {"customer@example.com", "agent@example.com", "manager@example.com", "admin@example.com"}
    take(ticket, people.agent)
    work()
    db.session.query(Letter).delete()
    make_answer(ticket, people.customer, "And another thing")
    work()
    assert [letter.recipient for letter in db.session.query(Letter)] == ["agent@example.com"]


def test_who_lost_the_right_meanwhile_gets_no_mail(people: Cast, work: WORK) -> None:
    make_ticket(people.customer)
    people.agent.active = False
    for grant in people.manager.grants:
        db.session.delete(grant)
    db.session.commit()
    db.session.expire_all()
    work()
    assert {letter.recipient for letter in db.session.query(Letter)} == {
        "customer@example.com",
        "admin@example.com",
    }


def test_a_change_that_is_undone_sends_nothing(people: Cast, work: WORK) -> None:
    ticket = make_ticket(people.customer)
    work()
    before = db.session.query(Letter).count()
    reply(ticket, Words("Never said"), people.agent)
    db.session.rollback()
    assert work() == 0
    assert db.session.query(Letter).count() == before


def test_a_letter_is_noted_once_though_its_job_runs_twice(people: Cast, work: WORK) -> None:
    make_ticket(people.customer)
    db.session.query(Job).where(Job.kind == "tickets.mail").one()
    work()
    letters = db.session.query(Letter).count()
    jobs = db.session.query(Job).where(Job.kind == "tickets.letter").all()
    values = {letter.job_id: letter.message_id for letter in db.session.query(Letter)}
    assert set(values) == {job.id for job in jobs}
    event = db.session.query(Job).where(Job.kind == "tickets.mail").one()
    event.done, event.payload = None, {"event": 1, "template": "received"}
    work()
    assert db.session.query(Letter).count() == letters


def test_the_demos_outbox_shows_letters_without_signing_in(
    people: Cast, work: WORK, client: PortalClient
) -> None:
    make_ticket(people.customer, "<i>Orange</i>")
    work()
    page = client.page("/outbox")
    first = page.select_one("#letters a")
    assert first
    assert "<i>Orange</i>" in first.text
    letter = client.page(str(first["href"]))
    frame = client.get(str(letter.select_one("iframe")["src"]))  # type: ignore[index]
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert "allow-scripts" not in frame.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "changed",
    [{"DEMO": False}, {"BASE_URL": "https://help.example.com"}, {"MAIL_SERVER": "mail.example.com"}],
)
def test_elsewhere_the_outbox_does_not_exist(
    people: Cast,
    work: WORK,
    client: PortalClient,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, object],
) -> None:
    make_ticket(people.customer)
    work()
    key = db.session.query(Letter.id).limit(1).scalar()
    for name, value in changed.items():
        monkeypatch.setitem(client.application.config, name, value)
    for path in ("/outbox", f"/outbox/{key}", f"/outbox/{key}/html"):
        assert client.get(path).status_code == 404
    assert "/outbox" not in client.page("/help").decode()
