"""What a request goes through, and how both sides read it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.extensions import db
from portal.kit import clock
from portal.people.models import Team
from portal.tickets.actions import Words, close_solved, open_ticket
from portal.tickets.models import Ticket, TicketEvent

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_answer, make_note, make_ticket, take

BROWSER = Callable[..., PortalClient]


def lines(page: object) -> str:
    return " ".join(" ".join(part.text for part in page.select(".thread")).split())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("state", "customer_reads", "sentence", "agent_reads"),
    [
        ("new", "New", "We owe you an answer by ", "New"),
        ("open", "With us", "We owe you an answer by ", "Open"),
        ("waiting", "Waiting for you", "You owe us: an answer to our last question", "Waiting for customer"),
        ("solved", "Solved", "Nothing is owed: it is solved", "Solved"),
        ("closed", "Closed", "Nothing is owed: it was solved and is closed", "Closed"),
    ],
)
def test_each_state_is_told_in_plain_words(
    people: Cast, browser_of: BROWSER, state: str, customer_reads: str, sentence: str, agent_reads: str
) -> None:
    number = make_ticket(people.customer, state=state).number
    talk = browser_of(people.customer).page(f"/tickets/{number}").select_one("#talk")
    head = browser_of(people.agent).page(f"/desk/tickets/{number}").select_one("#ticket header")
    assert talk
    assert head
    assert customer_reads in talk.text
    assert sentence in talk.text
    assert agent_reads in head.text


def test_a_new_request_belongs_to_the_default_team_and_its_organisation(people: Cast) -> None:
    ticket = make_ticket(people.customer)
    assert ticket.team.is_default
    assert ticket.organisation
    assert ticket.organisation.name == "Marta & Filhas"
    assert (ticket.state, ticket.assignee_id) == ("new", None)


def test_numbers_have_no_gaps_even_when_a_request_was_not_made(people: Cast, browser_of: BROWSER) -> None:
    first = make_ticket(people.customer).number
    open_ticket("Undone", Words("x"), people.customer)
    db.session.rollback()
    assert make_ticket(people.customer).number == first + 1


def test_the_first_answer_takes_the_ticket_and_sets_the_state(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    agent = browser_of(people.agent)
    newest = db.session.query(TicketEvent.id).order_by(TicketEvent.id.desc()).limit(1).scalar()
    form = {"body": "Press it.", "kind": "answer", "then": "waiting", "seen": newest}
    agent.send(f"/desk/tickets/{ticket.number}/answer", form)
    assert (ticket.state, ticket.assignee_id) == ("waiting", people.agent.id)
    page = browser_of(people.customer).page(f"/tickets/{ticket.number}")
    assert "Agent looks after it now" in lines(page)
    assert "It is waiting for you now" in lines(page)
    assert "looks after it" in page.select_one("#about").text  # type: ignore[union-attr]


def test_the_customers_answer_puts_it_back_with_us(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer, state="waiting")
    browser_of(people.customer).send(f"/tickets/{ticket.number}/answer", {"body": "Done that."})
    assert ticket.state == "open"


@pytest.mark.parametrize("state", ["solved", "closed"])
def test_writing_opens_it_again(people: Cast, browser_of: BROWSER, state: str) -> None:
    ticket = make_ticket(people.customer, state=state)
    customer = browser_of(people.customer)
    customer.send(f"/tickets/{ticket.number}/answer", {"body": "Not solved."})
    assert ticket.state == "open"
    assert ticket.solved_at is None
    assert "You opened it again" in lines(customer.page(f"/tickets/{ticket.number}"))


def test_the_customer_solves_and_opens_by_a_button(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer, state="open")
    customer = browser_of(people.customer)
    for wanted in ("solved", "solved", "open"):
        assert customer.send(f"/tickets/{ticket.number}/answer", {"then": wanted}).status_code == 303
        assert ticket.state == wanted
    assert (
        db.session.query(TicketEvent)
        .where(TicketEvent.kind == "state", TicketEvent.actor_id.is_not(None))
        .count()
        == 2
    )


def test_a_solved_request_is_closed_after_seven_days(people: Cast, browser_of: BROWSER) -> None:
    now = clock.now()
    with clock.at(now - timedelta(days=7)):
        old = make_ticket(people.customer, state="solved")
    with clock.at(now - timedelta(days=6, hours=23)):
        young = make_ticket(people.customer, state="solved")
    with clock.at(now):
        assert close_solved() == 1
        assert close_solved() == 0
    db.session.commit()
    assert (old.state, young.state) == ("closed", "solved")
    page = browser_of(people.customer).page(f"/tickets/{old.number}")
    assert "Closed, a week after it was solved" in lines(page)


def test_opening_again_starts_the_week_anew(people: Cast) -> None:
    now = clock.now()
    with clock.at(now - timedelta(days=8)):
        ticket = make_ticket(people.customer, state="solved")
    with clock.at(now - timedelta(days=1)):
        make_answer(ticket, people.customer)
        make_answer(ticket, people.agent, then="solved")
    assert close_solved() == 0


def test_an_agent_takes_hands_over_and_gives_back(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    agent, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}"
    agent.send(f"{path}/take")
    assert (ticket.assignee_id, ticket.state) == (people.agent.id, "open")
    agent.send(f"{path}/change", {"assignee": str(people.manager.id)})
    assert browser_of(people.manager).page("/desk?view=mine").select("#list th[scope=row]")
    agent.send(f"{path}/change", {"assignee": ""})
    assert ticket.assignee_id is None
    story = lines(agent.page(path))
    assert "Agent looks after it now" in story
    assert "Agent handed it to Manager" in story
    assert "Agent gave it back to the team" in story


def test_a_ticket_is_not_handed_to_somebody_of_another_team(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    agent = browser_of(people.agent)
    for person in (people.agent2, people.customer, people.editor):
        answer = agent.send(f"/desk/tickets/{ticket.number}/change", {"assignee": str(person.id)})
        assert answer.status_code == 400
    assert ticket.assignee_id is None


@pytest.mark.parametrize("htmx", [False, True])
def test_whoever_hands_a_ticket_away_loses_sight_and_is_led_to_the_queue(
    people: Cast, browser_of: BROWSER, htmx: bool
) -> None:
    ticket = make_ticket(people.customer)
    take(ticket, people.agent)
    billing = db.session.query(Team).filter_by(name="Billing").one()
    agent, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}"
    answer = agent.send(f"{path}/change", {"team": str(billing.id), "view": "mine"}, htmx=htmx)
    assert answer.headers["HX-Redirect" if htmx else "Location"] == "/desk?view=mine"
    assert ticket.assignee_id is None
    assert agent.get(path).status_code == 404
    assert agent.send(f"{path}/answer", {"body": "late", "kind": "note"}).status_code == 404
    assert "Handed to the team Billing" in lines(browser_of(people.agent2).page(path))


def test_the_priority_is_ours_alone(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    spoken = ticket.spoken_at
    agent = browser_of(people.agent)
    agent.send(f"/desk/tickets/{ticket.number}/change", {"priority": "urgent"})
    assert "Agent set the priority: Urgent" in lines(agent.page(f"/desk/tickets/{ticket.number}"))
    customer = browser_of(people.customer)
    for path in (f"/tickets/{ticket.number}", "/tickets", "/account"):
        assert "rgent" not in customer.page(path).main.text  # type: ignore[union-attr]
    assert ticket.spoken_at == spoken


def test_only_the_two_sides_can_act(people: Cast, browser_of: BROWSER, client: PortalClient) -> None:
    number = make_ticket(people.customer).number
    for person in (people.stranger, people.colleague, people.agent2):
        browser = browser_of(person)
        assert browser.get(f"/tickets/{number}").status_code == 404
        assert browser.send(f"/tickets/{number}/answer", {"body": "x"}).status_code == 404
        assert browser.send(f"/tickets/{number}/answer", {"then": "solved"}).status_code == 404
        for path in ("answer", "take", "change"):
            assert browser.send(
                f"/desk/tickets/{number}/{path}", {"body": "x", "kind": "note"}
            ).status_code in (403, 404)
    assert client.get(f"/tickets/{number}").status_code == 303
    assert client.get("/tickets", headers={"HX-Request": "true"}).status_code == 401
    assert db.session.query(TicketEvent).count() == 1


def test_an_agent_who_opens_the_customers_address_is_led_to_the_desk(
    people: Cast, browser_of: BROWSER
) -> None:
    number = make_ticket(people.customer).number
    assert browser_of(people.agent).get(f"/tickets/{number}").location == f"/desk/tickets/{number}"


def test_an_agents_own_request_is_a_customers(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.agent2)
    make_note(ticket, people.agent, "quiet words")
    page = browser_of(people.agent2).page(f"/tickets/{ticket.number}")
    assert "quiet words" not in page.text


def test_htmx_gets_the_emptied_composer_and_the_talk(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    customer = browser_of(people.customer)
    answer = customer.send(f"/tickets/{ticket.number}/answer", {"body": "My words"}, htmx=True)
    page = soup(answer)
    assert page.select_one("#answer").text.strip() == ""  # type: ignore[union-attr]
    assert "My words" in page.select_one("#talk").text  # type: ignore[union-attr]
    assert "<html" not in answer.text
    assert "HX-Request" in answer.headers["Vary"]
    assert db.session.query(Ticket).one().last_words == "My words"


def test_too_many_changes_of_state_are_refused_where_the_button_is(
    people: Cast, browser_of: BROWSER, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = make_ticket(people.customer)
    customer, path = browser_of(people.customer), f"/tickets/{ticket.number}"
    monkeypatch.setitem(customer.application.config, "LIMIT_REQUESTS", 1)
    assert customer.send(f"{path}/answer", {"then": "solved"}, htmx=True).status_code == 200
    refused = customer.send(f"{path}/answer", {"then": "open"}, htmx=True)
    assert refused.status_code == 429
    assert soup(refused).select_one("#composer #errors")
    assert customer.page(path).select_one("#composer form.composer")["hx-status:429"]  # type: ignore[index]
    assert db.session.query(Ticket).one().state == "solved"
