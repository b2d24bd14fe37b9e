"""What those who asked may do to their own words and requests afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from portal.extensions import db
from portal.kit import clock
from portal.people.models import Person
from portal.tickets.models import Rating, Ticket, TicketEvent

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_answer, make_ticket, take
from .conftest import LinkOf, Mails

BROWSER = Callable[[Person], PortalClient]


def first_words(ticket: Ticket) -> TicketEvent:
    return (
        db.session.query(TicketEvent).filter_by(ticket_id=ticket.id).order_by(TicketEvent.id).limit(1).one()
    )


def test_own_words_are_changed_while_nobody_has_read_them(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer, body="The ligth")
    path = f"/tickets/{ticket.number}/messages/{first_words(ticket).id}"
    owner = browser_of(people.customer)
    assert owner.page(path).select_one("textarea").text.strip() == "The ligth"  # type: ignore[union-attr]

    owner.send(path, {"body": "The light"})

    page = owner.page(f"/tickets/{ticket.number}").text
    assert "The light" in page
    assert "ligth" not in page
    assert "ligth" not in browser_of(people.agent).page(f"/desk/tickets/{ticket.number}").text


def test_taken_back_words_leave_a_line_and_nothing_of_themselves(
    people: Cast, browser_of: BROWSER, mails: Mails
) -> None:
    ticket = make_ticket(people.customer, "Subject")
    later = make_answer(ticket, people.customer, "Elderberryword")
    owner = browser_of(people.customer)
    owner.send(f"/tickets/{ticket.number}/messages/{later.id}/take-back")
    assert "You took a message back" in owner.page(f"/tickets/{ticket.number}").text
    for browser, path in (
        (owner, "/tickets?q=elderberry"),
        (browser_of(people.agent), f"/desk/tickets/{ticket.number}"),
        (browser_of(people.agent), "/desk?view=all&q=elderberry"),
    ):
        assert "Elderberryword" not in browser.page(path).text
    assert "Elderberryword" not in " ".join(m.text or "" for m in mails("agent@example.com"))


def test_the_words_that_a_request_began_with_are_changed_and_never_taken_back(
    people: Cast, browser_of: BROWSER
) -> None:
    ticket = make_ticket(people.customer, body="Elderberryword")
    owner, path = browser_of(people.customer), f"/tickets/{ticket.number}"
    words = f"{path}/messages/{first_words(ticket).id}"
    page = owner.page(path)
    assert page.select_one(f"a[href='{words}']")
    assert "Take back" not in page.text
    owner.send(f"{words}/take-back")
    page = owner.page(path)
    assert "Withdraw the request, or change the words" in page.text
    assert "Elderberryword" in page.text


def test_what_was_answered_is_changed_no_more_though_nobody_said_that_it_was_read(
    people: Cast, browser_of: BROWSER
) -> None:
    ticket = make_ticket(people.customer, body="May I delete it?")
    make_answer(ticket, people.agent, "Yes, please do exactly that.")
    owner, path = browser_of(people.customer), f"/tickets/{ticket.number}"
    words = f"{path}/messages/{first_words(ticket).id}"
    assert owner.send(words, {"body": "May I have a refund?"}).status_code == 409
    assert "Change" not in owner.page(path).select_one("#talk").text  # type: ignore[union-attr]


def test_solved_with_words_sends_them_and_without_says_so_alone(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    owner, path = browser_of(people.customer), f"/tickets/{ticket.number}"
    owner.send(f"{path}/answer", {"body": "Sorted now, thanks", "then": "solved"})
    page = owner.page(path)
    assert "Sorted now, thanks" in page.text
    assert "You said that it is solved" in page.text
    assert db.session.query(Ticket).one().state == "solved"
    owner.send(f"{path}/answer", {"body": "  ", "then": "open"})
    assert db.session.query(Ticket).one().state == "open"


def test_who_withdraws_reads_so_and_is_asked_nothing(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    owner, path = browser_of(people.customer), f"/tickets/{ticket.number}"
    owner.send(f"{path}/withdraw")
    page = owner.page(path)
    assert "Nothing is owed: it was withdrawn" in page.text
    assert page.text.count("You withdrew the request") == 1
    assert not page.select("#rated form")
    assert "Customer withdrew the request" in browser_of(people.agent).page(f"/desk{path}").text


@pytest.mark.parametrize("why", ["read", "old"])
def test_it_is_too_late_once_an_agent_read_it_or_after_five_minutes(
    people: Cast, browser_of: BROWSER, why: str
) -> None:
    ticket = make_ticket(people.customer)
    event = first_words(ticket)
    path = f"/tickets/{ticket.number}/messages/{event.id}"
    if why == "read":
        browser_of(people.agent).send(f"/desk/tickets/{ticket.number}/read", {"shown": str(event.id)})
    owner = browser_of(people.customer)
    with clock.at(clock.now() + timedelta(minutes=5 if why == "old" else 0)):
        assert owner.get(path).status_code == 303
        answer = owner.send(path, {"body": "My better words"})
        assert answer.status_code == 409
        assert "My better words" in answer.text
        owner.send(f"{path}/take-back")
        assert "It blinks." in owner.page(f"/tickets/{ticket.number}").text


def test_a_withdrawn_request_rests_and_opens_when_its_person_writes(
    people: Cast, browser_of: BROWSER
) -> None:
    ticket = make_ticket(people.customer)
    owner = browser_of(people.customer)
    owner.send(f"/tickets/{ticket.number}/withdraw")
    assert ticket.state == "closed"
    assert "You withdrew the request" in owner.page(f"/tickets/{ticket.number}").text
    owner.send(f"/tickets/{ticket.number}/answer", {"body": "After all I need it"})
    assert ticket.state == "open"


@pytest.mark.parametrize(("days", "linked"), [(13, False), (15, True)])
def test_words_long_after_the_end_begin_a_request_that_is_linked(
    people: Cast, browser_of: BROWSER, days: int, linked: bool
) -> None:
    ticket = make_ticket(people.customer, state="closed")
    owner = browser_of(people.customer)
    with clock.at(clock.now() + timedelta(days=days)):
        owner.enter(people.customer)
        answer = owner.send_fresh(f"/tickets/{ticket.number}", {"body": "It is back"})
        if not linked:
            assert ticket.state == "open"
            return
        later = db.session.query(Ticket).filter_by(follows_id=ticket.id).one()
        assert answer.headers["Location"] == f"/tickets/{later.number}"
        assert ticket.state == "closed"
        assert f"#{ticket.number}" in owner.page(f"/tickets/{later.number}").text
        assert "It is back" in owner.page(f"/tickets/{later.number}").text


def test_a_face_from_the_mail_is_chosen_and_one_button_sends_it(
    client: PortalClient, people: Cast, browser_of: BROWSER, mails: Mails
) -> None:
    ticket = make_ticket(people.customer)
    take(ticket, people.agent)
    browser_of(people.agent).send(f"/desk/tickets/{ticket.number}/change", {"state": "solved"})
    text = mails("customer@example.com")[-1].text or ""
    links = [word for word in text.split() if "score=" in word]
    assert len(links) == 5

    place = client.get(links[3].removeprefix("http://127.0.0.1:8000")).headers["Location"]

    assert db.session.query(Rating).count() == 0  # a program that opens links rates nothing
    page = client.page(place)
    assert page.select_one("input[name=score][checked]")["value"] == "4"  # type: ignore[index]
    client.send(place.partition("?")[0], {"score": "4", "comment": "Quick and kind"})
    assert "Quick and kind" in browser_of(people.agent).page(f"/desk/tickets/{ticket.number}").text


def test_a_rating_is_changed_and_stays_one(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer, state="solved")
    owner = browser_of(people.customer)
    for score in ("1", "5"):
        assert owner.send(f"/tickets/{ticket.number}/rating", {"score": score}).status_code == 303
    assert db.session.query(Rating).one().score == 5
    for wrong in ("0", "6", "x", ""):
        assert owner.send(f"/tickets/{ticket.number}/rating", {"score": wrong}).status_code == 422
    page = owner.page(f"/tickets/{ticket.number}")
    assert [page.text.count(f"You said: Very {word}") for word in ("bad", "good")] == [1, 1]
    faces = [str(icon["href"]).partition("#")[2] for icon in page.select("#talk .event use")]
    assert faces[-2:] == ["mood-cry", "mood-happy"]


def test_only_its_requester_rates_a_request(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer, state="solved")
    owner = browser_of(people.customer)
    owner.send(f"/tickets/{ticket.number}/followers", {"email": "colleague@example.com"})
    for person in (people.colleague, people.stranger, people.agent):
        assert browser_of(person).send(f"/tickets/{ticket.number}/rating", {"score": "1"}).status_code == 404


def test_a_printed_request_holds_all_of_it_but_notes(
    people: Cast, browser_of: BROWSER, link_of: LinkOf
) -> None:
    ticket = make_ticket(people.customer)
    for number in range(60):
        make_answer(ticket, people.customer, f"Word {number}.")
    first_words(ticket).at = datetime(2026, 11, 22, 4, 14, 23, tzinfo=UTC)
    people.customer.zone = "America/Sao_Paulo"
    db.session.commit()
    page = browser_of(people.customer).page(f"/tickets/{ticket.number}/print").text
    assert "22 November 2026, 01:14 (Sao Paulo)" in page
    assert "It blinks." in page
    assert "Word 59." in page


@pytest.mark.parametrize(("kind", "team"), [("question", "Support"), ("service", "Billing")])
def test_the_kind_decides_the_team(people: Cast, browser_of: BROWSER, kind: str, team: str) -> None:
    billing = people.agent2.grants[-1].team
    assert billing
    billing.kinds = ["service"]
    db.session.commit()
    form = {"subject": "A", "body": "B", "kind": kind}
    browser_of(people.customer).send_fresh("/tickets/new", form)
    ticket = db.session.query(Ticket).order_by(Ticket.id.desc()).limit(1).one()
    assert (ticket.kind, ticket.team.name) == (kind, team)
