"""The clock of a ticket: what is due when, after every turn that a request takes, in three zones and over summer time."""

from datetime import UTC, datetime
from itertools import cycle
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from portal.extensions import db
from portal.grammar import answer_hours, holidays, opening_hours
from portal.kit import clock
from portal.people.models import Team
from portal.tickets.actions import (
    Words,
    assign,
    note,
    open_ticket,
    reply,
    set_priority,
    set_state,
    set_team,
    tell_late,
)
from portal.tickets.models import Ticket

from ..conftest import Cast
from ..make import make_ticket

LISBON, SAO_PAULO, VLADIVOSTOK = "Europe/Lisbon", "America/Sao_Paulo", "Asia/Vladivostok"
ZONES = (LISBON, SAO_PAULO, VLADIVOSTOK)
WEEKDAYS = "mon-fri 09:00-18:00"
NO_CLOCK = "nothing is due"


@pytest.fixture
def hours(app: Flask, monkeypatch: pytest.MonkeyPatch) -> object:
    """Sets zone, opening hours and holidays."""

    def put(zone: str, week: str = WEEKDAYS, days: str = "") -> None:
        written = answer_hours("urgent 1 2, high 4 4, normal 8 8, low 16 16")
        values = {"ZONE": zone, "HOURS": opening_hours(week), "HOLIDAYS": holidays(days)}
        for name, value in {**values, "ANSWER_HOURS": written}.items():
            monkeypatch.setitem(app.config, name, value)

    return put


def act(ticket: Ticket, what: str, people: Cast) -> None:
    """One turn: who does what, in words."""
    customer, agent, said = people.customer, people.agent, Words("Words")
    verb, _, more = what.partition(" ")
    {
        "writes": lambda: reply(ticket, said, customer),
        "answers": lambda: reply(ticket, said, agent, then=more),
        "notes": lambda: note(ticket, said, agent),
        "sets": lambda: set_state(ticket, more, agent),
        "solves": lambda: set_state(ticket, "solved", customer),
        "reopens": lambda: set_state(ticket, "open", customer),
        "takes": lambda: assign(ticket, agent, agent),
        "hands": lambda: set_team(ticket, db.session.query(Team).filter_by(name=more).one(), agent),
        "ranks": lambda: set_priority(ticket, more, agent),
    }[verb]()


def due_after(story: str, zone: str, people: Cast, year: int = 2026) -> str:
    """What is due, in local time, after turns like "06-15 09:00 opens urgent, 06-15 10:00 answers waiting"."""
    ticket = None
    for turn in story.split(", "):
        day, hour, what = turn.split(" ", 2)
        local = datetime.fromisoformat(f"{year}-{day} {hour}").replace(tzinfo=ZoneInfo(zone))
        with clock.at(local):
            if ticket is None:
                priority = what.partition(" ")[2] or "normal"
                ticket = open_ticket("Asked", Words("Words"), people.customer, priority=priority)
            else:
                act(ticket, what, people)
    db.session.commit()
    assert ticket
    assert (ticket.due_at is not None) == (ticket.state in ("new", "open"))
    return f"{ticket.due_at.astimezone(ZoneInfo(zone)):%m-%d %H:%M:%S}" if ticket.due_at else NO_CLOCK


STORIES = [
    # 15 June 2026 is a Monday.
    ("06-15 09:00 opens", "06-15 17:00:00"),
    ("06-15 22:00 opens", "06-16 17:00:00"),
    ("06-15 03:00 opens", "06-15 17:00:00"),
    ("06-15 18:00 opens", "06-16 17:00:00"),
    ("06-15 17:59:59 opens", "06-16 16:59:59"),
    ("06-20 12:00 opens", "06-22 17:00:00"),
    ("06-15 17:30 opens urgent", "06-16 09:30:00"),
    ("06-15 10:00 opens", "06-15 18:00:00"),
    # Answers stop it, the customer's words start it, and more words do not put it off.
    ("06-15 09:00 opens, 06-15 10:00 answers waiting", NO_CLOCK),
    ("06-15 09:00 opens, 06-15 10:00 answers solved", NO_CLOCK),
    ("06-15 09:00 opens, 06-15 10:00 answers waiting, 06-15 11:00 writes", "06-16 10:00:00"),
    ("06-15 09:00 opens, 06-15 12:00 writes", "06-15 17:00:00"),
    (
        "06-15 09:00 opens urgent, 06-15 09:30 answers waiting, 06-15 17:30 writes",
        "06-16 10:30:00",
    ),
    (
        "06-15 09:00 opens, 06-15 10:00 answers waiting, 06-15 11:00 writes, 06-15 12:00 writes",
        "06-16 10:00:00",
    ),
    ("06-15 09:00 opens, 06-15 10:00 answers waiting, 06-15 11:00 answers waiting", NO_CLOCK),
    # An answer that leaves it with us promises the next one.
    ("06-15 09:00 opens, 06-15 10:00 answers open", "06-15 18:00:00"),
    ("06-15 09:00 opens, 06-15 10:00 answers open, 06-15 12:00 writes", "06-15 18:00:00"),
    ("06-15 09:00 opens, 06-15 10:00 answers waiting, 06-15 12:00 sets open", "06-16 11:00:00"),
    # Nobody's words change nothing.
    ("06-15 09:00 opens, 06-15 12:00 notes", "06-15 17:00:00"),
    ("06-15 09:00 opens, 06-15 12:00 takes", "06-15 17:00:00"),
    ("06-15 09:00 opens, 06-15 12:00 hands Billing", "06-15 17:00:00"),
    ("06-15 09:00 opens, 06-15 10:00 answers waiting, 06-15 12:00 notes", NO_CLOCK),
    # While it waits for the customer, it stands still, and goes on with what was left.
    ("06-15 09:00 opens, 06-15 11:00 sets waiting", NO_CLOCK),
    ("06-15 09:00 opens, 06-15 11:00 sets waiting, 06-16 10:00 writes", "06-16 16:00:00"),
    ("06-15 09:00 opens, 06-15 11:00 sets waiting, 06-15 12:00 sets open", "06-15 18:00:00"),
    ("06-15 12:00 opens, 06-15 16:00 sets waiting, 06-16 22:00 writes", "06-17 13:00:00"),
    (
        "06-15 09:00 opens, 06-15 10:00 sets waiting, 06-15 11:00 writes, 06-15 12:00 sets waiting, 06-15 14:00 writes",
        "06-16 11:00:00",
    ),
    ("06-15 09:00 opens urgent, 06-15 12:00 sets waiting, 06-15 13:00 writes", "06-15 11:00:00"),
    ("06-15 09:00 opens, 06-15 11:00 sets waiting, 06-15 12:00 answers waiting", NO_CLOCK),
    # What is solved owes nothing; opened again, it owes a next answer.
    ("06-15 09:00 opens, 06-15 10:00 solves", NO_CLOCK),
    ("06-15 09:00 opens, 06-15 10:00 sets solved, 06-16 09:00 writes", "06-16 17:00:00"),
    ("06-15 09:00 opens, 06-15 10:00 solves, 06-16 09:00 reopens", "06-16 17:00:00"),
    ("06-15 09:00 opens, 06-15 10:00 sets closed, 06-19 17:00 writes", "06-22 16:00:00"),
    (
        "06-15 09:00 opens, 06-15 10:00 sets waiting, 06-15 11:00 solves, 06-16 09:00 writes",
        "06-16 17:00:00",
    ),
    # Another priority counts from the same start, without what was paused.
    ("06-15 09:00 opens, 06-15 10:00 ranks urgent", "06-15 10:00:00"),
    ("06-15 09:00 opens, 06-15 10:00 ranks low", "06-16 16:00:00"),
    (
        "06-15 09:00 opens, 06-15 11:00 sets waiting, 06-15 12:00 ranks high, 06-15 13:00 writes",
        "06-15 15:00:00",
    ),
    (
        "06-15 09:00 opens, 06-15 10:00 sets waiting, 06-15 12:00 writes, 06-15 13:00 ranks urgent",
        "06-15 12:00:00",
    ),
    ("06-15 09:00 opens, 06-15 10:00 solves, 06-15 11:00 ranks urgent", NO_CLOCK),
]


@pytest.mark.parametrize(
    ("zone", "story", "due"), [(zone, *story) for zone, story in zip(cycle(ZONES), STORIES, strict=False)]
)
def test_the_clock_follows_the_story(hours: object, people: Cast, zone: str, story: str, due: str) -> None:
    hours(zone)  # type: ignore[operator]
    assert due_after(story, zone, people) == due


@pytest.mark.parametrize(
    ("year", "zone", "week", "days", "story", "due"),
    [
        (2026, LISBON, WEEKDAYS, "", "03-27 17:00 opens", "03-30 16:00:00"),
        (2026, LISBON, "always", "", "03-28 20:00 opens", "03-29 05:00:00"),
        (2026, LISBON, "always", "", "10-24 20:00 opens", "10-25 03:00:00"),
        (
            2026,
            LISBON,
            "always",
            "",
            "03-28 20:00 opens, 03-28 22:00 sets waiting, 03-29 06:00 writes",
            "03-29 12:00:00",
        ),
        (
            2026,
            LISBON,
            "always",
            "",
            "10-24 20:00 opens, 10-24 22:00 sets waiting, 10-25 06:00 writes",
            "10-25 12:00:00",
        ),
        (2026, LISBON, "always", "", "03-28 20:00 opens, 03-29 04:00 ranks low", "03-29 13:00:00"),
        (2018, SAO_PAULO, "always", "", "11-03 22:00 opens", "11-04 07:00:00"),
        (2019, SAO_PAULO, "always", "", "02-16 22:00 opens", "02-17 05:00:00"),
        (2026, SAO_PAULO, "mon-fri 09:00-12:00 13:00-18:00", "", "06-15 09:00 opens", "06-15 18:00:00"),
        (2026, LISBON, WEEKDAYS, "12-25", "12-24 17:00 opens", "12-28 16:00:00"),
        (2026, VLADIVOSTOK, WEEKDAYS, "2026-05-01", "04-30 17:00 opens", "05-04 16:00:00"),
        (
            2026,
            VLADIVOSTOK,
            "fri 20:00-24:00, sat 00:00-06:00",
            "",
            "06-19 21:00 opens",
            "06-20 05:00:00",
        ),
    ],
)
def test_the_clock_is_right_over_summer_time_holidays_and_odd_hours(
    hours: object, people: Cast, year: int, zone: str, week: str, days: str, story: str, due: str
) -> None:
    hours(zone, week, days)  # type: ignore[operator]
    assert due_after(story, zone, people, year) == due


def test_what_was_promised_stays_when_the_settings_change(hours: object, people: Cast) -> None:
    hours(LISBON)  # type: ignore[operator]
    with clock.at(datetime(2026, 6, 15, 9, tzinfo=UTC)):
        ticket = make_ticket(people.customer)
    promised = ticket.due_at
    hours(LISBON, "always")  # type: ignore[operator]
    act(ticket, "writes", people)
    act(ticket, "takes", people)
    assert ticket.due_at == promised


def test_windows_hear_when_an_answer_becomes_late(hours: object, people: Cast) -> None:
    hours(LISBON, "always")  # type: ignore[operator]
    with clock.at(datetime(2026, 6, 15, 9, tzinfo=UTC)):
        make_ticket(people.customer)
        make_ticket(people.customer, state="waiting")
    for hour, minute, told in ((16, 59, 0), (17, 0, 1), (17, 1, 1), (17, 3, 0)):
        with clock.at(datetime(2026, 6, 15, hour, minute, tzinfo=UTC)):
            assert tell_late() == told
