"""The exercise's clock in the window: it counts on by itself from what it was last told, by a clock nobody can set."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from core.examday.queries import Clock
from core.words import say
from ui.marking.views import ClockView

TICK = 200


def now_ms() -> int:
    """The machine's time as entries say it: UTC milliseconds."""
    return time.time_ns() // 1_000_000


def phase_words(phase: str, paused: bool = False, live: bool = True) -> str:
    """A phase in words; what is not watched is not "live"."""
    if paused:
        return say("studio.phase.paused")
    if phase == "live" and not live:
        return say("studio.phase.working")
    return say(f"studio.phase.{phase or 'waiting'}")


def clock_view(found: Clock, live: bool = True) -> ClockView:
    """The clock as the marking screen shows it: seconds of the live phase, by which moments are kept."""
    running = found.phase == "live" and found.running
    since = max(0, now_ms() - found.at) if running and found.at is not None else 0  # it may have been read long ago
    source = say("studio.clock.of", studio=found.studio) if found.studio else say("studio.clock.shared")
    words = phase_words(found.phase, found.paused, live)
    return ClockView(words, (found.live_ms + since) / 1000, found.planned_ms // 1000, running, source)


class RunClock(QObject):
    """What was last told of a clock, and what it says by now. `ticked` five times a second while it runs."""

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.told: Clock | None = None
        self._told_at = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self.ticked)

    def tell(self, found: Clock | None) -> None:
        """Take over what the store says."""
        self.told = found
        self._told_at = time.monotonic()
        if found is not None and found.running:
            self._timer.start()
        else:
            self._timer.stop()
        self.ticked.emit()

    @property
    def elapsed_ms(self) -> int:
        """Milliseconds of the phase in hand by now."""
        return (self.told.elapsed_ms + self._since) if self.told else 0

    @property
    def live_ms(self) -> int:
        """Milliseconds of the live phase by now."""
        if self.told is None:
            return 0
        return self.told.live_ms + (self._since if self.told.phase == "live" else 0)

    @property
    def remaining_ms(self) -> int:
        """What is left of the plan's minutes by now."""
        return self.told.planned_ms - self.live_ms if self.told else 0

    @property
    def _since(self) -> int:
        if self.told is None or not self.told.running:
            return 0
        return round((time.monotonic() - self._told_at) * 1000)
