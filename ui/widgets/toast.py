"""A short word at the foot of the window that goes by itself: what was done, and how to take it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QHideEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QFrame, QHBoxLayout, QLineEdit, QWidget

from ui.widgets.basics import button, label

STAYS = 6_000
"""Milliseconds: long enough to read a sentence and reach the undo."""
LOOKS = 250
"""Milliseconds after which it looks whether something to press has come under it."""
FROM_FOOT, EDGE, STEP = 56, 16, 8
CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox)


class Toast(QFrame):
    """One at a time, over its parent, centred near the foot: as low as it covers nothing that one may press."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setProperty("kind", "toast")
        self._text = label("", wrap=False)
        self._action = button("", kind="ghost")
        self._act: Callable[[], None] | None = None
        self._action.clicked.connect(self._on_action)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._look = QTimer(self)
        self._look.setInterval(LOOKS)
        self._look.timeout.connect(self._settle)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 6, 16, 6)
        line.setSpacing(16)
        line.addWidget(self._text)
        line.addWidget(self._action)
        self.setMinimumHeight(48)
        parent.installEventFilter(self)
        self.hide()

    def notify(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Show a sentence, with one thing to do about it."""
        self._text.setText(text)
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))
        self._act = act
        self.setAccessibleName(text)
        self.adjustSize()
        self._settle()
        self.show()
        self.raise_()
        self._timer.start(STAYS)
        self._look.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    @property
    def text(self) -> str:
        """What it shows; empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            QTimer.singleShot(0, self, self._settle)  # once everything has found its new place
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        around = self._over.rect()
        width = min(self.sizeHint().width(), around.width() - 2 * EDGE)
        lowest = around.height() - self.height() - FROM_FOOT
        controls = self._controls()
        here = self.geometry()
        if self.isVisible() and here.width() == width and around.contains(here) and not _covered(here, controls):
            return
        columns = ((around.width() - width) // 2, EDGE, around.width() - width - EDGE)
        best, least = QRect(columns[0], lowest, width, self.height()), -1
        for y in range(lowest, around.height() // 3, -STEP):
            for x in columns:
                place = QRect(x, y, width, self.height())
                covered = _covered(place, controls)
                if least < 0 or covered < least:
                    best, least = place, covered
                if not covered:
                    break
            if not least:
                break
        self.setGeometry(best)

    def _controls(self) -> list[QRect]:
        """Where there is something to press or to type in, as far as it is in sight."""
        found = []
        for kind in CONTROLS:
            for one in self._over.findChildren(kind):
                if one.isVisible() and not self.isAncestorOf(one):
                    inside, parent = one.rect(), one
                    while parent is not self._over:
                        inside = inside.translated(parent.pos())
                        parent = parent.parentWidget()
                        inside = inside.intersected(parent.rect())
                    found.append(inside)
        return found

    def hideEvent(self, event: QHideEvent) -> None:
        self._look.stop()
        super().hideEvent(event)

    def _on_action(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()


def _covered(place: QRect, controls: list[QRect]) -> int:
    """How much of them would lie under it, in square pixels."""
    under = (place.intersected(one) for one in controls)
    return sum(one.width() * one.height() for one in under if one.isValid())
