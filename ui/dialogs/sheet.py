"""What every dialog is: a title, a few words, a strip for refusals, the buttons at the right, Esc to leave."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from core.errors import AppError
from core.words import say
from ui.context import Station
from ui.widgets.basics import button, label, row, shortcut
from ui.widgets.strip import ProgressStrip, Strip

WIDTH = 440
ROUND = 48
"""Pixels left and right of what a dialog says, together."""


class Sheet(QDialog):
    """A dialog over the window. Opened by `open()`, it never blocks; it deletes itself when it has closed.

    It is a host of operations itself: a wrong PIN is told in it, and what was typed stays.
    """

    def __init__(self, parent: QWidget, context: Station, title: str, words: str = "", width: int = WIDTH) -> None:
        super().__init__(parent.window())
        self.context = context
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setFixedWidth(width)
        shortcut("Ctrl+L", self, context.lock_wanted.emit, everywhere=True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(ROUND // 2, 20, ROUND // 2, 20)
        outer.setSpacing(12)
        outer.addWidget(label(title, "card-title"))
        if words:
            outer.addWidget(label(words, "muted", wrap=True))
        self.strip = Strip()
        self.progress_strip = ProgressStrip()
        outer.addWidget(self.strip)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        outer.addLayout(self.body)
        outer.addWidget(self.progress_strip)
        self._buttons = row(None, spacing=8)
        outer.addSpacing(4)
        outer.addLayout(self._buttons)

    def add_buttons(self, text: str, on: Callable[[], object], kind: str = "primary") -> QPushButton:
        """Cancel, and the button that does it (Enter presses it); the latter is answered."""
        self.cancel = button(say("ui.cancel"), self.reject)
        self.cancel.setAutoDefault(True)  # else Enter on it would press the other one
        self._buttons.addWidget(self.cancel)
        made = button(text, on, kind)
        made.setDefault(True)
        self._buttons.addWidget(made)
        return made

    def show_refusal(self, error: AppError) -> None:
        """Say it in the dialog."""
        self.strip.show_error(error)
        self.adjustSize()
        self._grow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._grow()

    def _grow(self) -> None:
        """Be high enough for the words: Qt guesses their height for another width, and would cut a line."""
        needed = self.layout().totalHeightForWidth(self.width())
        if self.height() < needed:
            self.resize(self.width(), needed)

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """Say how far it is."""
        self.progress_strip.show_progress(text, done, total, cancel)

    def hide_progress(self) -> None:
        """It has ended."""
        self.progress_strip.hide()
