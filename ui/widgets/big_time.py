"""Figures as large as there is room: a clock that is read across a studio."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import colour, look

LEAST = 40
WIDEST = "88:88:88"


class BigTime(QWidget):
    """Shows one short text in the middle, as large as `most` pixels and the room allow; never below 40."""

    def __init__(self, most: int = 400, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = most
        self._text = "--:--"
        self._tone = "ink"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        look().changed.connect(self.update)

    def show_text(self, text: str, tone: str = "ink") -> None:
        """Show a text in the colour of that name."""
        if (text, tone) != (self._text, self._tone):
            self._text, self._tone = text, tone
            self.setAccessibleName(text)
            self.update()

    @property
    def text(self) -> str:
        """What it shows."""
        return self._text

    def sizeHint(self) -> QSize:
        return QSize(LEAST * 4, round(min(self._most, 160) * 1.1))

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST * 3, round(LEAST * 1.2))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setFont(self._fitting(self.rect()))
        painter.setPen(colour(self._tone))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)

    def _fitting(self, room: QRect) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        font.setFeature(QFont.Tag("tnum"), 1)
        probe = WIDEST[: max(5, len(self._text))]  # the size must not jump with every figure
        font.setPixelSize(100)
        width = QFontMetrics(font).horizontalAdvance(probe)
        size = min(self._most, round(room.height() * 0.8), room.width() * 100 // max(1, width))
        font.setPixelSize(max(LEAST, size))
        return font
