"""The board, the page of an idea, votes, and a new idea."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.community.actions import profile_of
from portal.community.following import STOP, choose, way_of
from portal.community.models import Space, Topic, TopicTag
from portal.extensions import db
from portal.ideas.actions import Decision, decide
from portal.ideas.models import Idea, IdeaVote
from portal.kit import clock
from portal.people.models import Membership, Person

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_idea, make_post, make_space

Browser = Callable[[Person], PortalClient]


@pytest.fixture
def space(people: Cast) -> Space:
    return make_space("Wishes", kinds=["idea"])


def votes(idea: Idea) -> int:
    db.session.expire_all()
    assert idea.topic.votes == db.session.query(IdeaVote).filter_by(topic_id=idea.topic_id).count()
    return idea.topic.votes


def vote(browser: PortalClient, idea: Idea, wanted: str = "yes", **more: bool) -> int:
    return browser.send(f"/ideas/{idea.topic_id}/vote", {"wanted": wanted}, **more).status_code


def _form(browser: PortalClient, **more: str) -> dict[str, str]:
    """The fields of a form that was open for a minute."""
    with clock.at(clock.now() - timedelta(minutes=1)):
        form = browser.page("/ideas/new").select_one("#ask-all")
    assert form
    hidden = {
        str(f["name"]): str(f.get("value", "")) for f in form.select("input[type=hidden]") if f.get("name")
    }
    return hidden | {"space": "wishes", "title": "Dark theme", "body": "For the night."} | more


def test_lists_of_topics_say_where_an_idea_stands(space: Space, people: Cast, browser_of: Browser) -> None:
    idea = make_idea(space, people.customer)
    idea.topic.tags = ["night"]
    db.session.add(TopicTag(topic_id=idea.topic_id, tag="night"))
    decide(idea, Decision("planned", "Soon"), people.manager)
    db.session.commit()
    browser, number = browser_of(people.customer), profile_of(people.customer).number
    lists = ("", "/in/wishes", "/tagged/night", "/mine", f"/people/{number}")
    for path in lists:
        row = browser.page(f"/community{path}").select_one("li.topic-row")
        assert row, path
        assert [word for word in ("Planned", "Idea") if word in row.text] == ["Planned", "Idea"], path


def test_an_idea_is_suggested_once_with_its_own_vote_as_the_first(
    space: Space, people: Cast, browser_of: Browser
) -> None:
    browser = browser_of(people.customer)
    form = _form(browser)

    first, second = browser.send("/ideas/new", form), browser.send("/ideas/new", form)

    idea = db.session.query(Idea).one()
    assert first.headers["Location"] == second.headers["Location"] == f"/ideas/{idea.topic_id}"
    assert (idea.state, idea.topic.kind, votes(idea)) == ("review", "idea", 1)
    assert way_of(people.customer, "topic", str(idea.topic_id)) == "mail"
    page = browser.page(f"/ideas/{idea.topic_id}")
    assert "Your organisation voted" in page.text
    assert "Under review" in page.text
    assert not page.select("#ballot-1 form")
    assert browser.send(f"/community/{idea.topic_id}/posts/1/vote", {"helpful": "yes"}).status_code == 403
    assert (
        browser.get(f"/community/{idea.topic_id}?at=last").headers["Location"]
        == f"/ideas/{idea.topic_id}?at=last"
    )


def test_bad_forms_keep_what_was_typed(
    space: Space, people: Cast, browser_of: Browser, client: PortalClient
) -> None:
    make_space("Talk")
    browser = browser_of(people.customer)
    for form, words in (({"title": ""}, "Say in a few words"), ({"body": ""}, "Write what others need")):
        answer = browser.send("/ideas/new", _form(browser, **form))
        assert answer.status_code == 422
        assert words in answer.text
    assert browser.send("/ideas/new", _form(browser, space="talk")).status_code == 422
    assert browser.send("/ideas/new", _form(browser, kind="question")).status_code == 422
    answer = client.send("/ideas/new", _form(client, title="Mine"))
    assert answer.status_code == 422
    assert "/sign-in?next=/ideas/new" in answer.text
    assert 'value="Mine"' in answer.text
    assert not db.session.query(Idea).count()


def test_like_ideas_show_while_a_title_is_typed(
    space: Space, people: Cast, browser_of: Browser, work: Callable[[], int]
) -> None:
    idea = make_idea(space, people.stranger, "Zebra stripes in the charts")
    work()
    browser = browser_of(people.customer)
    found = browser.get("/ideas/new?title=zebra stripes", headers={"HX-Request": "true"}).text
    assert f'href="/ideas/{idea.topic_id}"' in found
    assert "1 vote: add yours" in found
    looked = browser.send("/ideas/new", _form(browser, title="zebra stripes", look="yes"))
    assert f'href="/ideas/{idea.topic_id}"' in looked.text
    assert "Zebra" in browser.page("/ideas?q=zebra").text
    assert "No idea says that yet" in browser.page("/ideas?q=qqqqqq").text


def test_an_organisation_has_one_vote_and_a_person_without_one_their_own(
    space: Space, people: Cast, browser_of: Browser
) -> None:
    idea = make_idea(space, people.stranger)
    customer, colleague, agent = (
        browser_of(one) for one in (people.customer, people.colleague, people.agent)
    )

    for browser in (customer, customer, colleague, agent, agent):
        assert vote(browser, idea) == 303

    assert votes(idea) == 3
    assert way_of(people.customer, "topic", str(idea.topic_id)) == "bell"
    page = colleague.page(f"/ideas/{idea.topic_id}")
    assert "can take it back" in page.text
    assert not page.select(".vote form")
    vote(colleague, idea, "no")
    assert votes(idea) == 3
    vote(customer, idea, "no")
    vote(agent, idea, "no")
    assert votes(idea) == 1


def test_a_manager_takes_the_vote_of_the_organisation_back(
    space: Space, people: Cast, browser_of: Browser
) -> None:
    idea = make_idea(space, people.stranger)
    vote(browser_of(people.customer), idea)
    db.session.query(Membership).filter_by(person_id=people.colleague.id).one().is_manager = True
    db.session.commit()

    answer = browser_of(people.colleague).send(f"/ideas/{idea.topic_id}/vote", {"wanted": "no"}, htmx=True)

    assert answer.status_code == 200
    assert f'id="vote-{idea.topic_id}"' in answer.text
    assert votes(idea) == 1


def test_who_belongs_to_several_organisations_votes_for_the_first(
    space: Space, people: Cast, browser_of: Browser
) -> None:
    idea = make_idea(space, people.manager)
    other = people.stranger.memberships[0].organisation_id
    people.customer.memberships.append(Membership(organisation_id=other))
    db.session.commit()
    vote(browser_of(people.customer), idea)
    first = min(one.organisation_id for one in people.customer.memberships)
    assert db.session.query(IdeaVote).filter_by(voter=f"org-{first}").count() == 1


def test_voting_does_not_bring_back_what_was_stopped(space: Space, people: Cast, browser_of: Browser) -> None:
    idea = make_idea(space, people.stranger)
    choose(people.customer, "topic", str(idea.topic_id), STOP)
    db.session.commit()
    vote(browser_of(people.customer), idea)
    assert way_of(people.customer, "topic", str(idea.topic_id)) == ""


def test_votes_are_limited_and_end_with_the_decision(
    space: Space, people: Cast, browser_of: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    idea = make_idea(space, people.stranger)
    browser = browser_of(people.customer)
    monkeypatch.setitem(app.config, "LIMIT_MARKS", 3)
    said = [vote(browser, idea, wanted) for wanted in ("yes", "no", "yes", "no")]
    assert said == [303, 303, 303, 429]
    assert (
        "That was a lot at once"
        in browser.send(f"/ideas/{idea.topic_id}/vote", {"wanted": "no"}, htmx=True).text
    )
    assert votes(idea) == 2
    assert vote(browser_of(people.agent), idea, "maybe") == 400
    decide(idea, Decision("released", "It is there."), people.manager)
    db.session.commit()
    late = browser_of(people.agent)
    assert vote(late, idea) == 303
    assert "votes are no longer counted" in late.page(f"/ideas/{idea.topic_id}").text
    assert votes(idea) == 2


def test_a_visitor_reads_and_is_led_to_sign_in_and_back(
    space: Space, people: Cast, client: PortalClient
) -> None:
    idea = make_idea(space, people.stranger)
    page = client.page(f"/ideas/{idea.topic_id}")
    link = page.select_one(".vote a")
    assert link
    assert link["href"] == f"/sign-in?next=/ideas/{idea.topic_id}"
    assert vote(client, idea) == 401
    assert client.page("/ideas").select_one(".vote a")
    assert not page.select("form[action$=vote]")


def test_the_board_counts_filters_sorts_and_goes_on_by_key(
    space: Space, people: Cast, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.ideas.queries.A_PAGE", 2)
    ideas = [make_idea(space, people.stranger, f"Idea {n}") for n in range(4)]
    browser = browser_of(people.customer)
    vote(browser, ideas[0])
    decide(ideas[3], Decision("declined", "Not ours."), people.manager)
    ideas[1].demand = 5
    db.session.commit()

    def titles(path: str) -> list[str]:
        return [link.text for link in browser.page(path).select(".idea-row h2 a")]

    assert titles("/ideas") == ["Idea 0", "Idea 2"]
    assert titles("/ideas?sort=newest") == ["Idea 2", "Idea 1"]
    assert titles("/ideas?sort=wanted") == ["Idea 1", "Idea 0"]
    assert titles("/ideas?state=declined") == ["Idea 3"]
    assert titles("/ideas?state=odd&sort=odd&after=odd") == ["Idea 0", "Idea 2"]
    more = browser.page("/ideas").select_one(".pager a")
    assert more
    assert titles(str(more["href"])) == ["Idea 1"]
    tabs = {tab.text for tab in browser.page("/ideas").select("nav[aria-label='Which ideas'] a")}
    assert {"Open for votes3", "Declined1", "Released0", "All4"} <= tabs
    assert "No idea stands here" in browser.page("/ideas?state=planned").text


def test_an_empty_board_says_what_belongs_there(
    people: Cast, browser_of: Browser, client: PortalClient
) -> None:
    assert "Nothing was suggested here" in client.page("/ideas").text
    assert "No space takes ideas from you" in browser_of(people.customer).page("/ideas/new").text
    make_space("Wishes", kinds=["idea"])
    assert client.page("/ideas").select_one('.empty a[href="/ideas/new"]')
    assert "Nothing is planned yet" in client.page("/ideas/roadmap").text
    assert "Nothing was released yet" in client.page("/ideas/changes").text
    assert "<entry" not in client.get("/ideas/changes.xml").text


def test_ideas_of_closed_spaces_and_held_ones_are_not_there_for_others(
    people: Cast, browser_of: Browser, client: PortalClient
) -> None:
    closed = make_space(
        "Closed", "organisation", organisation=people.customer.memberships[0].organisation, kinds=["idea"]
    )
    inner = make_idea(closed, people.customer, "Innerword")
    held = make_idea(make_space("Wishes", kinds=["idea"]), people.customer, "Heldword", gate="held")
    decide(inner, Decision("released", "Innerreason"), people.manager)
    db.session.commit()
    stranger = browser_of(people.stranger)
    for browser in (stranger, client):
        for path in ("/ideas?state=all", "/ideas/roadmap", "/ideas/changes", "/ideas/changes.xml"):
            assert not {"Innerword", "Innerreason", "Heldword"} & set(browser.get(path).text.split()), path
            assert "Innerword" not in browser.get(path).text
        for idea in (inner, held):
            assert browser.get(f"/ideas/{idea.topic_id}").status_code == 404
            assert browser.get(f"/ideas/{idea.topic_id}/panel").status_code == 404
    assert vote(stranger, inner) == vote(stranger, held) == 404
    ours = browser_of(people.colleague)
    assert "Innerword" in ours.page("/ideas/changes").text
    assert "All1" in ours.page("/ideas").text
    assert "Innerword" not in ours.get("/ideas/changes.xml").text
    assert vote(browser_of(people.customer), held) == 403


def test_comments_are_posts_of_the_topic(space: Space, people: Cast, browser_of: Browser) -> None:
    idea = make_idea(space, people.stranger)
    make_post(idea.topic, people.customer, "Yes please")
    page = browser_of(people.customer).page(f"/ideas/{idea.topic_id}?post=2")
    assert "Yes please" in page.text
    assert "1 comment" in page.text
    assert page.select_one("#ballot-2")
    assert db.session.query(Topic).one().posts == 2
