"""Drafts: kept for their writer alone, in the version that was written last, and gone once they were sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.drafts.actions import MOST
from portal.drafts.models import Draft
from portal.drafts.privacy import sweep
from portal.extensions import db
from portal.kit import clock
from portal.live.models import LiveRow
from portal.tickets.models import Ticket

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_ticket
from ..real import at_once, browser, new_ticket

BROWSER = Callable[..., PortalClient]
LONG = "The light is orange since this morning."


def keep(page: PortalClient, text: str, place: str = "new", **more: Any) -> dict[str, Any]:
    """What the page of one window sends; `window` tells windows apart."""
    form = {"place": place, "once": "o" * 20, "window": "w" * 20, "base": "0", "step": "0", **more}
    answer = page.send("/drafts/keep", {**form, "words.body": text})
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def kept(window: PortalClient, place: str = "new", once: str = "") -> dict[str, Any]:
    answer = window.get(f"/drafts?place={place}&once={once}")
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(answer.json or {})


def body_of(said: dict[str, Any], text: str = "kept") -> str | None:
    return said[text].get("fields", {}).get("body")


def test_a_draft_is_there_on_the_other_device_and_after_a_new_sign_in(
    people: Cast, browser_of: BROWSER
) -> None:
    phone = browser_of(people.customer)
    keep(phone, LONG)
    phone.send("/sign-out")
    phone.enter(people.customer)
    assert body_of(kept(phone)) == body_of(kept(browser_of(people.customer))) == LONG
    assert f"drafts-{people.customer.id}" in db.session.scalars(select(LiveRow.topic)).all()


def test_a_draft_is_read_by_nobody_else(people: Cast, browser_of: BROWSER) -> None:
    keep(browser_of(people.agent), "unspeakable", "desk-20000-note")
    for person in (people.manager, people.admin, people.customer, people.agent2):
        other = browser_of(person)
        assert kept(other, "desk-20000-note")["kept"] == {}
        assert "unspeakable" not in other.get("/desk").text


def test_an_answer_and_a_note_to_one_ticket_are_two_drafts(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    agent, path = browser_of(people.agent), f"/desk/tickets/{ticket.number}/answer"
    keep(agent, "Dear customer, we look.", f"desk-{ticket.number}-answer", once="a" * 20)
    keep(agent, "This one again, be careful.", f"desk-{ticket.number}-note", once="n" * 20)
    agent.send(path, {"kind": "note", "body": "This one again.", "once": "n" * 20})
    assert kept(agent, f"desk-{ticket.number}-note")["kept"] == {}
    assert body_of(kept(agent, f"desk-{ticket.number}-answer")) == "Dear customer, we look."


@pytest.mark.parametrize("place", ["new", "ticket"])
def test_a_draft_goes_once_sent_and_a_late_text_does_not_bring_it_back(
    people: Cast, browser_of: BROWSER, place: str
) -> None:
    ticket, customer = make_ticket(people.customer), browser_of(people.customer)
    path = "/tickets/new"
    if place == "ticket":
        place, path = f"ticket-{ticket.number}", f"/tickets/{ticket.number}/answer"
    keep(customer, LONG, place)
    sent = customer.send(path, {"subject": "Orange", "body": LONG, "once": "o" * 20})
    late = keep(customer, LONG + " Late!", place, step="9")
    assert late["kept"] == kept(customer, place)["kept"] == {}
    assert late["sent"] == (sent.location or "").partition("#")[0]
    assert late["fresh"] != "o" * 20


def test_two_devices_lose_nothing_and_each_learns_of_the_other(people: Cast, browser_of: BROWSER) -> None:
    phone, laptop = browser_of(people.customer), browser_of(people.customer)
    first = keep(phone, LONG, window="p" * 20)
    both = keep(laptop, "Something else altogether", window="l" * 20)
    assert (body_of(both), body_of(both, "other")) == ("Something else altogether", LONG)

    going_on = keep(phone, LONG + " More.", window="p" * 20, base=first["version"])
    assert body_of(going_on, "other") == "Something else altogether"
    swapped = keep(phone, "Something else altogether", window="p" * 20, base=going_on["version"], step="1")
    assert body_of(swapped, "other") == LONG + " More."


def test_of_two_texts_the_one_that_was_not_sent_stays(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    keep(customer, LONG, window="p" * 20)
    second = keep(customer, "Something else altogether", window="l" * 20)
    customer.send("/tickets/new", {"subject": "Orange", "body": LONG, "once": "o" * 20})
    left = kept(customer, once=second["kept"]["once"])
    assert (body_of(left), left["other"]) == ("Something else altogether", {})
    assert "sent" not in left


def test_a_window_that_knew_the_newest_version_overwrites_it(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    first = keep(customer, LONG, window="p" * 20)
    second = keep(customer, LONG + " More.", window="l" * 20, base=first["version"])
    assert (body_of(second), second["other"]) == (LONG + " More.", {})


def test_of_one_windows_texts_the_last_counts_whatever_arrives_last(
    people: Cast, browser_of: BROWSER
) -> None:
    customer = browser_of(people.customer)
    keep(customer, LONG + " More.", step="2")
    assert body_of(keep(customer, LONG, step="1")) == LONG + " More."


def test_a_draft_is_thrown_away(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    keep(customer, LONG)
    customer.send("/drafts/drop", {"place": "new", "once": "o" * 20})
    assert kept(customer)["kept"] == {}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"place": "../x"}, 400),
        ({"place": ""}, 400),
        ({"place": "x" * 99}, 400),
        ({"once": "short"}, 400),
        ({"window": "w" * 20 + "\n"}, 400),
        ({"base": "-1"}, 400),
        ({"step": "9" * 30}, 400),
        ({"words.Bad name": "x"}, 400),
        ({f"words.f{n}": "x" for n in range(30)}, 400),
        ({"words.body": "x" * 200_001}, 413),
    ],
)
def test_a_bad_draft_is_refused(
    people: Cast, browser_of: BROWSER, change: dict[str, str], status: int
) -> None:
    customer = browser_of(people.customer)
    form = {"place": "new", "once": "o" * 20, "window": "w" * 20, "words.body": LONG}
    assert customer.send("/drafts/keep", form | change).status_code == status
    assert db.session.query(Draft).count() == 0


def test_signs_that_no_database_takes_are_left_out(people: Cast, browser_of: BROWSER) -> None:
    assert body_of(keep(browser_of(people.customer), "a\0b\x07c \u202e d\r\ne")) == "abc \u202e d\ne"


def test_beyond_the_most_the_oldest_draft_goes(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    for n in range(3):
        keep(customer, LONG, f"ticket-{n}")
    values = {"version": 1, "kept": {"fields": {"body": "x"}}, "size": 1}
    for n in range(100, 100 + MOST - 2):
        moment = clock.now() + timedelta(minutes=1)
        db.session.add(Draft(person_id=people.customer.id, place=f"ticket-{n}", updated=moment, **values))
    db.session.commit()
    keep(customer, LONG, "ticket-9")
    assert kept(customer, "ticket-0")["kept"] == kept(customer, "ticket-1")["kept"] == {}
    assert body_of(kept(customer, "ticket-9")) == LONG


def test_drafts_are_swept_after_90_days(people: Cast, browser_of: BROWSER) -> None:
    customer = browser_of(people.customer)
    keep(customer, LONG, "new")
    keep(customer, LONG, "ticket-1")
    customer.send("/drafts/drop", {"place": "ticket-1", "once": "o" * 20})
    for days, left in ((1, 2), (9, 1), (89, 1), (91, 0)):
        with clock.at(clock.now() + timedelta(days=days)):
            sweep()
        assert db.session.query(Draft).count() == left, days


def test_a_form_names_its_place_and_the_key_of_this_person_alone(people: Cast, browser_of: BROWSER) -> None:
    marks = [
        browser_of(person).page("/tickets/new").select_one("#ask")
        for person in (people.customer, people.stranger)
    ]
    assert all(mark and mark["data-draft"] == "new" for mark in marks)
    assert len({str(mark and mark["data-key-of-device"]) for mark in marks}) == 2


def test_ten_windows_at_once_leave_one_draft_and_a_text_beside_it(real_app: Flask) -> None:
    _key, number = new_ticket(real_app, "Ten windows")
    windows = [browser(real_app, "customer") for _ in range(10)]
    place = f"ticket-{number}"
    at_once(10, lambda n: keep(windows[n], f"{LONG} {n}", place, window=f"{n:020}", once=f"{n:020}"))
    said = kept(windows[0], place)
    assert said["version"] == 10
    assert body_of(said) != body_of(said, "other")


def test_what_is_kept_while_it_is_sent_stays_gone(real_app: Flask) -> None:
    window, others = browser(real_app, "customer"), [browser(real_app, "customer") for _ in range(3)]
    form = {"subject": "Sent while kept", "body": LONG, "once": "k" * 20}
    keep(window, LONG, once="k" * 20)
    answers = at_once(
        4,
        lambda n: (
            keep(others[n], f"{LONG} {n}", once="k" * 20, step=str(n))
            if n < 3
            else {"location": window.send("/tickets/new", form).location}
        ),
    )
    assert kept(window)["kept"] == kept(window)["other"] == {}
    with real_app.app_context():
        number = db.session.scalars(select(Ticket.number).where(Ticket.subject == "Sent while kept")).one()
        assert answers[3]["location"] == f"/tickets/{number}"
