"""Where a mail goes: answers of those who take part into their request, all else into the list, with its reason."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.extensions import db
from portal.inbox.actions import take_in
from portal.inbox.models import IncomingMail
from portal.kit import clock
from portal.kit.files import path_of
from portal.mail.models import Letter
from portal.mail.threads import OWN_MARK, Thread, own_mark
from portal.outbox.models import Job
from portal.tickets.actions import set_state
from portal.tickets.models import Ticket, TicketEvent

from ..conftest import Cast
from ..make import make_answer, make_ticket
from .conftest import Bring
from .mails import PNG, mail, reply_to, with_file

WORK = Callable[[], int]


@pytest.fixture
def ticket(people: Cast, work: WORK) -> Ticket:
    """The customer's request, answered; the letters are out."""
    made = make_ticket(people.customer)
    make_answer(made, people.agent)
    work()
    return made


def events(ticket: Ticket) -> list[TicketEvent]:
    return db.session.query(TicketEvent).filter_by(ticket_id=ticket.id).order_by(TicketEvent.id).all()


def test_an_answer_by_mail_stands_in_its_request_whole(ticket: Ticket, people: Cast, bring: Bring) -> None:
    body = "Still **orange**.\n\n> Press it for ten seconds.\n\n-- \nMarta"
    answer = mail(to=f"Help <{reply_to(ticket.id, people.customer.id)}>", body=body)
    kept = bring(with_file(answer, "light.png", PNG))
    said = events(ticket)[-2:]
    assert [event.kind for event in said] == ["message", "state"]
    assert (said[0].body, said[0].actor_id) == (body, people.customer.id)
    assert "<strong>orange</strong>" in (said[0].html or "")
    assert [(f.name, f.type) for f in said[0].files] == [("light.png", "image/png")]
    assert ticket.state == "open"
    assert (kept.state, kept.event_id, kept.text) == ("placed", said[0].id, None)
    assert path_of(kept.raw_key).read_bytes() == answer.as_bytes()
    told = {one.recipient for one in db.session.query(Letter).where(Letter.sent_at >= kept.at)}
    assert told == {"agent@example.com"}


def test_an_answer_that_went_to_the_plain_address_is_known_by_what_it_answers(
    ticket: Ticket, people: Cast, bring: Bring
) -> None:
    letter = db.session.query(Letter).filter_by(recipient="customer@example.com").first()
    assert letter
    kept = bring(mail(In_Reply_To="<other@example.org>", References=f"<x@y> {letter.message_id}"))
    assert (kept.state, kept.ticket_id) == ("placed", ticket.id)


def test_an_agents_answer_by_mail_is_public_and_waits_for_the_customer(
    ticket: Ticket, people: Cast, bring: Bring, work: WORK
) -> None:
    bring(mail("agent@example.com", reply_to(ticket.id, people.agent.id), body="Try the other cable."))
    event = next(one for one in reversed(events(ticket)) if one.is_words)
    assert (event.public, event.actor_id, ticket.state) == (True, people.agent.id, "waiting")
    work()
    letter = db.session.query(Letter).order_by(Letter.id.desc()).first()
    assert letter
    assert letter.recipient == "customer@example.com"


def test_what_is_no_answer_of_who_takes_part_waits_in_the_list_and_nobody_is_mailed(
    ticket: Ticket, people: Cast, bring: Bring
) -> None:
    own, to = "customer@example.com", reply_to(ticket.id, people.customer.id)
    cases = [
        ("unknown", mail("nobody@example.net")),
        ("first", mail(own)),
        ("first", mail(own, "help+x@other.example.com", f"[#{ticket.number}] mine")),
        ("bad_token", mail(own, to.replace("@", "x@"))),
        ("other_sender", mail("stranger@example.com", to)),
        ("other_sender", mail("agent@example.com", to, body="Send me the password")),
        ("other_sender", mail("customer@example.com, stranger@example.com", to)),
        ("other_sender", mail('"customer@example.com" <evil@example.net>', to)),
        ("other_sender", mail("no-reply@social.example", to, "Your code", "4711")),
        ("gone", mail(own, reply_to(10**9, people.customer.id))),
        ("not_allowed", mail("agent2@example.com", reply_to(ticket.id, people.agent2.id))),
        ("not_allowed", mail("stranger@example.com", reply_to(ticket.id, people.stranger.id))),
        ("empty", mail(own, to, body="  \n")),
    ]
    before, letters = len(events(ticket)), db.session.query(Letter).count()
    found = [bring(one) for _, one in cases]
    assert [(kept.state, kept.reason) for kept in found] == [("waiting", reason) for reason, _ in cases]
    assert len(events(ticket)) == before
    assert db.session.query(Letter).count() == letters


@pytest.mark.parametrize(
    ("changed", "reason"), [("closed", "placed"), ("left", "gone"), ("moved", "other_sender")]
)
def test_what_changed_meanwhile_is_asked_again(
    ticket: Ticket, people: Cast, bring: Bring, changed: str, reason: str
) -> None:
    answer = mail(to=reply_to(ticket.id, people.customer.id))
    if changed == "closed":
        set_state(ticket, "closed", None)
    elif changed == "left":
        people.customer.active = False
    else:
        people.customer.email = "marta@example.org"
    db.session.commit()
    assert bring(answer).reason == reason
    assert ticket.state == ("open" if changed == "closed" else "waiting")


def test_a_mail_long_after_the_end_begins_a_request_that_is_linked(
    ticket: Ticket, people: Cast, bring: Bring
) -> None:
    answer = mail(to=reply_to(ticket.id, people.customer.id))
    set_state(ticket, "closed", None)
    db.session.commit()
    with clock.at(clock.now() + timedelta(days=15)):
        assert bring(answer).reason == "placed"
    assert ticket.state == "closed"
    assert db.session.query(Ticket).filter_by(follows_id=ticket.id).count() == 1


AUTOMATIC = [
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-generated; owner=x"},
    {"Precedence": "bulk"},
    {"Precedence": "Junk"},
    {"Precedence": "auto_reply"},
    {"X_Autoreply": "yes"},
    {"List_Id": "<news.example.com>"},
    {"Return_Path": "<>"},
]


def test_a_program_is_never_answered_and_opens_nothing_again(
    ticket: Ticket, people: Cast, bring: Bring
) -> None:
    ticket.state = "solved"
    db.session.commit()
    to, letters = reply_to(ticket.id, people.customer.id), db.session.query(Letter).count()
    answers = [mail(to=to, **headers) for headers in AUTOMATIC] + [
        mail(to=to),
        mail("MAILER-DAEMON@mx.example", to),
    ]
    answers[-2].replace_header("Content-Type", "multipart/report; report-type=delivery-status; boundary=x")
    for answer in answers:
        kept = bring(answer)
        assert (kept.state, kept.reason, kept.ticket_id) == ("quiet", "automatic", ticket.id), answer
        assert ticket.state == "solved"
    assert db.session.query(Letter).count() == letters


def test_a_person_who_says_so_is_no_program(ticket: Ticket, people: Cast, bring: Bring) -> None:
    answer = mail(
        to=reply_to(ticket.id, people.customer.id), Auto_Submitted="no", Return_Path="<customer@example.com>"
    )
    assert bring(answer).state == "placed"


def test_our_own_mail_that_comes_back_is_known(
    app: Flask, ticket: Ticket, people: Cast, bring: Bring
) -> None:
    to = reply_to(ticket.id, people.customer.id)
    thread = Thread(ticket.id, people.customer.id)
    for back in (
        mail(to=to, **{OWN_MARK.replace("-", "_"): own_mark(17)}),
        mail(to=to, Message_ID=thread.message_id(5, "answered")),
        mail(app.config["MAIL_FROM"], to),
    ):
        kept = bring(back)
        assert (kept.state, kept.reason) == ("quiet", "own")
    assert bring(mail(to=to, X_Portal_Mail="17.aaaaaaaaaaaaaaaaaaaaaaaaaa")).state == "placed"


def test_the_same_mail_twice_is_one(ticket: Ticket, people: Cast, bring: Bring) -> None:
    answer = mail(to=reply_to(ticket.id, people.customer.id))
    first = bring(answer)
    stamped = b"Received: from mx2.example.com\r\nDelivered-To: help@example.com\r\n" + answer.as_bytes()
    assert not take_in(answer.as_bytes())
    assert not take_in(stamped.replace(b"\r\n", b"\n"))
    answer.set_content("It is green now.\n\n-- \nSent through a list that adds its foot")
    other = bring(answer)
    assert (other.id != first.id, other.state, other.reason) == (True, "quiet", "copy")
    assert len([event for event in events(ticket) if event.is_words]) == 3


def test_a_job_that_runs_twice_puts_the_words_in_once(
    ticket: Ticket, people: Cast, bring: Bring, work: WORK
) -> None:
    kept = bring(mail(to=reply_to(ticket.id, people.customer.id)))
    before = len(events(ticket))
    job = db.session.query(Job).filter_by(kind="inbox.sort").one()
    job.done, job.payload = None, {"mail": kept.id}
    db.session.commit()
    work()
    assert len(events(ticket)) == before


def test_files_that_may_not_be_sent_are_named_and_the_mail_is_kept_whole(
    app: Flask, ticket: Ticket, people: Cast, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "FILE_MB", 1)
    monkeypatch.setitem(app.config, "FILES", 2)
    answer = mail(to=reply_to(ticket.id, people.customer.id))
    for name, data in (
        ("a.png", PNG),
        ("big.png", PNG + b"x" * 1_100_000),
        ("run.exe", b"MZ" * 50),
        ("no.png", b"text"),
        ("../../b.png", PNG),
        ("third.png", PNG),
        ("signature.asc", b"-----BEGIN"),
    ):
        with_file(answer, name, data, "application/pgp-signature" if name.endswith("asc") else "image/png")
    kept = bring(answer)
    event = next(one for one in reversed(events(ticket)) if one.is_words)
    assert [file.name for file in event.files] == ["a.png", "b.png"]
    left_out = [line for line in (event.body or "").splitlines() if line.startswith("Left out of the mail:")]
    assert len(left_out) == 4
    assert all(
        any(name in line for line in left_out) for name in ("big.png", "run.exe", "no.png", "third.png")
    )
    assert kept.size == len(answer.as_bytes())


def test_magic_headers_have_no_effect(ticket: Ticket, people: Cast, bring: Bring) -> None:
    answer = mail(
        to=reply_to(ticket.id, people.customer.id),
        X_Portal_State="closed",
        X_Zammad_Ticket_Owner="admin",
        X_Ticket_Priority="urgent",
    )
    bring(answer)
    assert (ticket.state, ticket.priority, ticket.requester_id) == ("open", "normal", people.customer.id)


def test_photos_in_several_mails_are_no_robot_but_answers_to_each_mail_of_ours_are(
    ticket: Ticket, people: Cast, bring: Bring
) -> None:
    to = reply_to(ticket.id, people.customer.id)
    for number in range(6):
        assert bring(mail(to=to, body=f"Photo {number}", In_Reply_To="<one@example.com>")).state == "placed"
    states = [
        bring(mail(to=to, body=f"Auto {number}", In_Reply_To=f"<{number}@x>")).state for number in range(4)
    ]
    assert states == ["placed", "placed", "waiting", "waiting"]
    with clock.at(clock.now() + timedelta(hours=2)):
        assert bring(mail(to=to, body="A day later")).state == "placed"


def test_an_hour_has_its_limit_for_slow_robots_too(
    app: Flask, ticket: Ticket, people: Cast, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "LIMIT_MAIL_TICKET", 3)
    found = []
    for number in range(5):
        with clock.at(clock.now() + timedelta(minutes=10 + 5 * number)):
            found.append(bring(mail(to=reply_to(ticket.id, people.customer.id), body=f"{number}")).reason)
    assert found == ["placed", "placed", "placed", "loop", "loop"]


def test_a_mail_that_was_not_kept_leaves_no_job(app: Flask, work: WORK) -> None:
    work()
    take_in(mail().as_bytes())
    db.session.rollback()
    assert work() == 0
    assert db.session.query(IncomingMail).count() == 0
