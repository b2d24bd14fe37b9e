"""Following, mentions and mails: each person is told once of a post, by the strongest reason, if they may read it."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.community.actions import profile_of
from portal.community.following import MAIL, STOP, choose, make_token, way_of
from portal.community.jobs import BATCH
from portal.community.marks import accept
from portal.community.mentions import count_of, linked, quote_of
from portal.community.models import Post, Space, Topic
from portal.community.people import call
from portal.community.traces import Follow, Mention
from portal.extensions import db
from portal.mail.models import Letter
from portal.notifications.access import visible_notices
from portal.notifications.actions import choose_mail
from portal.notifications.models import Notice
from portal.notifications.queries import lines
from portal.outbox.models import Job
from portal.people.actions import give_role
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_post, make_space, make_topic

Enter = Callable[[Person], PortalClient]
Work = Callable[[], int]


def told(person: Person) -> list[str]:
    """What stands under a person's bell, the oldest first."""
    rows = visible_notices(person).order_by(Notice.id)
    with force_locale("en"):
        return [str(line.words.striptags()) for line in lines(db.session.scalars(rows))]


def mails(person: Person) -> list[Letter]:
    return db.session.query(Letter).filter_by(recipient=person.email).order_by(Letter.id).all()


@pytest.fixture
def named(people: Cast) -> Cast:
    """The cast, each with a public name."""
    for one, name in ((people.customer, "Tomás"), (people.stranger, "Pavel"), (people.colleague, "Ana Lima")):
        call(one, name)
    db.session.commit()
    return people


@pytest.fixture
def topic(named: Cast, work: Work) -> Topic:
    topic = make_topic(make_space(), named.customer, "Thick walls")
    work()
    return topic


def test_the_asker_hears_of_an_answer_by_bell_and_mail_and_its_writer_of_nothing(
    topic: Topic, named: Cast, work: Work
) -> None:
    make_post(topic, named.stranger, "Use **one** a floor.")
    work()
    assert told(named.customer) == ["Pavel answered your question “Thick walls”"]
    assert told(named.stranger) == []
    (letter,) = mails(named.customer)
    assert letter.subject == "Community: Thick walls"
    assert "Use one a floor." in str(letter.text)
    assert "Stranger" not in f"{letter.text}{letter.html}"
    assert not mails(named.stranger)


def test_a_mail_is_in_the_language_of_its_reader(topic: Topic, named: Cast, work: Work) -> None:
    named.customer.language = "pt_BR"
    make_post(topic, named.stranger)
    work()
    (letter,) = mails(named.customer)
    assert "Comunidade" in letter.subject
    assert "Pavel respondeu" in str(letter.text)


def test_each_reason_is_told_once_and_the_strongest_wins(topic: Topic, named: Cast, work: Work) -> None:
    make_post(topic, named.stranger, "First")
    choose(named.colleague, "topic", str(topic.id), MAIL)
    choose(named.colleague, "person", str(named.customer.id), MAIL)
    choose(named.colleague, "space", str(topic.space_id), MAIL)
    make_post(topic, named.customer, "Thanks @Pavel and @Ana_Lima, @ana_lima!")
    work()
    assert told(named.stranger) == ["Tomás mentioned you in “Thick walls”"]
    assert told(named.colleague)[-1] == "Tomás mentioned you in “Thick walls”"
    assert len(told(named.colleague)) == 2
    assert len(mails(named.colleague)) == 2
    assert db.session.query(Mention).count() == 2


def test_done_twice_everybody_is_told_once(topic: Topic, named: Cast, work: Work) -> None:
    post = make_post(topic, named.stranger, "@Ana_Lima knows.")
    work()
    for key in (None, "again"):
        db.session.add(Job(kind="community.post", payload={"post": post.id}, key=key))
        db.session.commit()
        work()
    assert [len(told(one)) for one in (named.customer, named.colleague)] == [1, 1]
    assert len(mails(named.customer)) == 1


def test_followers_of_a_space_and_of_a_tag_hear_of_new_topics_alone(named: Cast, work: Work) -> None:
    space = make_space()
    choose(named.stranger, "space", str(space.id), MAIL)
    choose(named.colleague, "tag", "mesh", MAIL)
    topic = make_topic(space, named.customer, "Which mesh?", tags=["mesh"])
    make_post(topic, named.agent, "This one.")
    work()
    assert told(named.stranger) == told(named.colleague) == ["Tomás began “Which mesh?”"]
    other = make_topic(space, named.customer, "Other")
    work()
    assert len(told(named.stranger)) == 2
    assert len(told(named.colleague)) == 1
    assert way_of(named.customer, "topic", str(other.id)) == MAIL


def test_what_was_stopped_stays_quiet_but_for_ones_own_name(topic: Topic, named: Cast, work: Work) -> None:
    make_post(topic, named.stranger)
    work()
    choose(named.stranger, "topic", str(topic.id), STOP)
    choose(named.stranger, "person", str(named.customer.id), MAIL)
    make_post(topic, named.customer, "More words")
    make_post(topic, named.stranger, "Writing does not bring it back")
    make_post(topic, named.customer, "And more")
    work()
    assert told(named.stranger) == []
    make_post(topic, named.customer, "@Pavel?")
    work()
    assert told(named.stranger) == ["Tomás mentioned you in “Thick walls”"]


@pytest.mark.parametrize("gate", ["held", "hidden", "withdrawn"])
def test_of_words_that_are_not_shown_nobody_is_told(topic: Topic, named: Cast, work: Work, gate: str) -> None:
    make_post(topic, named.stranger, "@Ana_Lima", gate=gate)
    late = make_post(topic, named.stranger, "@Ana_Lima")
    late.gate = gate
    db.session.commit()
    work()
    assert told(named.customer) == told(named.colleague) == []
    assert not mails(named.customer)


def test_a_notice_ends_with_the_right_to_read_it(named: Cast, work: Work) -> None:
    space = make_space("Inner", audience="members", members=(named.customer, named.stranger))
    topic = make_topic(space, named.customer, "Secretsubject")
    choose(named.colleague, "space", str(space.id), MAIL)
    choose(named.colleague, "topic", str(topic.id), MAIL)
    post = make_post(topic, named.stranger, "@Ana_Lima knows")
    work()
    assert told(named.colleague) == []
    assert not mails(named.colleague)
    assert len(told(named.customer)) == 1
    post.gate = "hidden"
    db.session.commit()
    assert told(named.customer) == []


def test_a_mail_is_not_sent_once_the_post_is_hidden(topic: Topic, named: Cast, work: Work) -> None:
    post = make_post(topic, named.stranger)
    letter = {
        "post": post.id,
        "person": named.customer.id,
        "why": "asked",
        "kind": "topic",
        "target": str(topic.id),
    }
    post.gate = "hidden"
    db.session.add(Job(kind="community.letter", payload=letter))
    db.session.commit()
    work()
    assert not mails(named.customer)


def test_the_master_switch_stops_all_mails_of_the_community(topic: Topic, named: Cast, work: Work) -> None:
    choose_mail(named.customer, "community", wanted=False)
    make_post(topic, named.stranger)
    work()
    assert len(told(named.customer)) == 1
    assert not mails(named.customer)


def test_the_link_in_a_mail_stops_one_thing_with_one_click(
    topic: Topic, named: Cast, work: Work, client: PortalClient
) -> None:
    other = make_topic(topic.space, named.customer, "Another")
    make_post(topic, named.stranger)
    work()
    path = re.search(r"/community/stop/[\w.-]+", str(mails(named.customer)[0].text))
    assert path
    assert "Thick walls" in client.page(path[0]).text
    before = {(row.person_id, row.target): row.by_mail for row in db.session.query(Follow)}
    assert client.post(path[0]).status_code == 200
    db.session.expire_all()
    after = {(row.person_id, row.target): row.by_mail for row in db.session.query(Follow)}
    assert {key for key in before if before[key] != after[key]} == {(named.customer.id, str(topic.id))}
    assert way_of(named.customer, "topic", str(other.id)) == MAIL
    assert client.send(f"{path[0]}/again").status_code == 200
    db.session.expire_all()
    assert way_of(named.customer, "topic", str(topic.id)) == MAIL
    assert client.get("/community/stop/x").status_code == 404
    lost = make_token(named.customer.id, "topic", "999999")
    assert "cannot open any more" in client.page(f"/community/stop/{lost}").text


def test_who_wrote_the_answer_that_helped_hears_of_it(topic: Topic, named: Cast, work: Work) -> None:
    post = make_post(topic, named.stranger)
    accept(topic, post, named.customer)
    db.session.commit()
    work()
    assert told(named.stranger) == ["Your answer in “Thick walls” was accepted"]


def test_many_followers_are_told_in_batches(topic: Topic, named: Cast, work: Work, app: Flask) -> None:
    crowd = [Person(email=f"crowd{n}@example.com", called="X") for n in range(BATCH + 5)]
    db.session.add_all(crowd)
    db.session.flush()
    give_role(crowd[0], "customer")
    rows = [
        Follow(person_id=one.id, kind="topic", target=str(topic.id), heard=True, by_mail=False)
        for one in crowd
    ]
    db.session.add_all(rows)
    make_post(topic, named.stranger)
    work()
    jobs = db.session.query(Job).filter(Job.kind == "community.post", Job.key.like("%:%:%")).count()
    assert jobs == 1
    assert db.session.query(Notice).filter_by(kind="posted").count() == BATCH + 5 + 1


# Mentions and quotations


def test_a_mention_leads_to_the_profile_and_nothing_else_of_the_post_changes(named: Cast) -> None:
    number = profile_of(named.stranger).number
    link = f'<a class="mention" href="/community/people/{number}">@Pavel</a>'
    assert linked("<p>Hi @Pavel!</p>") == f"<p>Hi {link}!</p>"
    for html in (
        "<p><code>@Pavel</code></p>",
        '<p><a href="https://x.org/@Pavel" title="a>@Pavel">x @Pavel</a></p>',
        "<pre>@Pavel</pre>",
        "<p>me@Pavel.org @Nobody &lt;b&gt; //@Pavel</p>",
    ):
        assert linked(html) == html
    assert f"people/{number}" in linked("<p>@pavel @PÁVEL</p>")
    unnamed = profile_of(named.agent)
    assert f"/people/{unnamed.number}" in linked(f"<p>@Member_{unnamed.number}</p>")


def test_ten_mentions_count_and_fifty_are_too_many(topic: Topic, named: Cast, work: Work) -> None:
    names = [f"Person{letter}" for letter in "abcdefghjkmp"]
    for place, name in enumerate(names):
        person = Person(email=f"p{place}@example.com", called="X")
        db.session.add(person)
        db.session.flush()
        call(person, name)
    make_post(topic, named.stranger, " ".join(f"@{name}" for name in names))
    work()
    assert db.session.query(Mention).count() == 10
    assert count_of("@a " * 1000) == 51


def test_a_thousand_mentions_are_refused_with_a_sentence(
    topic: Topic, named: Cast, browser_of: Enter
) -> None:
    answer = browser_of(named.stranger).send(f"/community/{topic.id}/answer", {"body": "@Pavel " * 1000})
    assert answer.status_code == 422
    assert "too many people" in answer.text
    assert db.session.query(Post).count() == 1


def test_only_people_of_the_topic_are_offered_while_a_name_is_typed(
    topic: Topic, named: Cast, browser_of: Enter
) -> None:
    make_post(topic, named.stranger)
    make_post(topic, named.colleague, gate="held")
    asks, path = browser_of(named.customer), f"/community/{topic.id}/people"
    for typed, shown in (("", True), ("pa", True), ("PÁ", True), ("an", False), ("%", True), ("x", False)):
        page = asks.send(path, {"q": typed}).text
        assert ("@" not in page, "Pavel" in page, "Ana" in page) == (True, shown, False), typed
    inner = make_topic(make_space("Inner", audience="members"), named.manager)
    assert asks.send(f"/community/{inner.id}/people").status_code == 404


def test_names_cannot_be_collected_letter_by_letter(
    app: Flask, topic: Topic, named: Cast, browser_of: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "LIMIT_NAMES", 3)
    make_post(topic, named.stranger)
    asks, path = browser_of(named.customer), f"/community/{topic.id}/people"
    answers = [asks.send(path, {"q": letter}) for letter in "papap"]
    assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
    assert ["Pavel" in one.text for one in answers] == [True, False, True, False, False]
    assert browser_of(named.colleague).send(path, {"q": "p"}).status_code == 200, "each is counted alone"
    assert asks.get(path).status_code == 405, "an address would be fetched without a token"


def test_a_quotation_names_its_writer_and_leaves_out_what_it_quotes(
    topic: Topic, named: Cast, browser_of: Enter
) -> None:
    post = make_post(topic, named.colleague, "> @Tomás:\n> old\n\nNew words\nof mine")
    assert quote_of(post) == "> @Ana_Lima:\n>\n> New words\n> of mine\n\n"
    asks = browser_of(named.customer)
    assert asks.get(f"/community/{topic.id}/posts/2/quote").text == quote_of(post)
    filled = asks.page(f"/community/{topic.id}?quote=2").select_one("#answer")
    assert filled
    assert "New words" in filled.text
    hidden = make_post(topic, named.colleague, "Hidden", gate="hidden")
    assert asks.get(f"/community/{topic.id}/posts/{hidden.place}/quote").status_code == 404
    assert asks.get(f"/community/{topic.id}?quote={hidden.place}").status_code == 404


def test_the_table_of_all_that_is_followed_holds_each_choice(
    topic: Topic, named: Cast, browser_of: Enter
) -> None:
    inner = make_space("Inner", audience="members", members=(named.customer,))
    asks = browser_of(named.customer)
    make_post(topic, named.stranger)
    for path in (f"/community/{topic.id}", "/community/in/inner", profile_of(named.stranger).address):
        assert asks.send(f"{path}/follow", {"way": "bell"}).status_code == 303
    page = asks.page("/community/mine")
    assert {"Thick walls", "Inner", "Pavel"} <= {link.text for link in page.select(".followed a")}
    asks.send(f"/community/{topic.id}/follow", {"way": "stop", "list": "yes"})
    asks.send("/community/mentions/follow", {"way": "bell", "list": "yes"})
    db.session.query(Space).filter_by(id=inner.id).one().audience = "organisation"
    db.session.commit()
    page = asks.page("/community/mine")
    assert {link.text for link in page.select(".followed a")} == {"Pavel"}
    assert way_of(named.customer, "mention", "") == "bell"
    assert "/community/mine" in asks.get("/account/notices/choices").text
    assert asks.send(f"/community/{topic.id}/follow", {"way": "loud"}).status_code == 400
