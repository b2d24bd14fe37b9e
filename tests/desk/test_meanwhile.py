"""Somebody else wrote meanwhile: sending stops, shows what is new, keeps the text, and then goes through."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from portal.extensions import db
from portal.tickets.models import Ticket, TicketEvent

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_answer, make_note, make_ticket

BROWSER = Callable[..., PortalClient]


def sent_by(page: BeautifulSoup, ticket_part: BeautifulSoup | None = None) -> dict[str, list[str]]:
    """The hidden fields that the composer of a page sends, those of every place in their order."""
    places = [*(ticket_part or page).select("#ticket"), *page.select("#answer-form")]
    fields = [f for place in places for f in place.select("input[type=hidden]")]
    ours = [f for f in fields if f.get("form") == "answer-form" or f.find_parent(id="answer-form")]
    sent: dict[str, list[str]] = {}
    for field in ours:
        sent.setdefault(str(field["name"]), []).append(str(field.get("value", "")))
    return sent


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("who_else", ["colleague", "customer", "note"])
def test_sending_stops_shows_what_is_new_and_then_goes_through(
    people: Cast, browser_of: BROWSER, htmx: bool, who_else: str
) -> None:
    ticket = make_ticket(people.customer)
    agent, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}"
    opened = agent.page(path)
    form = {**sent_by(opened), "body": "My <b>words</b>", "kind": "answer", "then": "solved"}
    new = {
        "colleague": lambda: make_answer(ticket, people.manager, "Said <i>meanwhile</i>"),
        "customer": lambda: make_answer(ticket, people.customer, "Said <i>meanwhile</i>"),
        "note": lambda: make_note(ticket, people.manager, "Said <i>meanwhile</i>"),
    }
    new[who_else]()
    stopped = agent.send(f"{path}/answer", form, htmx=htmx)
    page = soup(stopped)
    assert stopped.status_code == 409
    assert "Said <i>meanwhile</i>" in page.select_one("#errors").text  # type: ignore[union-attr]
    assert page.select_one("#text").text.strip() == "My <b>words</b>"  # type: ignore[union-attr]
    assert page.select_one("[name=then] [selected]")["value"] == "solved"  # type: ignore[index]

    again = {
        **sent_by(page, opened if htmx else None),
        "body": "My <b>words</b>",
        "kind": "answer",
        "then": "solved",
    }
    assert agent.send(f"{path}/answer", again, htmx=htmx).status_code in (200, 303)
    assert db.session.query(Ticket).one().state == "solved"
    assert db.session.query(TicketEvent).where(TicketEvent.body == "My <b>words</b>").count() == 1


def test_a_note_is_written_whatever_came_meanwhile(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    make_answer(ticket, people.manager)
    form = {"body": "Quiet", "kind": "note", "seen": "0"}
    answer = browser_of(people.agent).send(f"/desk/tickets/{ticket.number}/answer", form)
    assert answer.status_code == 303


@pytest.mark.parametrize(("who_else", "status"), [("colleague", 409), ("customer", 303), ("note", 303)])
def test_what_live_updates_showed_stops_only_a_second_answer(
    people: Cast, browser_of: BROWSER, who_else: str, status: int
) -> None:
    ticket = make_ticket(people.customer)
    agent, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}"
    form = sent_by(agent.page(path))
    new = {
        "colleague": lambda: make_answer(ticket, people.manager),
        "customer": lambda: make_answer(ticket, people.customer),
        "note": lambda: make_note(ticket, people.manager),
    }
    event = new[who_else]()
    form = {**form, "shown": [str(event.id)], "body": ["Mine"], "kind": ["answer"], "then": ["open"]}
    assert agent.send(f"{path}/answer", form).status_code == status


def test_own_words_stop_nobody(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    agent, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}"
    seen = sent_by(agent.page(path))
    make_answer(ticket, people.agent, "My own, from another tab")
    form = {**seen, "body": "More", "kind": "answer", "then": "open"}
    assert agent.send(f"{path}/answer", form).status_code == 303


def test_a_replayed_answer_after_a_change_is_not_said_twice(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    agent, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}"
    form = {**sent_by(agent.page(path)), "body": "Said once", "kind": "answer", "then": "open"}
    agent.send(f"{path}/answer", form)
    make_answer(ticket, people.customer, "Thanks")
    assert agent.send(f"{path}/answer", form).status_code == 303
    assert db.session.query(TicketEvent).where(TicketEvent.body == "Said once").count() == 1
