"""Languages: which one the reader gets, and moments in words of that language and zone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from gettext import NullTranslations
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import (
    format_date,
    format_datetime,
    format_time,
    format_timedelta,
    get_day_names,
    get_timezone_location,
)
from babel.units import format_unit
from flask import has_request_context, request
from flask_babel import force_locale, get_locale, get_timezone, get_translations
from flask_babel.speaklater import LazyString
from flask_login import current_user

from ..config import LANGUAGES
from . import clock
from .addresses import is_from_here
from .company import the_company

__all__ = [
    "LANGUAGES",
    "_",
    "ago",
    "ahead",
    "by_when",
    "catalogue",
    "current_language",
    "day",
    "exact",
    "in_language",
    "in_zone",
    "lazy",
    "ngettext",
    "own_language",
    "pick_language",
    "pick_zone",
    "since",
]

COOKIE = "language"
KEPT = 10_000  # moments that a process remembers in words: lists show the same ones again and again
BRITISH = Locale("en", "GB")
WEEK = 7
_in_force: ContextVar[tuple[str, NullTranslations] | None] = ContextVar("in_force", default=None)
_in_zone: ContextVar[str] = ContextVar("in_zone", default="")


def _found() -> tuple[str, NullTranslations]:
    """Language and translations in force, looked up once a request: at each word it would be a fifth of a page's time."""
    found = _in_force.get()
    if found is None:
        found = str(get_locale() or "en"), get_translations()
        if has_request_context():  # the worker writes mails in many languages
            _in_force.set(found)
    return found


def catalogue() -> NullTranslations:
    """The translations in force."""
    return _found()[1]


def forget_catalogue(*_: Any) -> None:
    """The next request may have another language."""
    _in_force.set(None)


def _(words: str, /, **values: Any) -> str:
    """The words in the reader's language, filled with values."""
    said = catalogue().gettext(words)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, /, **values: Any) -> str:
    """The form of the words that fits a number, which they can name as %(num)d."""
    return catalogue().ngettext(one, many, num) % {"num": num, **values}


def lazy(words: str, /, **values: Any) -> Any:
    """Words that are translated when they are shown."""
    return LazyString(_, words, **values)


def pick_language() -> str:
    """The language of this page: the one that its address names, else the reader's own."""
    if not has_request_context():
        return the_company().language
    code = request.args.get("lang", "")
    return code if code in the_company().languages else own_language()


def own_language() -> str:
    """The reader's language, whatever the address names: the one chosen here, the account's, the browser's, the site's."""
    person, company = getattr(current_user, "person", None), the_company()
    for code in (request.cookies.get(COOKIE, ""), person.language if person else ""):
        if code in company.languages:
            return code
    accepted = [tag.replace("-", "_") for tag in request.accept_languages.values()]
    # A browser that says only pt, or pt_PT, is better served in Brazilian Portuguese than in English.
    accepted += ["pt_BR" for tag in accepted if tag.startswith("pt")]
    accepted += [tag.split("_", maxsplit=1)[0] for tag in accepted]
    return negotiate_locale(accepted, list(company.languages)) or company.language


def pick_zone() -> str:
    person = getattr(current_user, "person", None) if has_request_context() else None
    return str(person.zone if person and person.zone else the_company().zone)


def current_language() -> str:
    """Code of the language in force, one of LANGUAGES."""
    return _found()[0]


def _conventions() -> tuple[Locale, tzinfo]:
    """The language's conventions (for English those of Britain: 24 hours, the day before the month) and the zone."""
    locale, given = get_locale(), _in_zone.get()
    zone = ZoneInfo(
        given or str(get_timezone() or "UTC")
    )  # the library's own zones are slow to tell the time
    return BRITISH if locale is None or locale.language == "en" else locale, zone


@contextmanager
def in_zone(zone: str) -> Iterator[None]:
    """Tell moments in a zone inside the block, as for the reader of a mail; with none in the one in force."""
    token = _in_zone.set(zone)
    try:
        yield
    finally:
        _in_zone.reset(token)


def _reader() -> tuple[Locale, tzinfo]:
    """The reader's conventions and zone, looked up once a request: a list shows them a hundred times."""
    if not has_request_context() or _in_zone.get():
        return _conventions()
    environ = request.environ
    if "portal.reader" not in environ:
        environ["portal.reader"] = _conventions()
    return environ["portal.reader"]


def _locale() -> Locale:
    return _reader()[0]


def _zone() -> tzinfo:
    return _reader()[1]


def _local(moment: datetime) -> datetime:
    return moment.astimezone(_zone())


def ago(moment: datetime) -> str:
    """A moment as people say it, in the reader's zone: "5 minutes ago", "9:12", "Mon", "12 Jun"."""
    now, (locale, zone) = clock.now(), _reader()
    passed = now - moment
    if timedelta(0) <= passed < timedelta(hours=1):
        return _minutes_ago(round(passed.total_seconds() / 60), locale)
    # Without its zone: two moments that differ only in that count as equal, and the words kept for one fit not the other.
    local, today = moment.astimezone(zone).replace(tzinfo=None), now.astimezone(zone)
    if local.date() == today.date():
        return _in_words(local, "time", locale)
    if timedelta(0) < passed < timedelta(days=6):
        return _in_words(local, "weekday", locale)
    return _in_words(local, "MMMd" if local.year == today.year else "yMMMd", locale)


@lru_cache(KEPT)
def _minutes_ago(minutes: int, locale: Locale) -> str:
    if minutes < 1:
        return _("just now")
    passed = timedelta(minutes=-minutes)
    return format_timedelta(passed, granularity="minute", add_direction=True, threshold=1.1, locale=locale)


@lru_cache(KEPT)
def _in_words(local: datetime, how: str, locale: Locale) -> str:
    """A moment as "time", as "weekday" with the time, or as the date of one of the language's skeletons."""
    if how == "time":
        return format_time(local, "short", locale=locale)
    if how == "weekday":
        return format_datetime(local, "EEE ", locale=locale) + format_time(local, "short", locale=locale)
    pattern = locale.datetime_skeletons.get(how)
    return format_date(
        local, pattern.pattern if pattern else "long" if how == "long" else "medium", locale=locale
    )


def by_when(moment: datetime, *, short: bool = False, lasting: bool = False) -> str:
    """A moment to come, or just over, as an end: "14:00 today", "Thursday 14:00".

    Args:
        short: for a table: "14:00", "Thu 14:00".
        lasting: without "today" and "tomorrow", for a mail that is read on another day.
    """
    locale, zone = _reader()
    local = moment.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)
    how = "short" if short else "lasting" if lasting else ""
    return _as_an_end(local, clock.now().astimezone(zone).date(), how, locale)


@lru_cache(KEPT)
def _as_an_end(local: datetime, today: date, how: str, locale: Locale) -> str:
    days, time = (local.date() - today).days, _in_words(local, "time", locale)
    if days in (-1, 0, 1) and how != "lasting":
        return _near(days, time, how)
    if abs(days) < WEEK:
        if how == "short":
            return f"{format_datetime(local, 'EEE', locale=locale)} {time}"
        return _("%(weekday)s %(time)s", weekday=format_datetime(local, "EEEE", locale=locale), time=time)
    if how == "short":
        return _in_words(local, "MMMd" if local.year == today.year else "yMMMd", locale)
    written = _in_words(local, "MMMMd" if local.year == today.year else "long", locale)
    return _("%(date)s, %(time)s", date=written, time=time)


def _near(days: int, time: str, how: str) -> str:
    if days == 0:
        return time if how == "short" else _("%(time)s today", time=time)
    return _("tomorrow %(time)s", time=time) if days > 0 else _("yesterday %(time)s", time=time)


@dataclass(frozen=True)
class Told:
    """A moment in words of the reader's language and zone, for sentences that put them in their own order.

    Attributes:
        days: how many days after today; negative before.
        weekday, date, time: "Monday", "22 November", "9:00".
    """

    days: int
    weekday: str
    date: str
    time: str


def told(moment: datetime) -> Told:
    """A moment to come, taken apart."""
    locale, zone = _reader()
    local = moment.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)
    today = clock.now().astimezone(zone).date()
    weekday = format_datetime(local, "EEEE", locale=locale)
    written = _in_words(local, "MMMMd" if local.year == today.year else "long", locale)
    return Told((local.date() - today).days, weekday, written, _in_words(local, "time", locale))


def clock_time(minutes: int) -> str:
    """A time of day, in minutes since midnight, as the reader's language writes it."""
    return format_time(time(minutes // 60 % 24, minutes % 60), "short", locale=_locale())


def weekday_name(place: int) -> str:
    """A day of the week, from Monday = 0 on."""
    return str(get_day_names("wide", context="stand-alone", locale=_locale())[place])


def written_day(day_of_year: date) -> str:
    """A date with its year: "25 December 2026"."""
    return format_date(day_of_year, "long", locale=_locale())


def same_clock(zone: str) -> bool:
    """Whether the reader's clock shows the time that a zone's does."""
    now = clock.now()
    return now.astimezone(_zone()).utcoffset() == now.astimezone(ZoneInfo(zone)).utcoffset()


def place_of(zone: str) -> str:
    """Where a zone's clock hangs: "Lisbon"."""
    return str(get_timezone_location(ZoneInfo(zone), locale=_locale(), return_city=True))


def ahead(moment: datetime) -> str:
    """How far off a moment is: "in 2 hours"."""
    return format_timedelta(
        moment - clock.now(), granularity="minute", add_direction=True, threshold=1.1, locale=_locale()
    )


def since(moment: datetime) -> str:
    """How long ago a moment was, without a word for the direction: "12 min"."""
    return _length(int((clock.now() - moment).total_seconds() / 60), _locale())


@lru_cache(KEPT)
def _length(minutes: int, locale: Locale) -> str:
    passed = timedelta(minutes=minutes)
    return format_timedelta(passed, granularity="minute", threshold=1.1, format="short", locale=locale)


def exact(moment: datetime) -> str:
    """A moment with its year, and where the clock hangs: "22 November 2026, 04:14 (Lisbon)"."""
    locale, zone = _reader()
    return _in_full(moment, zone, locale)


@lru_cache(KEPT)
def _in_full(moment: datetime, zone: tzinfo, locale: Locale) -> str:
    local = moment.astimezone(zone)
    place = get_timezone_location(local, locale=locale, return_city=True)
    written, time = format_date(local, "long", locale=locale), format_time(local, "short", locale=locale)
    return f"{written}, {time} ({place})"


def day(moment: datetime) -> str:
    """A moment's date and time without seconds: "17 June 2026, 09:12"."""
    local = _local(moment)
    return f"{format_date(local, 'long', locale=_locale())}, {format_time(local, 'short', locale=_locale())}"


def date_of(moment: datetime) -> str:
    """A moment's date in the reader's zone: "17 June 2026"."""
    return written_day(_local(moment).date())


def month(moment: datetime) -> str:
    """A moment's month with its year: "June 2026"."""
    pattern = _locale().datetime_skeletons.get("yMMMM")
    return format_date(_local(moment), pattern.pattern if pattern else "MMMM y", locale=_locale())


def unit(amount: float, name: str) -> str:
    """An amount with its unit (CLDR's name of it) in the reader's language: "184 kB", "184 кБ"."""
    return format_unit(amount, name, "short", locale=_locale())


def time_in(zone: str) -> str:
    """The time of day now in a zone, for somebody who wonders whether to ring."""
    return format_time(clock.now().astimezone(ZoneInfo(zone)), "short", locale=_locale())


def remember_choice() -> str | None:
    """The language that this request switches to, to be kept in a cookie; None when it switches nothing.

    Who comes from a search engine or by a link that somebody sent has chosen a page, and no language: only the links
    of our own pages choose one.
    """
    code = request.args.get("lang", "")
    chosen = request.method == "GET" and code in the_company().languages and is_from_here(otherwise=True)
    return code if chosen else None


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Say words in another language inside the block, in a request whose page has its own."""
    token = _in_force.set(None)
    try:
        with force_locale(code):
            yield
    finally:
        _in_force.reset(token)
