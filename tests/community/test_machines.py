"""Feeds, sitemap and data of topics: what everybody may read, whoever asks, and nobody's real name."""

import json
from collections.abc import Callable
from typing import Any

import lxml.etree
import pytest

from portal.community.actions import profile_of
from portal.community.models import Topic
from portal.community.people import call
from portal.extensions import db
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_post, make_space, make_topic

Enter = Callable[[Person], PortalClient]
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "a": "http://www.w3.org/2005/Atom"}
HOST = "http://127.0.0.1:8000"
SECRETS = (
    "heldone",
    "hiddenone",
    "withdrawnone",
    "innerone",
    "signedone",
    "secretanswer",
    "Customer",
    "@example",
)


def texts(client: PortalClient, path: str, where: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert (
        answer.headers["Cache-Control"] == "public, max-age=5"
    )  # row 15: no cache shows long what was taken back
    assert not [word for word in SECRETS if word in answer.text]
    tree: Any = lxml.etree.fromstring(answer.data)
    return [str(one) for one in tree.xpath(where, namespaces=NAMES)]


@pytest.fixture
def topic(people: Cast) -> Topic:
    """A public question with an answer, and all around it what is not for everybody."""
    call(people.customer, "Tomás")
    space = make_space("Open")
    for gate in ("held", "hidden", "withdrawn"):
        make_topic(space, people.customer, f"{gate}one", f"{gate}one", gate=gate)
    make_topic(make_space("Inner", audience="members"), people.customer, "innerone")
    make_topic(make_space("Signed", audience="signed-in"), people.customer, "signedone")
    make_topic(space, people.customer, "Nobody answers")
    topic = make_topic(space, people.customer, "Which <b> point?", "Stone\ufffe walls.", tags=["mesh"])
    topic.accepted_id = make_post(topic, people.stranger, "One a floor.").id
    make_post(topic, people.colleague, "secretanswer", gate="held")
    db.session.commit()
    return topic


def test_a_feed_holds_what_is_public(
    client: PortalClient, topic: Topic, people: Cast, browser_of: Enter
) -> None:
    for browser in (client, browser_of(people.manager)):
        for path in ("/community/feed.xml", "/community/in/open/feed.xml"):
            assert texts(browser, path, "//a:entry/a:title/text()") == ["Which <b> point?", "Nobody answers"]
            assert texts(browser, path, "//a:entry[1]/a:author/a:name/text()") == ["Tomás"]
            assert texts(browser, path, "//a:entry[1]/a:summary/text()") == ["Stone walls."]
        assert browser.get("/community/in/inner/feed.xml").status_code == 404
        assert browser.get("/community/in/signed/feed.xml").status_code == 404


def test_the_sitemap_leads_to_public_topics_that_say_something(client: PortalClient, topic: Topic) -> None:
    maps = [
        one for one in texts(client, "/sitemap.xml", "//s:loc/text()") if "communit" in one or "topics" in one
    ]
    places = [place for one in maps for place in texts(client, one.removeprefix(HOST), "//s:loc/text()")]
    assert places == [f"{HOST}/community", f"{HOST}/community/in/open", f"{HOST}/community/{topic.id}"]
    for place in places:
        page = client.page(place.removeprefix(HOST))
        assert not page.select('meta[name="robots"]')


def test_a_question_is_data_with_its_accepted_answer(
    client: PortalClient, topic: Topic, people: Cast
) -> None:
    page = client.page(f"/community/{topic.id}")
    script = page.select_one('script[type="application/ld+json"]')
    assert script
    data = json.loads(script.text)
    asked = data["mainEntity"]
    assert (data["@type"], asked["name"], asked["answerCount"]) == ("QAPage", "Which <b> point?", 1)
    assert asked["acceptedAnswer"]["text"] == "One a floor."
    assert asked["acceptedAnswer"]["author"]["name"] == f"Member {profile_of(people.stranger).number}"
    assert not [word for word in SECRETS if word in script.text]
    link = page.select_one('link[rel="canonical"]')
    assert link
    assert link["href"] == f"{HOST}/community/{topic.id}"


def test_a_discussion_is_data_of_its_own_kind(client: PortalClient, people: Cast) -> None:
    topic = make_topic(make_space(), people.customer, kind="discussion")
    make_post(topic, people.stranger, "I agree.")
    script = client.page(f"/community/{topic.id}").select_one('script[type="application/ld+json"]')
    assert script
    data = json.loads(script.text)
    assert (data["@type"], [one["text"] for one in data["comment"]]) == (
        "DiscussionForumPosting",
        ["I agree."],
    )


def test_search_engines_keep_no_thin_held_or_private_page(
    topic: Topic, people: Cast, browser_of: Enter
) -> None:
    reader = browser_of(people.manager)
    for one in db.session.query(Topic).filter(Topic.id != topic.id):
        page = reader.page(one.address)
        assert page.select('meta[name="robots"][content="noindex"]'), one.title
        assert not page.select('script[type="application/ld+json"]')
