"""Times as people see them: entries say UTC milliseconds, people see Asia/Shanghai."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has had one fixed offset since 1992; no time-zone database is needed."""


def china_time(at: int) -> datetime:
    """The China time of UTC milliseconds."""
    return datetime.fromtimestamp(at / 1000, CHINA)


def china_date(at: int) -> date:
    """The China date of UTC milliseconds."""
    return china_time(at).date()


def today() -> date:
    """Today's date in China."""
    return datetime.now(CHINA).date()
