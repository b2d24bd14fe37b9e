"""What people and robots type into the fields of requests: stored as typed or refused at the field, never lost."""

from collections.abc import Callable
from io import BytesIO

import pytest

from portal.extensions import db
from portal.tickets.models import Ticket, TicketEvent

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_ticket

BROWSER = Callable[..., PortalClient]
STRANGE = [
    "<script>alert(1)</script> <img src=x onerror=alert(1)> {{7*7}} ${7*7} {% raw %} %(name)s %s {name}",
    "שלום, הנתב לא עובד · لا يعمل الموجه · 👩‍👩‍👧 🦊 ¯\\_(ツ)_/¯ 𝓑𝓸𝓵𝓭 Ω≈ç√ ẞ",
    "' OR 1=1; -- =HYPERLINK(1)",
]


@pytest.mark.parametrize("typed", STRANGE)
def test_a_request_is_stored_and_shown_as_typed(people: Cast, browser_of: BROWSER, typed: str) -> None:
    customer = browser_of(people.customer)
    made = customer.send("/tickets/new", {"subject": typed, "body": f"`{typed}`"})
    page = customer.page(made.location)
    assert page.h1
    assert page.h1.text == typed
    assert typed in page.select(".words")[0].text
    assert typed in customer.page("/tickets").text
    assert typed in browser_of(people.agent).page(f"/desk{made.location}").text
    assert db.session.query(Ticket).one().subject == typed


@pytest.mark.parametrize("typed", STRANGE)
def test_answers_and_notes_are_stored_as_typed(people: Cast, browser_of: BROWSER, typed: str) -> None:
    number = make_ticket(people.customer).number
    customer, agent = browser_of(people.customer), browser_of(people.agent)
    assert customer.send(f"/tickets/{number}/answer", {"body": typed}).status_code == 303
    seen = db.session.query(TicketEvent.id).order_by(TicketEvent.id.desc()).limit(1).scalar()
    for kind in ("answer", "note"):
        form = {"body": typed, "kind": kind, "then": "open", "seen": seen}
        assert agent.send(f"/desk/tickets/{number}/answer", form).status_code == 303
    bodies = db.session.query(TicketEvent.body).where(TicketEvent.body == typed).all()
    assert len(bodies) == 3
    customer.page(f"/tickets/{number}")
    agent.page(f"/desk/tickets/{number}")


def test_zero_bytes_are_left_out(people: Cast, browser_of: BROWSER) -> None:
    browser_of(people.customer).send("/tickets/new", {"subject": "a\0b\x1b[31m", "body": "c\0d\ne"})
    ticket, event = db.session.query(Ticket).one(), db.session.query(TicketEvent).one()
    assert ticket.subject == "a b [31m"
    assert event.body == "cd\ne"


@pytest.mark.parametrize("subject", ["", " \t\n ", "\u200b\u200e", "\0\0", "x" * 256, "x" * 5_000_000])
def test_a_bad_subject_is_refused_at_the_field(people: Cast, browser_of: BROWSER, subject: str) -> None:
    answer = browser_of(people.customer).send("/tickets/new", {"subject": subject, "body": "Keep me"})
    page = soup(answer)
    assert answer.status_code == 422
    assert page.select_one("#subject[aria-invalid=true]")
    assert page.select_one("#subject-e")
    assert page.select_one("#body").text.strip() == "Keep me"  # type: ignore[union-attr]


def test_the_longest_text_that_fits_is_taken(people: Cast, browser_of: BROWSER) -> None:
    form = {"subject": "x" * 255, "body": "w" * 200_000}
    assert browser_of(people.customer).send("/tickets/new", form).status_code == 303
    assert len(db.session.query(TicketEvent).one().body or "") == 200_000


def test_five_million_letters_come_back_with_a_reason(people: Cast, browser_of: BROWSER) -> None:
    form = {"subject": "Much", "body": "x" * 5_000_000}
    answer = browser_of(people.customer).send("/tickets/new", form)
    assert answer.status_code == 422
    assert "4800000 characters too many" in answer.text.replace(",", "")
    assert answer.text.count("x" * 5_000_000) == 1


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("body", ["", " \n ", "x" * 200_001])
def test_a_bad_answer_is_refused_and_kept(people: Cast, browser_of: BROWSER, body: str, htmx: bool) -> None:
    number = make_ticket(people.customer).number
    answer = browser_of(people.customer).send(f"/tickets/{number}/answer", {"body": body}, htmx=htmx)
    assert answer.status_code == 422
    box = soup(answer).select_one("#answer[aria-invalid=true]")
    assert box is not None
    assert box.text.strip() == body.strip()


@pytest.mark.parametrize("kind", ["answer", "note"])
@pytest.mark.parametrize("body", ["", " \n ", "x" * 200_001])
def test_a_bad_answer_of_an_agent_is_refused_and_kept(
    people: Cast, browser_of: BROWSER, body: str, kind: str
) -> None:
    number = make_ticket(people.customer).number
    answer = browser_of(people.agent).send(f"/desk/tickets/{number}/answer", {"body": body, "kind": kind})
    assert answer.status_code == 422
    page = soup(answer)
    assert page.select_one(f"[name=kind][value={kind}][checked]")
    assert page.select_one("#text[aria-invalid=true]").text.strip() == body.strip()  # type: ignore[union-attr]
    assert db.session.query(TicketEvent).count() == 1


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "shout"},
        {"then": "deleted"},
        {"seen": "many"},
        {"seen": "9" * 5000},
        {"view": "x'y<b>"},
        {"once": "short"},
        {"once": "ä" * 70},
        {"files": "not a file"},
    ],
)
def test_odd_hidden_fields_do_no_harm(people: Cast, browser_of: BROWSER, form: dict[str, str]) -> None:
    number = make_ticket(people.customer).number
    sent = {"body": "A word", "kind": "answer", "then": "open", "seen": "1"}
    answer = browser_of(people.agent).send(f"/desk/tickets/{number}/answer", sent | form)
    assert answer.status_code in (303, 409, 422)


@pytest.mark.parametrize("field", ["subject", "body", "once", "article"])
def test_a_file_in_place_of_a_text_is_an_empty_text(people: Cast, browser_of: BROWSER, field: str) -> None:
    form = {"subject": "A", "body": "B", field: (BytesIO(b"words"), "words.txt")}
    answer = browser_of(people.customer).send("/tickets/new", form, content_type="multipart/form-data")
    assert answer.status_code == (422 if field in ("subject", "body") else 303)


@pytest.mark.parametrize("field", ["body", "kind", "then", "seen", "view"])
def test_a_file_in_place_of_a_field_of_the_desk_does_no_harm(
    people: Cast, browser_of: BROWSER, field: str
) -> None:
    number = make_ticket(people.customer).number
    form = {"body": "B", "kind": "note", "then": "open", "seen": "9" * 9, field: (BytesIO(b"1"), "words.txt")}
    answer = browser_of(people.agent).send(
        f"/desk/tickets/{number}/answer", form, content_type="multipart/form-data"
    )
    assert answer.status_code in (303, 409, 422)


@pytest.mark.parametrize("form", [{"then": "new"}, {"then": "closed"}, {"then": "waiting"}])
def test_a_customer_sets_no_other_state(people: Cast, browser_of: BROWSER, form: dict[str, str]) -> None:
    ticket = make_ticket(people.customer, state="waiting")
    assert browser_of(people.customer).send(f"/tickets/{ticket.number}/answer", form).status_code == 400
    assert ticket.state == "waiting"


@pytest.mark.parametrize(
    "form",
    [
        {"state": "lost"},
        {"priority": "extreme"},
        {"assignee": "999999"},
        {"assignee": "x"},
        {"team": "0"},
        {"team": "9" * 30},
    ],
)
def test_the_desk_sets_nothing_that_does_not_exist(
    people: Cast, browser_of: BROWSER, form: dict[str, str]
) -> None:
    number = make_ticket(people.customer).number
    assert browser_of(people.agent).send(f"/desk/tickets/{number}/change", form).status_code == 400
    assert db.session.query(TicketEvent).count() == 1


def test_fields_that_no_form_has_change_nothing(people: Cast, browser_of: BROWSER) -> None:
    extra = {
        "requester_id": people.stranger.id,
        "state": "closed",
        "priority": "urgent",
        "number": 7,
        "team_id": 99,
        "assignee_id": people.agent.id,
        "organisation_id": 1,
        "internal": "1",
        "created_at": "2000-01-01",
    }
    browser_of(people.customer).send("/tickets/new", {"subject": "A", "body": "B", **extra})
    ticket = db.session.query(Ticket).one()
    assert (ticket.requester_id, ticket.state, ticket.priority) == (people.customer.id, "new", "normal")
    assert ticket.assignee_id is None
    assert ticket.number > 20_000


@pytest.mark.parametrize("number", ["0", "99999", str(2**31), str(2**63), "9" * 40])
def test_a_number_that_nobody_has_is_not_found(people: Cast, browser_of: BROWSER, number: str) -> None:
    customer, agent = browser_of(people.customer), browser_of(people.agent)
    assert customer.get(f"/tickets/{number}").status_code == 404
    assert customer.send(f"/tickets/{number}/answer", {"body": "x"}).status_code == 404
    for path in ("", "/next"):
        assert agent.get(f"/desk/tickets/{number}{path}").status_code == 404
    assert agent.get(f"/desk/queue/{number}").status_code == 404
    assert agent.get(f"/tickets/{number}").status_code == 404
    assert browser_of(people.admin).send(f"/admin/jobs/{number}/retry").status_code == 404
    assert customer.get(f"/outbox/{number}").status_code == 404
    assert customer.get("/live", query_string={"topic": f"ticket-{number}"}).status_code == 404


def test_the_preview_shows_markdown_safely_and_refuses_too_much(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    shown = soup(customer.send("/tickets/preview", {"body": "**b** <script>x</script>"}, htmx=True))
    assert shown.strong
    assert not shown.script
    assert customer.send("/tickets/preview", {"body": ""}, htmx=True).status_code == 200
    assert customer.send("/tickets/preview", {"body": "x" * 200_001}, htmx=True).status_code == 422


def test_a_form_that_expired_gives_back_every_word(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    form = {"csrf_token": "old", "subject": "Orange", "body": "It\nblinks <b>"}
    answer = customer.post("/tickets/new", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    page = soup(answer)
    assert answer.status_code == 400
    kept = {str(f["name"]): f.text.lstrip("\n") or f.get("value") for f in page.select("main [name]")}
    assert kept["subject"] == "Orange"
    assert kept["body"] == "It\nblinks <b>"
    again = customer.send("/tickets/new", {name: kept[name] for name in ("subject", "body")})
    assert again.status_code == 303


def test_more_than_an_hour_allows_is_kept_and_refused(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    customer.application.config["LIMIT_REQUESTS"] = 1
    try:
        customer.send("/tickets/new", {"subject": "One", "body": "B"})
        answer = customer.send("/tickets/new", {"subject": "Two", "body": "Kept words"})
    finally:
        customer.application.config["LIMIT_REQUESTS"] = 60
    assert answer.status_code == 429
    assert soup(answer).select_one("#body").text.strip() == "Kept words"  # type: ignore[union-attr]
    assert db.session.query(Ticket).count() == 1
