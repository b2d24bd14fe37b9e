"""What becomes of an idea: steps with reasons, who is told and how, ideas that say the same."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.audit.models import AuditEntry
from portal.community.following import BELL, MAIL, STOP, choose
from portal.community.models import Space
from portal.extensions import db
from portal.ideas.actions import Decision, decide, link_ticket, link_topic, vote
from portal.ideas.jobs import BATCH, letter, tell_all
from portal.ideas.models import Idea, IdeaStep
from portal.ideas.wording import STATES, quarter_words, quarters
from portal.mail.models import Letter
from portal.notifications.access import visible_notices
from portal.notifications.actions import choose_mail
from portal.notifications.models import Notice
from portal.notifications.queries import lines
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_idea, make_post, make_space, make_ticket, make_topic

Browser = Callable[[Person], PortalClient]
Work = Callable[[], int]


@pytest.fixture
def idea(people: Cast) -> Idea:
    return make_idea(make_space("Wishes", kinds=["idea"]), people.stranger)


def told(person: Person) -> list[str]:
    """What stands under a person's bell of ideas, the oldest first."""
    rows = visible_notices(person).where(Notice.kind == "idea").order_by(Notice.id)
    with force_locale("en"):
        return [str(line.words.striptags()) for line in lines(db.session.scalars(rows))]


def mails(person: Person) -> list[Letter]:
    return db.session.query(Letter).filter_by(recipient=person.email).order_by(Letter.id).all()


def say(browser: PortalClient, idea: Idea, state: str, reason: str = "", **more: str) -> int:
    return browser.send_fresh(
        f"/ideas/{idea.topic_id}/decide", {"state": state, "reason": reason, "quarter": "", "same": ""} | more
    ).status_code


def settle(idea: Idea, state: str, people: Cast, reason: str = "It is so.") -> None:
    decide(idea, Decision(state, reason), people.manager)
    db.session.commit()


def test_who_may_decides_with_a_public_reason_and_every_step_is_kept(
    idea: Idea, people: Cast, browser_of: Browser
) -> None:
    manager = browser_of(people.manager)
    quarter = quarters()[2]
    assert say(manager, idea, "planned", "Many of you want it.", quarter=quarter) == 303
    assert say(manager, idea, "started") == 303
    assert say(manager, idea, "released", "Under **Look**.") == 303

    db.session.expire_all()
    steps = db.session.query(IdeaStep).order_by(IdeaStep.id).all()
    assert [step.state for step in steps] == ["planned", "started", "released"]
    assert (idea.state, idea.quarter) == ("released", "")
    assert db.session.query(AuditEntry).filter_by(act="decided an idea").count() == 3
    page = browser_of(people.customer).page(f"/ideas/{idea.topic_id}")
    assert "Many of you want it." in page.text
    assert not page.select('a[href$="/decide"]')
    assert len(page.select(".timeline li")) == 4
    assert browser_of(people.agent).get(f"/ideas/{idea.topic_id}/decide").status_code == 403


def test_a_plan_shows_its_quarter_on_the_roadmap(idea: Idea, people: Cast, browser_of: Browser) -> None:
    manager = browser_of(people.manager)
    quarter = quarters()[3]
    say(manager, idea, "planned", quarter=quarter)
    assert quarter_words(quarter) in manager.page("/ideas/roadmap").text
    assert say(manager, idea, "planned", quarter="1999-1") == 422


def test_an_end_needs_a_reason_and_a_long_one_is_kept_with_a_sentence(
    idea: Idea, people: Cast, browser_of: Browser
) -> None:
    manager = browser_of(people.manager)
    for state in ("released", "declined"):
        assert say(manager, idea, state, "  ") == 422
    answer = manager.send_fresh(f"/ideas/{idea.topic_id}/decide", {"state": "declined", "reason": "x" * 2003})
    assert answer.status_code == 422
    assert "3 characters too many" in answer.text
    assert "x" * 2003 in answer.text
    assert say(manager, idea, "odd", "x") == 422
    assert not db.session.query(IdeaStep).count()


def test_of_two_who_decide_at_once_the_second_is_told(idea: Idea, people: Cast, browser_of: Browser) -> None:
    first, second = browser_of(people.manager), browser_of(people.admin)
    form = {"state": "declined", "reason": "No time", "seen": "0", "quarter": "", "same": ""}
    path = f"/ideas/{idea.topic_id}/decide"
    assert first.send(path, form | {"state": "planned", "reason": "Yes"}).status_code == 303
    late = second.send(path, form)
    assert late.status_code == 409
    assert "Somebody else decided meanwhile" in late.text
    assert "No time" in late.text
    assert "Yes" in late.text
    db.session.expire_all()
    assert idea.state == "planned"


def test_nothing_is_said_of_an_idea_that_others_do_not_see(
    people: Cast, browser_of: Browser, work: Work
) -> None:
    idea = make_idea(make_space("Wishes", kinds=["idea"]), people.stranger, gate="held")
    manager = browser_of(people.manager)
    assert say(manager, idea, "planned") == 303
    assert "nothing can be said of it" in manager.page(f"/ideas/{idea.topic_id}").text
    assert not db.session.query(IdeaStep).count()


def test_voters_are_told_once_in_their_language_and_by_mail_where_they_chose_it(
    idea: Idea, people: Cast, work: Work
) -> None:
    for one in (people.customer, people.agent, people.agent2):
        vote(idea, one)
    choose(people.customer, "topic", str(idea.topic_id), MAIL)
    choose(people.agent2, "topic", str(idea.topic_id), STOP)
    people.customer.language = "pt_BR"
    make_post(idea.topic, people.customer, "I **work** at night.")
    settle(idea, "released", people, "Under Look.")
    work()
    step = db.session.query(IdeaStep).one()
    tell_all({"step": step.id})
    work()

    assert told(people.customer) == [
        "You said, we did: “Dark theme” is released. You wrote: “I work at night.”"
    ]
    assert told(people.agent) == ["You said, we did: “Dark theme” is released"]
    assert told(people.agent2) == told(people.manager) == []
    (mail,) = [one for one in mails(people.customer) if "Under Look." in str(one.text)]
    assert "I work at night." in str(mail.text)
    assert "released" not in str(mail.subject)
    assert not [one for one in mails(people.agent) if "Dark theme" in one.subject]
    assert [one for one in mails(people.stranger) if "Under Look." in str(one.text)]  # whose idea it is


def test_the_same_state_with_other_words_tells_nobody_again(idea: Idea, people: Cast, work: Work) -> None:
    settle(idea, "planned", people, "Soon")
    settle(idea, "planned", people, "Soon.")
    settle(idea, "planned", people, "Soon.")
    work()
    assert told(people.stranger) == ["“Dark theme” is planned now"]
    assert db.session.query(IdeaStep).one().reason == "Soon."


def test_who_asked_elsewhere_hears_of_the_release_with_their_own_words(
    idea: Idea, people: Cast, work: Work, client: PortalClient
) -> None:
    ticket = make_ticket(people.customer, "Too bright", "My eyes **hurt** at night.")
    topic = make_topic(make_space(), people.colleague, "Bright pages", "Can it be darker?")
    link_ticket(idea, ticket, people.agent)
    link_topic(idea, topic, people.manager)
    settle(idea, "planned", people)
    work()
    assert told(people.customer) == ["“Dark theme” is planned now"]
    assert not [one for one in mails(people.customer) if "Dark theme" in one.subject]
    settle(idea, "released", people)
    work()

    assert told(people.customer)[-1].endswith("You wrote: “My eyes hurt at night.”")
    assert told(people.colleague)[-1].endswith("You wrote: “Can it be darker?”")
    (mail,) = [one for one in mails(people.customer) if "Dark theme" in one.subject]
    assert "> My eyes hurt at night." in str(mail.text)
    assert "Can it be darker" not in str(mail.text)
    stop = str(mail.text).rpartition("/community/stop/")[2].split()[0]
    assert client.post(f"/community/stop/{stop}").status_code == 200
    settle(idea, "started", people)
    settle(idea, "released", people)
    work()
    assert len([one for one in mails(people.customer) if "Dark theme" in one.subject]) == 1


def test_rights_and_choices_are_asked_again_for_each_mail(
    people: Cast, idea: Idea, work: Work, app: Flask
) -> None:
    for one in (people.customer, people.agent):
        vote(idea, one)
        choose(one, "topic", str(idea.topic_id), MAIL)
    choose_mail(people.agent, "community", wanted=False)
    idea.topic.space.audience = "organisation"
    settle(idea, "started", people)
    work()
    step = db.session.query(IdeaStep).one()
    letter({"step": step.id, "person": people.customer.id, "job": 1})
    assert told(people.customer) == told(people.agent) == []
    idea.topic.space.audience = "public"
    db.session.commit()
    tell_all({"step": step.id})
    work()
    assert told(people.agent)
    assert not [one for one in mails(people.agent) if "Dark theme" in one.subject]
    assert [one for one in mails(people.customer) if "Dark theme" in one.subject]


def test_many_are_told_in_batches(
    idea: Idea, people: Cast, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert BATCH > 1
    monkeypatch.setattr("portal.ideas.jobs.BATCH", 2)
    everybody = (people.customer, people.agent, people.agent2, people.editor, people.admin)
    for one in everybody:
        vote(idea, one)
        choose(one, "topic", str(idea.topic_id), BELL)
    settle(idea, "started", people)
    work()
    assert [told(one) for one in everybody] == [["Work on “Dark theme” has started"]] * 5


def test_an_idea_that_is_the_same_gives_its_votes_to_the_other(
    idea: Idea, people: Cast, browser_of: Browser, work: Work
) -> None:
    space: Space = idea.topic.space
    other = make_idea(space, people.customer, "Night mode")
    for one in (people.agent, people.agent2):
        vote(other, one)
    vote(idea, people.agent)
    link_ticket(other, make_ticket(people.customer), people.agent)
    db.session.commit()
    manager = browser_of(people.manager)
    path = f"/ideas/{other.topic_id}/decide"
    for same in (str(other.topic_id), "99999", "odd"):
        assert say(manager, other, "declined", same=same) == 422
    assert say(manager, other, "planned", same=str(idea.topic_id)) == 422

    assert say(manager, other, "declined", same=f"https://x/ideas/{idea.topic_id}") == 303

    db.session.expire_all()
    assert (idea.topic.votes, other.topic.votes, idea.demand, other.demand) == (4, 0, 1, 0)
    page = browser_of(people.agent).page(f"/ideas/{other.topic_id}")
    assert page.select_one(f'.idea-head a[href="/ideas/{idea.topic_id}"]')
    work()
    assert told(people.agent2) == ["“Night mode” was declined"]
    settle(idea, "released", people)
    work()
    assert told(people.agent2)[-1] == "You said, we did: “Dark theme” is released"
    assert manager.get(path).status_code == 200


def test_the_change_log_holds_what_was_released_by_month_and_as_a_feed(
    idea: Idea, people: Cast, client: PortalClient
) -> None:
    settle(idea, "released", people, "Look & feel\x01 <b>")
    page = client.page("/ideas/changes")
    assert "Look & feel" in page.text
    feed = client.get("/ideas/changes.xml")
    assert feed.mimetype == "application/atom+xml"
    assert "Look &amp; feel" in feed.text
    assert "\x01" not in feed.text
    assert f"/ideas/{idea.topic_id}" in feed.text
    assert "/ideas/roadmap" in client.get("/sitemap/ideas.xml").text
    assert "/sitemap/ideas.xml" in client.get("/sitemap.xml").text
    assert set(STATES) == {"review", "planned", "started", "released", "declined"}
