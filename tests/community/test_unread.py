"""What is new for whom: places that were read, visits, and lists that say so without writing anything."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.community.actions import profile_of
from portal.community.models import Topic
from portal.community.traces import TopicRead
from portal.community.unread import last_visit, news_of, read_up_to, visit
from portal.extensions import db
from portal.kit import clock
from portal.people.models import Person

from ..client import PortalClient, statements
from ..conftest import Cast
from ..make import make_post, make_space, make_topic

Enter = Callable[[Person], PortalClient]


@pytest.fixture
def topic(people: Cast) -> Topic:
    return make_topic(make_space(), people.customer)


def away(person: Person, hours: int = 5) -> None:
    """Somebody was here some hours ago."""
    profile = profile_of(person)
    profile.seen_at = clock.now() - timedelta(hours=hours)
    db.session.commit()


def test_new_posts_of_others_are_counted_until_they_were_on_the_screen(
    topic: Topic, people: Cast, browser_of: Enter
) -> None:
    asks = browser_of(people.customer)
    make_post(topic, people.stranger)
    make_post(topic, people.colleague)
    make_post(topic, people.colleague, gate="held")
    assert news_of(people.customer, [topic])[topic.id].count == 2
    assert "2 new" in asks.get("/community").text
    read = asks.send(f"/community/{topic.id}/read", {"place": "3", "quiet": "yes"})
    assert (read.status_code, read.data) == (204, b"")
    db.session.expire_all()
    assert news_of(people.customer, [topic]) == {}
    make_post(topic, people.stranger)
    make_post(topic, people.customer)
    assert news_of(people.customer, [topic]) == {}, "who answers has read what stood there"


def test_a_place_only_goes_on(topic: Topic, people: Cast, browser_of: Enter) -> None:
    for _ in range(4):
        make_post(topic, people.stranger)
    reader = browser_of(people.colleague)
    for place, kept in (("3", 3), ("2", 3), ("999", 5), ("x", 5), ("-1", 5)):
        assert reader.send(f"/community/{topic.id}/read", {"place": place}).status_code == (
            303 if place.isdigit() else 400
        )
        assert db.session.query(TopicRead.place).filter_by(person_id=people.colleague.id).scalar() == kept
    inner = make_topic(make_space("Inner", audience="members"), people.manager)
    assert reader.send(f"/community/{inner.id}/read", {"place": "1"}).status_code == 404


def test_what_was_written_since_the_last_visit_is_new(people: Cast, browser_of: Enter) -> None:
    space = make_space()
    old = make_topic(space, people.customer, "Long ago")
    old.posted_at = clock.now() - timedelta(days=9)
    away(people.stranger)
    make_topic(space, people.customer, "Today")
    make_topic(make_space("Inner", audience="members"), people.customer, "Secret")
    make_topic(space, people.customer, "Heldback", gate="held")
    mine = make_topic(space, people.stranger, "My own")
    page = browser_of(people.stranger).page("/community?show=new")
    assert [link.text for link in page.select(".topics h3 a")] == ["Today"]
    assert page.select(".topics .unread")
    assert mine.id not in news_of(people.stranger, [mine, old])


def test_a_visit_begins_after_a_while_and_not_with_each_page(people: Cast, browser_of: Enter) -> None:
    away(people.stranger)
    before = last_visit(people.stranger)
    reader = browser_of(people.stranger)
    for _ in range(2):
        assert reader.send("/community/seen").status_code == 204
        db.session.expire_all()
        assert last_visit(people.stranger) == before


def test_who_never_wrote_has_nothing_new_and_gets_no_profile(
    topic: Topic, people: Cast, browser_of: Enter
) -> None:
    visit(people.agent2)
    assert news_of(people.agent2, [topic]) == news_of(None, [topic]) == {}
    page = browser_of(people.agent2).page("/community?show=new")
    assert "You have read all" in page.text


def test_lists_ask_few_questions_whatever_they_hold(app: Flask, people: Cast, browser_of: Enter) -> None:
    space = make_space()
    topic = make_topic(space, people.customer)
    for number in range(12):
        topic = make_topic(space, people.customer, f"Topic {number}")
        make_post(topic, people.stranger)
        if number % 2:
            read_up_to(people.colleague, topic.id, 1)
    away(people.colleague)
    db.session.commit()
    reader = browser_of(people.colleague)
    for path in ("/community", "/community?show=new", space.address, topic.address, "/community/tagged/x"):
        reader.get(path)  # what a process keeps is there
        with statements() as asked:
            reader.get(path)
        assert 0 < len(asked) <= 8, (path, asked)
