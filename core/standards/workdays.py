"""Working days by the mainland calendar: what 10.2's seven working days run on.

The holidays of a year are announced late in the year before; beyond the last announced year only weekdays can be
counted, and the answer says that it is an estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from core.errors import Refused

SATURDAY = 5
MOST_DAYS = 10_000


@dataclass(frozen=True)
class Due:
    """The day something is due, the last day of the calendar in use, and whether weekdays had to stand in for it."""

    due: date
    calendar_ends: date
    estimated: bool


def due(start: date, days: int) -> Due:
    """The `days`-th working day after `start` (`start` itself does not count); make-up working days count.

    Refused: fewer than one day, more than 10,000, or a day beyond the year 9999.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Refused("workdays.days_out_of_range", most=MOST_DAYS)
    day, estimated = start, False
    for _ in range(days):
        while True:
            try:
                day += timedelta(days=1)
            except OverflowError:
                raise Refused("workdays.beyond_calendar") from None
            working, known = is_working_day(day)
            estimated = estimated or not known
            if working:
                break
    return Due(day, calendar_ends(), estimated)


def is_working_day(day: date) -> tuple[bool, bool]:
    """Whether `day` is a working day, and whether the calendar covers it; if not, weekdays are taken to be."""
    holidays, make_up_days, first, last = _calendar()
    working = day in make_up_days or (day.weekday() < SATURDAY and day not in holidays)
    return working, first <= day <= last


def calendar_ends() -> date:
    """The last day of the last year whose holidays are known."""
    return _calendar()[3]


@cache
def _calendar() -> tuple[frozenset[date], frozenset[date], date, date]:
    from chinese_calendar.constants import holidays, workdays

    first, last = min(holidays), max(holidays)
    return frozenset(holidays), frozenset(workdays), date(first.year, 1, 1), date(last.year, 12, 31)
