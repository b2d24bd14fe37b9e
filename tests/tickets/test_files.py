"""Files that people send with words: what is let in, under which name, and how it is given back."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.extensions import db
from portal.kit.files import path_of
from portal.tickets.models import Attachment, TicketEvent

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_ticket

BROWSER = Callable[..., PortalClient]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n" + b"\0" * 40
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def ask(client: PortalClient, *files: tuple[bytes, str]) -> TestResponse:
    form = {"subject": "Kept", "body": "Kept too", "files": [(BytesIO(data), name) for data, name in files]}
    return client.send("/tickets/new", form, content_type="multipart/form-data")


def stored(app: Flask) -> list[Path]:
    return [path for path in (app.config["INSTANCE"] / "files").rglob("*") if path.is_file()]


def test_files_come_back_as_they_were_sent(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    made = ask(customer, (PNG, "light.png"), (PDF, "bill.pdf"), ("naïve ☃".encode(), "log.txt"))
    links = [str(a["href"]) for a in customer.page(made.location).select("a.file")]
    assert [link.rsplit("/", 1)[1] for link in links] == ["light.png", "bill.pdf", "log.txt"]
    assert [customer.get(link, buffered=True).data for link in links] == [PNG, PDF, "naïve ☃".encode()]


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "empty.txt", "is empty"),
        (SVG, "logo.svg", "cannot be sent"),
        (SVG, "logo.png", "does not hold"),
        (b"<html><script>alert(1)</script>", "page.html", "cannot be sent"),
        (b"MZ\x90\0", "tool.exe", "cannot be sent"),
        (b"MZ\x90\0", "tool.pdf", "does not hold"),
        (PNG, "light.jpg", "does not hold"),
        (PNG, "light.txt", "does not hold"),
        (b"words", "noending", "cannot be sent"),
        (b"words", ".png", "does not hold"),
        (b"words", "x." + "y" * 300, "cannot be sent"),
        (b"<?php", "shell.php.", "cannot be sent"),
        (b"x" * 1_000_001, "big.txt", "larger than 1 MB"),
    ],
)
def test_a_file_that_is_not_let_in_is_named(
    people: Cast, browser_of: BROWSER, monkeypatch: pytest.MonkeyPatch, data: bytes, name: str, reason: str
) -> None:
    customer = browser_of(people.customer)
    monkeypatch.setitem(customer.application.config, "FILE_MB", 1)
    before = stored(customer.application)
    answer = ask(customer, (b"good", "good.txt"), (data, name))
    page = soup(answer)
    assert answer.status_code == 422
    assert reason in page.select_one("#files-e").text  # type: ignore[union-attr]
    assert page.select_one("#body").text.strip() == "Kept too"  # type: ignore[union-attr]
    assert stored(customer.application) == before


def test_a_file_of_just_the_limit_is_let_in(
    people: Cast, browser_of: BROWSER, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = browser_of(people.customer)
    monkeypatch.setitem(customer.application.config, "FILE_MB", 1)
    assert ask(customer, (b"x" * 1_000_000, "big.txt")).status_code == 303


def test_fifty_files_at_once_are_too_many(people: Cast, browser_of: BROWSER) -> None:
    answer = ask(browser_of(people.customer), *[(b"x", f"{n}.txt") for n in range(50)])
    assert answer.status_code == 422
    assert "40 files too many" in answer.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/hosts.txt", "hosts.txt"),
        ("a\u202egnp.txt", "a gnp.txt"),
        ("q%22uo'te;<b>.txt", "quo'te;b.txt"),  # a quote, as browsers write it
        ("отчёт за май.txt", "отчёт за май.txt"),
        ("n" * 300 + ".txt", "n" * 116 + ".txt"),
        ("CON .txt", "CON.txt"),
        ("....txt", "file.txt"),
        ("100%25 {{7*7}} #1?.txt", "100%25 {{77}} #1.txt"),
        ("shell.php.txt", "shell.php.txt"),
    ],
)
def test_odd_names_are_made_safe_and_can_be_fetched(
    people: Cast, browser_of: BROWSER, given: str, kept: str
) -> None:
    customer = browser_of(people.customer)
    made = ask(customer, (b"words", given))
    file = db.session.query(Attachment).one()
    assert file.name == kept
    link = customer.page(made.location).select_one("a.file")
    assert link is not None
    answer = customer.get(str(link["href"]), buffered=True)
    assert answer.data == b"words"
    assert path_of(file.key).parent.parent == customer.application.config["INSTANCE"] / "files"
    assert "\n" not in answer.headers["Content-Disposition"]


def test_a_name_with_line_breaks_cannot_reach_a_header(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    form = {"subject": "A", "body": "B", "files": (BytesIO(b"words"), "a%0D%0AX-Bad: 1.txt")}
    made = customer.send("/tickets/new", form, content_type="multipart/form-data")
    link = customer.page(made.location).select_one("a.file")
    answer = customer.get(str(link["href"]), buffered=True)  # type: ignore[index]
    assert answer.status_code == 200
    assert "X-Bad" not in answer.headers


def test_nothing_that_was_sent_can_run(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    made = ask(customer, (PNG, "light.png"), (SVG, "drawing.txt"), (PDF, "bill.pdf"))
    links = [str(a["href"]) for a in customer.page(made.location).select("a.file")]
    for link, kind in zip(links, ("inline", "attachment", "attachment"), strict=True):
        answer = customer.get(link, buffered=True)
        assert answer.headers["Content-Disposition"].startswith(kind)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.mimetype in ("image/png", "text/plain", "application/pdf")


def test_a_file_is_there_for_the_two_sides_alone(
    people: Cast, browser_of: BROWSER, client: PortalClient
) -> None:
    customer = browser_of(people.customer)
    ask(customer, (b"words", "log.txt"))
    file = db.session.query(Attachment).one()
    path = f"/files/{file.key}/log.txt"
    expected = {
        "customer": 200,
        "agent": 200,
        "manager": 200,
        "stranger": 404,
        "colleague": 404,
        "agent2": 404,
    }
    for name, status in expected.items():
        browser = browser_of(getattr(people, name))
        assert browser.get(path, buffered=True).status_code == status, name
        assert browser.head(path, buffered=True).status_code == status, name
        assert browser.get(path, headers={"Range": "bytes=0-2"}, buffered=True).status_code in (
            status,
            206 if status == 200 else 404,
        )
    assert client.get(path).status_code == 303
    for wrong in ("other.txt", "LOG.TXT", "log.txt.html", quote("../log.txt", safe="")):
        assert customer.get(f"/files/{file.key}/{wrong}").status_code == 404
    assert customer.get(f"/files/{'0' * 32}/log.txt").status_code == 404


def test_a_file_of_another_team_is_out_of_sight_after_the_ticket_moved(
    people: Cast, browser_of: BROWSER
) -> None:
    ask(browser_of(people.customer), (b"words", "log.txt"))
    event = db.session.query(TicketEvent).one()
    agent, agent2 = browser_of(people.agent), browser_of(people.agent2)
    billing = people.agent2.grants[-1].team_id
    agent.send(f"/desk/tickets/{event.ticket.number}/change", {"team": str(billing)})
    path = f"/files/{event.files[0].key}/log.txt"
    assert agent.get(path).status_code == 404
    assert agent2.get(path, buffered=True).status_code == 200


def test_a_request_that_is_not_made_keeps_no_file(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    customer = browser_of(people.customer)
    form = {"body": "once more", "once": "f" * 20, "files": (BytesIO(b"words"), "log.txt")}
    customer.send(f"/tickets/{ticket.number}/answer", form, content_type="multipart/form-data")
    again = {"body": "once more", "once": "f" * 20, "files": (BytesIO(b"words"), "log.txt")}
    customer.send(f"/tickets/{ticket.number}/answer", again, content_type="multipart/form-data")
    assert db.session.query(Attachment).count() == 1
