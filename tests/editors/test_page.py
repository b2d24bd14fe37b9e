"""The editors' page: what it counts, its filters, and what it says when there is nothing."""

import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from portal.editors.queries import span, weeks_of
from portal.extensions import db
from portal.kit import clock
from portal.people.models import Person
from portal.readership.actions import Said, record, vote
from portal.tickets.models import SolvedByArticle

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_ticket

Browser = Callable[[Person], PortalClient]


def searched(words: str, results: int = 1, language: str = "en", **more: object) -> None:
    at = clock.now()
    token = secrets.token_urlsafe()
    facts = {"token": token, "at": at.isoformat(), "words": words, "language": language, "results": results}
    record([facts | more])


def rows(page: BeautifulSoup, key: str) -> list[list[str]]:
    found = page.select(f"section:has(> h2#{key}) tbody tr")
    return [[" ".join(cell.text.split()) for cell in row.select("th, td:not(.share)")] for row in found]


@pytest.fixture
def editor(people: Cast, browser_of: Browser) -> PortalClient:
    return browser_of(people.editor)


def test_it_shows_what_was_searched_missed_and_said(editor: PortalClient, people: Cast) -> None:
    for words in ("vpn", "vpn", "esim", "<b>vpn</b>"):
        searched(words, results=0 if words == "esim" else 2)
    searched("vlan", opened="gone-article", asked=True)
    vote(Said(False, "en", "wrong", "The <menu> has moved"), "gone-article", "a")
    vote(Said(True, "en"), "gone-article", "b")
    make_ticket(people.customer).article = "gone-article"
    db.session.commit()

    page = editor.page("/editors")

    assert rows(page, "most")[0][-1] == "0"
    assert {row[0] for row in rows(page, "most")} == {
        "vpn English",
        "esim English",
        "<b>vpn</b> English",
        "vlan English",
    }
    assert rows(page, "nothing") == [["esim English Add a synonym", "1", "0"]]
    assert rows(page, "opened") == [["vlan", "gone-article", "1"]]
    assert rows(page, "from") == [["gone-article", "1"]]
    assert rows(page, "unhelpful") == [["gone-article", "1", "1", "It is wrong or out of date 1"]]
    assert rows(page, "said")[0][0] == "The <menu> has moved"


def test_language_and_period_narrow_it(editor: PortalClient) -> None:
    searched("luz", language="es")
    with clock.at(clock.now() - timedelta(weeks=6)):
        searched("old words")
    assert {row[0] for row in rows(editor.page("/editors"), "most")} == {"luz Español", "old words English"}
    assert rows(editor.page("/editors?weeks=4"), "most") == [["luz Español", "1", "0"]]
    assert rows(editor.page("/editors?of=es&weeks=52"), "most") == [["luz", "1", "0"]]
    for odd in ("weeks=0&of=xx", "weeks=-1", "weeks=99999999999", "weeks=%00&of=%00"):
        assert len(rows(editor.page(f"/editors?{odd}"), "ended")) == 13


def test_an_empty_page_says_so_in_each_part(editor: PortalClient) -> None:
    page = editor.page("/editors")
    assert len(page.select(".parts .none")) == 6
    assert "Nobody has searched for anything in this time." in page.text


def test_the_share_that_an_article_ended_is_counted_week_by_week(people: Cast) -> None:
    for number, days in enumerate((1, 2, 8)):
        with clock.at(clock.now() - timedelta(days=days)):
            make_ticket(people.customer)
            values = {"article": "a", "locale": "en", "question": "q"}
            db.session.add(SolvedByArticle(word=str(number), **values, at=clock.now()))
            make_ticket(people.customer, "More")
    db.session.commit()
    weeks = weeks_of(span(4, ""))
    assert [(week.begun, week.ended, week.share) for week in weeks] == [
        (6, 2, 33),
        (3, 1, 33),
        (0, 0, None),
        (0, 0, None),
    ]
    assert [week.begun for week in weeks_of(span(4, "ru"))] == [0, 0, 0, 0]


def test_the_way_there_stands_in_the_menu_of_those_who_may(people: Cast, browser_of: Browser) -> None:
    for name, there in (("editor", True), ("manager", True), ("customer", False), ("agent", False)):
        page = browser_of(getattr(people, name)).page("/help")
        assert bool(page.select("a[href='/editors']")) is there, name
