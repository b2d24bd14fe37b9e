"""How values of settings are written: words, numbers, addresses, and what has a grammar of its own, as opening hours."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PRIORITIES = ("urgent", "high", "normal", "low")
MIDNIGHT = 24 * 60
LEAST_WEEK = 60  # minutes: with less, a promise would lie years away
MOST_HOLIDAYS, MOST_HOURS = 200, 200
MOST_SPANS = 4  # of a day: as many as the form of the opening hours can show

Span = tuple[int, int]  # minutes since midnight, the second one exclusive and at most 24:00
Week = tuple[tuple[Span, ...], ...]  # the spans of each day, Monday first
Meaning = TypeVar("Meaning")


class Allowed(NamedTuple):
    """Opening hours that an answer may take: the first one of a request, and each one after it."""

    first: int
    next: int


@dataclass(frozen=True)
class Written(Generic[Meaning]):
    """What a setting means, and how the owner wrote it."""

    words: str
    meaning: Meaning

    def __str__(self) -> str:
        return self.words


def opening_hours(value: str) -> Written[Week]:
    """Days with their spans, groups divided by commas: "mon-thu 09:00-12:30 13:30-18:00, fri 09:00-15:00"; or "always".

    Raises:
        ValueError: the end of a sentence about what is wrong.
    """
    words = value.strip().lower()
    if words == "always":
        return Written("always", ((((0, MIDNIGHT)),),) * 7)
    week: list[list[Span]] = [[] for _ in DAYS]
    for group in words.split(","):
        days = [part for part in group.split() if ":" not in part]
        spans = [_span(part) for part in group.split() if ":" in part]
        if not days or not spans:
            raise ValueError("each part needs days and hours, like mon-fri 09:00-18:00, or write always")
        for place in (place for part in days for place in _places(part)):
            week[place] += spans
    for name, day in zip(DAYS, week, strict=True):
        _check_day(name, day)
    if sum(stop - start for day in week for start, stop in day) < LEAST_WEEK:
        raise ValueError("a week needs an open hour at least")
    return Written(value.strip(), tuple(tuple(day) for day in week))


def _check_day(name: str, day: list[Span]) -> None:
    """Put the spans of a day in order, and see that they can be."""
    day.sort()
    if any(before[1] > after[0] for before, after in pairwise(day)):
        raise ValueError(f"two spans of {name} overlap")
    if len(day) > MOST_SPANS:
        raise ValueError(f"{name} has more than {MOST_SPANS} spans")


def _places(part: str) -> list[int]:
    """The days that "mon" or "sat-mon" names, as numbers from Monday on."""
    first, _, last = part.partition("-")
    for word in (first, last or first):
        if word not in DAYS:
            raise ValueError(f"{word!r} is no day; the days are {', '.join(DAYS)}")
    start, stop = DAYS.index(first), DAYS.index(last or first)
    return [place % 7 for place in range(start, stop + 1 + (7 if stop < start else 0))]


def _span(part: str) -> Span:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", part, re.ASCII)
    if not found:
        raise ValueError(f"{part!r} is no span of hours like 09:00-18:00")
    hour, minute, to_hour, to_minute = map(int, found.groups())
    start, stop = hour * 60 + minute, to_hour * 60 + to_minute
    if max(minute, to_minute) > 59 or max(start, stop) > MIDNIGHT:  # noqa: PLR2004 -- minutes of an hour
        raise ValueError(f"{part!r} is beyond the hours of a day, which end at 24:00")
    if stop <= start:
        raise ValueError(f"{part} ends before it begins; write what follows midnight with the next day")
    return start, stop


def holidays(value: str) -> Written[frozenset[str]]:
    """Dates divided by commas, 2026-12-25 of one year or 12-25 of every year.

    Raises:
        ValueError: the end of a sentence about what is wrong.
    """
    parts = [part.strip() for part in value.split(",") if part.strip()]
    for part in parts:
        try:
            if not re.fullmatch(r"(\d{4}-)?\d{2}-\d{2}", part, re.ASCII):
                raise ValueError(part)
            date.fromisoformat(part if len(part) > len("12-25") else f"2024-{part}")  # a leap year
        except ValueError as error:
            raise ValueError(f"{part!r} is no date like 2026-12-25 or, for every year, 12-25") from error
    if len(parts) > MOST_HOLIDAYS:
        raise ValueError(f"more than {MOST_HOLIDAYS} holidays would leave hardly a day for answers")
    return Written(value.strip(), frozenset(parts))


def answer_hours(value: str) -> Written[dict[str, Allowed]]:
    """Each priority with its hours to the first and to the next answer: "urgent 1 2, high 4 4, normal 8 8, low 16 16".

    Raises:
        ValueError: the end of a sentence about what is wrong.
    """
    found = {}
    for part in value.strip().lower().split(","):
        words = part.split()
        if len(words) != 3 or not all(re.fullmatch(r"\d{1,3}", w, re.ASCII) for w in words[1:]):  # noqa: PLR2004 -- a name, two numbers
            raise ValueError(f"{part.strip()!r} is no priority with two numbers of hours, like normal 8 8")
        hours = Allowed(int(words[1]), int(words[2]))
        if min(hours) < 1 or max(hours) > MOST_HOURS:
            raise ValueError(f"an answer may take 1 to {MOST_HOURS} hours")
        found[words[0]] = hours
    if sorted(found) != sorted(PRIORITIES):
        raise ValueError(f"each of these is needed once: {', '.join(PRIORITIES)}")
    return Written(value.strip(), found)


def text(value: str) -> str:
    return value.strip()


def yes_or_no(value: str) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
        "": False,
    }
    if value.strip().lower() not in words:
        raise ValueError("say yes or no")
    return words[value.strip().lower()]


def whole(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"-?\d{1,12}", value.strip()) or not least <= int(value) <= most:
            raise ValueError(f"a whole number from {least} to {most} is needed")
        return int(value)

    return parse


def one_of(*words: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value.strip() not in words:
            raise ValueError("one of these is needed: " + ", ".join(words))
        return value.strip()

    return parse


def web_address(value: str) -> str:
    parts = urlsplit(value.strip())
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.path not in ("", "/")
    ):
        raise ValueError("an address like https://help.example.com is needed, without a path")
    return value.strip().rstrip("/")


def hosts(value: str) -> tuple[str, ...]:
    found = tuple(host for host in re.split(r"[,\s]+", value.strip().lower()) if host)
    for host in found:
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host):
            raise ValueError("names of hosts are needed, like youtube.com, vimeo.com, videos.example.org")
    return found


def zone(value: str) -> str:
    if value.strip() not in available_timezones():
        raise ValueError("a time zone like Europe/Lisbon is needed")
    return ZoneInfo(value.strip()).key


def colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value.strip()):
        raise ValueError("a colour like #0a6a7c is needed")
    return value.strip()


def folder(value: str) -> str:
    if not re.fullmatch(r"[\x20-\x7e]{1,200}", value.strip()) or '"' in value or "\\" in value:
        raise ValueError("the name of a folder in plain letters is needed, as the IMAP server lists it")
    return value.strip()


def reply_address(value: str) -> str:
    """An address to which `+<token>` is added; with it the part before the @ may hold 64 signs (RFC 5321, 4.5.3.1.1)."""
    value = value.strip().lower()
    if value and not re.fullmatch(r"[a-z0-9._-]{1,19}@[a-z0-9-]+(\.[a-z0-9-]+)+", value):
        raise ValueError(
            "an address like help@example.com is needed, with at most 19 signs and no + before the @"
        )
    return value


def sender(value: str) -> str:
    value = value.strip()
    if value and not re.fullmatch(r'[^\s@<>"(),:;\\]{1,64}@[\w-]+(\.[\w-]+)*', value):
        raise ValueError("an address like help@example.com is needed, without a name")
    return value


def database_address(value: str) -> str:
    value = (
        value.strip()
        .replace("postgres://", "postgresql://", 1)
        .replace("postgresql://", "postgresql+psycopg://", 1)
    )
    if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("an address that begins with sqlite:/// or postgresql:// is needed")
    return value
