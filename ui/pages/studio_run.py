"""The clock of one candidate's exercise and the hands on it: next phase, pause, end; and its interruptions."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from core.clock import china_time
from core.examday.queries import Clock
from core.words import say
from ui import icons
from ui.marking.views import clock_text
from ui.pages.studio_clock import RunClock, phase_words
from ui.pages.studio_data import Detail
from ui.widgets.basics import badge, button, clear, column, holder, label, restyle, row, set_badge
from ui.widgets.big_time import BigTime
from ui.widgets.card import Card

ENDING = 60_000
"""Milliseconds before the end from which the clock asks for attention."""
SHOWN = 4

TONES = {"": "plain", "preparation": "accent", "live": "good", "closing": "attention", "ended": "plain"}


class RunCard(Card):
    """`pause_wanted` (or to go on), `end_wanted`, `reopen_wanted` when a hand asks."""

    pause_wanted = Signal()
    end_wanted = Signal()
    reopen_wanted = Signal()

    def __init__(self, able: bool, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._able = able
        self.clock = RunClock(self)
        self.clock.ticked.connect(self._tick)
        self._live = True
        self.number = label("", "figure")
        self._exercise = label("", "muted")
        self._phase = badge("", "plain")
        self._studio = label("", "small")
        self.time = BigTime(72)
        self.time.setFixedHeight(84)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._left = label("", "muted")
        self._why = label("", "", "attention", wrap=True)
        self.pause = button("", self.pause_wanted.emit, icon="pause", tip="F8")
        self.end = button(say("studio.end"), self.end_wanted.emit, "danger", tip="Shift+F8")
        self.reopen = button(say("studio.reopen"), self.reopen_wanted.emit)
        self._interruptions = column(spacing=2)
        who = column(self.number, self._exercise, spacing=0)
        what = column(row(None, self._phase), row(None, self._studio), spacing=4)
        self.body.addLayout(row(who, None, what))
        self.body.addWidget(self.time)
        self.body.addWidget(self._bar)
        self.body.addWidget(self._why)
        self.body.addLayout(row(self._left, None, self.pause, self.end, self.reopen))
        self._record = holder(self._interruptions)
        self.body.addWidget(self._record)

    def show_detail(self, found: Detail) -> None:
        """Show a candidate's clock."""
        told = found.clock
        self._live = found.exercise.evidence == "live"
        self.number.setText(found.line.number)
        self._exercise.setText(say("studio.exercise", name=exercise_name(found), minutes=found.exercise.minutes))
        words = say(f"attendance.{found.line.away}") if found.line.away else ""
        set_badge(
            self._phase,
            words or phase_words(told.phase, told.paused, self._live),
            "attention" if told.paused else "danger" if words else TONES[told.phase],
        )
        self._studio.setText(told.studio)
        running = told.phase not in ("", "ended")
        self.pause.setText(say("studio.resume" if told.paused else "studio.pause"))
        self.pause.setAccessibleName(self.pause.text())
        icons.wear(self.pause, "play" if told.paused else "pause", "ink", 18)
        self.pause.setVisible(running)
        self.end.setVisible(running and told.phase != "closing")
        self.reopen.setVisible(told.phase == "ended")
        for made in (self.pause, self.end, self.reopen):
            made.setEnabled(self._able)
        self._why.setText(say("studio.stands", reason=told.reason or say("studio.no_reason")))
        self._why.setVisible(told.paused)
        self._show_interruptions(told)
        self.clock.tell(told)

    def _tick(self) -> None:
        told = self.clock.told
        if told is None:
            return
        if told.phase == "":
            self.time.show_text("00:00", "muted")
        else:
            late = told.phase == "live" and self.clock.remaining_ms <= ENDING
            tone = "attention" if late or told.paused else "muted" if told.phase == "ended" else "ink"
            self.time.show_text(clock_text(self.clock.elapsed_ms / 1000), tone)
        self._show_left(told)

    def _show_left(self, told: Clock) -> None:
        left = self.clock.remaining_ms
        counts = told.phase == "live"
        self._bar.setVisible(counts)
        self._bar.setRange(0, max(1, told.planned_ms))
        self._bar.setValue(min(self.clock.live_ms, told.planned_ms))
        restyle(self._bar, "tone", "attention" if left <= ENDING else "good")
        if counts:
            words = "studio.left" if left >= 0 else "studio.over"
            self._left.setText(say(words, time=clock_text(abs(left) / 1000)))
        elif told.phase in ("closing", "ended"):
            self._left.setText(say("studio.live_was", time=clock_text(told.live_ms / 1000)))
        else:
            self._left.setText(say("studio.planned", minutes=told.planned_ms // 60_000))

    def _show_interruptions(self, told: Clock) -> None:
        clear(self._interruptions)
        over = [one for one in told.interruptions if one.length_ms is not None]
        for one in over[-SHOWN:]:
            words = say(
                "studio.interruption",
                at=china_time(one.at).strftime("%H:%M:%S"),
                length=clock_text((one.length_ms or 0) / 1000),
                reason=one.reason or say("studio.no_reason"),
            )
            self._interruptions.addWidget(label(words, "small", wrap=True))
        self._record.setVisible(bool(over))


def exercise_name(found: Detail) -> str:
    """Its name in the language in use."""
    from ui.pages.marking_binding import exercise_name as name_of

    return name_of(found.exercise)
