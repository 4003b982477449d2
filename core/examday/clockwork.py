"""The clock of an exercise, reckoned from what was said of it. Pure.

Order is the order of entries; durations are differences of the times that entries say. Within a run these come from
one machine. Where its clock was set back a span counts nothing, and none counts more than `LONGEST_SPAN`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.examday.events import Phase
from core.store import Id

PHASES: tuple[Phase, ...] = ("preparation", "live", "closing", "ended")
NEXT: Mapping[str, tuple[Phase, ...]] = {
    "": ("preparation", "live"),
    "preparation": ("live", "ended"),
    "live": ("closing", "ended"),
    "closing": ("ended",),
    "ended": (),
}
"""What may follow: a live phase may begin at once; whoever can't go on ends from anywhere."""

LONGEST_SPAN = 6 * 60 * 60 * 1000
"""Milliseconds between two words of a clock beyond which the machine's time was set, or nobody was there."""


@dataclass(frozen=True)
class Step:
    """One word of the clock: `phase`, `paused`, `resumed` or `reopened`."""

    what: str
    at: int
    phase: str = ""
    studio: str = ""
    reason: str = ""
    by: Id = 0
    second: Id = 0


@dataclass(frozen=True)
class Interruption:
    """The clock stood still: in which phase, at which of its milliseconds, for how long (None: still), why."""

    phase: str
    at: int
    """UTC milliseconds."""
    after_ms: int
    """Milliseconds of the phase that were gone."""
    length_ms: int | None
    reason: str
    by: Id


@dataclass(frozen=True)
class Reckoned:
    """What a clock says at a moment. `phase` "" : nothing has begun."""

    phase: str = ""
    studio: str = ""
    paused: bool = False
    gone: Mapping[str, int] = field(default_factory=dict)
    """Phase → milliseconds, pauses not counted."""
    interruptions: tuple[Interruption, ...] = ()
    began_at: int | None = None
    phase_at: int | None = None
    """When the phase began (again), as the clock on the wall said."""
    before_end: str = ""
    """The phase in which it was ended."""

    @property
    def running(self) -> bool:
        """Whether it counts."""
        return self.phase not in ("", "ended") and not self.paused

    def of(self, phase: str) -> int:
        """Milliseconds gone of a phase."""
        return self.gone.get(phase, 0)


def reckon(steps: Sequence[Step], now: int | None) -> Reckoned:
    """What the clock says at `now` (UTC milliseconds; None: at its last word)."""
    phase = studio = before_end = ""
    paused = False
    gone: dict[str, int] = {}
    found: list[Interruption] = []
    began_at = phase_at = None
    last = 0
    for step in steps:
        _count(gone, found, phase, paused, _span(last, step.at))
        last = step.at
        studio = step.studio or studio
        if step.what in ("phase", "reopened"):
            if step.phase == "ended":
                before_end = phase if phase != "ended" else before_end
            phase, paused, phase_at = step.phase, False, step.at
            began_at = step.at if began_at is None else began_at
        elif step.what == "paused" and not paused and phase not in ("", "ended"):
            paused = True
            found.append(Interruption(phase, step.at, gone.get(phase, 0), 0, step.reason, step.by))
        elif step.what == "resumed":
            paused = False
    if now is not None:
        _count(gone, found, phase, paused, _span(last, now))
    return Reckoned(phase, studio, paused, gone, _shown(found, paused), began_at, phase_at, before_end)


def recording_second(interruptions: Sequence[Interruption], lead: int, through_pauses: bool, live_second: int) -> int:
    """The second of a recording that shows a second of the live phase."""
    paused = 0
    if through_pauses:
        paused = sum(
            pause.length_ms or 0
            for pause in interruptions
            if pause.phase == "live" and pause.after_ms <= live_second * 1000
        )
    return max(0, lead + live_second + paused // 1000)


def live_second(interruptions: Sequence[Interruption], lead: int, through_pauses: bool, second: int) -> int:
    """The second of the live phase that a second of a recording shows; within a pause, the one at which it began."""
    shown = max(0, second - lead) * 1000
    if through_pauses:
        for pause in interruptions:
            if pause.phase == "live" and shown > pause.after_ms:
                shown = max(pause.after_ms, shown - (pause.length_ms or 0))
    return shown // 1000


def _span(since: int, until: int) -> int:
    return min(max(0, until - since), LONGEST_SPAN) if since else 0


def _count(gone: dict[str, int], found: list[Interruption], phase: str, paused: bool, span: int) -> None:
    if phase in ("", "ended"):
        return
    if paused:
        last = found[-1]
        found[-1] = Interruption(last.phase, last.at, last.after_ms, (last.length_ms or 0) + span, last.reason, last.by)
    else:
        gone[phase] = gone.get(phase, 0) + span


def _shown(found: list[Interruption], paused: bool) -> tuple[Interruption, ...]:
    if not paused:
        return tuple(found)
    last = found[-1]
    return (*found[:-1], Interruption(last.phase, last.at, last.after_ms, None, last.reason, last.by))
