"""The queue: what waits, who may decide, and that two never decide about one post."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.community.models import HELD, HIDDEN, Post, Profile
from portal.extensions import db
from portal.moderation.models import ModeratorAct
from portal.notifications.models import Notice
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from .making import held, make_post, make_space, make_topic, seen, stand

BROWSER = Callable[[Person], PortalClient]
QUEUE = "/community/moderation"


def acts() -> list[str]:
    return [act.act for act in db.session.query(ModeratorAct).order_by(ModeratorAct.id)]


def test_an_empty_queue_says_so(people: Cast, browser_of: BROWSER) -> None:
    browser = browser_of(people.manager)
    assert "Nothing waits" in browser.page(QUEUE).text
    assert "Nothing is reported" in browser.page(f"{QUEUE}?show=reported").text
    assert "Nothing is hidden" in browser.page(f"{QUEUE}?show=hidden").text
    assert "Nothing was done yet" in browser.page(f"{QUEUE}/record").text
    assert "Nobody is suspended" in browser.page(f"{QUEUE}/suspended").text


def test_one_press_lets_in_all_of_a_persons_held_posts_and_tells_them(
    people: Cast, browser_of: BROWSER
) -> None:
    topic = make_topic(make_space(), people.colleague)
    posts = [held(topic, people.customer, f"My words {n}.") for n in range(5)]
    number, browser = stand(people.customer, "").number, browser_of(people.manager)
    page = browser.page(QUEUE)
    assert all(words in page.text for words in ("My words 0", "Several signs together", "Let all 5 in"))
    assert "My words 4" not in page.text
    assert "customer@" not in page.text

    answer = browser.send(QUEUE, {"reason": "spam", "trust": str(number), **seen(page)}, htmx=True)

    assert "Done: 5 posts." in answer.text
    assert [post.gate for post in posts] == [""] * 5
    assert topic.posts == 6
    assert db.session.get_one(Profile, people.customer.id).standing == "known"
    assert acts() == ["let-in"] * 5 + ["trusted"]
    told = browser_of(people.customer).page("/community/mine/acts").text
    assert "it is shown now" in told
    assert "Manager" not in told


def test_a_post_is_hidden_with_a_reason_that_its_writer_reads(people: Cast, browser_of: BROWSER) -> None:
    topic = make_topic(make_space(), people.colleague)
    post = make_post(topic, people.customer, "Call me names.")
    page = f"/community/{topic.id}/posts/{post.place}/hide"
    answer = browser_of(people.manager).send_fresh(page, {"reason": "rude", "words": "Please stay kind."})
    assert answer.status_code == 303
    assert (post.gate, topic.posts) == (HIDDEN, 1)
    assert "Call me names" not in browser_of(people.stranger).page(topic.address).text
    told = browser_of(people.customer).page("/community/mine/acts").text
    assert "It insults or threatens: Please stay kind." in told
    assert "Please stay kind." in browser_of(people.customer).page("/account/notices").text
    assert "Call me names" in browser_of(people.manager).page(f"{QUEUE}?show=hidden").text

    shown = browser_of(people.manager).send(
        f"/community/{topic.id}/posts/{post.place}/show", {"seen-posts": post.seen_as}
    )
    assert shown.status_code == 303
    assert (post.gate, topic.posts) == ("", 2)


def test_the_second_of_two_moderators_is_told(people: Cast, browser_of: BROWSER) -> None:
    topic = make_topic(make_space(), people.colleague)
    post, other = held(topic, people.customer), held(topic, people.stranger)
    one, two = browser_of(people.manager), browser_of(people.admin)
    page = f"/community/{topic.id}/posts/{post.place}/hide"
    keys = [str(post.id), str(other.id)]

    one.send(QUEUE, {"reason": "spam", "words": "Mine first", "hide": f"post-{post.id}"})
    answer = two.send(QUEUE, {"reason": "spam", "hide": "chosen", "post": keys}, htmx=True)
    late = two.send(page, {"reason": "spam", "words": "Mine second"})

    assert "Done: one post. One post was passed over" in answer.text
    assert late.status_code == 409
    assert "Somebody else decided about this post meanwhile" in late.text
    assert "Mine second" in late.text
    assert [act for act in acts() if act == "hidden"] == ["hidden", "hidden"]


@pytest.mark.parametrize("name", ["customer", "agent", "editor"])
def test_who_does_not_moderate_sees_and_does_nothing(name: str, people: Cast, browser_of: BROWSER) -> None:
    topic = make_topic(make_space(), people.colleague)
    post, browser = held(topic, people.stranger, "Secretwords"), browser_of(getattr(people, name))
    base = f"/community/{topic.id}"
    gets = [
        QUEUE,
        f"{QUEUE}/record",
        f"{QUEUE}/rules",
        f"{base}/move",
        f"{base}/split",
        f"{base}/posts/{post.place}/hide",
    ]
    posts = [f"{base}/posts/{post.place}/{act}" for act in ("hide", "show")] + [
        f"{base}/close",
        f"{base}/pin",
        QUEUE,
    ]
    assert {browser.get(path).status_code for path in gets} == {403}
    assert {
        browser.send(path, {"let": f"post-{post.id}", "reason": "spam"}).status_code for path in posts
    } == {403}
    assert post.gate == HELD
    assert "Secretwords" not in browser.page(topic.address).text
    assert browser.get(f"{base}/posts/{post.place}/report").status_code == 404


def test_nobody_judges_their_own_words_or_while_suspended(
    app: Flask, people: Cast, browser_of: BROWSER
) -> None:
    topic = make_topic(make_space(), people.colleague)
    own, other = held(topic, people.manager), held(topic, people.customer)
    browser = browser_of(people.manager)
    keys = [str(own.id), str(other.id)]
    browser.send(QUEUE, {"let": "chosen", "post": keys, "reason": "spam", **seen(browser.page(QUEUE))})
    assert (own.gate, other.gate) == (HELD, "")
    assert browser.send(f"/community/{topic.id}/posts/{own.place}/show").status_code == 403


def test_odd_keys_numbers_and_reasons_do_nothing(people: Cast, browser_of: BROWSER) -> None:
    browser = browser_of(people.manager)
    for form in (
        {"let": "chosen", "post": ["x", "9" * 30, "-1"]},
        {"hide": "post-99999999"},
        {"let": "chosen"},
    ):
        assert browser.send(QUEUE, {"reason": "spam", **form}).status_code == 303
    assert browser.send(QUEUE, {"reason": "spam", "trust": "999999"}).status_code == 404
    assert browser.send(QUEUE, {"reason": "none", "let": "chosen"}).status_code == 422
    assert browser.send(QUEUE, {"reason": "spam"}).status_code == 422
    assert acts() == []
    assert browser.get(f"{QUEUE}/record?about=x&by=99999999999&at=zz&act=zz").status_code == 404


def test_the_writer_and_nobody_else_hears_of_it(people: Cast, browser_of: BROWSER) -> None:
    topic = make_topic(make_space(), people.colleague)
    post = held(topic, people.customer)
    browser_of(people.manager).send(
        QUEUE, {"reason": "spam", "let": f"post-{post.id}", "seen-posts": post.seen_as}
    )
    kinds = [(n.person_id, n.kind) for n in db.session.query(Notice).filter_by(kind="moderated")]
    assert kinds == [(people.customer.id, "moderated")]
    assert db.session.query(Post).filter_by(gate=HELD).count() == 0


def test_nobody_lets_in_words_that_came_or_changed_since_the_page_was_made(
    people: Cast, browser_of: BROWSER
) -> None:
    topic = make_topic(make_space(), people.colleague)
    first, second = held(topic, people.customer, "Harmless one"), held(topic, people.customer, "Harmless two")
    number, browser = stand(people.customer, "").number, browser_of(people.manager)
    page = browser.page(QUEUE)
    writer = browser_of(people.customer)
    writer.send(f"/community/{topic.id}/posts/{second.place}/edit", {"body": "Buy it all"})
    late = held(topic, people.customer, "Buy more")

    answer = browser.send(QUEUE, {"reason": "spam", "let": str(number), **seen(page)}, htmx=True)

    assert "Done: one post. 2 posts were passed over" in answer.text
    assert [post.gate for post in (first, second, late)] == ["", HELD, HELD]
    shown = browser.send(f"/community/{topic.id}/posts/{second.place}/show", seen(page))
    assert "Look again" in browser.page(shown.headers["Location"].partition("#")[0]).text
    assert second.gate == HELD
    browser.send(QUEUE, {"reason": "spam", "let": str(number), **seen(browser.page(QUEUE))})
    assert (second.gate, late.gate) == ("", "")
