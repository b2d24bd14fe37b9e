"""Votes, signs and the accepted answer: each person once, the counters exact, nothing on what is not shown."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.community.actions import profile_of
from portal.community.marks import accept, react, vote
from portal.community.models import Post, Topic
from portal.community.traces import Vote
from portal.extensions import db
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_post, make_space, make_topic
from ..real import at_once, browser, person

Enter = Callable[[Person], PortalClient]


@pytest.fixture
def topic(people: Cast) -> Topic:
    return make_topic(make_space(), people.customer)


def test_a_vote_counts_once_and_can_be_taken_back(topic: Topic, people: Cast, browser_of: Enter) -> None:
    post, visitor = make_post(topic, people.stranger), browser_of(people.customer)
    for said, count in (("yes", 1), ("yes", 1), ("no", 0), ("no", 0), ("yes", 1)):
        answer = visitor.send(f"/community/{topic.id}/posts/2/vote", {"helpful": said}, htmx=True)
        assert answer.status_code == 200
        db.session.refresh(post)
        assert post.votes == count
    assert 'aria-pressed="true"' in visitor.get(f"/community/{topic.id}").text
    assert visitor.send(f"/community/{topic.id}/posts/2/vote", {"helpful": "yes"}).location == post.address


def test_a_vote_on_the_first_post_is_one_for_the_topic(topic: Topic, people: Cast) -> None:
    first = db.session.query(Post).one()
    assert not vote(first, people.customer, helpful=True), "own words"
    assert vote(first, people.stranger, helpful=True)
    db.session.refresh(topic)
    assert (first.votes, topic.votes) == (1, 1)


def test_own_hidden_and_foreign_posts_take_no_marks(topic: Topic, people: Cast, browser_of: Enter) -> None:
    make_post(topic, people.stranger, gate="hidden")
    closed = make_topic(make_space("Inner", audience="members"), people.manager)
    asks = browser_of(people.customer)
    places = [(topic.id, 1, 403), (topic.id, 2, 404), (closed.id, 1, 404), (topic.id, 9, 404)]
    for number, place, status in places:
        assert asks.send(f"/community/{number}/posts/{place}/vote", {"helpful": "yes"}).status_code == status
    held = browser_of(people.stranger).send(f"/community/{topic.id}/posts/2/react", {"put": "like"})
    assert held.status_code == 403
    assert asks.send(f"/community/{topic.id}/posts/1/react", {"put": "<b>"}).status_code == 400
    assert db.session.query(Vote).count() == 0


def test_a_thousand_votes_from_one_browser_are_refused_with_a_sentence(
    app: Flask, topic: Topic, people: Cast, browser_of: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "LIMIT_MARKS", 3)
    asks = browser_of(people.stranger)
    votes = [
        asks.send(f"/community/{topic.id}/posts/1/vote", {"helpful": "yes"}, htmx=True) for _ in range(5)
    ]
    assert [one.status_code for one in votes] == [200, 200, 200, 429, 429]
    assert "Please wait a moment" in votes[-1].text


def test_each_sign_of_each_person_counts_once(topic: Topic, people: Cast, browser_of: Enter) -> None:
    post = db.session.query(Post).one()
    for one in (people.stranger, people.colleague, people.stranger):
        react(post, one, "thanks", put=True)
    react(post, people.colleague, "glad", put=True)
    react(post, people.colleague, "thanks", put=False)
    db.session.commit()
    assert post.reactions == {"thanks": 1, "glad": 1}
    answer = browser_of(people.stranger).send(
        f"/community/{topic.id}/posts/1/react", {"take": "thanks"}, htmx=True
    )
    assert "Thank you, 1" not in answer.text
    assert db.session.query(Post).one().reactions == {"glad": 1}


def test_the_asker_says_which_answer_helped_and_may_think_again(
    topic: Topic, people: Cast, browser_of: Enter, client: PortalClient
) -> None:
    one, two = make_post(topic, people.stranger, "First"), make_post(topic, people.colleague, "Second")
    asks = browser_of(people.customer)
    accepted = [profile_of(one).accepted for one in (people.stranger, people.colleague)]
    for place, taken, wanted in ((2, "yes", one.id), (3, "yes", two.id), (3, "no", None), (2, "yes", one.id)):
        assert asks.send(f"/community/{topic.id}/posts/{place}/accept", {"taken": taken}).status_code == 303
        db.session.refresh(topic)
        assert topic.accepted_id == wanted
    assert accepted == [0, 0]
    db.session.expire_all()
    assert [profile_of(one).accepted for one in (people.stranger, people.colleague)] == [1, 0]
    assert "accepted" in client.page(f"/community/{topic.id}").select("article.post")[1]["class"]


def test_only_who_asked_and_the_staff_accept(topic: Topic, people: Cast, browser_of: Enter) -> None:
    make_post(topic, people.stranger)
    path = f"/community/{topic.id}/posts/2/accept"
    others = [browser_of(one).send(path, {"taken": "yes"}) for one in (people.stranger, people.colleague)]
    assert [one.status_code for one in others] == [403, 403]
    assert (
        browser_of(people.customer)
        .send(f"/community/{topic.id}/posts/1/accept", {"taken": "yes"})
        .status_code
        == 403
    )
    assert browser_of(people.agent).send(path, {"taken": "yes"}).status_code == 303


def test_an_answer_of_another_topic_is_not_accepted(topic: Topic, people: Cast) -> None:
    other = make_topic(topic.space, people.stranger)
    for post in (make_post(other, people.stranger), make_post(topic, people.stranger, gate="held")):
        with pytest.raises(LookupError):
            accept(topic, post, people.customer)


def test_what_many_press_at_the_same_instant_is_counted_exactly(real_app: Flask) -> None:
    with real_app.app_context():
        topic = make_topic(make_space("At once"), person("manager"))
        number = topic.id
    names = ["customer", "customer", "colleague", "colleague", "stranger", "agent"]
    clients = [browser(real_app, name) for name in names]
    path = f"/community/{number}/posts/1"
    votes = at_once(6, lambda n: clients[n].send(f"{path}/vote", {"helpful": "yes"}).status_code)
    signs = at_once(6, lambda n: clients[n].send(f"{path}/react", {"put": "like"}).status_code)
    assert {*votes, *signs} == {303}
    with real_app.app_context():
        post = db.session.query(Post).filter_by(topic_id=number).one()
        assert (post.votes, post.reactions) == (4, {"like": 4})
        assert db.session.query(Vote).filter_by(post_id=post.id).count() == 4
