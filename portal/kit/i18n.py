"""Languages: which one the reader gets, and moments in words of that language and zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.units import format_unit
from flask import current_app, has_request_context, request
from flask_babel import get_locale, get_timezone, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy
from flask_login import current_user

from ..config import LANGUAGES
from . import clock

__all__ = [
    "LANGUAGES",
    "_",
    "ago",
    "current_language",
    "day",
    "exact",
    "lazy",
    "ngettext",
    "pick_language",
    "pick_zone",
]

COOKIE = "language"


def _wanted() -> list[str]:
    """Candidates of a visitor, best first: this page's switch, the one kept on this device, the account."""
    person = getattr(current_user, "person", None)
    return [request.args.get("lang", ""), request.cookies.get(COOKIE, ""), person.language if person else ""]


def pick_language() -> str:
    """The reader's language: a switch, else the account's, else the browser's, else the site's."""
    if not has_request_context():
        return str(current_app.config["LANGUAGE"])
    for code in _wanted():
        if code in LANGUAGES:
            return code
    accepted = [tag.replace("-", "_") for tag in request.accept_languages.values()]
    # A browser that says only pt, or pt_PT, is better served in Brazilian Portuguese than in English.
    accepted += ["pt_BR" for tag in accepted if tag.startswith("pt")]
    accepted += [tag.split("_", maxsplit=1)[0] for tag in accepted]
    return negotiate_locale(accepted, list(LANGUAGES)) or str(current_app.config["LANGUAGE"])


def pick_zone() -> str:
    person = getattr(current_user, "person", None) if has_request_context() else None
    return str(person.zone if person and person.zone else current_app.config["ZONE"])


def current_language() -> str:
    """Code of the language in force, one of LANGUAGES."""
    return str(get_locale() or "en")


def _locale() -> Locale:
    """The language's conventions; for English those of Britain: 24 hours, the day before the month."""
    locale = get_locale() or Locale("en")
    return Locale("en", "GB") if locale.language == "en" else locale


def _local(moment: datetime) -> datetime:
    return moment.astimezone(get_timezone() or ZoneInfo("UTC"))


def ago(moment: datetime) -> str:
    """A moment as people say it, in the reader's zone: "5 minutes ago", "9:12", "Mon", "12 Jun"."""
    passed = clock.now() - moment
    local, today = _local(moment), _local(clock.now())
    locale = _locale()
    if timedelta(0) <= passed < timedelta(hours=1):
        whole = max(passed, timedelta(minutes=1))
        return format_timedelta(
            -whole, granularity="minute", add_direction=True, threshold=1.1, locale=locale
        )
    if local.date() == today.date():
        return format_time(local, "short", locale=locale)
    if timedelta(0) < passed < timedelta(days=6):
        return format_datetime(local, "EEE ", locale=locale) + format_time(local, "short", locale=locale)
    skeleton = "MMMd" if local.year == today.year else "yMMMd"
    return _skeleton(skeleton, local, locale)


def _skeleton(skeleton: str, local: datetime, locale: Locale) -> str:
    pattern = locale.datetime_skeletons.get(skeleton)
    return format_date(local, pattern.pattern if pattern else "medium", locale=locale)


def exact(moment: datetime) -> str:
    """A moment in full, with its zone."""
    local = _local(moment)
    return format_datetime(local, "long", tzinfo=local.tzinfo, locale=_locale())


def day(moment: datetime) -> str:
    """A moment's date and time without seconds: "17 June 2026, 09:12"."""
    local = _local(moment)
    return f"{format_date(local, 'long', locale=_locale())}, {format_time(local, 'short', locale=_locale())}"


def unit(amount: float, name: str) -> str:
    """An amount with its unit (CLDR's name of it) in the reader's language: "184 kB", "184 кБ"."""
    return format_unit(amount, name, "short", locale=_locale())


def time_in(zone: str) -> str:
    """The time of day now in a zone, for somebody who wonders whether to ring."""
    return format_time(clock.now().astimezone(ZoneInfo(zone)), "short", locale=_locale())


def remember_choice() -> str | None:
    """The language that this request switches to, to be kept in a cookie; None when it switches nothing."""
    code = request.args.get("lang", "")
    return code if code in LANGUAGES else None
