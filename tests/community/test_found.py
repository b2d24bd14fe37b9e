"""Topics in the one box: found by who reads their space, a moment after a change; held, hidden and withdrawn words never."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.community.actions import index_anew
from portal.community.like import like_topics
from portal.community.models import Post, Topic
from portal.extensions import db
from portal.features import SEARCH_SOURCES
from portal.ideas.actions import Decision, decide
from portal.people.models import Person
from portal.search.index import Search

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_idea, make_post, make_space, make_topic

WORD = "quokka"
Finds = Callable[[Person | None], bool]


@pytest.fixture
def page_of(
    app: Flask,
    work: Callable[[], int],
    browser_of: Callable[[Person], PortalClient],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Person | None], BeautifulSoup]:
    """The page of a search for our word, once the worker did what was left."""
    index = Search(tmp_path / "index", SEARCH_SOURCES)
    index.rebuild()
    monkeypatch.setitem(app.extensions, "search", index)

    def look(person: Person | None) -> BeautifulSoup:
        db.session.commit()
        work()
        browser = browser_of(person) if person else app.test_client()
        return BeautifulSoup(browser.get(f"/help/search?q={WORD}").data, "lxml")

    return look


@pytest.fixture
def finds(page_of: Callable[[Person | None], BeautifulSoup]) -> Finds:
    return lambda person: bool(page_of(person).select('.found a[href^="/community/"]'))


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("public", {"visitor", "customer", "colleague", "stranger", "manager"}),
        ("signed-in", {"customer", "colleague", "stranger", "manager"}),
        ("organisation", {"customer", "colleague", "manager"}),
        ("members", {"customer", "manager"}),
    ],
)
def test_a_topic_is_found_by_who_reads_its_space(
    finds: Finds, people: Cast, audience: str, readers: set[str]
) -> None:
    home = people.customer.memberships[0].organisation if audience == "organisation" else None
    space = make_space(audience=audience, organisation=home, members=(people.customer,))
    make_topic(space, people.customer, f"The {WORD} is orange")
    asked = {name: getattr(people, name) for name in ("customer", "colleague", "stranger", "manager")}
    found = {name for name, person in [("visitor", None), *asked.items()] if finds(person)}
    assert found == readers


@pytest.mark.parametrize("gate", ["held", "hidden", "withdrawn"])
def test_words_that_are_not_shown_are_found_by_nobody(finds: Finds, people: Cast, gate: str) -> None:
    topic = make_topic(make_space(), people.customer)
    post = make_post(topic, people.stranger, f"A {WORD} did it.")
    assert finds(people.colleague)
    post.gate = gate
    index_anew(topic)
    assert not any(finds(one) for one in (None, people.stranger, people.manager))
    make_topic(topic.space, people.stranger, f"Another {WORD}", gate=gate)
    assert not any(finds(one) for one in (None, people.stranger, people.manager))


def test_what_the_index_still_holds_is_not_shown_once_it_is_hidden(
    page_of: Callable[[Person | None], BeautifulSoup], people: Cast
) -> None:
    topic = make_topic(make_space(), people.customer, f"The {WORD} is orange")
    assert page_of(None).select(".found")
    topic.gate = "hidden"
    page = page_of(None)
    assert not page.select(".found")
    assert not like_topics(None, WORD)


def test_the_accepted_answer_is_what_a_page_of_results_quotes(
    page_of: Callable[[Person | None], BeautifulSoup], people: Cast
) -> None:
    topic = make_topic(make_space(), people.customer, "Orange light", f"My {WORD} blinks.")
    answer = make_post(topic, people.stranger, f"Give the {WORD} new batteries.")
    topic.accepted_id = answer.id
    index_anew(topic)
    words = " ".join(one.text for one in page_of(None).select(".found"))
    assert "new batteries" in words
    assert "Accepted answer" in words


def test_while_a_title_is_typed_topics_like_it_are_known(
    page_of: Callable[[Person | None], BeautifulSoup], people: Cast
) -> None:
    shown = make_topic(make_space(), people.customer, "Wi-Fi is slow upstairs")
    make_topic(make_space("inner", audience="members"), people.customer, "Wi-Fi is slow in the cellar")
    page_of(None)
    assert [topic.id for topic in like_topics(people.stranger, "slow wi-f")] == [shown.id]


def test_a_held_topic_is_no_document(app: Flask, people: Cast) -> None:
    topic = make_topic(make_space(), people.customer, gate="held")
    assert SEARCH_SOURCES["topics"].count() == 0
    assert not list(SEARCH_SOURCES["topics"].documents([topic.id]))
    assert db.session.query(Topic).count() == db.session.query(Post).count() == 1


def test_of_an_idea_a_list_says_where_it_stands_and_asks_for_votes_while_they_count(
    people: Cast,
    browser_of: Callable[[Person], PortalClient],
    page_of: Callable[[Person | None], BeautifulSoup],
) -> None:
    make_space()
    idea = make_idea(make_space("Wishes", kinds=["idea"]), people.customer, f"A {WORD} at night")
    asks, path = browser_of(people.stranger), f"/community/new?title={WORD}"
    found = page_of(None).select_one(".found li")
    assert found
    assert "Wishes · Under review · 1 vote" in found.text
    similar = {"headers": {"HX-Request": "true"}}
    assert "1 vote: add yours" in asks.get(path, **similar).text
    decide(idea, Decision("released", "It is there."), people.manager)
    found = page_of(None).select_one(".found li")
    assert found
    assert "Wishes · Released · 1 vote" in found.text
    text = asks.get(path, **similar).text
    assert ("Wishes · Released" in text, "add yours" in text) == (True, False)
    assert asks.page("/community/new").select_one('#ask-all a[href="/ideas/new"]')
