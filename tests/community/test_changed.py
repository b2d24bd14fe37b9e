"""What is done with words that others, or a moderator, have seen: names put in later, words taken back and brought again."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.community.actions import keep_back
from portal.community.changes import Better, edit, withdraw
from portal.community.gate import Refused, Verdict
from portal.community.mentions import COUNTED
from portal.community.models import HELD, HIDDEN, WITHDRAWN, Post, PostVersion, Topic
from portal.community.people import call
from portal.community.traces import Mention
from portal.extensions import db
from portal.kit import clock
from portal.mail.models import Letter
from portal.moderation.actions import Because, report, settle_gone, suspend
from portal.moderation.rules import Law, add_rule
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_post, make_space, make_topic
from .test_told import told

Browser = Callable[[Person], PortalClient]
Work = Callable[[], int]


@pytest.fixture
def topic(people: Cast) -> Topic:
    call(people.stranger, "Pavel")
    call(people.colleague, "Ana Lima")
    return make_topic(make_space(), people.customer, "Thick walls")


def _say(browser: PortalClient, post: Post, body: str) -> None:
    sent = browser.send(f"/community/{post.topic_id}/posts/{post.place}/edit", {"body": body})
    assert sent.status_code == 303


def test_who_is_named_in_words_that_are_changed_hears_of_it_once(
    topic: Topic, people: Cast, browser_of: Browser, work: Work
) -> None:
    post = make_post(topic, people.agent, "Ask @Ana_Lima.")
    work()
    writer = browser_of(people.agent)
    for body in ("Ask @Ana_Lima or @Pavel.", "Ask @Pavel, or @Ana_Lima.", "Ask nobody.", "Ask @Pavel!"):
        _say(writer, post, body)
        work()
    assert told(people.stranger) == [f"{post.author.shown} mentioned you in “Thick walls”"]  # type: ignore[union-attr]
    assert len(told(people.colleague)) == 1
    assert db.session.query(Letter).filter_by(recipient=people.stranger.email).count() == 1


def test_who_may_not_read_it_is_not_told_of_their_name(people: Cast, browser_of: Browser, work: Work) -> None:
    call(people.stranger, "Pavel")
    inner = make_topic(make_space("Inner", "members", members=[people.customer]), people.customer, "Plans")
    hidden = make_post(make_topic(make_space(), people.customer), people.customer, "Held", gate=HELD)
    for post in (db.session.query(Post).filter_by(topic_id=inner.id).one(), hidden):
        edit(post, Better("Ask @Pavel", post.topic.title), people.customer, Verdict())
    db.session.commit()
    work()
    assert told(people.stranger) == []
    assert not db.session.query(Letter).filter_by(recipient=people.stranger.email).count()


def test_words_that_were_taken_away_meanwhile_are_not_changed(topic: Topic, people: Cast) -> None:
    post = make_post(topic, people.stranger, "As it was")
    keep_back(post, HIDDEN)
    with pytest.raises(Refused, match="taken away meanwhile"):
        edit(post, Better("Changed"), people.stranger, Verdict())
    first = db.session.query(Post).filter_by(topic_id=topic.id, place=1).one()
    make_post(topic, people.colleague)
    assert (post.body, withdraw(first), first.gate) == ("As it was", False, "")


def test_of_held_words_every_version_is_kept(topic: Topic, people: Cast) -> None:
    held = make_post(topic, people.stranger, "Harmless", gate=HELD)
    edit(held, Better("Buy it here"), people.stranger, Verdict())
    shown = make_post(topic, people.stranger, "Harmless too")
    edit(shown, Better("Buy that here"), people.stranger, Verdict(HELD, "doubt"))
    kept = [row.body for row in db.session.query(PostVersion).order_by(PostVersion.id)]
    assert (kept, held.edited_at is None, shown.gate) == (["Harmless", "Harmless too"], False, HELD)


def test_what_was_reported_and_taken_back_waits_when_it_comes_again(
    topic: Topic, people: Cast, browser_of: Browser
) -> None:
    post = make_post(topic, people.stranger, "Rudewords")
    writer, address = browser_of(people.stranger), f"{topic.address}/posts/2"
    report(post, people.colleague, Because("rude"))
    writer.send(f"{address}/withdraw")
    settle_gone()
    db.session.commit()

    writer.send(f"{address}/restore")

    assert post.gate == HELD
    assert "Rudewords" not in browser_of(people.customer).page(topic.address).text
    queue = browser_of(people.manager).page("/community/moderation").text
    assert "taken back before anybody looked, and brought again" in queue


def test_what_would_be_held_or_refused_now_does_not_come_again_by_the_back_door(
    topic: Topic, people: Cast, browser_of: Browser
) -> None:
    posts = [make_post(topic, people.stranger, f"Sunflower {n}") for n in range(2)]
    writer = browser_of(people.stranger)
    for post in posts:
        withdraw(post)
    add_rule(Law("word", "sunflower", "hold"), people.manager)
    db.session.commit()
    writer.send(f"{topic.address}/posts/2/restore")
    suspend(people.stranger, people.manager, clock.now() + timedelta(days=1), Because("rude", "Stay kind."))
    db.session.commit()

    refused = writer.send(f"{topic.address}/posts/3/restore")

    assert [post.gate for post in posts] == [HELD, WITHDRAWN]
    assert "Stay kind." in writer.page(refused.headers["Location"]).text
    assert writer.send(f"{topic.address}/posts/1/accept", {"taken": "yes"}).status_code == 403


def test_however_often_words_are_changed_they_call_few_people(topic: Topic, people: Cast, work: Work) -> None:
    post = make_post(topic, people.customer, "Nobody")
    work()
    names = [f"Person{one}{other}" for one in "abcde" for other in "fghjk"]
    for place, name in enumerate(names):
        person = Person(email=f"p{place}@example.com", called="X")
        db.session.add(person)
        db.session.flush()
        call(person, name)
    for begin in range(0, len(names), 5):
        edit(
            post,
            Better(" ".join(f"@{name}" for name in names[begin : begin + 5])),
            people.customer,
            Verdict(),
        )
        db.session.commit()
        work()
    assert db.session.query(Mention).filter_by(post_id=post.id).count() == COUNTED
