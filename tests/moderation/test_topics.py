"""What moderators do on a topic's page: close, pin, move, split."""

from collections.abc import Callable

from portal.community.access import visible_topics
from portal.community.marks import accept
from portal.community.models import MEMBERS, Profile, Topic
from portal.extensions import db
from portal.moderation.models import ModeratorAct
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from .making import held, make_post, make_space, make_topic

BROWSER = Callable[[Person], PortalClient]


def reads(person: Person, topic: Topic) -> bool:
    return db.session.scalar(visible_topics(person).where(Topic.id == topic.id)) is not None


def test_a_closed_topic_takes_no_answers_until_it_is_opened(people: Cast, browser_of: BROWSER) -> None:
    topic, browser = make_topic(make_space(), people.customer), browser_of(people.manager)
    for act, closed in (("close", True), ("open", False)):
        assert browser.send(f"/community/{topic.id}/{act}").status_code == 303
        assert topic.closed == closed
        browser.send(f"/community/{topic.id}/{act}")
    assert "Somebody else did that meanwhile" in browser.page(f"/community/{topic.id}").text
    assert [act.act for act in db.session.query(ModeratorAct).order_by(ModeratorAct.id)] == [
        "closed",
        "opened",
    ]
    assert browser.send(f"/community/{topic.id}/pin").status_code == 303
    assert topic.pinned
    assert browser.send(f"/community/{topic.id}/unpin").status_code == 303
    assert not topic.pinned


def test_a_topic_moved_into_a_private_space_is_read_by_its_members_alone(
    people: Cast, browser_of: BROWSER
) -> None:
    topic, private = make_topic(make_space(), people.customer), make_space("Inner", audience=MEMBERS)
    was, browser = topic.space, browser_of(people.manager)
    page = f"/community/{topic.id}/move"
    assert reads(people.customer, topic)
    assert browser.send(page, {"space": "nowhere", "reason": "other"}).status_code == 422
    answer = browser.send_fresh(
        page, {"space": "inner", "reason": "offtopic", "words": "It names customers."}
    )
    assert answer.status_code == 303
    assert (was.topics, private.topics) == (0, 1)
    assert not reads(people.customer, topic)
    assert reads(people.manager, topic)
    own = browser_of(people.customer)
    told = own.page("/community/mine/acts").text
    assert "moved your topic to another space" in told
    assert "The light is orange" not in told
    assert own.get(topic.address).status_code == 404
    assert "The light is orange" not in own.page("/community").text


def test_posts_begin_a_topic_of_their_own(people: Cast, browser_of: BROWSER) -> None:
    topic = make_topic(make_space(), people.customer)
    first = make_post(topic, people.colleague, "And my printer?")
    make_post(topic, people.stranger, "About the light: press it.")
    second = make_post(topic, people.agent, "Which printer is it?")
    topic.accepted_id = second.id
    db.session.commit()
    browser, page = browser_of(people.manager), f"/community/{topic.id}/split"

    answer = browser.send_fresh(page, {"title": "My printer", "post": ["2", "4"], "reason": "offtopic"})

    new = db.session.query(Topic).filter_by(title="My printer").one()
    assert answer.headers["Location"] == new.address
    assert [(post.topic_id, post.place) for post in (first, second)] == [(new.id, 1), (new.id, 2)]
    assert (topic.posts, new.posts, new.author_id, new.space.topics) == (2, 2, people.colleague.id, 2)
    assert new.accepted_id == second.id
    db.session.refresh(topic)
    assert not topic.accepted_id
    assert "And my printer?" not in browser.page(topic.address).text
    assert "My printer" in browser.page(topic.address).text
    assert "Which printer is it?" in browser_of(people.stranger).page(new.address).text
    assert "into a topic of their own" in browser_of(people.colleague).page("/community/mine/acts").text


def test_what_cannot_be_split_is_refused_with_a_sentence(people: Cast, browser_of: BROWSER) -> None:
    topic, browser = make_topic(make_space(), people.customer), browser_of(people.manager)
    page = f"/community/{topic.id}/split"
    assert "There is nothing to split" in browser.page(page).text
    make_post(topic, people.colleague)
    kept = held(topic, people.stranger)
    cases = {
        "1": "The first post is the topic itself",
        str(kept.place): "nobody could read",
        "99": "no longer here",
        "": "Tick the posts",
    }
    for place, words in cases.items():
        answer = browser.send(page, {"title": "New", "reason": "other", "post": place})
        assert answer.status_code == 422
        assert words in answer.text
    assert browser.send(page, {"title": " ", "reason": "other", "post": "2"}).status_code == 422
    assert db.session.query(Topic).count() == 1


def test_accepted_answers_are_counted_where_they_are_no_secret_also_after_a_move(
    people: Cast, browser_of: BROWSER
) -> None:
    topic, private = make_topic(make_space(), people.customer), make_space("Inner", audience=MEMBERS)
    accept(topic, make_post(topic, people.stranger), people.customer)
    db.session.commit()
    was, browser = topic.space, browser_of(people.manager)
    form = browser.page(f"/community/{topic.id}/move").select_one("[name=reason] option[selected]")
    assert form
    assert form["value"] == "offtopic"
    for space, count in ((private, 0), (was, 1)):
        browser.send(f"/community/{topic.id}/move", {"space": space.slug, "reason": "offtopic"})
        db.session.expire_all()
        assert db.session.get_one(Profile, people.stranger.id).accepted == count
