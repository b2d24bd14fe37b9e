"""Answers while a question is written: articles, own solved requests, and "This solved it"."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from portal.extensions import db
from portal.features import SEARCH_SOURCES
from portal.kb.models import Article, Section
from portal.search.index import Search
from portal.tickets.answers import without_data
from portal.tickets.models import SolvedByArticle, Ticket

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_ticket

BROWSER = Callable[..., PortalClient]
ASKED = "VPN connects without internet"
SOLVE = {"article": "vpn-connects-but-no-internet", "question": ASKED, "once": "s" * 20}
DRAFT = {
    "place": "new",
    "once": "s" * 20,
    "window": "w" * 20,
    "words.subject": ASKED,
    "words.body": "The tunnel.",
}


@pytest.fixture(autouse=True)
def article(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One article, in an index of the test's own."""
    title = "VPN connects, but no internet behind it"
    db.session.add(Section(locale="en", slug="vpn", title="VPN", articles=1))
    db.session.add(
        Article(
            slug=SOLVE["article"],
            locale="en",
            section="vpn",
            title=title,
            summary="Set AllowedIPs to the office only.",
            status="published",
            html="<p>x</p>",
            plain="x",
            tags=[],
            toc=[],
            heads="",
            digest="x",
        )
    )
    db.session.commit()
    monkeypatch.setitem(app.extensions, "search", Search(tmp_path / "index", SEARCH_SOURCES))
    app.extensions["search"].rebuild()


def titles(window: PortalClient, question: str, **more: object) -> list[str]:
    page = window.page("/tickets/new", query_string={"subject": question}, **more)
    return [link.text for link in page.select("#answers a")]


def test_articles_that_answer_appear_while_the_subject_is_typed(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    fragment = customer.get(f"/tickets/new?subject={ASKED}", headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
    assert soup(fragment).select_one("#answers a[href='/help/vpn-connects-but-no-internet']")
    assert titles(customer, ASKED)
    assert titles(customer, "zz") == titles(customer, "zzzzzzzzzz") == titles(customer, "\0%_'\"*") == []


def test_without_scripts_a_button_looks_for_answers_and_keeps_what_was_typed(
    people: Cast, browser_of: BROWSER
) -> None:
    form = {"subject": ASKED, "body": "My long story", "once": "k" * 20}
    page = soup(browser_of(people.customer).send("/tickets/new", form | {"look": "yes"}))
    assert page.select_one("#answers a")
    assert page.select_one("#body").text.strip() == "My long story"  # type: ignore[union-attr]
    assert page.select_one("#ask [name=once]")["value"] == "k" * 20  # type: ignore[index]
    assert "No article fits" in browser_of(people.customer).send("/tickets/new", {"look": "yes"}).text


def test_this_solved_it_is_counted_once_and_ends_the_draft(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    customer.send("/drafts/keep", DRAFT)
    answers = [customer.send("/tickets/new/solved", SOLVE) for _ in range(2)]
    row = db.session.query(SolvedByArticle).one()
    assert (row.article, row.question, row.person_id) == (SOLVE["article"], ASKED, people.customer.id)
    assert {answer.location for answer in answers} == {f"/tickets/solved/{'s' * 20}"}
    assert "Good that it is solved" in customer.page(f"/tickets/solved/{'s' * 20}").text
    assert customer.get("/drafts?place=new").json["kept"] == {}  # type: ignore[index]
    assert customer.send("/drafts/keep", DRAFT).json["kept"] == {}  # type: ignore[index]
    assert db.session.query(Ticket).count() == 0


def test_solved_is_undone_with_one_click_and_all_is_back(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    customer.send("/drafts/keep", DRAFT)
    place = customer.send("/tickets/new/solved", SOLVE).location
    assert (
        customer.send(f"{place}/undo").location == "/tickets/new?subject=VPN%20connects%20without%20internet"
    )
    assert customer.get("/drafts?place=new").json["kept"]["fields"]["body"] == "The tunnel."  # type: ignore[index]
    assert db.session.query(SolvedByArticle).count() == 0
    assert (customer.send("/tickets/new", {"subject": "A", "body": "B", "once": "s" * 20}).location or "")[
        -1
    ].isdigit()


def test_what_is_sent_after_going_back_is_a_request_and_counts_as_not_solved(
    people: Cast, browser_of: BROWSER
) -> None:
    customer = browser_of(people.customer)
    customer.send("/tickets/new/solved", SOLVE)
    answers = [
        customer.send("/tickets/new", {"subject": "A", "body": "B", "once": "s" * 20}) for _ in range(2)
    ]
    assert {answer.location for answer in answers} == {f"/tickets/{db.session.query(Ticket).one().number}"}
    assert db.session.query(SolvedByArticle).count() == 0


def test_of_a_visitor_only_the_words_are_kept(client: PortalClient) -> None:
    client.send(
        "/tickets/new/solved", SOLVE | {"question": "mail jo@example.com or +351 912 345 678, no VPN 4.1"}
    )
    row = db.session.query(SolvedByArticle).one()
    assert (row.person_id, row.question) == (None, "mail … or …, no VPN 4.1")
    assert client.send(f"/tickets/solved/{row.word}/undo").location == "/tickets/new"


@pytest.mark.parametrize("article", ["", "nothing-of-that-name", "x" * 5000, "a\0b"])
def test_an_article_that_is_not_there_solves_nothing(people: Cast, browser_of: BROWSER, article: str) -> None:
    assert (
        browser_of(people.customer).send("/tickets/new/solved", SOLVE | {"article": article}).status_code
        == 404
    )
    assert db.session.query(SolvedByArticle).count() == 0


def test_somebody_elses_solved_page_does_not_exist(
    people: Cast, browser_of: BROWSER, client: PortalClient
) -> None:
    place = browser_of(people.customer).send("/tickets/new/solved", SOLVE).location
    for other in (browser_of(people.stranger), client):
        assert other.get(place).status_code == other.send(f"{place}/undo").status_code == 404
    assert db.session.query(SolvedByArticle).count() == 1


def test_own_solved_requests_that_are_alike_come_first_and_those_of_others_never(
    people: Cast, browser_of: BROWSER, work: Callable[[], int]
) -> None:
    make_ticket(people.customer, "VPN connected, internet lost", state="solved")
    make_ticket(people.customer, "VPN and internet, still open")
    make_ticket(people.customer, "The printer is without paper", state="solved")
    make_ticket(people.stranger, "VPN internet secret", state="solved")
    work()
    customer, agent = browser_of(people.customer), browser_of(people.agent)
    assert titles(customer, ASKED)[0] == "VPN connected, internet lost"
    assert (
        len([title for title in titles(customer, ASKED) if "internet" in title and "VPN" in title[:3]]) >= 1
    )
    seen = [title for window in (customer, agent) for title in titles(window, ASKED)]
    assert not {"VPN and internet, still open", "The printer is without paper", "VPN internet secret"} & set(
        seen
    )
    assert "VPN connected, internet lost" not in titles(agent, ASKED)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Router 4.2.0 since 2025", "Router 4.2.0 since 2025"),
        ("call +351 (912) 345-678 now", "call … now"),
        ("ана@пример.рф не работает", "… не работает"),
    ],
)
def test_what_may_tell_who_asked_is_left_out_of_reports(typed: str, kept: str) -> None:
    assert without_data(typed) == kept
