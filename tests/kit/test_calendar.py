"""Opening hours: added and measured over nights, holidays, breaks and summer time, against tables and a slow count."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.grammar import holidays, opening_hours
from portal.kit.calendar import Calendar

WEEKDAYS = "mon-fri 09:00-18:00"
BREAK = "mon-fri 09:00-12:30 13:30-18:00"
LISBON, SAO_PAULO, VLADIVOSTOK = "Europe/Lisbon", "America/Sao_Paulo", "Asia/Vladivostok"


def calendar(zone: str, hours: str, days: str = "") -> Calendar:
    return Calendar(ZoneInfo(zone), opening_hours(hours).meaning, holidays(days).meaning)


def moment(written: str, zone: str) -> datetime:
    """ "2026-06-16 10:00" in a zone; with a trailing * the second time that the clock shows this."""
    local = datetime.fromisoformat(written.rstrip("*"))
    return local.replace(tzinfo=ZoneInfo(zone), fold=int(written.endswith("*"))).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "hours", "start", "work", "end"),
    [
        (LISBON, WEEKDAYS, "2026-06-16 10:00", 8, "2026-06-16 18:00"),
        (LISBON, WEEKDAYS, "2026-06-16 10:00:01", 8, "2026-06-17 09:00:01"),
        (LISBON, WEEKDAYS, "2026-06-16 09:00", 0, "2026-06-16 09:00"),
        (LISBON, WEEKDAYS, "2026-06-16 22:00", 0, "2026-06-16 22:00"),
        (LISBON, WEEKDAYS, "2026-06-16 22:00", 8, "2026-06-17 17:00"),
        (SAO_PAULO, WEEKDAYS, "2026-06-16 03:00", 8, "2026-06-16 17:00"),
        (VLADIVOSTOK, WEEKDAYS, "2026-06-16 09:00", 9, "2026-06-16 18:00"),
        (VLADIVOSTOK, WEEKDAYS, "2026-06-20 12:00", 4, "2026-06-22 13:00"),
        (LISBON, WEEKDAYS, "2026-06-19 18:00", 1, "2026-06-22 10:00"),
        (LISBON, WEEKDAYS, "2026-06-19 17:59:59", 1, "2026-06-22 09:59:59"),
        (LISBON, BREAK, "2026-06-16 12:00", 1, "2026-06-16 14:00"),
        (SAO_PAULO, BREAK, "2026-06-16 13:00", 1, "2026-06-16 14:30"),
        (LISBON, "fri 20:00-24:00, sat 00:00-04:00", "2026-06-19 23:00", 2, "2026-06-20 01:00"),
        (LISBON, "mon 09:00-10:00", "2026-06-16 09:00", 2, "2026-06-29 10:00"),
        # Summer time begins: at one o'clock it is two.
        (LISBON, WEEKDAYS, "2026-03-27 17:00", 2, "2026-03-30 10:00"),
        (LISBON, "always", "2026-03-28 20:00", 8, "2026-03-29 05:00"),
        (LISBON, "sun 01:15-01:45, mon 09:00-18:00", "2026-03-29 00:00", 1, "2026-03-30 10:00"),
        (LISBON, "sun 01:30-04:00", "2026-03-29 00:00", 1, "2026-03-29 03:00"),
        (LISBON, "sun 00:00-01:30, mon 09:00-18:00", "2026-03-29 00:00", 1.5, "2026-03-30 09:30"),
        (SAO_PAULO, "always", "2018-11-03 22:00", 4, "2018-11-04 03:00"),
        (SAO_PAULO, "sun 00:00-06:00", "2018-11-03 20:00", 5, "2018-11-04 06:00"),
        # It ends: at two o'clock it is one again, in Brazil at midnight eleven of the day before.
        (LISBON, WEEKDAYS, "2026-10-23 17:00", 2, "2026-10-26 10:00"),
        (LISBON, "always", "2026-10-24 20:00", 8, "2026-10-25 03:00"),
        (LISBON, "sun 00:00-04:00", "2026-10-25 00:00", 5, "2026-10-25 04:00"),
        (LISBON, "sun 01:00-02:00", "2026-10-25 00:00", 1.5, "2026-10-25 01:30*"),
        (LISBON, "sun 00:00-01:30", "2026-10-25 00:00", 2, "2026-10-25 01:30*"),
        (SAO_PAULO, "sat 20:00-24:00", "2019-02-16 20:00", 5, "2019-02-17 00:00"),
    ],
)
def test_hours_are_added(zone: str, hours: str, start: str, work: float, end: str) -> None:
    week, begun, ended = calendar(zone, hours), moment(start, zone), moment(end, zone)
    assert week.add(begun, timedelta(hours=work)) == ended
    assert week.between(begun, ended) == timedelta(hours=work)


@pytest.mark.parametrize(
    ("days", "start", "work", "end"),
    [
        ("12-25", "2026-12-24 17:00", 2, "2026-12-28 10:00"),
        ("2026-12-25", "2026-12-24 17:00", 2, "2026-12-28 10:00"),
        ("2027-12-25", "2026-12-24 17:00", 2, "2026-12-25 10:00"),
        ("2026-12-25, 12-28", "2026-12-25 12:00", 1, "2026-12-29 10:00"),
        ("02-29", "2028-02-28 17:00", 2, "2028-03-01 10:00"),
    ],
)
def test_nobody_works_on_holidays(days: str, start: str, work: int, end: str) -> None:
    week = calendar(LISBON, WEEKDAYS, days)
    assert week.add(moment(start, LISBON), timedelta(hours=work)) == moment(end, LISBON)


def test_time_backwards_is_no_time() -> None:
    week = calendar(LISBON, "always")
    later, earlier = moment("2026-06-16 10:00", LISBON), moment("2026-06-15 10:00", LISBON)
    assert week.between(later, earlier) == week.between(later, later) == timedelta(0)


def test_a_calendar_without_hours_is_none() -> None:
    with pytest.raises(ValueError, match="without opening hours"):
        Calendar(ZoneInfo("UTC"), ((),) * 7)


CALENDARS = [
    calendar(zone, hours, "2026-03-30, 10-26")
    for zone in (
        LISBON,
        SAO_PAULO,
        VLADIVOSTOK,
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "America/St_Johns",
        "America/New_York",
        "Asia/Kathmandu",
    )
    for hours in (WEEKDAYS, BREAK, "always", "sat-sun 00:00-01:30 01:45-03:15 22:30-24:00, wed 08:00-09:00")
]


@pytest.mark.parametrize("week", CALENDARS, ids=lambda week: f"{week.zone} {len(week.week[0])}")
def test_what_is_added_is_what_is_measured(week: Calendar) -> None:
    dice = random.Random(6)
    for _ in range(60):
        start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=dice.randrange(31_536_000))
        work = timedelta(seconds=dice.randrange(1, 200_000))
        end = week.add(start, work)
        assert week.between(start, end) == work
        assert week.between(start, end - timedelta(seconds=1)) == work - timedelta(seconds=1)
        middle = start + timedelta(seconds=dice.randrange(200_000))
        assert week.between(start, middle) + week.between(middle, end) == max(
            work, week.between(start, middle)
        )


@pytest.mark.parametrize("week", CALENDARS, ids=lambda week: f"{week.zone} {len(week.week[0])}")
def test_open_is_when_the_clock_on_the_wall_says_so(week: Calendar) -> None:
    """R15: where clocks are changed, and where they never are; leap day, year's end."""
    for day in ("2026-03-28", "2026-10-24", "2026-04-04", "2011-12-29", "2018-11-03", "2019-02-16", "2026-03-07", "2026-10-31",
        "1985-12-30", "2028-02-28", "2026-12-30",):  # fmt: skip
        start = datetime.fromisoformat(day).replace(tzinfo=UTC)
        counted = 0
        for minute in range(0, 3 * 24 * 60, 5):
            local = (start + timedelta(minutes=minute)).astimezone(week.zone)
            now, written = local.hour * 60 + local.minute, local.date().isoformat()
            closed = written in week.holidays or written[5:] in week.holidays
            counted += not closed and any(a <= now < b for a, b in week.week[local.weekday()])
        assert week.between(start, start + timedelta(days=3)) == timedelta(minutes=5 * counted), day
