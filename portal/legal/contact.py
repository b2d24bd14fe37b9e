"""The ways to reach the company, each with its hours and whether somebody is there now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ..grammar import opening_hours
from ..kit import clock
from ..kit.calendar import Calendar, the_calendar
from ..kit.company import the_company
from ..kit.i18n import _, written_day
from ..kit.week_words import week_in_words
from .queries import Reach
from .wording import door_words

SOON = 60  # days ahead in which holidays are told


@dataclass(frozen=True)
class Hours:
    """When somebody is there.

    Attributes:
        is_open: now.
        words: "Open until 18:00".
        days: "Monday – Friday" with "09:00–18:00", in the zone of the company; none for round the clock.
    """

    is_open: bool
    words: str
    days: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Channel:
    """One way; `url` leads there, and `lines` are read."""

    icon: str
    title: str
    text: str
    url: str = ""
    act: str = ""
    lines: Sequence[str] = ()
    hours: Hours | None = None


def channels(reach: Reach) -> list[Channel]:
    """All ways that there are."""
    ours = hours_of(the_calendar())
    found = [
        Channel(
            "edit",
            _("Write to us here"),
            _("You can write at any time; people answer in these hours."),
            "/tickets/new",
            _("Ask a question"),
            hours=ours,
        )
    ]
    if mail := the_company().reply_address:
        text = _("Your mail becomes a request that you can follow; people answer in the same hours.")
        found.append(Channel("mail", _("By mail"), text, f"mailto:{mail}", mail, hours=None))
    if reach.phone:
        found.append(_phone(reach, ours))
    text = _("Other customers answer at any time, and so do we.")
    found.append(Channel("messages", _("In the community"), text, "/community", _("To the community")))
    if reach.address:
        lines = [line for line in (reach.name, *reach.address.split("\n")) if line.strip()]
        text = _("For what must be on paper; anything else is faster here.")
        found.append(Channel("map-pin", _("By post"), text, lines=lines))
    return found


def _phone(reach: Reach, ours: Hours) -> Channel:
    hours = hours_of(calendar_of(reach.hours)) if reach.hours else ours
    digits = re.sub(r"[^0-9+]", "", reach.phone)
    text = _("Whoever answers can write a request down for you.")
    return Channel("phone", _("By telephone"), text, f"tel:{digits}", reach.phone, hours=hours)


def calendar_of(written: str) -> Calendar:
    """The company's calendar with other hours: its zone and its holidays are the same."""
    return replace(the_calendar(), week=opening_hours(written).meaning)


def hours_of(calendar: Calendar) -> Hours:
    """A calendar in words, as it is now."""
    is_open, until = calendar.door(clock.now())
    days = [(days, hours) for days, hours in week_in_words(calendar.week) if hours] if until else ()
    return Hours(is_open, door_words(is_open, until), days)


def holidays_ahead() -> list[str]:
    """The days of the next weeks on which nobody is there though it is no weekend, in words."""
    calendar = the_calendar()
    today = clock.now().astimezone(calendar.zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(SOON))
    return [written_day(day) for day in days if _is_free(calendar, day)]


def _is_free(calendar: Calendar, day: date) -> bool:
    written = day.isoformat()
    return bool(calendar.week[day.weekday()]) and bool({written, written[5:]} & calendar.holidays)
