"""An examiner's own stopwatch for a performance whose clock nobody else runs: one for each candidate and exercise."""

from __future__ import annotations

import time
from dataclasses import dataclass

from core.words import say
from ui.marking.views import ClockView


@dataclass
class _Watch:
    gone: float = 0.0
    since: float | None = None

    @property
    def elapsed(self) -> float:
        return self.gone + (time.monotonic() - self.since if self.since is not None else 0.0)


class Watches:
    """F3 starts and stops; nobody can set them, and they go with the sitting."""

    def __init__(self) -> None:
        self._watches: dict[tuple[int, str], _Watch] = {}

    def toggle(self, application: int, exercise: str) -> None:
        """Start or stop."""
        watch = self._watches.setdefault((application, exercise), _Watch())
        if watch.since is None:
            watch.since = time.monotonic()
        else:
            watch.gone, watch.since = watch.elapsed, None

    def view(self, application: int, exercise: str, minutes: int | None = None) -> ClockView:
        """What the marking screen shows of it."""
        watch = self._watches.get((application, exercise))
        length = minutes * 60 if minutes else None
        source = say("exam.watch.own")
        if watch is None:
            return ClockView(say("exam.watch.waiting"), 0.0, length, False, source)
        running = watch.since is not None
        phase = say("exam.watch.running" if running else "exam.watch.stopped")
        return ClockView(phase, watch.elapsed, length, running, source)
