"""What strangers try at links, forms and codes that need no account: each road, each spelling, the same answer."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.extensions import db
from portal.kit import clock
from portal.mail.models import Letter
from portal.people.models import Person
from portal.tickets.models import Ticket, TicketEvent

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_answer, make_ticket
from .conftest import LinkOf, Mails
from .test_guests import call
from .test_visitors import ask, the_ticket

pytestmark = pytest.mark.usefixtures("early_in_the_hour")
BROWSER = Callable[[Person], PortalClient]
CANARY = "Quincelight"
POISON = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "666",
    "Forwarded": "host=evil.example",
    "Origin": "https://evil.example",
    "Referer": "http://127.0.0.1:8000/evil.example",
}


@pytest.fixture(params=["link", "confirm", "join"])
def token_link(
    request: pytest.FixtureRequest,
    client: PortalClient,
    people: Cast,
    browser_of: BROWSER,
    link_of: LinkOf,
) -> str:
    """The path of a mail's link, of each kind."""
    if request.param == "confirm":
        ask(PortalClient(client.application))
        return link_of("vera@example.org")
    ticket = make_ticket(people.customer, CANARY)
    if request.param == "link":
        make_answer(ticket, people.agent)
        return link_of("customer@example.com")
    browser_of(people.customer).send(f"/tickets/{ticket.number}/followers", {"email": "new@example.org"})
    return link_of("new@example.org")


def test_only_the_very_token_opens_anything(client: PortalClient, token_link: str) -> None:
    stem, _, token = token_link.rpartition("/")
    assert len(token) >= 22, "128 bits"
    wrong = [
        "", "%20", "null", "None", "undefined", "[]", "0", "%00", token[:-1], token[1:], token + "%20", "%20" + token,
        token.swapcase(), token + "=", token + "%00", f"{token},{token}", token + "/x.css", token + ";a.js", token + "%0a.css",
    ]  # fmt: skip
    for one in wrong:
        for answer in (client.get(f"{stem}/{one}"), client.send(f"{stem}/{one}")):
            assert answer.status_code in (404, 405), one
            assert CANARY not in answer.text
            assert answer.headers["Cache-Control"] != "public", one
    assert client.get(f"{stem}/?token={token}").status_code == 404
    with client.session_transaction() as kept:
        assert not kept.get("guest")


def test_the_token_stands_in_no_log_and_leaves_the_address_bar(
    client: PortalClient, token_link: str, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("portal")
    log.propagate = True  # for caplog, which listens at the root
    try:
        with caplog.at_level(logging.INFO):
            answer = client.get(token_link)
            client.send(token_link)
    finally:
        log.propagate = False
    lines = [str(vars(record)) for record in caplog.records if record.name == "portal.web"]
    token = token_link.rpartition("/")[2]
    assert len(lines) >= 2
    assert not [line for line in lines if token in line]
    assert answer.headers["Cache-Control"] in ("no-store", "private, no-cache")
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert token not in answer.headers.get("Location", "")


def test_a_guests_pages_are_kept_by_no_cache_whatever_the_address_pretends(
    client: PortalClient, people: Cast, link_of: LinkOf
) -> None:
    ticket = make_ticket(people.customer, CANARY)
    make_answer(ticket, people.agent)
    client.get(link_of("customer@example.com"))
    for more in ("", "/print", "?lang=es", "/x.css", ";a.js", "%0a.css", "/print/a.png", "?x=.js"):
        answer = client.get(f"/tickets/{ticket.number}{more}")
        assert answer.headers["Cache-Control"] == "no-store", more
        assert {"Cookie", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
        known = answer.status_code == 200
        assert known == (CANARY in answer.text), more
    static = client.get(f"/static/../tickets/{ticket.number}")
    assert CANARY not in static.text


@pytest.mark.parametrize(
    "name", ["Bo http://evil.example/win", "Call 555-0199 now", "www.evil", "win.example"]
)
def test_mails_to_unconfirmed_addresses_carry_no_words_and_no_host_of_a_stranger(
    client: PortalClient, people: Cast, browser_of: BROWSER, mails: Mails, name: str
) -> None:
    victim = "victim@example.net"
    people.customer.called = name
    db.session.commit()
    sign_up = {"name": name, "email": victim, "password": "A sentence of one's own is best"}
    with clock.at(clock.now() - timedelta(minutes=1)):
        page = client.page("/tickets/new")
    hidden = {str(f["name"]): str(f.get("value", "")) for f in page.select("#ask input[type=hidden]")}
    words = {"name": name, "email": victim, "subject": f"{CANARY} {name}", "body": name}
    owner, ticket = browser_of(people.customer), make_ticket(people.customer, f"{CANARY} {name}", name)
    assert client.send("/tickets/new", {**hidden, **words}, headers=POISON).status_code == 303
    assert client.send("/sign-up", sign_up, headers=POISON).status_code == 200
    path = f"/tickets/{ticket.number}/followers"
    assert owner.send(path, {"email": victim}, headers=POISON).status_code == 303

    letters = mails(victim)

    assert len(letters) == 3
    for letter in letters:
        whole = f"{letter.subject} {letter.text} {letter.html}"
        assert name not in whole
        assert CANARY not in whole
        assert "evil.example" not in whole
        assert set(re.findall(r"https?://[^/\s\"<]+", whole)) == {"http://127.0.0.1:8000"}


def test_a_name_that_is_one_is_said(people: Cast, browser_of: BROWSER, mails: Mails) -> None:
    people.customer.called = "Ana María d’Ávila-Čech"
    db.session.commit()
    ticket = make_ticket(people.customer)
    browser_of(people.customer).send(f"/tickets/{ticket.number}/followers", {"email": "new@example.org"})
    assert "Ana María d’Ávila-Čech asks you" in str(mails("new@example.org")[0].text)


@pytest.mark.parametrize(
    "email",
    [
        "vera@example.org\r\nBcc: evil@example.com",
        "vera@example.org,evil@example.com",
        "vera@example.org;evil@example.com",
        "<vera@example.org> evil@example.com",
        "vera@example.org evil@example.com",
        '"vera@example.org\nevil@example.com"@example.org',
        "vera@example.org%0aBcc:evil@example.com",
        "=?utf-8?q?evil=40example.com?=",
        "vera@[127.0.0.1]",
        "vera\u0000@example.org",
    ],
)
def test_an_address_is_one_address(
    client: PortalClient, people: Cast, browser_of: BROWSER, work: Callable[[], int], email: str
) -> None:
    assert ask(client, email=email) == 422
    ticket = make_ticket(people.customer)
    work()
    before = db.session.query(Letter).count()
    owner = browser_of(people.customer)
    assert owner.send(f"/tickets/{ticket.number}/followers", {"email": email}).status_code == 422
    work()
    assert db.session.query(Letter).count() == before


def test_line_breaks_in_names_and_subjects_are_spaces(client: PortalClient, mails: Mails) -> None:
    assert ask(client, name="Bo\r\nBcc: evil@example.com", subject="Hi\r\nBcc: evil@example.com") == 303
    letters = mails("vera@example.org")
    assert [letter.recipient for letter in letters] == ["vera@example.org"]
    assert not [letter for letter in letters if "\n" in letter.subject]
    assert "\n" not in the_ticket().subject + the_ticket().requester.name
    assert not mails("evil@example.com")


def _sent(client: PortalClient, email: str) -> tuple[int, list[tuple[str, str]], str]:
    """Status, headers and page after a visitor's request with an address."""
    visitor = PortalClient(client.application)
    status = ask(visitor, email=email)
    answer = visitor.get("/tickets/sent")
    headers = [(k, v) for k, v in answer.headers if k not in ("X-Request-Id", "Content-Length", "Set-Cookie")]
    main = soup(answer).main
    assert main
    number = str(the_ticket().number)
    return status, headers, main.text.replace(email, "E").replace(number, "N")


def test_nobody_can_tell_which_addresses_we_know(
    client: PortalClient, people: Cast, browser_of: BROWSER
) -> None:
    people.manager.active = False
    db.session.commit()
    known = ("customer@example.com", "agent@example.com", "manager@example.com")
    answers = [_sent(client, email) for email in ("nobody@example.net", *known)]
    assert answers[1:] == answers[:1] * 3

    ticket = make_ticket(people.customer)
    owner, path = browser_of(people.customer), f"/tickets/{ticket.number}/followers"
    said = []
    for email in ("nobody@example.net", "stranger@example.com", "agent@example.com", "manager@example.com"):
        answer = owner.send(path, {"email": email})
        alert = owner.page(answer.headers["Location"]).select_one("#alerts")
        assert alert
        said.append((answer.status_code, alert.text.split()))
    assert said[1:] == said[:1] * 3


def test_a_wrong_number_and_a_wrong_code_are_answered_alike(
    client: PortalClient, people: Cast, browser_of: BROWSER
) -> None:
    number, _ = call(browser_of(people.agent))
    other = make_ticket(people.customer).number
    answers = [
        client.send("/tickets/follow", {"number": str(one), "code": "AAAA-AAAA"})
        for one in (number, other, 99)
    ]
    pages = [re.sub(r'value="[^"]*"', "", str(soup(answer).main)) for answer in answers]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert pages[1:] == pages[:1] * 2


def test_no_header_and_no_spelling_gets_round_the_limits(
    app: Flask, client: PortalClient, people: Cast, browser_of: BROWSER
) -> None:
    app.config["LIMIT_VISITOR_ADDRESS"] = app.config["LIMIT_CODE"] = 3
    spelt = ["ve.ra@example.org", "VERA@example.org", "vera+1@example.org", "v.e.r.a+x@Example.org"]
    assert [ask(PortalClient(app), email=email) for email in spelt] == [303, 303, 303, 429]

    number, _ = call(browser_of(people.agent))
    for turn in range(4):
        forged = {
            "X-Forwarded-For": f"203.0.113.{turn}",
            "X-Real-IP": f"203.0.113.{turn}",
            "Client-IP": "::1",
        }
        form = {"number": str(number + turn), "code": "AAAA-AAAA"}
        status = PortalClient(app).send("/tickets/follow", form, headers=forged).status_code
        assert status == (422 if turn < 3 else 429)


def test_one_address_gets_few_invitations_however_many_ask(
    app: Flask, people: Cast, browser_of: BROWSER, mails: Mails
) -> None:
    for person in (people.customer, people.stranger, people.colleague):
        for _ in range(2):
            number = make_ticket(person).number
            answer = browser_of(person).send(f"/tickets/{number}/followers", {"email": "victim@example.net"})
            assert answer.status_code == 303
    assert len(mails("victim@example.net")) == app.config["LIMIT_MAIL_ADDRESS"] == 3


def test_a_flood_from_everywhere_waits_at_the_desk_and_mails_nobody(
    app: Flask, people: Cast, browser_of: BROWSER, work: Callable[[], int]
) -> None:
    app.config["LIMIT_VISITOR_ALL"] = 5
    for turn in range(8):
        visitor = PortalClient(app)
        visitor.environ_base["REMOTE_ADDR"] = f"203.0.113.{turn}"
        assert ask(visitor, email=f"victim-{turn}@example.net") == 303
    work()
    victims = {row.recipient for row in db.session.query(Letter) if "victim" in row.recipient}
    assert len(victims) == 5
    assert db.session.query(Ticket).filter_by(gate="held").count() == 3
    assert len(browser_of(people.agent).page("/desk?view=held").select("tr[data-row]")) == 3


def test_a_field_that_the_form_does_not_have_changes_nothing(
    client: PortalClient, people: Cast, browser_of: BROWSER
) -> None:
    more = {
        "gate": "", "state": "closed", "priority": "urgent", "team": "2", "team_id": "2", "requester_id": "1", "number": "7",
        "organisation_id": "1", "internal": "1", "kind": "question", "confirmed_at": "2020-01-01", "shared": "1", "assignee": "1",
        "follows_id": "1", "id": "1", "created_at": "2020-01-01", "person_id": str(people.admin.id), "code": "AAAA", "public": "0",
    }  # fmt: skip
    assert ask(client, 60, **more) == 303
    ticket = the_ticket()
    assert (ticket.gate, ticket.state, ticket.priority, ticket.shared) == (
        "unconfirmed",
        "new",
        "normal",
        False,
    )
    assert (ticket.assignee_id, ticket.organisation_id, ticket.follows_id) == (None, None, None)
    assert ticket.requester.email == "vera@example.org"
    assert ticket.requester.confirmed_at is None
    assert db.session.query(TicketEvent).where(~TicketEvent.public).count() == 0
