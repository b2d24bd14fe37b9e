"""An agent makes a private request of a topic; the topic says so to all its readers, and tells nothing of it."""

import threading
from collections.abc import Callable
from contextlib import closing
from io import BytesIO

from flask import Flask
from werkzeug.datastructures import FileStorage

from portal.community.actions import Opening, add_post, begin_topic, profile_of
from portal.community.gate import Verdict
from portal.community.models import PostFile, Topic
from portal.community.rooms import remove_member
from portal.crossing.actions import Overtaken, make_request
from portal.crossing.models import Crossing
from portal.extensions import db
from portal.mail.models import Letter
from portal.notifications.models import Notice
from portal.people.actions import give_role
from portal.people.models import Person, Team
from portal.tickets.actions import Words, set_state
from portal.tickets.models import Attachment, Ticket

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_post, make_space, make_topic
from .look import one

BROWSER = Callable[[Person], PortalClient]
WORK = Callable[[], int]


def _called(person: Person, name: str) -> None:
    profile_of(person).name = name
    db.session.commit()


def _team() -> str:
    return str(db.session.query(Team).filter_by(is_default=True).one().id)


def _cross(browser: PortalClient, topic: Topic, **more: str) -> Ticket:
    answer = browser.send_fresh(f"/community/{topic.id}/to-ticket", {"team": _team(), **more})
    assert answer.status_code == 303, answer.text
    return db.session.query(Ticket).order_by(Ticket.id.desc()).first()  # type: ignore[return-value]


def test_a_topic_becomes_a_request_of_who_asked_with_words_and_files_and_links_both_ways(
    app: Flask, people: Cast, browser_of: BROWSER, work: WORK
) -> None:
    _called(people.customer, "Granite")
    _called(people.stranger, "Wire")
    space = make_space()
    file = ("plan.txt", FileStorage(BytesIO(b"three floors"), "plan.txt"))
    topic = begin_topic(
        space, Opening("Which one?"), Words("Thick walls.", [file]), people.customer, Verdict()
    )
    add_post(topic, Words("One a floor.\nNo more."), people.stranger, Verdict())
    add_post(topic, Words("Not this one."), people.colleague, Verdict())
    db.session.commit()
    desk = browser_of(people.agent)
    assert "Make it a request" in desk.page(f"/community/{topic.id}").text

    ticket = _cross(desk, topic, answers="2")
    work()

    assert (ticket.requester_id, ticket.subject, ticket.team.name) == (
        people.customer.id,
        "Which one?",
        "Support",
    )
    own = browser_of(people.customer).page(f"/tickets/{ticket.number}")
    words = " ".join(one(own, ".thread").get_text(" ").split())
    assert "Thick walls." in words
    assert "Wire wrote in the community: One a floor. No more." in words
    assert "Not this one." not in words
    assert own.select_one(f".event a[href='/community/{topic.id}']")
    assert own.select_one(f".aside a[href='/community/{topic.id}']")
    copied = db.session.query(Attachment).one()
    assert copied.key != db.session.query(PostFile).one().key
    with closing(browser_of(people.customer).get(f"/files/{copied.key}/plan.txt")) as file_of_it:
        assert file_of_it.data == b"three floors"
    assert browser_of(people.stranger).get(f"/files/{copied.key}/plan.txt").status_code == 404

    line = "The support looks at this with Granite in private."
    for reader, link in (
        (people.agent, f"/desk/tickets/{ticket.number}"),
        (people.customer, f"/tickets/{ticket.number}"),
        (people.stranger, ""),
        (None, ""),
    ):
        browser = browser_of(reader) if reader else app.test_client()
        page = soup(browser.get(f"/community/{topic.id}"))
        beside = one(page, "#crossing")
        assert line in " ".join(beside.get_text(" ").split()).replace(" .", "."), reader
        assert [a["href"] for a in beside.select("a")] == ([link] if link else [])
        assert "Make it a request" not in page.text
        assert "Customer" not in beside.text
        assert str(ticket.number) not in page.text or link
    assert desk.page(f"/desk/tickets/{ticket.number}").select_one(f".who a[href='/community/{topic.id}']")

    told = db.session.query(Notice).filter_by(person_id=people.customer.id, kind="made").one()
    assert told.address == f"/tickets/{ticket.number}"
    letters = {(one.recipient, one.subject) for one in db.session.query(Letter)}
    assert ("customer@example.com", f"[#{ticket.number}] Which one?") in letters
    assert not [to for to, _subject in letters if to in ("agent@example.com", "stranger@example.com")]


def test_the_line_says_when_it_is_settled_and_nothing_of_what_was_said(
    app: Flask, people: Cast, browser_of: BROWSER
) -> None:
    topic = make_topic(make_space(), people.customer)
    ticket = _cross(browser_of(people.agent), topic)
    set_state(ticket, "solved", people.agent, staff=True)
    db.session.commit()

    page = app.test_client().get(f"/community/{topic.id}")

    assert "that is settled" in page.text
    assert str(ticket.number) not in page.text


def test_a_topic_crosses_once_and_the_second_agent_is_led_to_the_first_ones_request(
    people: Cast, browser_of: BROWSER
) -> None:
    topic = make_topic(make_space(), people.customer)
    one, two = browser_of(people.agent), browser_of(people.manager)
    form = {"team": _team(), "once": "x" * 20}
    two.get(f"/community/{topic.id}/to-ticket")
    ticket = _cross(one, topic)

    again = two.send(f"/community/{topic.id}/to-ticket", form)

    assert again.headers["Location"] == f"/desk/tickets/{ticket.number}"
    assert db.session.query(Crossing).count() == db.session.query(Ticket).count() == 1


def test_of_two_at_the_same_instant_one_request_is_made(real_app: Flask) -> None:
    with real_app.app_context():
        people = {person.called: person.id for person in db.session.query(Person)}
        space = make_space(f"Race {db.engine.dialect.name}")
        topic = make_topic(space, db.session.get_one(Person, people["Customer"])).id
        team = int(_team())
    made, barrier = [], threading.Barrier(2)

    def press(name: str) -> None:
        with real_app.test_request_context(method="POST"):
            barrier.wait()
            try:
                by = db.session.get_one(Person, people[name])
                found = make_request(db.session.get_one(Topic, topic), (), db.session.get_one(Team, team), by)
                db.session.commit()
                made.append(found.number)
            except Overtaken as other:
                made.append(int(other.address.rpartition("/")[2]))
                db.session.rollback()

    threads = [threading.Thread(target=press, args=(name,)) for name in ("Agent", "Manager")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(made) == 2
    assert len(set(made)) == 1


def test_only_who_answers_customers_and_sees_the_topic_makes_a_request_of_it(
    people: Cast, browser_of: BROWSER
) -> None:
    space = make_space("Secret", "members", members=[people.customer])
    hidden, open_one = make_topic(space, people.customer), make_topic(make_space(), people.customer)
    held = make_topic(make_space("Held"), people.customer, gate="held")
    news = make_topic(make_space("News"), people.agent, kind="announcement")

    def tried(person: Person, topic: Topic) -> set[int]:
        browser, path = browser_of(person), f"/community/{topic.id}/to-ticket"
        return {browser.get(path).status_code, browser.send(path, {"team": _team()}).status_code}

    assert tried(people.agent, hidden) == {404}
    assert tried(people.manager, held) == tried(people.agent, news) == {404}
    for person in (people.customer, people.stranger, people.editor):
        assert tried(person, open_one) == {403}
        assert "Make it a request" not in browser_of(person).page(f"/community/{open_one.id}").text
    wrong = browser_of(people.agent).send_fresh(f"/community/{open_one.id}/to-ticket", {"team": "999"})
    assert wrong.status_code == 422
    assert db.session.query(Ticket).count() == 0


def test_a_topic_of_a_private_space_is_not_named_to_who_reads_the_request_alone(
    people: Cast, browser_of: BROWSER
) -> None:
    space = make_space("Cellar", "members", members=[people.customer, people.agent])
    topic = make_topic(space, people.customer, "Titleofcellar")
    ticket = _cross(browser_of(people.agent), topic)
    ticket.subject = "Another subject"
    other = Person(email="new-agent@example.com", called="Other")
    db.session.add(other)
    db.session.commit()

    beside = one(browser_of(people.admin).page(f"/desk/tickets/{ticket.number}"), ".who").text
    assert "Titleofcellar" in beside, "who moderates reads all spaces"
    give_role(other, "agent", team=ticket.team)
    db.session.commit()
    page = browser_of(other).page(f"/desk/tickets/{ticket.number}").text
    assert "Titleofcellar" not in page
    assert "Cellar" not in page
    assert "a topic that you do not read" in page


def test_answers_that_are_hidden_do_not_go_along(people: Cast, browser_of: BROWSER) -> None:
    topic = make_topic(make_space(), people.customer)
    make_post(topic, people.stranger, "Hiddenwords", gate="hidden")

    page = browser_of(people.manager).page(f"/community/{topic.id}/to-ticket")

    assert "Hiddenwords" not in page.text


def test_who_asked_and_has_left_the_circle_gets_no_words_of_others(people: Cast, browser_of: BROWSER) -> None:
    space = make_space("Circle", "members", members=[people.customer])
    topic = make_topic(space, people.customer)
    make_post(topic, people.manager, "Othersaid")
    browser, path = browser_of(people.manager), f"/community/{topic.id}/to-ticket"
    assert "Othersaid" in browser.page(path).text
    remove_member(space, people.customer.id, people.manager)
    db.session.commit()

    assert "Othersaid" not in browser.page(path).text
    forged = browser.send(path, {"team": _team(), "answers": "2"})
    assert forged.status_code == 422
    assert db.session.query(Ticket).count() == 0
