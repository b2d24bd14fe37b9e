"""A practice request: offered to who is new, worked on as a real one, and seen, counted and mailed nowhere."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.canned.actions import Saying, add_canned
from portal.extensions import db
from portal.kb.models import Article
from portal.kit import clock
from portal.outbox.models import Job
from portal.people.models import Grant, Person
from portal.practice.models import Practice
from portal.tickets.models import Ticket, TicketEvent

from ..client import PortalClient, soup
from ..conftest import Cast

Browser = Callable[[Person], PortalClient]
HERE = "/desk/practice"
ANSWER = {"kind": "answer", "then": "waiting"}


@pytest.fixture
def desk(people: Cast, browser_of: Browser) -> PortalClient:
    """The desk of an agent on the first day."""
    db.session.query(Grant).filter_by(person_id=people.agent.id).update({"given_at": clock.now()})
    db.session.commit()
    return browser_of(people.agent)


def _done(desk: PortalClient) -> list[bool]:
    return ["done" in one["class"] for one in desk.page(HERE).select("#steps li")]


def test_a_new_agent_is_offered_one_and_who_is_not_new_is_not(
    people: Cast, browser_of: Browser, desk: PortalClient
) -> None:
    assert desk.page("/desk").select(".try-it form[action='/desk/practice']")
    assert not browser_of(people.agent2).page("/desk").select(".try-it")
    with clock.at(clock.now() + timedelta(days=31)):
        assert not browser_of(people.agent).page("/desk").select(".try-it")


def test_each_step_is_ticked_off_when_it_really_happens(desk: PortalClient) -> None:
    add_canned(Saying("Sign in", "in", "Please set a new password on the sign-in page."), None)
    db.session.add(Article(slug="a", locale="en", section="", title="A", status="published", digest="x", html="", plain="", heads="", tags=[], toc=[]))  # fmt: skip
    db.session.commit()
    assert desk.send(HERE).location == HERE
    assert _done(desk) == [False] * 6
    desk.send(f"{HERE}/keys")
    desk.send(f"{HERE}/take")
    assert _done(desk) == [True, True, False, False, False, False]
    desk.send_fresh(HERE, {"body": "In my own words", **ANSWER, "then": "open"})
    assert _done(desk) == [True, True, False, False, True, False]
    (offer,) = [one["data-text"] for one in soup(desk.get(f"{HERE}/find?q=in")).select("[data-text]")]
    link = "[A](http://127.0.0.1:8000/help/a)"
    desk.send_fresh(HERE, {"body": f"{offer}\n\n{link}", **ANSWER})
    assert _done(desk) == [True] * 6
    page = desk.page(HERE)
    assert "You are ready" in page.text
    assert page.select("#ticket .msg.us a[href$='/help/a']")


def test_a_company_without_ready_answers_and_articles_can_be_practised_in(desk: PortalClient) -> None:
    desk.send(HERE)
    db.session.query(Article).delete()
    db.session.commit()
    keys = desk.page(HERE).select("#steps li")
    assert len(keys) == 4


def test_a_note_is_no_answer(desk: PortalClient) -> None:
    desk.send(HERE)
    desk.send_fresh(HERE, {"body": "Only for us", "kind": "note", "then": "open"})
    page = desk.page(HERE)
    assert "Only for us" in page.select_one(".msg.note").text  # type: ignore[union-attr]
    assert _done(desk) == [False] * 4


def test_nothing_of_it_is_a_ticket_counted_found_heard_or_mailed(
    people: Cast, browser_of: Browser, desk: PortalClient
) -> None:
    manager = browser_of(people.manager)
    before = [manager.get(path).text.count("num") for path in ("/desk?view=all", "/desk/rail")]
    jobs = db.session.query(Job).count()
    desk.send(HERE)
    desk.send_fresh(HERE, {"body": "qvxzpractice", **ANSWER})
    desk.send(f"{HERE}/state", {"state": "solved"})
    assert db.session.query(Ticket).count() == db.session.query(TicketEvent).count() == 0
    assert db.session.query(Job).count() == jobs
    assert [manager.get(path).text.count("num") for path in ("/desk?view=all", "/desk/rail")] == before
    assert not manager.page("/desk?view=all&q=qvxzpractice").select("[data-row]")
    assert "qvxzpractice" not in manager.get(HERE).text


def test_put_away_it_is_gone_and_is_not_offered_again(desk: PortalClient, people: Cast) -> None:
    desk.send(HERE)
    desk.send_fresh(HERE, {"body": "qvxzpractice", **ANSWER})
    assert "still open" in desk.page("/desk").select_one(".try-it").text  # type: ignore[union-attr]
    assert desk.send(f"{HERE}/put-away").location == "/desk"
    db.session.expire_all()
    assert db.session.get_one(Practice, people.agent.id).said == []
    assert not desk.page("/desk").select(".try-it")
    for way in ("take", "answer", "keys", "state"):
        assert desk.send(f"{HERE}/{way}", {"state": "open", "body": "x", **ANSWER}).status_code == 404
    desk.send(HERE)  # but who wants to may begin anew
    assert "qvxzpractice" not in desk.page(HERE).text


def test_beginning_twice_loses_nothing(desk: PortalClient) -> None:
    desk.send(HERE)
    desk.send_fresh(HERE, {"body": "First words", **ANSWER})
    desk.send(HERE)
    assert "First words" in desk.page(HERE).text


@pytest.mark.parametrize("body", ["", "  ", "\u200b"])
def test_nothing_said_is_told_at_the_field(desk: PortalClient, body: str) -> None:
    desk.send(HERE)
    answer = desk.send(f"{HERE}/answer", {"body": body, **ANSWER})
    assert answer.status_code == 422
    assert soup(answer).select_one("#text[aria-invalid=true]")


def test_the_same_answer_sent_twice_stands_once(desk: PortalClient) -> None:
    desk.send(HERE)
    form = {"body": "Only once", "once": "p" * 20, **ANSWER}
    for _ in range(2):
        assert desk.send(f"{HERE}/answer", form).status_code == 303
    assert len(desk.page(HERE).select(".msg.us")) == 1


def test_an_odd_state_is_refused_and_hostile_words_are_only_words(desk: PortalClient) -> None:
    desk.send(HERE)
    assert desk.send(f"{HERE}/state", {"state": "gone"}).status_code == 400
    desk.send_fresh(HERE, {"body": "<script>alert(1)</script> <img src=x onerror=alert(1)>", **ANSWER})
    assert not desk.page(HERE).select(".words script, .words img")


def test_without_scripts_a_ready_answer_is_chosen_on_a_page_and_the_words_come_along(
    desk: PortalClient,
) -> None:
    add_canned(Saying("Sign in", "in", "Please set a new password on the sign-in page."), None)
    db.session.commit()
    desk.send(HERE)
    listed = soup(desk.send(f"{HERE}/choose", {"body": "Hello", **ANSWER}))
    put = str(listed.select_one("button[name=put][value^=canned]")["value"])  # type: ignore[index]
    back = soup(desk.send(f"{HERE}/choose", {"body": "Hello", "put": put, **ANSWER}))
    words = back.select_one("#text").text  # type: ignore[union-attr]
    assert words.strip().startswith("Hello")
    assert "set a new password" in words


@pytest.mark.parametrize("language", ["pt_BR", "es", "ru"])
def test_it_is_asked_in_the_agents_language(people: Cast, desk: PortalClient, language: str) -> None:
    english = desk.page(HERE).title
    people.agent.language = language
    db.session.commit()
    desk.send(HERE)
    assert desk.page(HERE).title != english
