"""A request's question becomes a topic: cleaned by the desk, and only with its requester's yes."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.community.actions import profile_of
from portal.community.models import Post, Topic
from portal.crossing.models import Crossing, Proposal
from portal.extensions import db
from portal.kit.codes import new_code
from portal.mail.models import Letter
from portal.notifications.models import Notice
from portal.people.models import Person
from portal.tickets.guests import digest_of, link_path
from portal.tickets.models import Ticket, TicketEvent

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_answer, make_note, make_space, make_ticket
from .look import one

BROWSER = Callable[[Person], PortalClient]
WORK = Callable[[], int]
GOOD = {
    "title": "Which light is orange?",
    "question": "It blinks since noon.",
    "answer": "Hold it for ten seconds.",
}


@pytest.fixture
def ticket(people: Cast) -> Ticket:
    profile_of(people.customer).name = "Granite"
    profile_of(people.agent).name = "Lena of support"
    made = make_ticket(
        people.customer, "The light of Customer", "Mail me: customer@example.com or +55 11 91234-5678."
    )
    make_note(made, people.agent, "Innerwords")
    make_answer(made, people.agent, "Dear Customer, hold it for ten seconds.", then="solved")
    make_space()
    return made


def _propose(browser: PortalClient, ticket: Ticket, **more: str) -> Proposal:
    answer = browser.send_fresh(
        f"/desk/tickets/{ticket.number}/to-topic", {"space": "routers", **GOOD, **more}
    )
    assert answer.status_code == 303, answer.text
    return db.session.query(Proposal).order_by(Proposal.id.desc()).first()  # type: ignore[return-value]


def _path(proposal: Proposal) -> str:
    return f"/tickets/{proposal.ticket.number}/proposal/{proposal.id}"


def _agree(browser: PortalClient, proposal: Proposal, **more: str) -> int:
    data = {"title": proposal.title, "question": proposal.question, "say": "yes", **more}
    return browser.send(_path(proposal), data).status_code


def test_the_desk_reads_what_was_found_beside_the_words_without_it(
    people: Cast, browser_of: BROWSER, ticket: Ticket
) -> None:
    page = browser_of(people.agent).page(f"/desk/tickets/{ticket.number}/to-topic")

    marked = [mark.text for mark in page.select("mark")]
    assert {"Customer", "customer@example.com", "+55 11 91234-5678"} <= set(marked)
    assert one(page, "[name=title]")["value"] == "The light of [name]"
    assert one(page, "textarea[name=question]").text.strip() == "Mail me: [e-mail] or [phone]."
    assert one(page, "textarea[name=answer]").text.strip() == "Dear [name], hold it for ten seconds."
    assert "Innerwords" not in page.text


def test_agreed_words_become_a_topic_with_the_accepted_answer_and_links_both_ways(
    app: Flask, people: Cast, browser_of: BROWSER, ticket: Ticket, work: WORK
) -> None:
    proposal = _propose(browser_of(people.agent), ticket)
    work()
    told = db.session.query(Notice).filter_by(person_id=people.customer.id, kind="proposed").one()
    assert told.address == _path(proposal)
    letter = db.session.query(Letter).filter(Letter.text.contains("May others read")).one()
    assert letter.recipient == "customer@example.com"
    customer = browser_of(people.customer)
    assert customer.page(f"/tickets/{ticket.number}").select_one(f"a[href='{_path(proposal)}']")

    page = customer.page(_path(proposal))
    shown = one(page, ".shown-there").get_text(" ", strip=True)
    assert all(words in shown for words in (*GOOD.values(), "Granite", "Lena of support"))
    assert "Routers" in page.text
    assert db.session.query(Topic).count() == 0, "a look changes nothing"
    assert _agree(customer, proposal) == 303
    work()

    topic = db.session.query(Topic).one()
    question, answer = db.session.query(Post).order_by(Post.place)
    assert (topic.title, question.body, answer.body) == tuple(GOOD.values())
    assert (question.author_id, answer.author_id) == (people.customer.id, people.agent.id)
    assert (topic.accepted_id, answer.by_staff, topic.gate, topic.posts) == (answer.id, True, "", 2)
    public = app.test_client().get(f"/community/{topic.id}").text
    assert "Granite" in public
    for word in ("Customer", "Agent", str(ticket.number), "customer@example.com"):
        assert word not in public, word
    own = customer.page(f"/tickets/{ticket.number}")
    assert own.select_one(f".event a[href='/community/{topic.id}']")
    assert own.select_one(f".aside a[href='/community/{topic.id}']")
    assert customer.page(f"/community/{topic.id}").select_one(f"#crossing a[href='/tickets/{ticket.number}']")
    desk = browser_of(people.agent)
    assert desk.page(f"/desk/tickets/{ticket.number}").select_one(f".who a[href='/community/{topic.id}']")
    assert desk.page(f"/community/{topic.id}").select_one(
        f"#crossing a[href='/desk/tickets/{ticket.number}']"
    )
    assert "Make it a request" not in desk.page(f"/community/{topic.id}").text
    assert db.session.query(Notice).filter_by(person_id=people.agent.id, kind="agreed").count() == 1
    assert _agree(customer, proposal) == 303
    assert db.session.query(Topic).count() == db.session.query(Crossing).count() == 1


def test_a_no_shows_nothing_and_tells_the_agent(people: Cast, browser_of: BROWSER, ticket: Ticket) -> None:
    proposal = _propose(browser_of(people.agent), ticket)
    customer = browser_of(people.customer)

    assert customer.send(_path(proposal), {"say": "no"}).status_code == 303

    assert (db.session.query(Topic).count(), proposal.state) == (0, "declined")
    assert db.session.query(Notice).filter_by(person_id=people.agent.id, kind="declined").count() == 1
    assert _agree(customer, proposal) == 303
    assert db.session.query(Topic).count() == 0
    assert "does not want others" in browser_of(people.agent).page(f"/desk/tickets/{ticket.number}").text


def test_words_that_changed_are_asked_about_anew_and_what_was_dropped_is_agreed_to_by_nobody(
    people: Cast, browser_of: BROWSER, ticket: Ticket
) -> None:
    desk, customer = browser_of(people.agent), browser_of(people.customer)
    first = _propose(desk, ticket)
    second = _propose(desk, ticket, question="It blinks since one.")

    assert (first.state, second.state) == ("dropped", "asked")
    assert _agree(customer, first) == 303
    assert db.session.query(Topic).count() == 0
    assert customer.get(_path(first)).headers["Location"] == f"/tickets/{ticket.number}#newest"
    assert desk.send(f"/desk/tickets/{ticket.number}/to-topic/drop").status_code == 303
    assert _agree(customer, second) == 303
    assert (db.session.query(Topic).count(), second.state) == (0, "dropped")


def test_what_still_tells_of_somebody_is_sent_only_when_the_agent_has_looked(
    people: Cast, browser_of: BROWSER, ticket: Ticket
) -> None:
    desk, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}/to-topic"
    words = {"space": "routers", **GOOD, "answer": "Ask Customer at 11 91234-5678."}

    stopped = desk.send_fresh(path, words)

    assert stopped.status_code == 422
    assert "Customer · 11 91234-5678" in stopped.text
    assert db.session.query(Proposal).count() == 0
    assert desk.send(path, {**words, "sure": "y"}).status_code == 303


def test_the_customer_changes_their_words_and_is_warned_of_what_tells_of_them(
    people: Cast, browser_of: BROWSER, ticket: Ticket
) -> None:
    proposal = _propose(browser_of(people.agent), ticket)
    customer = browser_of(people.customer)
    mine = {"title": "My light", "question": "Write to me: me@example.net"}

    warned = customer.send(_path(proposal), {"say": "yes", **mine})
    assert warned.status_code == 422
    assert "me@example.net" in warned.text
    assert customer.send(_path(proposal), {"say": "yes", "title": "", "question": "x"}).status_code == 422
    assert db.session.query(Topic).count() == 0
    assert _agree(customer, proposal, **mine, sure="y") == 303

    assert db.session.query(Topic).one().title == "My light"
    assert db.session.query(Post).filter_by(place=2).one().body == GOOD["answer"]


def test_nobody_but_who_asked_sees_what_they_are_asked_and_a_code_says_no_only(
    app: Flask, people: Cast, browser_of: BROWSER, ticket: Ticket
) -> None:
    proposal = _propose(browser_of(people.agent), ticket)
    people.colleague.memberships[0].is_manager = True
    code = new_code()
    ticket.code_digest = digest_of(ticket.number, code)
    db.session.commit()

    for other in (people.colleague, people.stranger, people.agent, people.admin):
        assert browser_of(other).get(_path(proposal)).status_code == 404, other.called
        assert _agree(browser_of(other), proposal) == 404
    assert browser_of(people.colleague).get(f"/tickets/{ticket.number}").status_code == 200
    assert "May others read" not in browser_of(people.colleague).page(f"/tickets/{ticket.number}").text
    visitor: PortalClient = app.test_client()  # type: ignore[assignment]
    assert visitor.get(_path(proposal)).status_code == 303
    caller: PortalClient = app.test_client()  # type: ignore[assignment]
    caller.send("/tickets/follow", {"number": str(ticket.number), "code": code})
    assert caller.page(_path(proposal)).select("button[value=yes]") == []
    assert _agree(caller, proposal) == 403
    guest: PortalClient = app.test_client()  # type: ignore[assignment]
    entered = guest.get(link_path(ticket, people.customer, proposal=proposal.id))
    assert entered.headers["Location"] == _path(proposal)
    assert db.session.query(Topic).count() == 0
    assert _agree(guest, proposal) == 303
    assert db.session.query(Topic).count() == 1


def test_only_spaces_that_both_read_are_offered(people: Cast, browser_of: BROWSER, ticket: Ticket) -> None:
    make_space("Ours", "organisation", organisation=people.customer.memberships[0].organisation)
    make_space("Theirs", "organisation", organisation=people.stranger.memberships[0].organisation)
    make_space("Staff", "members", members=[people.agent])
    make_space("News", open_to_all=False)
    make_space("Ideas", kinds=["idea"])
    path = f"/desk/tickets/{ticket.number}/to-topic"

    offered = {
        who.called: [one["value"] for one in browser_of(who).page(path).select("[name=space] option")]
        for who in (people.agent, people.admin)
    }

    assert offered == {"Agent": ["routers"], "Admin": ["ours", "routers"]}
    assert browser_of(people.agent).send(path, {"space": "staff", **GOOD}).status_code == 422


def test_a_space_that_was_closed_to_the_customer_meanwhile_gets_nothing(
    people: Cast, browser_of: BROWSER, ticket: Ticket
) -> None:
    proposal = _propose(browser_of(people.agent), ticket)
    proposal.space.audience = "members"
    db.session.commit()

    refused = browser_of(people.customer).send(
        _path(proposal), {"title": proposal.title, "question": proposal.question, "say": "yes"}
    )

    assert refused.status_code == 422
    assert "can no longer stand there" in refused.text
    assert db.session.query(Topic).count() == 0


def test_requests_whose_sender_cannot_be_asked_are_not_offered(
    people: Cast, browser_of: BROWSER, ticket: Ticket
) -> None:
    ticket.gate = "unconfirmed"
    db.session.commit()
    desk, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}/to-topic"

    assert desk.get(path).status_code == desk.send(path, {"space": "routers", **GOOD}).status_code == 303
    assert "to-topic" not in desk.page(f"/desk/tickets/{ticket.number}").text
    assert browser_of(people.agent2).get(path).status_code == 404
    assert browser_of(people.customer).get(path).status_code == 403
    assert db.session.query(Proposal).count() == 0


def test_bad_words_are_given_back(people: Cast, browser_of: BROWSER, ticket: Ticket) -> None:
    desk, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}/to-topic"
    for bad in ({"title": ""}, {"title": "x" * 151}, {"question": ""}, {"answer": "a" * 20_001}):
        answer = desk.send(path, {"space": "routers", **GOOD, **bad})
        assert answer.status_code == 422, bad
    assert browser_of(people.customer).get(f"/tickets/{ticket.number}/proposal/999").status_code == 404
    proposal = _propose(desk, ticket)
    assert browser_of(people.customer).send(_path(proposal), {"say": "maybe"}).status_code == 400


def test_the_story_says_each_step_without_the_words(
    people: Cast, browser_of: BROWSER, ticket: Ticket
) -> None:
    desk = browser_of(people.agent)
    _propose(desk, ticket)
    desk.send(f"/desk/tickets/{ticket.number}/to-topic/drop")

    events = db.session.query(TicketEvent).filter_by(kind="proposal").order_by(TicketEvent.id).all()

    assert [(one.data["is"], one.public) for one in events] == [("asked", True), ("dropped", True)]
    page = browser_of(people.customer).page(f"/tickets/{ticket.number}").text
    assert "Agent asks whether others may read" in page
    assert "Agent no longer asks" in page
