"""Where a recording stands: a bar that is clicked and dragged, with a tick for every moment."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.words import say
from ui.marking.views import clock_text
from ui.theme import colour

HEIGHT, EDGE, TRACK, KNOB = 32, 8, 6, 7
STEP_MS = 5_000


class Timeline(QWidget):
    """`sought(ms)` when a hand asks for another place."""

    sought = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._length = self._at = 0
        self._ticks: tuple[int, ...] = ()
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(say("recording.timeline"))

    def show_length(self, length_ms: int) -> None:
        """How long the recording is."""
        self._length = max(0, length_ms)
        self.update()

    def show_place(self, at_ms: int) -> None:
        """Where it stands."""
        self._at = at_ms
        self.setAccessibleDescription(clock_text(at_ms / 1000))
        self.update()

    def show_ticks(self, ticks_ms: Sequence[int]) -> None:
        """Where the moments are."""
        self._ticks = tuple(ticks_ms)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -STEP_MS, Qt.Key.Key_Right: STEP_MS}.get(Qt.Key(event.key()))
        if step is not None:
            self.sought.emit(min(max(0, self._at + step), self._length))
        elif event.key() == Qt.Key.Key_Home:
            self.sought.emit(0)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        whole = QRectF(EDGE, middle - TRACK / 2, self.width() - 2 * EDGE, TRACK)
        painter.setBrush(colour("track"))
        painter.drawRoundedRect(whole, TRACK / 2, TRACK / 2)
        here = self._x(self._at)
        painter.setBrush(colour("accent"))
        painter.drawRoundedRect(QRectF(whole.x(), whole.y(), here - whole.x(), TRACK), TRACK / 2, TRACK / 2)
        painter.setBrush(colour("attention"))
        for tick in self._ticks:
            painter.drawRoundedRect(QRectF(self._x(tick) - 1.5, middle - 10, 3, 20), 1.5, 1.5)
        painter.setBrush(colour("accent-strong" if self.hasFocus() else "accent"))
        painter.drawEllipse(QPointF(here, middle), KNOB, KNOB)

    def _x(self, at_ms: int) -> float:
        inside = self.width() - 2 * EDGE
        return EDGE + (min(max(0, at_ms), self._length) / self._length * inside if self._length else 0)

    def _seek(self, x: float) -> None:
        inside = max(1, self.width() - 2 * EDGE)
        self.sought.emit(round(min(max(0.0, (x - EDGE) / inside), 1.0) * self._length))
