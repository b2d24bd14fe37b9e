"""Opening hours: one calendar with holidays and a zone, in which every promise and deadline of the portal is counted.

Open is whenever the clock on the wall of the calendar's zone stands within a span of that day. So an hour that summer
time skips is worked by nobody, an hour that comes twice counts twice, and all sums are of time that really passes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ..grammar import Week
from .company import the_company

NOTHING, ONE_DAY = timedelta(0), timedelta(days=1)
NEVER = timedelta(days=14)  # what is open for longer without a break is said to be open always


@dataclass(frozen=True)
class Calendar:
    """Opening hours of a week, and the days without.

    Attributes:
        zone: whose wall clocks the spans mean.
        week: spans of each day, Monday first, in minutes since midnight; in order, without overlaps.
        holidays: ISO dates, 2026-12-25 of one year or 12-25 of every year.

    Raises:
        ValueError: no span at all, in which a promise would never end.
    """

    zone: ZoneInfo
    week: Week
    holidays: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not any(self.week):
            raise ValueError("a calendar without opening hours")

    def add(self, moment: datetime, work: timedelta) -> datetime:
        """The first moment at which `work` has been worked since `moment` (aware): at the closing second, not the next morning."""
        for start, stop in self._open_from(moment) if work > NOTHING else ():
            if work <= stop - start:
                return start + work
            work -= stop - start
        return moment

    def between(self, start: datetime, stop: datetime) -> timedelta:
        """Working time from one moment to a later one (aware); nothing when the second is not later."""
        total = NOTHING
        for opens, closes in self._open_from(start):
            if opens >= stop:
                break
            total += min(closes, stop) - opens
        return total

    def door(self, moment: datetime) -> tuple[bool, datetime | None]:
        """Whether it is open at a moment (aware), and when that changes; None for what never closes."""
        spans = self._open_from(moment)
        start, stop = next(spans)
        if start > moment:
            return False, start
        for begins, ends in spans:
            if begins > stop:
                return True, stop
            if ends - moment > NEVER:
                break
            stop = ends
        return True, None

    def _open_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is open from a moment on, in UTC, in order and without end."""
        moment = moment.astimezone(UTC)
        block = datetime.combine(moment.date(), time(), UTC)
        while True:
            for start, stop in self._open_in(block):
                if stop > moment:
                    yield max(start, moment), stop
            block += ONE_DAY

    def _open_in(self, block: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is open in one day of UTC that begins at `block`."""
        for begins, ends in self._even(block, block + ONE_DAY):
            offset = self._offset(begins)
            local, local_end = ((m + offset).replace(tzinfo=None) for m in (begins, ends))
            day = local.date()
            while datetime.combine(day, time()) < local_end:
                for start, stop in self._spans(day):
                    first, last = max(start, local), min(stop, local_end)
                    if first < last:
                        yield (first - offset).replace(tzinfo=UTC), (last - offset).replace(tzinfo=UTC)
                day += ONE_DAY

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        written = day.isoformat()
        if written not in self.holidays and written[5:] not in self.holidays:
            midnight = datetime.combine(day, time())
            for start, stop in self.week[day.weekday()]:
                yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=stop)

    def _offset(self, moment: datetime) -> timedelta:
        return moment.astimezone(self.zone).utcoffset() or NOTHING

    def _even(self, begins: datetime, ends: datetime) -> list[tuple[datetime, datetime]]:
        """A day of UTC, cut where the zone's clocks are changed: in each part they show UTC plus one offset."""
        before = self._offset(begins)
        if self._offset(ends) == before:
            return [(begins, ends)]
        low, high = 0, int((ends - begins).total_seconds())
        while high - low > 1:
            middle = (low + high) // 2
            if self._offset(begins + timedelta(seconds=middle)) == before:
                low = middle
            else:
                high = middle
        changed = begins + timedelta(seconds=high)
        return [(begins, changed), (changed, ends)] if changed < ends else [(begins, ends)]


@lru_cache(16)
def _calendar(zone: str, week: Week, holidays: frozenset[str]) -> Calendar:
    return Calendar(ZoneInfo(zone), week, holidays)


def the_calendar() -> Calendar:
    """The company's, as it stands now."""
    company = the_company()
    return _calendar(company.zone, company.hours.meaning, company.holidays.meaning)
