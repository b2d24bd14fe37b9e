"""Sending a request."""

from collections.abc import Callable
from io import BytesIO

import pytest

from portal.extensions import db
from portal.mail.models import Letter
from portal.tickets.models import Ticket

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_answer, make_ticket

BROWSER = Callable[..., PortalClient]


def test_a_request_gets_a_number_and_its_page(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    answer = customer.send(
        "/tickets/new", {"subject": "Orange light", "body": "It **blinks**.", "once": "a" * 20}
    )
    ticket = db.session.query(Ticket).one()
    assert answer.location == f"/tickets/{ticket.number}"
    page = customer.page(answer.location)
    assert page.select_one("h1").text == "Orange light"  # type: ignore[union-attr]
    assert page.select_one(".words strong").text == "blinks"  # type: ignore[union-attr]


def test_a_form_that_arrives_twice_makes_one_request(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    form = {"subject": "Orange light", "body": "It blinks.", "once": "b" * 20}
    first, second = (customer.send("/tickets/new", form) for _ in range(2))
    assert first.location == second.location
    assert db.session.query(Ticket).count() == 1


def test_the_customer_and_the_team_get_a_mail(
    people: Cast, browser_of: BROWSER, work: Callable[[], int]
) -> None:
    browser_of(people.customer).send(
        "/tickets/new", {"subject": "Orange light", "body": "It blinks.", "once": "c" * 20}
    )
    work()
    letters = {letter.recipient: letter for letter in db.session.query(Letter)}
    assert {"customer@example.com", "agent@example.com"} <= set(letters)
    assert "agent2@example.com" not in letters
    assert "It blinks." in (letters["customer@example.com"].text or "")


@pytest.mark.parametrize("body", ["", "   \n ", "\u200b", "x" * 200_001])
def test_bad_words_are_refused_at_the_field_and_kept(people: Cast, browser_of: BROWSER, body: str) -> None:
    answer = browser_of(people.customer).send("/tickets/new", {"subject": "Keep me", "body": body})
    page = soup(answer)
    assert answer.status_code == 422
    assert page.select_one("#body[aria-invalid=true]")
    assert page.select_one("#subject")["value"] == "Keep me"  # type: ignore[index]
    assert db.session.query(Ticket).count() == 0


def test_a_file_that_lies_about_itself_is_refused(people: Cast, browser_of: BROWSER) -> None:
    data = {"subject": "A", "body": "B", "files": (BytesIO(b"<svg onload=alert(1)>"), "x.png")}
    answer = browser_of(people.customer).send("/tickets/new", data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "does not hold what its ending says" in answer.text


def test_a_long_conversation_shows_its_newest_and_offers_the_rest(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer, body="the very first words")
    for n in range(55):
        make_answer(ticket, people.customer, f"word number {n}")
    customer = browser_of(people.customer)
    newest = customer.page(f"/tickets/{ticket.number}")
    assert "the very first words" not in newest.text
    assert "word number 54" in newest.text
    assert "the very first words" in customer.page(f"/tickets/{ticket.number}?earlier=all").text
