"""Headers by which mail programs put a ticket's mails together, and by which we know our own; over a real wire."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.features import JOB_MODULES
from portal.kit import clock
from portal.mail.threads import Thread, is_own_mark, threads_addressed_by, threads_named_by
from portal.outbox.worker import Worker
from portal.tickets.models import Ticket

from ..make import make_answer, make_ticket
from ..real import person
from ..servers import Letter, SmtpSink
from .test_smtp import sending, server, sink  # noqa: F401 -- fixtures

LONG_HOST = "https://help.a-company-with-quite-a-long-name-and-a-part-in-front.example.com"


@pytest.fixture(autouse=True)
def replies(sending: Flask, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811 -- the fixture
    monkeypatch.setitem(sending.config, "MAIL_REPLY", "help@example.com")
    monkeypatch.setitem(sending.config, "BASE_URL", LONG_HOST)


@pytest.fixture
def talk(sink: SmtpSink, sending: Flask, post: Callable[[], int]) -> Ticket:  # noqa: F811 -- the fixture
    """A request, an answer, and another one."""
    ticket = make_ticket(person("customer"))
    post()
    for words in ("First", "Second"):
        make_answer(ticket, person("agent"), words)
        post()
    return ticket


@pytest.fixture
def post(sending: Flask) -> Callable[[], int]:  # noqa: F811 -- the fixture
    return Worker(sending, JOB_MODULES).drain


def to(sink: SmtpSink, name: str) -> list[Letter]:  # noqa: F811 -- the fixture
    return [letter for letter in sink.letters if letter.recipients == [f"{name}@example.com"]]


def test_the_mails_of_a_ticket_stand_together_at_each_reader(talk: Ticket, sink: SmtpSink) -> None:  # noqa: F811
    mails = [letter.message for letter in to(sink, "customer")]
    ids = [str(mail["Message-ID"]) for mail in mails]
    root = Thread(talk.id, person("customer").id).root
    assert len(set(ids)) == 3
    assert [str(mail["In-Reply-To"]) for mail in mails] == [root, ids[0], ids[1]]
    assert [str(mail["References"]).split() for mail in mails] == [[root], [root, ids[0]], [root, *ids[:2]]]
    assert len({str(mail["Subject"]) for mail in mails}) == 1
    assert root not in str(to(sink, "agent")[0].message["References"])


def test_ids_and_addresses_lead_back_to_ticket_and_reader_and_cannot_be_made_up(
    talk: Ticket,
    sink: SmtpSink,  # noqa: F811
) -> None:
    thread = Thread(talk.id, person("customer").id)
    mail = to(sink, "customer")[-1].message
    assert threads_named_by(f"<x@y> {mail['References']}") == [thread]
    assert threads_addressed_by(f"Help <{str(mail['Reply-To']).upper()}>") == ([thread], False)
    assert len(str(mail["Reply-To"]).partition("@")[0]) <= 64
    forged = str(mail["Reply-To"]).replace(f"+{thread.ticket_id:x}-", f"+{thread.ticket_id + 1:x}-")
    assert threads_addressed_by(forged) == ([], True)
    assert threads_addressed_by("help+@example.com, help+1-1-@example.com, help+x@other.example.com") == (
        [],
        True,
    )
    assert threads_addressed_by("help@example.com, xhelp+1@example.com, help+1@example.com.evil.example") == (
        [],
        False,
    )
    assert threads_named_by(thread.root.replace("<", "<1")) == []
    assert is_own_mark(str(mail["X-Portal-Mail"]))
    assert not any(is_own_mark(words) for words in ("", ".", "1.", "1.aaaaaaaaaaaaaaaaaaaaaaaaaa", "\u00e9"))


def test_only_what_a_program_says_is_marked_as_automatic(talk: Ticket, sink: SmtpSink) -> None:  # noqa: F811
    marks = [letter.message["Auto-Submitted"] for letter in to(sink, "customer")]
    assert marks == ["auto-generated", None, None]
    assert all(letter.message["X-Auto-Response-Suppress"] == "All" for letter in sink.letters)
    assert to(sink, "agent")[0].message["Auto-Submitted"] == "auto-generated"


def test_a_second_try_carries_the_same_headers(sink: SmtpSink, post: Callable[[], int]) -> None:  # noqa: F811
    sink.drop_after_data = True
    make_answer(make_ticket(person("customer")), person("customer"))
    post()
    sink.drop_after_data = False
    with clock.at(clock.now() + timedelta(minutes=5)):
        post()
    copies: dict[str, set[tuple[str, ...]]] = {}
    for letter in sink.letters:
        mail = letter.message
        said = tuple(str(mail[name]) for name in ("Reply-To", "In-Reply-To", "References", "X-Portal-Mail"))
        copies.setdefault(str(mail["Message-ID"]), set()).add(said)
    assert any(len([one for one in sink.letters if one.message["Message-ID"] == key]) == 2 for key in copies)
    assert all(len(headers) == 1 for headers in copies.values())


def test_without_a_mailbox_a_mail_names_no_address_that_nobody_reads(
    sending: Flask,  # noqa: F811
    sink: SmtpSink,  # noqa: F811
    post: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def texts(letter: Letter) -> list[str]:
        return [str(letter.message.get_body((kind,)).get_content()) for kind in ("plain", "html")]  # type: ignore[union-attr]

    make_ticket(person("customer"))
    post()
    assert all("You can simply answer this mail." in text for one in sink.letters for text in texts(one))
    sink.letters.clear()
    monkeypatch.setitem(sending.config, "MAIL_REPLY", "")
    make_answer(make_ticket(person("customer")), person("agent"))
    post()
    assert len(sink.letters) > 2
    for letter in sink.letters:
        assert letter.message["Reply-To"] is None
        plain, html = texts(letter)
        assert "Answer with this link" in plain
        assert "Answer with this button" in html
