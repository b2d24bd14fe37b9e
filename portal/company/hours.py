"""Opening hours as a form that people understand: days from when until when, with a break."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from babel import Locale
from babel.dates import format_date
from flask_babel import LazyString, get_locale
from wtforms import BooleanField, StringField, TextAreaField, ValidationError

from .. import grammar
from ..kit.company import Company
from ..kit.forms import AtMost, clean_line, clean_text
from ..kit.i18n import BRITISH, _, lazy
from ..kit.week_words import day_name, week_in_words
from .forms import ValuesForm

TIMES = {
    "from": lazy("from"),
    "until": lazy("until"),
    "pause": lazy("break from"),
    "back": lazy("break until"),
}
# Few days have more than one break, so these fields are kept out of sight until somebody wants them.
FURTHER = {
    "pause2": lazy("second break from"),
    "back2": lazy("second break until"),
    "pause3": lazy("third break from"),
    "back3": lazy("third break until"),
}
ALL = TIMES | FURTHER
BEGINS, ENDS, PAUSE = range(3)


class Wrong(Exception):
    """A time that cannot be: which of those of its day, and a sentence."""

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
    """What a day's fields mean: from, until, and the two ends of each break; nothing for a closed day.

    Raises:
        Wrong: one of them cannot be.
    """
    start, stop, *rest = (_minutes(which, words) for which, words in enumerate(given))
    if not any(given):
        return []
    if start is None or stop is None:
        words = _("Say from when and until when; a closed day has neither")
        raise Wrong(ENDS if stop is None else BEGINS, words)
    stop = stop or grammar.MIDNIGHT  # fields of browsers have no 24:00
    if stop <= start:
        raise Wrong(ENDS, _("The day ends before it begins; what follows midnight belongs to the next day"))
    spans: list[grammar.Span] = []
    for away, again, place in sorted(_breaks(start, stop, rest)):
        if spans and away <= start:
            raise Wrong(place, _("Between two breaks of a day there is an open time"))
        spans.append((start, away))
        start = again
    return [*spans, (start, stop)]


def _breaks(start: int, stop: int, rest: Sequence[int | None]) -> Iterator[tuple[int, int, int]]:
    """The breaks of a day that is open from start to stop, each with the place of its first field."""
    for at in range(0, len(rest), 2):
        away, again = rest[at : at + 2]
        if away is None and again is None:
            continue
        if away is None or again is None:
            raise Wrong(PAUSE + at + (again is None), _("A break has a beginning and an end"))
        if not start < away < again < stop:
            raise Wrong(PAUSE + at, _("The break lies within the hours of the day, and ends after it begins"))
        yield away, again, PAUSE + at


def _joined(spans: Sequence[grammar.Span]) -> list[grammar.Span]:
    """Spans that touch each other are one: the form knows no break of no length."""
    joined: list[grammar.Span] = []
    for start, stop in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = joined[-1][0], stop
        else:
            joined.append((start, stop))
    return joined


class HoursForm(ValuesForm):
    title, act = lazy("Opening hours"), "changed the opening hours"
    page = "company/hours.html"

    always = BooleanField(lazy("Open round the clock, every day"))
    holidays = TextAreaField(lazy("Holidays"), [AtMost(5000)], filters=[clean_text])

    @staticmethod
    def standing(company: Company) -> dict[str, Any]:
        found: dict[str, Any] = {"always": str(company.hours) == "always"}
        for day, spans in zip(grammar.DAYS, map(_joined, company.hours.meaning), strict=True):
            if not spans or found["always"]:
                continue
            breaks = [moment for before, after in pairwise(spans) for moment in (before[1], after[0])]
            moments = [spans[0][0], spans[-1][1] % grammar.MIDNIGHT, *breaks]
            found |= {f"{day}_{name}": _clock(moment) for name, moment in zip(ALL, moments, strict=False)}
        found["holidays"] = "\n".join(_in_order(company.holidays.meaning))
        return found

    def times(self, day: str) -> list[Any]:
        """The fields of a day."""
        return [self[f"{day}_{name}"] for name in ALL]

    @property
    def has_further(self) -> bool:
        """Whether a day has more than one break, so that the fields for them are to be seen."""
        fields = (self[f"{day}_{name}"] for day in grammar.DAYS for name in FURTHER)
        return any(field.data or field.errors for field in fields)

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
    return f"{day_name(day)}, {ALL[name]}"


for _place, _day in enumerate(grammar.DAYS):
    for _name in ALL:
        _field = StringField(LazyString(_label, _place, _name), filters=[clean_line])
        setattr(HoursForm, f"{_day}_{_name}", _field)


def _in_order(days: frozenset[str]) -> list[str]:
    """Those of every year first, then the others."""
    return sorted(days, key=lambda day: (len(day), day))


def _locale() -> Locale:
    """The reader's conventions of dates; for English those of Britain, as everywhere."""
    locale = get_locale()
    return BRITISH if locale is None or locale.language == "en" else locale


def hours_in_words(company: Company) -> list[tuple[str, str]]:
    """All days with their hours, also those on which nobody is there."""
    if str(company.hours) == "always":
        return [(_("Every day"), _("round the clock"))]
    return [(days, hours or _("closed")) for days, hours in week_in_words(company.hours.meaning)]


def holidays_in_words(company: Company) -> list[str]:
    """Each holiday as people say it: "25 December, every year"."""
    told, conventions = [], _locale()
    for day in _in_order(company.holidays.meaning):
        yearly = len(day) == len("12-25")
        moment = date.fromisoformat(f"2024-{day}" if yearly else day)
        pattern = conventions.datetime_skeletons["MMMMd"].pattern
        words = format_date(moment, pattern if yearly else "long", locale=conventions)
        told.append(_("%(day)s, every year", day=words) if yearly else words)
    return told
