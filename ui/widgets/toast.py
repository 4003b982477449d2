"""A short word at the foot of the window that goes by itself: what was done, and how to take it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.widgets.basics import button, label

STAYS = 6_000
"""Milliseconds: long enough to read a sentence and reach the undo."""


class Toast(QFrame):
    """One at a time, over its parent, centred at the foot."""

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
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 6, 8, 6)
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
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    @property
    def text(self) -> str:
        """What it shows; empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._settle()
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        around = self._over.rect()
        width = min(self.sizeHint().width(), around.width() - 32)
        self.setGeometry((around.width() - width) // 2, around.height() - self.height() - 56, width, self.height())

    def _on_action(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()
