"""The agents' list: who sees it, what it says, and what can be done with each mail."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.extensions import db
from portal.inbox.actions import take_in
from portal.inbox.models import IncomingMail
from portal.kit.files import path_of
from portal.mail.models import Letter
from portal.people.models import Person, Role
from portal.tickets.models import Ticket, TicketEvent

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_ticket
from .conftest import Bring
from .mails import PNG, mail, reply_to, with_file

BROWSER = Callable[..., PortalClient]
HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(1)>"


def newest_words(ticket: Ticket) -> TicketEvent:
    rows = db.session.query(TicketEvent).filter_by(ticket_id=ticket.id).where(TicketEvent.body.is_not(None))
    return rows.order_by(TicketEvent.id.desc()).limit(1).one()


def test_an_empty_list_says_what_belongs_there(people: Cast, browser_of: BROWSER) -> None:
    agent = browser_of(people.agent)
    for show, words in (
        ("", "Nothing to sort"),
        ("quiet", "Nothing from programs"),
        ("done", "Nothing sorted yet"),
    ):
        assert words in agent.page(f"/desk/mail?show={show}").text
    assert agent.page("/desk").select_one("#rail a[href='/desk/mail'] .num").text == "0"  # type: ignore[union-attr]


def test_a_mail_is_shown_as_safe_text_with_the_reason_and_its_raw_form(
    people: Cast, bring: Bring, browser_of: BROWSER
) -> None:
    one = with_file(
        mail(f'"{HOSTILE}" <x@example.net>', subject=HOSTILE, body=HOSTILE), f"{HOSTILE}.png", PNG
    )
    key = bring(one).id
    agent = browser_of(people.agent)
    page = agent.page("/desk/mail")
    assert [cell.text for cell in page.select("#list th[scope=row] a")] == [HOSTILE]
    assert "Nobody here has this address." in page.text
    assert page.select_one("#rail a[aria-current] .num").text == "1"  # type: ignore[union-attr]
    shown = agent.page(f"/desk/mail/{key}")
    assert shown.select_one(".mail-text").text == HOSTILE  # type: ignore[union-attr]
    assert not shown.select(".mail script, .mail img")
    saved = agent.get(f"/desk/mail/{key}/raw")
    assert saved.data == one.as_bytes()
    saved.close()
    assert saved.headers["Content-Disposition"] == f"attachment; filename=mail-{key}.eml"
    assert (saved.mimetype, saved.headers["X-Content-Type-Options"]) == (
        "application/octet-stream",
        "nosniff",
    )
    assert "sandbox" in saved.headers["Content-Security-Policy"]


def test_who_may_not_sort_mail_sees_no_trace_of_it(people: Cast, bring: Bring, browser_of: BROWSER) -> None:
    bring(mail("x@example.net"))
    role = db.session.query(Role).filter_by(key="agent").one()
    role.permissions = [one for one in role.permissions if one != "mail.sort"]
    db.session.commit()
    agent = browser_of(people.agent)
    assert "/desk/mail" not in agent.page("/desk").decode()
    assert agent.get("/desk/mail").status_code == 403


def test_a_mail_about_a_ticket_is_for_those_who_read_it(
    people: Cast, bring: Bring, browser_of: BROWSER
) -> None:
    billing = make_ticket(people.customer, team="Billing")
    key = bring(mail("stranger@example.com", reply_to(billing.id, people.customer.id), "Mine now")).id
    assert browser_of(people.agent).get(f"/desk/mail/{key}").status_code == 404
    assert "Mine now" not in browser_of(people.agent).page("/desk/mail").text
    assert f"#{billing.number}" in browser_of(people.agent2).page("/desk/mail").text


def test_the_customers_own_words_become_an_answer_in_their_ticket(
    people: Cast, bring: Bring, browser_of: BROWSER, work: Callable[[], int]
) -> None:
    ticket = make_ticket(people.customer, state="solved")
    key = bring(with_file(mail("customer@example.com", body="One more thing"), "a.png", PNG)).id
    agent = browser_of(people.agent)
    sent = agent.send_fresh(f"/desk/mail/{key}", {"number": f"#{ticket.number}"})
    assert sent.headers["Location"] == f"/desk/tickets/{ticket.number}"
    db.session.expire_all()
    event = newest_words(ticket)
    assert (event.body, event.kind, event.actor_id) == ("One more thing", "message", people.customer.id)
    assert [file.name for file in event.files] == ["a.png"]
    assert ticket.state == "open"
    assert agent.page("/desk/mail?show=done").select(f"a[href='/desk/mail/{key}']")
    assert (
        db.session.query(AuditEntry).filter_by(about=f"mail {key}").one().act == "put a mail into a request"
    )
    again = agent.send(f"/desk/mail/{key}/aside")
    assert again.headers["Location"] == f"/desk/mail/{key}"
    assert "Somebody put this mail into a request meanwhile." in agent.page(f"/desk/mail/{key}").text


def test_the_words_of_anybody_else_become_an_internal_note(
    people: Cast, bring: Bring, browser_of: BROWSER, work: Callable[[], int]
) -> None:
    ticket = make_ticket(people.customer)
    work()
    letters = db.session.query(Letter).count()
    key = bring(mail("Shop <code@shop.example>", subject="Your code", body="4711")).id
    browser_of(people.agent).send(f"/desk/mail/{key}/ticket", {"number": str(ticket.number)})
    event = newest_words(ticket)
    assert (event.kind, event.public, event.actor_id) == ("note", False, people.agent.id)
    assert "Shop <code@shop.example>" in (event.body or "")
    work()
    assert db.session.query(Letter).count() == letters
    assert "4711" not in browser_of(people.customer).page(f"/tickets/{ticket.number}").text


@pytest.mark.parametrize("number", ["", "abc", "99999999", "1" * 30, "{billing}"])
def test_a_number_that_leads_nowhere_is_told_at_the_field(
    people: Cast, bring: Bring, browser_of: BROWSER, number: str
) -> None:
    billing = make_ticket(people.customer, team="Billing")
    key = bring(mail("x@example.net")).id
    refused = browser_of(people.agent).send(
        f"/desk/mail/{key}/ticket", {"number": number.replace("{billing}", str(billing.number))}
    )
    assert refused.status_code == 422
    assert "number" in refused.text
    assert 'aria-invalid="true"' in refused.text
    assert db.session.get(IncomingMail, key).state == "waiting"  # type: ignore[union-attr]


def test_a_request_is_made_of_a_first_mail_of_somebody_known(
    people: Cast, bring: Bring, browser_of: BROWSER, work: Callable[[], int]
) -> None:
    unknown, known = bring(mail("x@example.net")).id, bring(mail(subject="", body="Help")).id
    agent = browser_of(people.agent)
    assert "Make a request of it" not in agent.page(f"/desk/mail/{unknown}").text
    assert agent.send(f"/desk/mail/{unknown}/request").status_code == 400
    assert agent.send(f"/desk/mail/{known}/request").status_code == 303
    ticket = db.session.query(Ticket).one()
    assert (ticket.subject, ticket.requester_id) == ("(no subject)", people.customer.id)
    work()
    assert "customer@example.com" in {one.recipient for one in db.session.query(Letter)}
    assert agent.send(f"/desk/mail/{known}/request").headers["Location"] == f"/desk/mail/{known}"
    assert db.session.query(Ticket).count() == 1


def test_what_is_set_aside_can_be_taken_back(people: Cast, bring: Bring, browser_of: BROWSER) -> None:
    key = bring(mail("x@example.net", subject="Offer")).id
    agent = browser_of(people.agent)
    agent.send(f"/desk/mail/{key}/aside")
    assert "Offer" not in agent.page("/desk/mail").select_one("#list").text  # type: ignore[union-attr]
    assert "Offer" in agent.page("/desk/mail?show=done").text
    assert "Take back into the list" in agent.page(f"/desk/mail/{key}").text
    agent.send(f"/desk/mail/{key}/back")
    assert "Offer" in agent.page("/desk/mail").text


def test_a_mail_that_could_not_be_read_is_there_with_its_raw_form(
    app: Flask, people: Cast, bring: Bring, browser_of: BROWSER
) -> None:
    noise = bring(
        b"From: a\0b\xff@x\0.example\r\nSubject: a\0\xed\xa0\x80\r\nMessage-ID: <a\0b@c>\r\nIn-Reply-To: <\xff\0>\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\na\0b\r\n"
        b'--x\r\nContent-Type: image/p\0ng\xff; name="a\0.png"\r\n\r\nx\r\n--x--\r\n'
    )
    assert (noise.state, noise.text, [file["name"] for file in noise.files]) == ("waiting", "ab", ["a .png"])
    odd = bring(b"From: (" + b"(" * 5000 + b"\r\n\r\nx")
    nothing = bring(b"")
    assert (odd.reason, odd.state, nothing.state) == ("odd", "waiting", "waiting")
    agent = browser_of(people.agent)
    assert agent.page("/desk/mail").select(f"a[href='/desk/mail/{noise.id}']")
    for row in (odd, nothing):
        assert "(no subject)" in agent.page(f"/desk/mail/{row.id}").text
        saved = agent.get(f"/desk/mail/{row.id}/raw")
        assert saved.status_code == 200
        saved.close()


def test_a_reader_hears_of_new_mail(people: Cast, bring: Bring, browser_of: BROWSER) -> None:
    page = browser_of(people.agent).page("/desk/mail")
    assert "mail-0" in str(page.select_one("#live")["data-live"])  # type: ignore[index]
    assert "mail-0 from:body" in str(page.select_one("#list")["hx-trigger"])  # type: ignore[index]


def _open_when_read(pipe: Path) -> int:
    """The writing end of a pipe, once somebody waits at its other end."""
    for _ in range(500):
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.01)
    raise AssertionError("nobody reads the mail")


@pytest.mark.parametrize("way", ["ticket", "request"])
def test_while_a_mail_is_read_everybody_else_can_write(real_app: Flask, way: str) -> None:
    with real_app.app_context():
        customer, agent = (db.session.query(Person).filter_by(called=name).one() for name in ("Customer", "Agent"))  # fmt: skip
        ticket = make_ticket(customer)
        came = mail("customer@example.com", body=f"Read slowly for a {way}").as_bytes()
        take_in(came)
        kept = db.session.query(IncomingMail).order_by(IncomingMail.id.desc()).limit(1).one()
        kept.person = customer
        db.session.commit()
        browser: PortalClient = real_app.test_client()  # type: ignore[assignment]
        browser.enter(agent)
        pipe, address, number = path_of(kept.raw_key), f"/desk/mail/{kept.id}/{way}", ticket.number
        key, ticket_id = kept.id, ticket.id
    pipe.unlink()
    os.mkfifo(pipe)
    answers: list[int] = []
    reader = threading.Thread(
        target=lambda: answers.append(browser.send(address, {"number": str(number)}).status_code)
    )
    reader.start()
    end = _open_when_read(pipe)
    try:
        with real_app.app_context():  # on SQLite it takes the one lock for writers, else these rows
            for row in (Ticket, ticket_id), (IncomingMail, key):
                db.session.scalar(select(row[0].id).where(row[0].id == row[1]).with_for_update(nowait=True))
            db.session.rollback()
    finally:
        os.write(end, came)
        os.close(end)
        reader.join()
    with real_app.app_context():
        placed = db.session.get(IncomingMail, key)
        assert placed is not None
        assert placed.ticket is not None
        assert (answers, placed.state) == ([303], "placed")
        assert f"Read slowly for a {way}" in (newest_words(placed.ticket).body or "")
