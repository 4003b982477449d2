"""Two or three faces of one page, side by side over it. Ctrl+1 … go to them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QScrollArea, QStackedWidget, QWidget

from ui.widgets.basics import button, shortcut

BESIDE = 32
"""What a tab takes beside its words."""


class Tabs(QWidget):
    """`chosen(place)` when another one is chosen. They turn the pages of `over`."""

    chosen = Signal(int)

    def __init__(self, texts: Sequence[str], over: QStackedWidget, owner: QWidget) -> None:
        super().__init__()
        self._over = over
        self._group = QButtonGroup(self)
        self.buttons: list[QPushButton] = []
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        for at, text in enumerate(texts):
            made = button(text, partial(self.choose, at), "tab", tip=f"Ctrl+{at + 1}")
            made.setCheckable(True)
            made.setMinimumWidth(_bold_width(made, text) + BESIDE)  # the chosen one is bold, and would be cut
            self._group.addButton(made, at)
            self.buttons.append(made)
            line.addWidget(made)
            shortcut(f"Ctrl+{at + 1}", owner, partial(self.choose, at))
        line.addStretch(1)
        self.choose(0)

    @property
    def current(self) -> int:
        """The place of the one that is chosen."""
        return self._group.checkedId()

    def choose(self, at: int) -> None:
        """Choose one; hidden ones can't be."""
        if not self.buttons[at].isHidden():
            self.buttons[at].setChecked(True)
            self._over.setCurrentIndex(at)
            self.chosen.emit(at)


def scrolled(content: QWidget) -> QScrollArea:
    """A content that scrolls where the window is too low for it."""
    content.setProperty("role", "scrolled")
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def _bold_width(made: QPushButton, text: str) -> int:
    font = QFont(made.font())
    font.setPixelSize(14)
    font.setWeight(QFont.Weight.DemiBold)
    return QFontMetrics(font).horizontalAdvance(text)
