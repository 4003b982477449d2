"""What slows down whoever guesses a PIN: five free wrong ones, then a wait of 15 seconds that doubles each time.

Wrong PINs are counted in the store, so a restart forgives none. Time is measured by the clock and by the machine's
own ticks since it started; what both bear out counts, so setting the clock forward or back gains nothing.
"""

from __future__ import annotations

import time

from sqlalchemy import delete, insert, select, update

from core.people.tables import Throttle
from core.store import Id, Write

FREE_FAILURES = 5
FIRST_WAIT_MS = 15_000
LONGEST_WAIT_MS = 3_600_000


def clock_ms() -> int:
    """The clock that people can set, in UTC milliseconds."""
    return time.time_ns() // 1_000_000


def tick_ms() -> int:
    """Milliseconds since the machine started."""
    return time.monotonic_ns() // 1_000_000


def count_try(write: Write, account: Id) -> int:
    """Seconds that the account must still wait; 0: it may try, and a failure is counted, which success takes back."""
    now, tick = clock_ms(), tick_ms()
    found = write.first(select(Throttle).where(Throttle.account == account))
    if found is None:
        write.local(insert(Throttle).values(account=account, failures=1, last_at=now, last_tick=tick))
        return 0
    change = update(Throttle).where(Throttle.account == account)
    wait = wait_after(found.failures)
    gone = elapsed(now - found.last_at, tick - found.last_tick)
    if gone is None:
        # Clock and ticks both went back: the whole time is waited from now on.
        write.local(change.values(last_at=now, last_tick=tick))
        gone = 0
    if gone >= wait:
        write.local(change.values(failures=found.failures + 1, last_at=now, last_tick=tick))
        return 0
    return -(-(wait - gone) // 1000)


def wait_after(failures: int) -> int:
    """The milliseconds to wait after so many wrong PINs in a row."""
    if failures < FREE_FAILURES:
        return 0
    return min(FIRST_WAIT_MS << min(failures - FREE_FAILURES, 20), LONGEST_WAIT_MS)


def elapsed(by_clock: int, by_tick: int) -> int | None:
    """The milliseconds that have surely gone by.

    Ticks that went back mean that the machine was started again: then only the clock can tell; None where it went back
    too.
    """
    if by_tick >= 0:
        return by_tick if by_clock < 0 else min(by_clock, by_tick)
    return by_clock if by_clock >= 0 else None


def forget_tries(write: Write, account: Id) -> None:
    """The right PIN was given, or a new one was set."""
    write.local(delete(Throttle).where(Throttle.account == account))
