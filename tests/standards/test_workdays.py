"""Working days by the mainland calendar: 10.2's seven days run on them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.standards.workdays import calendar_ends, due, is_working_day


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        # The Sunday of 20 September works for the Mid-Autumn holiday of 25 to 27.
        ("2026-09-18", 1, "2026-09-20"),
        ("2026-09-18", 7, "2026-09-29"),
        # National Day, 1 to 7 October; Saturday the 10th works.
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-09-30", 4, "2026-10-12"),
        # Spring Festival, 15 to 23 February; Saturdays the 14th and 28th work.
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-02-27", 1, "2026-02-28"),
        # Labour Day, 1 to 5 May; Saturday the 9th works.
        ("2026-04-30", 7, "2026-05-13"),
        # An ordinary week, counted from a Friday, from a Saturday, from a Sunday.
        ("2026-11-20", 7, "2026-12-01"),
        ("2026-11-21", 7, "2026-12-01"),
        ("2026-11-22", 7, "2026-12-01"),
    ],
)
def test_the_nth_working_day_skips_holidays_and_counts_make_up_days(start: str, days: int, expected: str) -> None:
    found = due(date.fromisoformat(start), days)
    assert (found.due.isoformat(), found.estimated) == (expected, False)


def test_beyond_the_calendar_weekdays_stand_in_and_the_answer_says_so() -> None:
    ends = calendar_ends()
    assert (ends.month, ends.day) == (12, 31)
    found = due(ends, 5)
    assert found.estimated
    assert found.due.weekday() < 5
    assert found.calendar_ends == ends


def test_before_the_calendar_the_answer_is_an_estimate_too() -> None:
    assert due(date(2001, 5, 1), 1).estimated


@pytest.mark.parametrize("days", [0, -1, 10_001])
def test_no_days_or_very_many_are_refused(days: int) -> None:
    with pytest.raises(Refused) as refusal:
        due(date(2026, 1, 1), days)
    assert refusal.value.code == "workdays.days_out_of_range"


def test_the_end_of_all_dates_is_refused_in_words() -> None:
    with pytest.raises(Refused):
        due(date(9999, 12, 30), 7)


@given(st.dates(date(2004, 1, 1), date(2026, 10, 1)), st.integers(1, 30))
def test_exactly_n_working_days_lie_after_the_start(start: date, days: int) -> None:
    found = due(start, days).due
    between = (start + timedelta(days=step) for step in range(1, (found - start).days + 1))
    assert sum(is_working_day(day)[0] for day in between) == days
    assert is_working_day(found)[0]
