"""The shared screen of a studio: the time, the phase, the candidate number, public events. Nothing that anybody marks,
nothing that is planned, no reason and no name.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from core.clock import china_time
from core.errors import AppError
from core.words import say
from ui import ops
from ui.context import shows
from ui.marking.views import clock_text
from ui.pages import studio_data as data
from ui.pages.studio_clock import RunClock, now_ms, phase_words
from ui.pages.studio_run import ENDING
from ui.widgets.basics import button, clear, column, holder, label, restyle, row, shortcut
from ui.widgets.big_time import BigTime

KINDS = frozenset({"run", "card", "work", "batch"})
SHOWN = 3
SMALL = QSize(900, 560)
SECOND = 1_000
PHASE_TONES = {"preparation": "accent", "live": "good", "closing": "attention"}


class WallView(QFrame):
    """Follows one studio by itself. A host of operations."""

    def __init__(self, context: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setProperty("role", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._studio = ""
        self._live = True
        self.shown: data.Screen | None = None
        self.clock = RunClock(self)
        self.clock.ticked.connect(self._tick)
        self._name = label("", "title")
        self._of_day = label("", "title")
        self.number = BigTime(72)
        self._caption = label("", "muted")
        self.phase = label("", "figure")
        self.time = BigTime(360)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._left = label("", "title")
        self._next = label("", "title")
        self._events = column(spacing=4)
        self._lay_out()
        context.changed.connect(self._on_changed)
        self._watch = QTimer(self)
        self._watch.setInterval(SECOND)
        self._watch.timeout.connect(self._show_time_of_day)
        self._watch.start()
        self._show_time_of_day()

    def follow(self, studio: str) -> None:
        """Show this studio from now on."""
        self._studio = studio
        self._name.setText(studio)
        self.refresh()

    def refresh(self) -> None:
        """Ask the store."""
        ops.read(self, data.screen, self._studio).on_done(self._show).latest("screen").start()

    def show_refusal(self, error: AppError) -> None:
        """Nothing that fails here is the candidates' business: the studio's page says it."""

    def show_progress(self, *_: Any) -> None:
        """Nothing here takes long."""

    def hide_progress(self) -> None:
        """Nothing here takes long."""

    def _show(self, found: data.Screen) -> None:
        self.shown = found
        told = found.clock
        self._live = found.exercise is None or found.exercise.evidence == "live"
        phase = told.phase if told else ""
        self.number.show_text(found.number or "–", "ink" if found.number else "muted")
        self._caption.setText(_exercise_words(found))
        tone = "attention" if told and told.paused else PHASE_TONES.get(phase, "")
        words = phase_words(phase, bool(told and told.paused), self._live)
        self.phase.setText(words if told else say("studio.wall.free"))
        restyle(self.phase, "tone", tone)
        self._next.setText(say("studio.wall.next", numbers="、".join(found.preparing)) if found.preparing else "")
        self._next.setVisible(bool(found.preparing))
        self._show_events(found)
        self.clock.tell(told)

    def _show_events(self, found: data.Screen) -> None:
        clear(self._events)
        for one in found.events[:SHOWN]:
            at = china_time(one.at).strftime("%H:%M:%S")
            what = say(f"studio.event.{one.what}")
            self._events.addLayout(row(label(at, "muted"), label(what), None, spacing=12))

    def _tick(self) -> None:
        told = self.clock.told
        if told is None or told.phase == "":
            self.time.show_text("--:--", "muted")
            self._left.setText("")
            self._bar.hide()
            return
        left = self.clock.remaining_ms
        late = told.phase == "live" and left <= ENDING
        self.time.show_text(clock_text(self.clock.elapsed_ms / 1000), "attention" if late or told.paused else "ink")
        counts = told.phase == "live"
        self._bar.setVisible(counts)
        self._bar.setRange(0, max(1, told.planned_ms))
        self._bar.setValue(min(self.clock.live_ms, told.planned_ms))
        restyle(self._bar, "tone", "attention" if late else "good")
        code = "studio.left" if left >= 0 else "studio.over"
        self._left.setText(say(code, time=clock_text(abs(left) / 1000)) if counts else "")
        restyle(self._left, "tone", "attention" if late else "")

    def _show_time_of_day(self) -> None:
        self._of_day.setText(china_time(now_ms()).strftime("%H:%M"))

    def _lay_out(self) -> None:
        middle = Qt.AlignmentFlag.AlignHCenter
        outer = QVBoxLayout(self)
        outer.setContentsMargins(32, 20, 32, 20)
        outer.setSpacing(8)
        outer.addLayout(row(self._name, None, self._of_day))
        self.number.setFixedHeight(84)
        outer.addWidget(self.number)
        outer.addWidget(self._caption, 0, middle)
        outer.addWidget(self.time, 1)
        outer.addWidget(self.phase, 0, middle)
        outer.addWidget(self._bar)
        foot = row(holder(self._events), None, column(row(None, self._left), row(None, self._next), None))
        outer.addLayout(foot)

    def _on_changed(self, kinds: frozenset[str]) -> None:
        if self._studio and (shows(KINDS, kinds) or "*" in kinds):
            self.refresh()


class WallWindow(QWidget):
    """The shared screen in a window of its own: F11 fills the screen, Esc goes back and then away.

    It goes with the page that opened it: nothing stays on the wall when its person has signed out.
    """

    def __init__(self, page: Any, studio: str) -> None:
        super().__init__(page, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say("studio.wall"))
        self.view = WallView(page.context)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.view, 1)
        self._foot = QFrame()
        self._foot.setProperty("kind", "bar")
        line = row(label(say("studio.wall.keys"), "small"), None, button(say("ui.close"), self.close, "ghost"))
        line.setContentsMargins(24, 4, 16, 4)
        self._foot.setLayout(line)
        outer.addWidget(self._foot)
        self.resize(SMALL)
        shortcut("F11", self, self.toggle, everywhere=True)
        shortcut("Escape", self, self._on_escape, everywhere=True)
        self.follow(studio)

    def follow(self, studio: str) -> None:
        """Show this studio."""
        self.view.follow(studio)

    def show_large(self) -> None:
        """Fill the other screen where there is one; else stand as a window that can be dragged there."""
        here = self.parentWidget().screen() if self.parentWidget() else None
        other = next((one for one in QGuiApplication.screens() if one is not here), None)
        if other is not None:
            self.setGeometry(other.geometry())
            self._fill(True)
        else:
            self.show()
        self.raise_()
        self.activateWindow()

    def toggle(self) -> None:
        """F11."""
        self._fill(not self.isFullScreen())

    def _fill(self, full: bool) -> None:
        self._foot.setHidden(full)
        if full:
            self.showFullScreen()
        else:
            self.showNormal()

    def _on_escape(self) -> None:
        if self.isFullScreen():
            self._fill(False)
        else:
            self.close()


def _exercise_words(found: data.Screen) -> str:
    if found.exercise is None:
        return ""
    from ui.pages.marking_binding import exercise_name

    return say("studio.exercise", name=exercise_name(found.exercise), minutes=found.exercise.minutes)
