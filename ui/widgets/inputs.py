"""Fields with a habit of their own: a PIN, a search."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from core.words import say
from ui import icons

TYPING_PAUSE = 90
"""Milliseconds of silence after which a search begins: below what is felt, above the pace of a scanner's keys."""


class PinEdit(QLineEdit):
    """A PIN or a passphrase: hidden, never offered by an input method, and shown only while its owner looks."""

    def __init__(self, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.setPlaceholderText(placeholder)
        self.setMaxLength(128)
        self._eye = QAction(icons.icon("eye", "muted"), say("ui.pin.show"), self)
        self._eye.triggered.connect(self._on_eye)
        self.addAction(self._eye, QLineEdit.ActionPosition.TrailingPosition)

    def take(self) -> str:
        """What was typed; the field is empty afterwards, so that it doesn't lie about on screen."""
        typed = self.text()
        self.clear()
        self._show(False)
        return typed

    def _on_eye(self) -> None:
        self._show(self.echoMode() is QLineEdit.EchoMode.Password)

    def _show(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icons.icon("eye-off" if shown else "eye", "muted"))
        self._eye.setText(say("ui.pin.hide" if shown else "ui.pin.show"))


class SearchBox(QLineEdit):
    """A search that answers as it is typed. `searched` after a pause, `entered` at Enter (a scanner ends with it)."""

    searched = Signal(str)
    entered = Signal(str)
    left_downwards = Signal()

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self._glass = QAction(icons.icon("search", "muted"), "", self)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self._cross = QAction(icons.icon("cross", "muted"), say("ui.search.clear"), self)
        self._cross.triggered.connect(self.clear)
        self.addAction(self._cross, QLineEdit.ActionPosition.TrailingPosition)
        self._cross.setVisible(False)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE)
        self._pause.timeout.connect(lambda: self.searched.emit(self.text().strip()))
        self.textChanged.connect(self._on_text)

    def _on_text(self, text: str) -> None:
        self._cross.setVisible(bool(text))
        self._pause.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pause.stop()
            self.entered.emit(self.text().strip())
            return
        if event.key() == Qt.Key.Key_Down:
            self.left_downwards.emit()
            return
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)
