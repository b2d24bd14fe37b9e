"""Feedback: a mood from any page becomes a ticket that the team hears of and its sender sees."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.extensions import db
from portal.feedback.models import Feedback
from portal.kit import clock
from portal.live.models import LiveRow
from portal.mail.models import Letter
from portal.people.models import Person, Team
from portal.tickets.models import Ticket, TicketEvent

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import PASSWORD, make_answer
from ..tickets.conftest import LinkOf, Mails, early_in_the_hour, link_of, mails
from .conftest import PNG, Send, the_ticket, told

__all__ = ["early_in_the_hour", "link_of", "mails"]
pytestmark = pytest.mark.usefixtures("early_in_the_hour")
Browser = Callable[[Person], PortalClient]


# What it becomes


@pytest.mark.parametrize(
    ("mood", "priority"), [("1", "high"), ("2", "high"), ("3", "normal"), ("5", "normal")]
)
def test_a_mood_becomes_a_ticket_whose_priority_it_raises_when_it_is_low(
    people: Cast, browser_of: Browser, send: Send, mood: str, priority: str
) -> None:
    billing = people.agent2.grants[-1].team
    assert billing
    billing.kinds = ["feedback"]
    db.session.commit()

    answer = send(browser_of(people.customer), mood=mood, body="The search **finds** nothing", answer="y")

    assert answer.headers["Location"] == "/feedback/thanks"
    ticket = the_ticket()
    assert (ticket.kind, ticket.priority, ticket.team_id) == ("feedback", priority, billing.id)
    assert (ticket.subject, ticket.requester_id) == ("The search finds nothing", people.customer.id)
    assert (told().mood, told().page, told().situation["roles"]) == (int(mood), "/help", ["customer"])


def test_a_face_alone_is_enough_and_is_said_in_a_word(people: Cast, browser_of: Browser, send: Send) -> None:
    browser = browser_of(people.customer)
    send(browser, mood="5")

    page = browser.page(f"/tickets/{the_ticket().number}")
    assert page.select_one("h1").text == "Feedback: Very good"  # type: ignore[union-attr]
    assert "You said: Very good" in page.text


def test_the_team_hears_of_it_at_once(
    people: Cast, browser_of: Browser, send: Send, mails: Mails, work: Callable[[], int]
) -> None:
    work()
    send(browser_of(people.customer), body="Marmaladeword", answer="y")

    ticket = the_ticket()
    assert {f"team-{ticket.team_id}"} <= {row.topic for row in db.session.query(LiveRow)}
    assert "Marmaladeword" in str([letter.text for letter in mails("agent@example.com")])
    assert "Marmaladeword" in browser_of(people.agent).page("/account/notices").text


def test_sent_twice_it_is_one(people: Cast, browser_of: Browser, send: Send) -> None:
    browser, before = browser_of(people.customer), db.session.query(Feedback).count()

    answers = [send(browser, once="o" * 20, htmx=True) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    number = the_ticket().number
    assert all(soup(answer).find(href=f"/tickets/{number}") for answer in answers)
    assert db.session.query(Feedback).count() == before + 1


def test_the_sender_finds_it_among_the_requests_with_all_answers(
    people: Cast, browser_of: Browser, send: Send
) -> None:
    browser = browser_of(people.customer)
    assert "No feedback yet" in browser.page("/tickets?show=feedback").text
    send(browser, body="Quincelight", answer="y")
    make_answer(the_ticket(), people.agent, "Plumjamword")

    listed = browser.page("/tickets?show=feedback")
    assert [a.text for a in listed.select(".req h2 a")] == ["Quincelight"]
    assert "Feedback" in listed.select_one(".req p").text  # type: ignore[union-attr]
    assert "Plumjamword" in browser.page(f"/tickets/{the_ticket().number}").text
    assert "Quincelight" not in browser_of(people.stranger).page("/tickets?show=feedback").text


def test_a_request_cannot_be_begun_as_feedback(people: Cast, browser_of: Browser) -> None:
    assert not browser_of(people.customer).page("/tickets/new").select("[name=kind][value=feedback]")
    assert not browser_of(people.agent).page("/desk/new").select("[name=kind][value=feedback]")
    words = {"subject": "A", "body": "B", "kind": "feedback"}
    assert browser_of(people.customer).send("/tickets/new", words).status_code == 422


# The desk


def test_the_desk_sees_face_page_and_situation_and_the_sender_does_not(
    people: Cast, browser_of: Browser, send: Send
) -> None:
    browser, desk = browser_of(people.customer), browser_of(people.agent)
    send(
        browser,
        "/help/search?q=vpn",
        window="1280×800",
        theme="dark",
        zone="Europe/Lisbon",
        body="Hm",
        answer="y",
    )
    number = the_ticket().number

    row = desk.page("/desk?view=unassigned").select_one(f"#row-{number}")
    assert row
    assert "Bad" in row.text
    assert "/help/search?q=vpn" in row.text
    aside = desk.page(f"/desk/tickets/{number}").select_one(".who")
    assert aside
    assert aside.find("a", href="/help/search?q=vpn")
    for words in ("1280×800", "dark", "Europe/Lisbon", "Customer"):
        assert words in aside.text
    assert "1280×800" not in browser.page(f"/tickets/{number}").text


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("/tickets/link/s3cret?score=1", "/tickets/link/…"),
        ("/reset%2Fs3cret", "/reset/…"),
        ("/help?token=s3cret&q=vpn&next=/reset/s3cret", "/help?q=vpn"),
        ("https://evil.example/x", ""),
        ("//evil.example", ""),
        ("javascript:alert(1)", ""),
        ("/" + "x" * 900, "/" + "x" * 499),
    ],
)
def test_of_a_pages_address_no_secret_is_kept(
    people: Cast, browser_of: Browser, send: Send, page: str, kept: str
) -> None:
    browser = browser_of(people.customer)
    send(browser, page)
    assert told().page == kept

    hidden = {"page": page, "once": "h" * 20}  # as a changed form says it
    send(browser, "/", **hidden)
    assert told().page == kept


def test_a_page_with_a_secret_says_none_of_it_in_the_controls_address(client: PortalClient) -> None:
    page = soup(client.get("/tickets/link/s3cret"))
    assert str(page.select_one("[hx-target='#feedback']")).count("s3cret") == 0


def test_what_makes_no_sense_of_the_window_is_left_out(people: Cast, browser_of: Browser, send: Send) -> None:
    send(browser_of(people.customer), window="<b>", zone="Mars/Base", theme="loud")
    assert not {"window", "zone", "theme"} & told().situation.keys()


# Who wants no answer, and who can have none


def test_who_wants_no_answer_gets_no_mail_and_sees_it_all_the_same(
    people: Cast, browser_of: Browser, send: Send, mails: Mails
) -> None:
    before = len(mails("customer@example.com"))
    browser, desk = browser_of(people.customer), browser_of(people.agent)
    send(browser, body="Quincelight")
    ticket = the_ticket()
    assert (ticket.reach, ticket.due_at) == ("page", None)
    assert "no mail goes out" in desk.page(f"/desk/tickets/{ticket.number}").text

    make_answer(ticket, people.agent, "Plumjamword", then="open")

    assert len(mails("customer@example.com")) == before
    assert ticket.due_at is None
    page = browser.page(f"/tickets/{ticket.number}")
    assert "Plumjamword" in page.text
    assert "no answer is wanted" in desk.page(f"/desk/tickets/{ticket.number}").text


def test_a_visitor_without_an_address_is_heard_and_cannot_be_answered(
    client: PortalClient, people: Cast, browser_of: Browser, send: Send, mails: Mails
) -> None:
    send(client, body="Quincelight", email="never@example.org")
    ticket, desk = the_ticket(), browser_of(people.agent)
    assert (ticket.reach, ticket.gate, ticket.requester.email) == ("none", "", None)
    assert "nobody can answer" in client.page("/feedback/thanks").text
    assert "Quincelight" in str([letter.text for letter in mails("agent@example.com")])

    page = desk.page(f"/desk/tickets/{ticket.number}")
    assert "cannot be answered" in page.text
    assert [one["value"] for one in page.select("#answer-form [name=kind]")] == ["note"]
    form = {"body": "Words", "kind": "answer", "then": "open", "seen": "999999999"}
    assert desk.send(f"/desk/tickets/{ticket.number}/answer", form).status_code == 422
    assert desk.send(f"/desk/tickets/{ticket.number}/answer", form | {"kind": "note"}).status_code == 303


def test_a_visitor_who_wants_an_answer_confirms_the_address_first(
    client: PortalClient, send: Send, mails: Mails, link_of: LinkOf
) -> None:
    assert send(client, answer="y", email="").status_code == 422
    send(client, body="Quincelight", answer="y", email="vera@example.org")
    assert "vera@example.org" in client.page("/feedback/thanks").text
    ticket = the_ticket()
    assert ticket.gate == "unconfirmed"
    assert "Quincelight" not in str([(m.subject, m.text, m.html) for m in mails("vera@example.org")])

    answer = client.send(link_of("vera@example.org"))

    assert answer.headers["Location"] == f"/tickets/{ticket.number}"
    assert "Quincelight" in client.page(answer.headers["Location"]).text


def test_what_was_sent_before_signing_up_with_that_address_is_there_afterwards(
    client: PortalClient, send: Send, work: Callable[[], int]
) -> None:
    send(client, body="Quincelight", answer="y", email="vera@example.org")
    client.send("/sign-up", {"name": "Vera", "email": "vera@example.org", "password": PASSWORD})
    work()
    letters = db.session.query(Letter).filter_by(recipient="vera@example.org").order_by(Letter.id)
    for path in ("/tickets/confirm/", "/confirm/"):
        text = next(m.text for m in letters if m.text and f"8000{path}" in m.text)
        client.send(path + text.partition(f"8000{path}")[2].split()[0])

    assert "Quincelight" in client.page("/tickets?show=feedback").text


@pytest.mark.parametrize("trap", ["homepage", "quick", "links"])
def test_what_a_machine_may_have_sent_is_held_and_a_look_lets_it_through(
    client: PortalClient, people: Cast, browser_of: Browser, send: Send, mails: Mails, trap: str
) -> None:
    more = {"homepage": {"homepage": "x"}, "links": {"body": "http://a.b " * 9}}.get(trap, {})
    send(client, seconds=1 if trap == "quick" else 60, **more)
    ticket = the_ticket()
    assert ticket.gate == "held"
    before = len(mails("agent@example.com"))

    browser_of(people.agent).send(f"/desk/tickets/{ticket.number}/gate", {"act": "through"})

    db.session.refresh(ticket)
    assert ticket.gate == ""
    assert len(mails("agent@example.com")) == before + 1


def test_visitors_are_limited_and_keep_their_words(client: PortalClient, app: Flask, send: Send) -> None:
    statuses = [send(client, body=f"Word{n}").status_code for n in range(app.config["LIMIT_VISITOR_SOURCE"])]
    assert set(statuses) == {303}

    answer = send(client, body="Onetoomanyword")

    assert answer.status_code == 429
    assert "Onetoomanyword" in answer.text


# Bad input


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"mood": ""}, "Choose a face first"),
        ({"mood": "6"}, "Choose a face first"),
        ({"mood": "1", "body": "x" * 200_001}, "1 character too many"),
        ({"files": [("a.pdf", b"%PDF-1.4")]}, "Choose a picture"),
        ({"files": [("a.png", b"%PDF-1.4")]}, "does not hold what its ending says"),
        ({"files": [("a.png", PNG), ("b.png", PNG)]}, "One picture"),
        ({"files": [("a.png", PNG + b"\0" * 40_000_000)]}, "larger than 25 MB"),
    ],
    ids=["no mood", "odd mood", "long", "pdf", "false png", "two", "40 MB"],
)
def test_what_cannot_be_taken_is_refused_with_a_sentence_and_the_words_stay(
    people: Cast, browser_of: Browser, send: Send, form: dict[str, object], sentence: str
) -> None:
    before = db.session.query(Ticket).count()

    answer = send(browser_of(people.customer), **{"body": "Marmaladeword", **form})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "body" in form or "Marmaladeword" in answer.text
    assert db.session.query(Ticket).count() == before


def test_a_picture_stands_in_the_ticket(people: Cast, browser_of: Browser, send: Send) -> None:
    browser = browser_of(people.customer)
    send(browser, files=[("me/../holiday.png", PNG)], answer="y")

    file = browser.page(f"/tickets/{the_ticket().number}").select_one("a.file")
    assert file
    assert "holiday.png" in file.text
    with browser.get(str(file["href"])) as kept:
        assert kept.data == PNG
    assert browser_of(people.stranger).get(str(file["href"])).status_code == 404


# A session that is over


def test_a_form_of_somebody_signed_out_meanwhile_comes_back_as_a_visitors_with_its_words(
    people: Cast, app: Flask, browser_of: Browser
) -> None:
    browser = browser_of(people.customer)
    hidden = browser.page("/feedback?page=/help").select("#feedback-form input[type=hidden]")
    form = {str(f["name"]): str(f.get("value", "")) for f in hidden} | {"mood": "1", "body": "Marmaladeword"}
    with browser.session_transaction() as session:
        del session["_user_id"]

    answer = browser.send("/feedback", form)

    assert answer.status_code == 401
    again = soup(answer).select_one("#feedback-form")
    assert again
    assert "Marmaladeword" in again.text
    assert again.select_one("[name=mood][value='1']")["checked"] == ""  # type: ignore[index]
    assert again.select_one("[name=began]")
    assert again.select_one("[name=email]")
    hidden = again.select("input[type=hidden]")
    fresh = {str(f["name"]): str(f.get("value", "")) for f in hidden}
    with clock.at(clock.now() + timedelta(minutes=1)):
        sent = browser.send("/feedback", {**fresh, "mood": "1", "body": "Marmaladeword"})
    assert sent.status_code == 303
    assert the_ticket().subject == "Marmaladeword"


def test_a_form_with_a_stale_token_is_given_back_with_words_and_mood(
    people: Cast, browser_of: Browser
) -> None:
    browser = browser_of(people.customer)
    form = {"mood": "1", "body": "Marmaladeword", "page": "/help", "csrf_token": "stale"}

    answer = browser.post("/feedback", data=form, headers={"Sec-Fetch-Site": "same-origin"})

    page = soup(answer)
    assert answer.status_code == 400
    given = {str(f.get("name")): f.get("value") or f.text for f in page.select("main form [name]")}
    assert (given["mood"], str(given["body"]).strip()) == ("1", "Marmaladeword")


# The control


@pytest.mark.parametrize("path", ["/", "/help", "/sign-in", "/tickets/new", "/nowhere"])
def test_every_page_has_the_control(client: PortalClient, path: str) -> None:
    link = soup(client.get(path)).select_one("footer [hx-target='#feedback']")
    assert link
    assert str(link["href"]).startswith("/feedback?page=")


def test_the_desk_has_it_too_and_htmx_gets_a_sheet(people: Cast, browser_of: Browser) -> None:
    desk = browser_of(people.agent)
    link = desk.page("/desk").select_one(".rail [hx-target='#feedback']")
    assert link
    sheet = soup(desk.get(str(link["href"]), headers={"HX-Request": "true"}))
    assert sheet.select_one("dialog #feedback-form [name=mood]")
    assert sheet.select_one("dialog script")["src"].startswith("/static/feedback.js")  # type: ignore[index,union-attr]


def test_an_event_of_feedback_is_no_rating(people: Cast, browser_of: Browser, send: Send) -> None:
    send(browser_of(people.customer), mood="1")
    kinds = [event.kind for event in db.session.query(TicketEvent).filter_by(ticket_id=the_ticket().id)]
    assert sorted(kinds) == ["felt", "message"]
    assert the_ticket().rating is None


def test_the_default_team_gets_it_when_no_team_takes_feedback(
    people: Cast, browser_of: Browser, send: Send
) -> None:
    send(browser_of(people.customer))
    assert the_ticket().team.id == db.session.query(Team).filter_by(is_default=True).one().id
