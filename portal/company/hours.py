"""Opening hours as a form that people understand: days from when until when, with a break."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from babel import Locale
from babel.dates import format_date
from flask_babel import LazyString, get_locale
from wtforms import BooleanField, StringField, TextAreaField, ValidationError

from .. import grammar
from ..kit.company import Company
from ..kit.forms import AtMost, clean_line, clean_text
from ..kit.i18n import _, lazy
from ..kit.week_words import day_name, week_in_words
from .forms import ValuesForm

TIMES = {
    "from": lazy("from"),
    "until": lazy("until"),
    "pause": lazy("break from"),
    "back": lazy("break until"),
}
BEGINS, ENDS, PAUSE, BACK = range(4)


class Wrong(Exception):
    """A time that cannot be: which of the four of its day, and a sentence."""

    def __init__(self, which: int, words: str) -> None:
        super().__init__(words)
        self.which, self.words = which, words


def _minutes(which: int, words: str) -> int | None:
    """A time of day in minutes since midnight; None for none."""
    if not words:
        return None
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", words, re.ASCII)
    if not found or int(found[1]) * 60 + int(found[2]) > grammar.MIDNIGHT or int(found[2]) > 59:  # noqa: PLR2004 -- of an hour
        raise Wrong(which, _("Write a time like 09:00"))
    return int(found[1]) * 60 + int(found[2])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def spans_of(given: Sequence[str]) -> list[grammar.Span]:
    """What a day's four fields mean; nothing for a closed day.

    Raises:
        Wrong: one of them cannot be.
    """
    start, stop, away, again = (_minutes(which, words) for which, words in enumerate(given))
    if not any(given):
        return []
    if start is None or stop is None:
        words = _("Say from when and until when; a closed day has neither")
        raise Wrong(ENDS if stop is None else BEGINS, words)
    stop = stop or grammar.MIDNIGHT  # fields of browsers have no 24:00
    if stop <= start:
        raise Wrong(ENDS, _("The day ends before it begins; what follows midnight belongs to the next day"))
    if away is None and again is None:
        return [(start, stop)]
    if away is None or again is None:
        raise Wrong(BACK if again is None else PAUSE, _("A break has a beginning and an end"))
    if not start < away < again < stop:
        raise Wrong(PAUSE, _("The break lies within the hours of the day, and ends after it begins"))
    return [(start, away), (again, stop)]


class HoursForm(ValuesForm):
    title, act = lazy("Opening hours"), "changed the opening hours"
    page = "company/hours.html"

    always = BooleanField(lazy("Open round the clock, every day"))
    holidays = TextAreaField(lazy("Holidays"), [AtMost(5000)], filters=[clean_text])

    @staticmethod
    def standing(company: Company) -> dict[str, Any]:
        found: dict[str, Any] = {"always": str(company.hours) == "always"}
        for day, spans in zip(grammar.DAYS, company.hours.meaning, strict=True):
            if spans and not found["always"]:
                found[f"{day}_from"], found[f"{day}_until"] = (
                    _clock(spans[0][0]),
                    _clock(spans[-1][1] % grammar.MIDNIGHT),
                )
            if len(spans) > 1:
                found[f"{day}_pause"], found[f"{day}_back"] = _clock(spans[0][1]), _clock(spans[1][0])
        found["holidays"] = "\n".join(_in_order(company.holidays.meaning))
        return found

    def times(self, day: str) -> list[Any]:
        """The four fields of a day."""
        return [self[f"{day}_{name}"] for name in TIMES]

    def week(self) -> str:
        """The hours as grammar.py reads them; without days that cannot be, whose fields say why."""
        if self.always.data:
            return "always"
        groups = []
        for day in grammar.DAYS:
            fields = self.times(day)
            try:
                spans = spans_of([field.data or "" for field in fields])
            except Wrong as wrong:
                fields[wrong.which].errors = [wrong.words]
                continue
            told = [f"{_clock(start)}-{_clock(stop)}" for start, stop in spans]
            groups += [" ".join([day, *told])] if told else []
        return ", ".join(groups)

    def validate(self, extra_validators: Any = None) -> bool:
        right: bool = super().validate(extra_validators)
        week = self.week()
        if any(field.errors for day in grammar.DAYS for field in self.times(day)):
            return False
        try:
            grammar.opening_hours(week)
        except ValueError:
            words = _("Be open for an hour a week at least: promises of an answer are counted in these hours")
            self.form_errors = [words]
            return False
        return right

    def _days(self) -> list[str]:
        return [day for day in re.split(r"[\s,;]+", self.holidays.data or "") if day]

    def validate_holidays(self, field: Any) -> None:
        for day in self._days():
            try:
                grammar.holidays(day)
            except ValueError as error:
                raise ValidationError(
                    _("“%(day)s” is no date like 2026-12-25 or, for every year, 12-25", day=day[:40])
                ) from error
        if len(self._days()) > grammar.MOST_HOLIDAYS:
            raise ValidationError(_("These are more than %(most)d days", most=grammar.MOST_HOLIDAYS))

    def value(self) -> dict[str, Any]:
        return {"HOURS": self.week(), "HOLIDAYS": ", ".join(dict.fromkeys(self._days()))}


def _label(day: int, name: str) -> str:
    return f"{day_name(day)}, {TIMES[name]}"


for _place, _day in enumerate(grammar.DAYS):
    for _name in TIMES:
        _field = StringField(LazyString(_label, _place, _name), filters=[clean_line])
        setattr(HoursForm, f"{_day}_{_name}", _field)


def _in_order(days: frozenset[str]) -> list[str]:
    """Those of every year first, then the others."""
    return sorted(days, key=lambda day: (len(day), day))


def _locale() -> Locale:
    return get_locale() or Locale("en")


def hours_in_words(company: Company) -> list[tuple[str, str]]:
    """All days with their hours, also those on which nobody is there."""
    if str(company.hours) == "always":
        return [(_("Every day"), _("round the clock"))]
    return [(days, hours or _("closed")) for days, hours in week_in_words(company.hours.meaning)]


def holidays_in_words(company: Company) -> list[str]:
    """Each holiday as people say it: "25 December, every year"."""
    told = []
    for day in _in_order(company.holidays.meaning):
        yearly = len(day) == len("12-25")
        moment = date.fromisoformat(f"2024-{day}" if yearly else day)
        pattern = _locale().datetime_skeletons["MMMMd"].pattern
        words = format_date(moment, pattern if yearly else "long", locale=_locale())
        told.append(_("%(day)s, every year", day=words) if yearly else words)
    return told
