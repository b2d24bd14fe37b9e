"""A topic's page: answers, its pages of any length, live pieces; words that are changed, taken back and brought again."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert

from portal.community.models import Post, PostVersion, Profile, Topic
from portal.extensions import db
from portal.kit import clock
from portal.kit.compare import differences
from portal.live.models import LiveRow
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_post, make_space, make_topic

Browser = Callable[[Person], PortalClient]


@pytest.fixture
def topic(people: Cast) -> Topic:
    return make_topic(make_space(), people.customer)


def test_an_answer_comes_with_the_emptied_composer_and_all_who_look_hear_of_it(
    people: Cast, browser_of: Browser, topic: Topic
) -> None:
    browser = browser_of(people.stranger)
    once = {"once": "o" * 20, "body": "One a floor."}

    answer = browser.send(f"{topic.address}/answer?at=1", once, htmx=True)
    again = browser.send(f"{topic.address}/answer?at=1", once, htmx=True)

    assert answer.status_code == 200
    assert 'hx-target="#thread"' in answer.text
    assert "One a floor." in answer.text
    assert again.headers["HX-Redirect"] == f"/community/{topic.id}?post=2#post-2"
    assert db.session.query(Post).filter_by(topic_id=topic.id).count() == 2
    assert db.session.query(LiveRow).filter_by(topic=f"topic-{topic.id}").count() >= 1
    assert browser.send(f"{topic.address}/answer", {"body": " "}, htmx=True).status_code == 422


def test_any_page_of_a_long_topic_is_found_by_its_places(
    people: Cast, browser_of: Browser, topic: Topic
) -> None:
    row = {
        "topic_id": topic.id,
        "author_id": people.stranger.id,
        "body": "x",
        "html": "<p>x</p>",
        "at": clock.now(),
    }
    blank = {"gate": "", "by_staff": False, "quiet": True, "votes": 0, "reactions": {}, "why": "", "doubt": 0}
    db.session.execute(insert(Post), [row | blank | {"place": place} for place in range(2, 5001)])
    db.session.query(Post).filter(Post.place.between(26, 50)).update({"gate": "hidden"})
    topic.posts, topic.last_place = 4975, 5000
    db.session.commit()
    browser = browser_of(people.colleague)

    def places(query: str) -> tuple[list[int], dict[str, str]]:
        page = browser.page(f"{topic.address}{query}")
        links = {
            link.text.strip(): str(link["href"]).partition("?")[2] for link in page.select(".topic-pages a")
        }
        return [int(str(post["id"]).removeprefix("post-")) for post in page.select(".post")], links

    first, ways = places("")
    assert (first[0], first[-1], ways["Next"], ways["Last"]) == (1, 25, "at=51", "at=last")
    last, ways = places("?at=last")
    assert (last[0], last[-1], ways) == (4976, 5000, {"First": "", "Previous": "at=4951"})
    assert places("?post=3000")[0] == list(range(2976, 3001))
    assert places("?at=26")[0] == []
    assert places("?at=999999999&post=-1")[0] == []
    assert places("?at=x")[0] == first
    # What came meanwhile is told on a page that is not the last one, and nothing moves.
    assert (
        "3 new answers"
        in browser.get(f"{topic.address}?at=1&known=4972", headers={"HX-Request": "true"}).text
    )
    assert (
        "new answer"
        not in browser.get(f"{topic.address}?at=4976&known=4972", headers={"HX-Request": "true"}).text
    )


def test_the_accepted_answer_stands_on_top_and_its_place_leads_to_it(
    people: Cast, browser_of: Browser, topic: Topic
) -> None:
    make_post(topic, people.stranger, "First")
    topic.accepted_id = make_post(topic, people.stranger, "Second").id
    db.session.commit()

    page = browser_of(people.colleague).page(topic.address)

    assert [str(one["id"]) for one in page.select(".post")] == ["post-1", "post-3", "post-2"]
    assert page.select_one('#place-3 a[href="#post-3"]')


def test_a_closed_topic_says_so_and_keeps_what_was_being_written(
    people: Cast, browser_of: Browser, topic: Topic
) -> None:
    topic.closed = True
    db.session.commit()
    browser = browser_of(people.stranger)

    answer = browser.send(f"{topic.address}/answer", {"body": "Too late"}, htmx=True)

    assert answer.status_code == 409
    assert "This topic was closed meanwhile" in answer.text
    assert "Too late" in answer.text
    assert "This topic is closed" in browser.page(topic.address).text
    assert db.session.query(Post).count() == 1


def test_own_words_are_changed_and_others_see_what_was_changed(
    app: Flask, people: Cast, browser_of: Browser, topic: Topic
) -> None:
    with clock.at(clock.now() - timedelta(hours=1)):
        post = make_post(topic, people.stranger, "Take two of them.\nThey are cheap.")
    path = f"/community/{topic.id}/posts/{post.place}"
    writer = browser_of(people.stranger)

    writer.send_fresh(f"{path}/edit", {"body": "Take three of them.\nThey are cheap."})

    page = app.test_client().get(f"{path}/history").text
    assert "<del>two</del><ins>three</ins>" in page
    assert writer.page(topic.address).select_one(f'a[href="{path}/history"]')
    assert browser_of(people.customer).get(f"{path}/edit").status_code == 403
    assert browser_of(people.manager).send(f"{path}/edit", {"body": "Mine"}).status_code == 403
    assert writer.send(f"{path}/edit", {"body": ""}).status_code == 422
    assert writer.get(f"/community/{topic.id}/posts/1/history").status_code == 404


def test_a_topics_title_and_tags_change_with_its_words_and_a_slip_leaves_no_trace(
    people: Cast, browser_of: Browser, topic: Topic
) -> None:
    writer = browser_of(people.customer)

    writer.send_fresh(
        f"{topic.address}/posts/1/edit", {"title": "Which router?", "body": "Walls.", "tags": "Reach"}
    )

    db.session.expire_all()
    assert (topic.title, topic.tags) == ("Which router?", ["reach"])
    assert db.session.query(PostVersion).count() == 0
    make_post(topic, people.stranger)
    writer.send_fresh(
        f"{topic.address}/posts/1/edit", {"title": "Which one?", "body": "Walls.", "tags": "Reach"}
    )
    assert db.session.query(PostVersion).one().title == "Which router?"


def test_words_are_taken_back_and_brought_again_with_every_count_right(
    people: Cast, browser_of: Browser, topic: Topic
) -> None:
    post = make_post(topic, people.stranger, "Quokka")
    topic.accepted_id = post.id
    db.session.commit()
    writer, other = browser_of(people.stranger), browser_of(people.colleague)

    gone = writer.send(f"{topic.address}/posts/2/withdraw")

    assert "You took back what you wrote." in writer.page(gone.headers["Location"].partition("#")[0]).text
    assert "Quokka" not in other.page(topic.address).text
    assert other.send(f"{topic.address}/posts/2/restore").status_code == 404
    db.session.expire_all()
    profile = db.session.get_one(Profile, people.stranger.id)
    assert (topic.posts, profile.posts) == (1, 0)
    assert db.session.query(Topic.accepted_id).filter_by(id=topic.id).scalar() is None

    writer.send(f"{topic.address}/posts/2/restore")

    assert "Quokka" in other.page(topic.address).text
    db.session.expire_all()
    assert (topic.posts, profile.posts, topic.last_by_id) == (2, 1, people.stranger.id)


def test_what_was_held_is_held_again_after_it_was_taken_back(
    people: Cast, browser_of: Browser, topic: Topic
) -> None:
    make_post(topic, people.stranger, "Quokka", gate="held")
    writer = browser_of(people.stranger)

    writer.send(f"{topic.address}/posts/2/withdraw")
    assert "Quokka" not in writer.page(topic.address).text
    writer.send(f"{topic.address}/posts/2/restore")

    assert "Quokka" not in browser_of(people.customer).page(topic.address).text
    assert "Only you see this until a moderator has looked at it." in writer.page(topic.address).text
    db.session.expire_all()
    assert topic.posts == 1


def test_a_topic_is_taken_back_as_long_as_nobody_answered(
    people: Cast, browser_of: Browser, topic: Topic
) -> None:
    writer = browser_of(people.customer)

    gone = writer.send(f"{topic.address}/posts/1/withdraw")

    assert gone.headers["Location"].startswith("/community/in/routers?withdrawn=")
    assert "Undo" in writer.page(gone.headers["Location"].partition("#")[0]).text
    assert writer.get(topic.address).status_code == 404
    db.session.expire_all()
    assert topic.space.topics == 0
    writer.send(f"{topic.address}/posts/1/restore")
    make_post(db.session.get_one(Topic, topic.id), people.stranger)
    assert writer.send(f"{topic.address}/posts/1/withdraw").status_code == 403
    db.session.expire_all()
    assert topic.space.topics == 1


def test_search_engines_follow_the_links_of_people_who_are_known(people: Cast, browser_of: Browser) -> None:
    topic = make_topic(make_space(), people.customer, body="See https://example.org/new")
    make_post(topic, people.agent, "See https://example.org/ours")

    page = browser_of(people.colleague).page(topic.address)

    rels = {re.sub(r".*/", "", str(a["href"])): a["rel"] for a in page.select(".words a")}
    assert {"nofollow", "ugc"} <= set(rels["new"] or ())
    assert "nofollow" not in (rels["ours"] or ())
    assert "noopener" in (rels["ours"] or ())


def test_differences_of_the_longest_texts_take_no_time() -> None:
    long, other = "ab " * 66_000, "ba " * 66_000
    began = clock.now()

    assert {piece.kind for piece in differences(long, other)} == {"gone", "new"}
    assert differences("\n".join("abc" * 30_000), "x")[-1].kind == "new"
    assert clock.now() - began < timedelta(seconds=2)
