"""Reports, suspensions, and what those whom they concern are told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.community.gate import Refused, suspension_of
from portal.community.laws import Suspension
from portal.community.models import HELD
from portal.extensions import db
from portal.kit import clock
from portal.moderation.actions import Because, suspend
from portal.moderation.models import Report
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_idea
from ..make import make_space as make_wishes
from .making import make_person, make_post, make_space, make_topic, say, stand

BROWSER = Callable[[Person], PortalClient]
QUEUE = "/community/moderation"


def report(browser: PortalClient, topic: int, place: int, reason: str = "spam") -> None:
    page = f"/community/{topic}/posts/{place}/report"
    assert browser.send_fresh(page, {"reason": reason, "words": "Look at it"}).status_code == 303


def test_reports_reach_moderators_and_reporters_hear_what_came_of_it(
    people: Cast, browser_of: BROWSER
) -> None:
    topic = make_topic(make_space(), people.colleague)
    post = make_post(topic, people.stranger, "Buy my stuff")
    for person in (people.customer, people.colleague):
        report(browser_of(person), topic.id, post.place)
    report(browser_of(people.customer), topic.id, post.place)
    assert db.session.query(Report).count() == 2
    page = browser_of(people.manager).page(f"{QUEUE}?show=reported").text
    assert "Buy my stuff" in page
    assert page.count("Look at it") == 2

    browser_of(people.manager).send(QUEUE, {"reason": "spam", "hide": f"post-{post.id}", "show": "reported"})

    assert {one.outcome for one in db.session.query(Report)} == {"hidden"}
    for person in (people.customer, people.colleague):
        assert "The post was hidden" in browser_of(person).page("/account/notices").text
        assert "The post was hidden" in browser_of(person).page("/community/mine/acts").text
    assert "Look at it" not in browser_of(people.stranger).page("/community/mine/acts").text


def test_enough_reports_of_known_people_hide_a_post_until_somebody_looks(
    app: Flask, people: Cast, browser_of: BROWSER
) -> None:
    topic = make_topic(make_space(), people.agent)
    post, ours = (
        make_post(topic, people.stranger, "Buy my stuff"),
        make_post(topic, people.agent2, "We know."),
    )
    known = [make_person(f"known{n}", days=90) for n in range(app.config["COMMUNITY_REPORTS"])]
    for number in range(3):
        report(browser_of(make_person(f"new{number}")), topic.id, post.place)
    assert post.gate == ""
    for person in known:
        stand(person)
        report(browser_of(person), topic.id, post.place)
        report(browser_of(person), topic.id, ours.place)
    assert (post.gate, ours.gate, topic.posts) == (HELD, "", 2)
    assert "Several people reported it" in browser_of(people.manager).page(QUEUE).text
    assert (
        "hidden until a moderator has looked" in browser_of(people.stranger).page("/community/mine/acts").text
    )

    browser_of(people.manager).send(
        QUEUE, {"reason": "spam", "let": f"post-{post.id}", "seen-posts": post.seen_as}
    )
    assert (post.gate, topic.posts) == ("", 3)
    assert "The post stays" in browser_of(known[0]).page("/community/mine/acts").text


def test_nobody_reports_their_own_words_or_what_they_cannot_read(people: Cast, browser_of: BROWSER) -> None:
    topic = make_topic(make_space(audience="members"), people.manager)
    own = f"/community/{topic.id}/posts/1/report"
    assert browser_of(people.manager).get(own).status_code == 404
    assert browser_of(people.customer).send(own, {"reason": "spam"}).status_code == 404
    assert browser_of(people.admin).send(own, {"reason": "other"}).status_code == 422
    assert db.session.query(Report).count() == 0


def test_too_many_reports_in_an_hour_keep_the_words(
    app: Flask, people: Cast, browser_of: BROWSER, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "LIMIT_REPORTS", 0)
    topic = make_topic(make_space(), people.stranger)
    answer = browser_of(people.customer).send(
        f"/community/{topic.id}/posts/1/report", {"reason": "rude", "words": "My words"}
    )
    assert answer.status_code == 422
    assert "please send them a little later" in answer.text
    assert "My words" in answer.text


def test_who_is_suspended_cannot_write_and_is_told_why_and_until_when(
    people: Cast, browser_of: BROWSER
) -> None:
    space = make_space()
    topic = make_topic(space, people.customer)
    profile, browser = stand(people.customer), browser_of(people.manager)
    page = f"/community/people/{profile.number}/suspend"
    people.customer.zone = "Europe/Moscow"
    db.session.commit()
    now = clock.now().replace(month=3, day=1, hour=12, minute=30)
    with clock.at(now):
        browser.send_fresh(page, {"length": "1", "reason": "rude", "words": "Please calm down."})
        own = browser_of(people.customer)
        idea = make_idea(make_wishes("Wishes", kinds=["idea"]), people.stranger)
        addresses = (topic.address, idea.topic.address, "/community/new", "/ideas/new", "/community/me")
        for address in (*addresses, f"/community/{topic.id}/posts/1/edit"):
            shown = own.page(address)
            assert "Please calm down." in shown.text, f"told before typing: {address}"
            assert shown.select("textarea") == [] or address.endswith(("/me", "/edit")), address
        assert own.send("/community/me", {"name": "Somebody"}).status_code == 403
        answer = own.send(f"/community/{topic.id}/answer", {"body": "My words stay"})
        assert answer.status_code == 422
        assert "Please calm down." in answer.text
        assert "15:30" in answer.text
        assert "My words stay" in answer.text
        assert "Please calm down." in own.page("/community/mine/acts").text
        assert profile.shown in browser.page(f"{QUEUE}/suspended").text
        assert browser.send(f"/community/people/{profile.number}/lift").status_code == 303
        assert suspension_of(people.customer) is None
        say(space, people.customer, "I am back", "Sorry for yesterday.")
        assert browser.send(f"/community/people/{profile.number}/lift").status_code == 303
    assert (
        "You can write in the community again"
        in browser_of(people.customer).page("/community/mine/acts").text
    )


def test_a_suspension_ends_by_itself(people: Cast) -> None:
    space = make_space()
    suspend(people.customer, people.manager, clock.now() + timedelta(days=1), Because("spam", "Enough"))
    with pytest.raises(Refused, match="Enough"):
        say(space, people.customer, "Again", "Some words.")
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert say(space, people.customer, "Again", "Some words.").gate == ""


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2020-01-01", "from today on"),
        ("yesterday", "Write a date"),
        ("", "Write a date"),
        ("2099-12-31", "within ten years"),
    ],
)
def test_a_suspension_until_an_odd_day_is_refused(
    until: str, words: str, people: Cast, browser_of: BROWSER
) -> None:
    number = stand(people.customer).number
    form = {"length": "until", "until": until, "reason": "spam", "words": "Because"}
    answer = browser_of(people.manager).send(f"/community/people/{number}/suspend", form)
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.query(Suspension).count() == 0


def test_moderators_are_not_suspended_nor_oneself_nor_by_who_is_suspended(
    people: Cast, browser_of: BROWSER
) -> None:
    browser, form = browser_of(people.manager), {"length": "7", "reason": "spam", "words": "Because"}
    for person in (people.admin, people.manager):
        number = stand(person).number
        assert (
            "You cannot decide about this person" in browser.page(f"/community/people/{number}/suspend").text
        )
        assert browser.send(f"/community/people/{number}/suspend", form).status_code == 403
        assert browser.send(f"/community/people/{number}/lift").status_code == 403
    number = stand(people.customer).number
    suspend(people.manager, people.admin, clock.now() + timedelta(days=1), Because("spam", "A test"))
    db.session.commit()
    for act in ("suspend", "lift", "standing"):
        assert (
            browser.send(f"/community/people/{number}/{act}", {**form, "standing": "known"}).status_code
            == 403
        )
    assert browser.send(f"/community/people/{stand(people.manager).number}/lift").status_code == 403


def test_a_moderator_says_how_somebody_stands(people: Cast, browser_of: BROWSER) -> None:
    space, profile = make_space(), stand(people.customer, "known")
    browser, path = browser_of(people.manager), f"/community/people/{profile.number}/standing"
    browser.send(path, {"standing": "held"})
    assert say(space, people.customer, "A question", "How does this work?").gate == HELD
    browser.send(path, {"standing": "known"})
    assert say(space, people.customer, "Another", "And how does that work?").gate == ""
    assert browser.send(path, {"standing": "king"}).status_code == 400
    assert browser.send("/community/people/1/standing", {"standing": "held"}).status_code == 404
