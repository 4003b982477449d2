"""What a roster's cell means as a date: serial numbers, 20010305, 2001.3.5, 2001年3月5日 and so on.

A year of two digits, and the American order, are handed back: either could be meant in two ways.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from core.registration.roster_values import Cell, Unclear, text

EARLIEST_YEAR, LATEST_YEAR = 1900, 2099
# A plain number is a date only where it lies between these: smaller ones are years and typing errors.
FIRST_SERIAL, LAST_SERIAL = date(1920, 1, 1), date(2099, 12, 31)
EPOCH_1900, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


_DATE = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?(?:[ T]0?0:00(?::00(?:\.0+)?)?)?", re.ASCII
)
_MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?(?:份|毕业)?", re.ASCII)


def day(cell: Cell, epoch: date = EPOCH_1900) -> date | None:
    """A whole date. `epoch` is day 0 of the workbook's serial numbers."""
    return _date(cell, epoch, month_is_enough=False)


def graduation(cell: Cell, epoch: date = EPOCH_1900) -> date | None:
    """A date, or a month as diplomas print it, which stands for its first day."""
    return _date(cell, epoch, month_is_enough=True)


def _date(cell: Cell, epoch: date, *, month_is_enough: bool) -> date | None:
    if isinstance(cell, datetime):
        return _in_range(cell.date())
    if isinstance(cell, date):
        return _in_range(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _numeric_date(cell, epoch, month_is_enough=month_is_enough)
    typed = text(cell)
    if typed is None:
        return None
    plain = unicodedata.normalize("NFKC", typed)
    if plain.isdecimal():
        return _numeric_date(int(plain[:12]), epoch, month_is_enough=month_is_enough)
    whole = _DATE.fullmatch(plain)
    if whole:
        return _calendar(int(whole[1]), int(whole[2]), int(whole[3]))
    month = _MONTH.fullmatch(plain)
    if month and month_is_enough:
        return _calendar(int(month[1]), int(month[2]), 1)
    raise Unclear("roster.month" if month else "roster.date")


def _numeric_date(number: int | float, epoch: date, *, month_is_enough: bool) -> date:
    """20010305, 200103 where a month is enough, or days since `epoch` (a time of day is dropped)."""
    if not 0 < number < 100_000_000:
        raise Unclear("roster.date")
    if number == int(number) and number >= 10_000_000:
        whole = int(number)
        return _calendar(whole // 10_000, whole // 100 % 100, whole % 100)
    if number == int(number) and number >= 190_000:
        if not month_is_enough:
            raise Unclear("roster.month")
        return _calendar(int(number) // 100, int(number) % 100, 1)
    if number > (LAST_SERIAL - EPOCH_1900).days:
        raise Unclear("roster.date")
    found = epoch + timedelta(days=int(number))
    if not FIRST_SERIAL <= found <= LAST_SERIAL:
        raise Unclear("roster.date")
    return found


def _calendar(year: int, month: int, day_of_month: int) -> date:
    try:
        return _in_range(date(year, month, day_of_month))
    except ValueError:
        raise Unclear("roster.date") from None


def _in_range(found: date) -> date:
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise Unclear("roster.date")
    return found
