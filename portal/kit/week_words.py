"""Opening hours in words: days that follow each other with the same hours, told once."""

from collections.abc import Sequence
from itertools import groupby

from ..grammar import MIDNIGHT, Span, Week
from .i18n import _, clock_time, weekday_name


def day_name(place: int) -> str:
    """A day of the week at the beginning of a line, from Monday = 0 on."""
    name = weekday_name(place)
    return name[:1].upper() + name[1:]


def week_in_words(week: Week) -> list[tuple[str, str]]:
    """Days and their hours: ("Monday – Friday", "9:00–18:00"); without hours where it is closed."""
    groups = [(list(days), spans) for spans, days in groupby(range(len(week)), key=lambda place: week[place])]
    return [(_from_to(days[0], days[-1]), _hours(spans)) for days, spans in groups]


def _from_to(first: int, last: int) -> str:
    if first == last:
        return day_name(first)
    return f"{day_name(first)}{', ' if last - first == 1 else ' – '}{weekday_name(last)}"


def _hours(spans: Sequence[Span]) -> str:
    if list(spans) == [(0, MIDNIGHT)]:
        return _("all day")
    return ", ".join(f"{clock_time(start)}–{clock_time(stop)}" for start, stop in spans)
