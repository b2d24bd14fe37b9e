"""The first line: who owes what to whom by when, on both sides' pages and in every mail, in the reader's words and zone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from portal.extensions import db
from portal.kit import clock
from portal.mail.models import Letter
from portal.tickets.actions import set_state
from portal.tickets.models import Ticket

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_answer, make_ticket

BROWSER = Callable[..., PortalClient]
WORK = Callable[[], int]
MONDAY = datetime(2026, 6, 15, 9, tzinfo=UTC)  # at opening; the tests' calendar is in UTC
EVIL = '<b>the "serial" & number</b> {{7*7}}'


def first_line(client: PortalClient, path: str) -> str:
    place = client.page(path).select_one(".first-line")
    assert place
    return " ".join(place.text.split())


def on_both_sides(ticket: Ticket, people: Cast, browser_of: BROWSER) -> tuple[str, str]:
    """What the customer reads, and what the agent does."""
    own = first_line(browser_of(people.customer), f"/tickets/{ticket.number}")
    return own, first_line(browser_of(people.agent), f"/desk/tickets/{ticket.number}")


def newest_letter(email: str) -> Letter:
    return db.session.query(Letter).filter_by(recipient=email).order_by(Letter.id.desc()).limit(1).one()


@pytest.mark.parametrize(
    ("after", "when"),
    [
        (timedelta(hours=1), "by 17:00 today"),
        (-timedelta(hours=10), "by tomorrow 17:00"),
        (-timedelta(days=2), "by Monday 17:00"),
        (-timedelta(days=20), "by 15 June, 17:00"),
    ],
)
def test_what_we_owe_is_told_with_its_time(
    people: Cast, browser_of: BROWSER, after: timedelta, when: str
) -> None:
    with clock.at(MONDAY):
        ticket = make_ticket(people.customer)
    with clock.at(MONDAY + after):
        own, desk = on_both_sides(ticket, people, browser_of)
    assert own.startswith(f"We owe you an answer {when}")
    assert desk == f"We owe Customer an answer {when}"


@pytest.mark.parametrize(
    ("after", "when"),
    [
        (timedelta(hours=8, seconds=1), "by 17:00 today"),
        (timedelta(hours=24), "by yesterday 17:00"),
        (timedelta(days=3), "by Monday 17:00"),
        (timedelta(days=300), "by 15 June 2026, 17:00"),
    ],
)
def test_we_say_so_ourselves_when_we_are_late(
    people: Cast, browser_of: BROWSER, after: timedelta, when: str
) -> None:
    with clock.at(MONDAY):
        ticket = make_ticket(people.customer)
    with clock.at(MONDAY + after):
        own, desk = on_both_sides(ticket, people, browser_of)
    assert own.startswith(f"We are late: you should have had an answer {when}")
    assert desk == f"We are late: Customer should have had an answer {when}"


@pytest.mark.parametrize(
    ("language", "words", "on_the_page", "in_a_mail"),
    [
        ("en", "We owe you an answer by ", "tomorrow 03:00", "Tuesday 03:00"),
        ("pt_BR", "Devemos a você uma resposta até ", "amanhã, 03:00", "terça-feira, 03:00"),
        ("es", "Te debemos una respuesta, a más tardar ", "mañana, 3:00", "el martes, 3:00"),
        ("ru", "За нами ответ вам, срок — ", "завтра, 03:00", "вторник, 03:00"),
    ],
)
def test_page_and_mail_speak_in_the_readers_language_and_zone(
    people: Cast, browser_of: BROWSER, work: WORK, language: str, words: str, on_the_page: str, in_a_mail: str
) -> None:
    people.customer.language, people.customer.zone = language, "Asia/Vladivostok"
    with clock.at(MONDAY):
        ticket = make_ticket(people.customer)
        own = first_line(browser_of(people.customer), f"/tickets/{ticket.number}")
        work()
    letter = newest_letter("customer@example.com")
    assert own.startswith(words + on_the_page)
    assert (letter.text or "").splitlines()[0] == words + in_a_mail
    paragraphs = [p.text for p in soup_of(letter).select("td.words p")]
    assert paragraphs[:2] == ["Lindwire", words + in_a_mail]
    assert (newest_letter("agent@example.com").text or "").startswith(
        "We owe Customer an answer by Monday 17:00"
    )


def soup_of(letter: Letter) -> BeautifulSoup:
    return BeautifulSoup(letter.html or "", "lxml")


def test_an_answer_can_say_what_is_needed_and_it_goes_when_it_came(
    people: Cast, browser_of: BROWSER, work: WORK
) -> None:
    ticket = make_ticket(people.customer)
    agent, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}"
    words = {"body": "Tell me more.", "kind": "answer", "then": "waiting", "needed": f"  {EVIL}\n"}
    agent.send(f"{path}/answer", {**words, "seen": "999999999"})
    own, desk = on_both_sides(ticket, people, browser_of)
    assert own == f"You owe us: {EVIL}"
    assert desk == f"Customer owes us: {EVIL}"
    story = browser_of(people.customer).page(f"/tickets/{ticket.number}").select_one(".thread")
    assert f"It is waiting for you now · {EVIL}" in story.text  # type: ignore[union-attr]
    work()
    letter = newest_letter("customer@example.com")
    assert (letter.text or "").startswith(f"You owe us: {EVIL}")
    assert "<b>the" not in (letter.html or "")
    browser_of(people.customer).send(f"/tickets/{ticket.number}/answer", {"body": "AX-3 0815"})
    assert ticket.needed == ""
    assert "serial" not in " ".join(on_both_sides(ticket, people, browser_of))


def test_what_is_needed_stays_until_another_thing_is(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    agent, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}"
    said = [("the number", "the number"), ("", "the number"), ("a picture", "a picture")]
    for needed, stands in said:
        words = {"body": "And?", "kind": "answer", "then": "waiting", "needed": needed}
        agent.send(f"{path}/answer", {**words, "seen": "999999999"})
        assert ticket.needed == stands
    agent.send(f"{path}/answer", {"body": "Quiet", "kind": "note", "needed": "nothing"})
    assert ticket.needed == "a picture"
    agent.send(f"{path}/change", {"state": "solved"})
    assert ticket.needed == ""


def test_waiting_with_what_is_needed_is_told_by_mail_and_without_is_not(
    people: Cast, browser_of: BROWSER, work: WORK
) -> None:
    ticket = make_ticket(people.customer)
    agent, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}/change"
    work()
    before = db.session.query(Letter).count()
    agent.send(path, {"state": "waiting", "needed": ""})
    work()
    assert db.session.query(Letter).count() == before
    assert on_both_sides(ticket, people, browser_of)[0] == "You owe us: an answer to our last question"
    agent.send(path, {"state": "waiting", "needed": "the serial number"})
    work()
    letter = newest_letter("customer@example.com")
    assert (letter.text or "").startswith("You owe us: the serial number")
    assert db.session.query(Letter).count() == before + 1
    agent.send(path, {"state": "waiting", "needed": "the serial number"})
    agent.send(path, {"priority": "high"})
    agent.send(path, {"state": "waiting", "needed": ""})
    work()
    assert db.session.query(Letter).count() == before + 1
    assert on_both_sides(ticket, people, browser_of)[0] == "You owe us: an answer to our last question"


def test_what_the_customer_owes_is_said_in_one_field_alone(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    agent, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}"
    for stands in ("an answer to our last question", "the serial number"):
        page = agent.page(path)
        (field,) = page.select("[name=needed]")
        assert field.find_parent(id="composer")
        assert (field["value"], field["placeholder"]) == ("", stands)
        assert page.select_one(f"#handling [hx-include='#{field['id']}']")
        agent.send(f"{path}/change", {"state": "waiting", "needed": "the serial number"})


def test_what_is_needed_is_short(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    agent, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}"
    words = {"body": "Kept", "kind": "answer", "then": "waiting", "needed": "n" * 201, "seen": "999999999"}
    refused = agent.send(f"{path}/answer", words, htmx=True)
    assert refused.status_code == 422
    assert "1 character too many" in soup(refused).select_one("#needed-e").text  # type: ignore[union-attr]
    assert "Kept" in refused.text
    assert agent.send(f"{path}/change", {"state": "waiting", "needed": "n" * 201}).status_code == 400
    assert ticket.state == "new"
    agent.send(f"{path}/change", {"state": "waiting", "needed": "n" * 200})
    assert ticket.needed == "n" * 200


def test_every_mail_about_a_ticket_begins_with_the_first_line(people: Cast, work: WORK) -> None:
    ticket = make_ticket(people.customer)
    work()
    make_answer(ticket, people.agent)
    work()
    make_answer(ticket, people.customer)
    work()
    set_state(ticket, "solved", people.agent)
    db.session.commit()
    work()
    told = {
        (letter.text or "").splitlines()[0].split(" an answer by ")[0]: letter
        for letter in db.session.query(Letter)
    }
    assert set(told) == {
        "We owe you",
        "We owe Customer",
        "You owe us: an answer to our last question",
        "Nothing is owed: it is solved",
    }
    assert all(words in (letter.html or "") for words, letter in told.items())
