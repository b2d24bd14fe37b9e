"""What asks for an idea: requests at the desk, topics, and the customers that agents see behind it."""

from collections.abc import Callable

import pytest

from portal.extensions import db
from portal.ideas.actions import link_ticket
from portal.ideas.models import Demand, Idea
from portal.people.models import Person
from portal.tickets.models import TicketEvent

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_idea, make_space, make_ticket, make_topic

Browser = Callable[[Person], PortalClient]
Work = Callable[[], int]


@pytest.fixture
def idea(people: Cast) -> Idea:
    return make_idea(make_space("Wishes", kinds=["idea"]), people.stranger, "Zebra theme")


def demand(idea: Idea) -> int:
    db.session.expire_all()
    assert idea.demand == db.session.query(Demand).filter_by(idea_id=idea.topic_id).count()
    return idea.demand


def test_an_agent_finds_and_links_an_idea_beside_the_ticket_and_takes_it_away(
    idea: Idea, people: Cast, browser_of: Browser, work: Work
) -> None:
    ticket = make_ticket(people.customer)
    work()
    agent, customer = browser_of(people.agent), browser_of(people.customer)
    path = f"/desk/tickets/{ticket.number}/ideas"
    assert agent.page(f"/desk/tickets/{ticket.number}").select_one("#ideas-found")
    assert "Zebra theme" in agent.get(f"{path}?q=zebra", headers={"HX-Request": "true"}).text
    assert "Zebra theme" in agent.page(f"{path}?q=zebra").text
    assert "We noted your wish" not in customer.page(f"/tickets/{ticket.number}").text

    for _ in range(2):
        assert agent.send(path, {"idea": str(idea.topic_id)}).status_code == 303

    assert demand(idea) == 1
    assert f"linked it to the idea {idea.topic_id}" in agent.page(f"/desk/tickets/{ticket.number}").text
    page = customer.page(f"/tickets/{ticket.number}")
    assert "We noted your wish" in page.text
    assert "linked it to the idea" not in page.text
    assert not page.select("form[action$='/ideas/remove']")
    assert "1 customer asked us for it" in customer.page(f"/ideas/{idea.topic_id}").text
    for _ in range(2):
        assert agent.send(f"{path}/remove", {"idea": str(idea.topic_id)}).status_code == 303
    assert demand(idea) == 0
    assert db.session.query(TicketEvent).where(TicketEvent.kind.in_(("idea", "no-idea"))).count() == 2
    for odd, status in (("99999", 404), ("odd", 400), ("", 400)):
        assert agent.send(path, {"idea": odd}).status_code == status


def test_a_wish_for_an_idea_that_the_customer_cannot_read_is_not_named(
    people: Cast, browser_of: Browser
) -> None:
    closed = make_space("Closed", "members", members=[people.agent], kinds=["idea"])
    idea = make_idea(closed, people.agent, "Innerword")
    ticket = make_ticket(people.customer)
    link_ticket(idea, ticket, people.agent)
    db.session.commit()
    assert "Innerword" not in browser_of(people.customer).page(f"/tickets/{ticket.number}").text
    assert "Innerword" in browser_of(people.agent).page(f"/desk/tickets/{ticket.number}").text


def test_agents_see_the_customers_of_their_teams_and_all_others_the_number(
    idea: Idea, people: Cast, browser_of: Browser, client: PortalClient
) -> None:
    for one in (
        make_ticket(people.customer, "Supportword"),
        make_ticket(people.colleague, "Again"),
        make_ticket(people.stranger, "Billingword", team="Billing"),
    ):
        link_ticket(idea, one, people.manager)
    db.session.commit()

    def page(browser: PortalClient) -> str:
        return browser.page(f"/ideas/{idea.topic_id}").text

    agent, billing, manager = (browser_of(one) for one in (people.agent, people.agent2, people.manager))
    assert "Supportword" in page(agent)
    assert "Billingword" not in page(agent)
    assert "2 requests of your teams" in page(agent)
    assert "Longport" not in page(agent)
    assert "Billingword" in page(billing)
    assert "Marta & Filhas" not in page(billing)
    assert "3 requests of your teams" in page(manager)
    for outside in (browser_of(people.customer), browser_of(people.editor), client):
        said = page(outside)
        assert "3 times customers asked us for it" in said
        assert not [
            word for word in ("Supportword", "Billingword", "Longport", "of your teams") if word in said
        ]


def test_staff_and_moderators_link_a_topic(idea: Idea, people: Cast, browser_of: Browser) -> None:
    topic = make_topic(make_space(), people.customer, "Can it have stripes?")
    agent = browser_of(people.agent)
    assert agent.page(topic.address).select_one(f'a[href="/community/{topic.id}/ideas"]')
    assert agent.send(f"/community/{topic.id}/ideas", {"idea": str(idea.topic_id)}).status_code == 303
    assert demand(idea) == 1
    customer = browser_of(people.customer)
    page = customer.page(topic.address)
    assert page.select_one(f'a[href="/ideas/{idea.topic_id}"]')
    assert not page.select(f'a[href="/community/{topic.id}/ideas"]')
    assert customer.send(f"/community/{topic.id}/ideas", {"idea": str(idea.topic_id)}).status_code == 403
    assert agent.send(f"/community/{idea.topic_id}/ideas", {"idea": str(idea.topic_id)}).status_code == 404
    agent.send(f"/community/{topic.id}/ideas/remove", {"idea": str(idea.topic_id)})
    assert demand(idea) == 0


def test_an_idea_that_is_held_cannot_be_linked(people: Cast, browser_of: Browser) -> None:
    held = make_idea(make_space("Wishes", kinds=["idea"]), people.stranger, gate="held")
    ticket = make_ticket(people.customer)
    manager = browser_of(people.manager)
    path = f"/desk/tickets/{ticket.number}/ideas"
    assert manager.send(path, {"idea": str(held.topic_id)}).status_code == 404
    assert demand(held) == 0
