"""Own requests in the one box: found by those who may read them, a moment after a change, and by nobody else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.extensions import db
from portal.features import SEARCH_SOURCES
from portal.people.models import Person
from portal.search.index import Search
from portal.tickets.following import follow, share, unfollow
from portal.tickets.models import Ticket
from portal.tickets.second_thoughts import withdraw

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_answer, make_note, make_ticket

WORD = "quokka"
Finds = Callable[[Person | None], bool]


@pytest.fixture
def finds(
    app: Flask,
    work: Callable[[], int],
    browser_of: Callable[[Person], PortalClient],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Finds:
    """Whether somebody's search page shows the request with our word, once the worker did what was left."""
    index = Search(tmp_path / "index", SEARCH_SOURCES)
    index.rebuild()
    monkeypatch.setitem(app.extensions, "search", index)

    def look(person: Person | None) -> bool:
        db.session.commit()
        work()
        browser = browser_of(person) if person else app.test_client()
        page = BeautifulSoup(browser.get(f"/help/search?q={WORD}").data, "lxml")
        return bool(page.select('.found a[href^="/tickets/"]'))

    return look


@pytest.fixture
def ticket(people: Cast) -> Ticket:
    return make_ticket(people.customer, f"The {WORD} is orange")


def test_the_requester_finds_it_and_nobody_else(finds: Finds, people: Cast, ticket: Ticket) -> None:
    others = [None, people.colleague, people.stranger, people.agent, people.admin]
    assert finds(people.customer)
    assert [finds(person) for person in others] == [False] * len(others)


def test_who_follows_finds_it_until_they_do_no_more(finds: Finds, people: Cast, ticket: Ticket) -> None:
    follow(ticket, people.stranger, people.customer)
    assert finds(people.stranger)
    unfollow(ticket, people.stranger, people.customer)
    assert not finds(people.stranger)


def test_what_is_shared_is_found_by_the_organisation_until_it_ends(
    finds: Finds, people: Cast, ticket: Ticket
) -> None:
    share(ticket, True, people.customer)
    assert [finds(person) for person in (people.colleague, people.stranger)] == [True, False]
    share(ticket, False, people.customer)
    assert not finds(people.colleague)


def test_a_manager_of_the_organisation_finds_it(finds: Finds, people: Cast, ticket: Ticket) -> None:
    people.colleague.memberships[0].is_manager = True
    assert finds(people.colleague)
    people.colleague.memberships[0].is_manager = False
    assert not finds(people.colleague)


def test_words_of_answers_are_found_and_those_of_internal_notes_never(finds: Finds, people: Cast) -> None:
    plain = make_ticket(people.customer, "A light")
    make_note(plain, people.agent, f"Known {WORD}")
    assert not finds(people.customer)
    make_answer(plain, people.agent, f"It is the {WORD}.")
    assert finds(people.customer)


@pytest.mark.parametrize("gate", ["unconfirmed", "held"])
def test_what_nobody_confirmed_is_never_in_the_index(
    finds: Finds, people: Cast, ticket: Ticket, gate: str
) -> None:
    ticket.gate = gate
    finds(None)
    assert [d.id for d in SEARCH_SOURCES["tickets"].documents([ticket.id])] == []
    assert not finds(people.customer)


def test_what_was_withdrawn_is_found_no_more(finds: Finds, people: Cast, ticket: Ticket) -> None:
    assert finds(people.customer)
    withdraw(ticket, people.customer)
    assert not finds(people.customer)
    assert [d.id for d in SEARCH_SOURCES["tickets"].documents(None) if d.id == ticket.id] == []


def test_kinds_stand_apart_and_the_page_can_be_narrowed_to_one(
    finds: Finds, people: Cast, ticket: Ticket, browser_of: Callable[[Person], PortalClient]
) -> None:
    finds(people.customer)
    browser = browser_of(people.customer)
    both = browser.page(f"/help/search?q={WORD} light")
    assert both.select_one("#of-tickets")
    only = browser.page(f"/help/search?q={WORD} light&kind=tickets")
    assert only.select_one('nav [aria-current][href*="kind=tickets"]')
    assert [a["href"] for a in only.select(".found a")] == [f"/tickets/{ticket.number}"]
    assert not browser.page(f"/help/search?q={WORD} light&kind=articles").select("#of-tickets")
