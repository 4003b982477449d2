"""Time as an exchange sees it, and how it gives way: a round can be cancelled wherever it waits or talks."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from core.errors import Refused

LONGEST_WAIT = 60.0
"""Seconds between two attempts of one round."""


class Pace:
    """Clock, pauses and cancelling of one exchange. Thread-safe."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._hang_up: Callable[[], None] | None = None

    def seconds(self) -> float:
        """A clock that only goes forward."""
        return time.monotonic()

    def at_ms(self) -> int:
        """The machine's clock (UTC milliseconds)."""
        return time.time_ns() // 1_000_000

    def wait(self, seconds: float) -> None:
        """Pause. Cancelled meanwhile: refused."""
        self._stopped.wait(seconds)
        self.check()

    def check(self) -> None:
        """Refuse to go on once somebody has cancelled."""
        if self._stopped.is_set():
            raise Refused("exchange.cancelled")

    @property
    def cancelled(self) -> bool:
        """Whether somebody has cancelled."""
        return self._stopped.is_set()

    def on_cancel(self, hang_up: Callable[[], None] | None) -> None:
        """What makes a conversation end at once."""
        self._hang_up = hang_up

    def cancel(self) -> None:
        """End the exchange, from any thread; what the hub has acknowledged stays acknowledged."""
        self._stopped.set()
        if self._hang_up is not None:
            self._hang_up()


def backoff(failures: int, longest: float = LONGEST_WAIT) -> float:
    """Seconds before the next attempt after so many failures in a row: doubling, with full jitter.

    Many centres whose link comes back at once must not all call at once.
    """
    return random.uniform(0, min(longest, 2.0 ** min(failures, 16)))  # noqa: S311 - no secret
