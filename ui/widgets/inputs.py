"""Fields with a habit of their own: a PIN, a search."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QToolButton, QWidget

from core.words import say
from ui import icons
from ui.widgets.basics import icon_button, icon_label, restyle, set_tip

TYPING_PAUSE = 90
"""Milliseconds of silence after which a search begins: below what is felt, above the pace of a scanner's keys."""
INSIDE = 26
ROOM = 30


class _IconEdit(QLineEdit):
    """A line with an icon inside and a button at its end; Qt's own actions sit askew under a style sheet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at_left: QLabel | None = None
        self._at_right: QToolButton | None = None

    def _put_left(self, name: str) -> None:
        self._at_left = icon_label(name, "muted", 18)
        self._at_left.setParent(self)
        self.setTextMargins(ROOM - 4, 0, self.textMargins().right(), 0)

    def _put_right(self, name: str, text: str) -> QToolButton:
        made = self._at_right = icon_button(name, text)
        restyle(made, "kind", "inside")
        icons.wear(made, name, "muted", 18)
        made.setParent(self)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.setFixedSize(INSIDE, INSIDE)
        self.setTextMargins(self.textMargins().left(), 0, ROOM - 6, 0)
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._at_left is not None:
            self._at_left.move(11, (self.height() - 18) // 2)
        if self._at_right is not None:
            self._at_right.move(self.width() - INSIDE - 6, (self.height() - INSIDE) // 2)


class PinEdit(_IconEdit):
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
        self._eye = self._put_right("eye", say("ui.pin.show"))
        self._eye.clicked.connect(self._on_eye)

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
        icons.wear(self._eye, "eye-off" if shown else "eye", "muted", 18)
        text = say("ui.pin.hide" if shown else "ui.pin.show")
        self._eye.setAccessibleName(text)
        set_tip(self._eye, text)


class SearchBox(_IconEdit):
    """A search that answers as it is typed. `searched` after a pause, `entered` at Enter (a scanner ends with it)."""

    searched = Signal(str)
    entered = Signal(str)
    left_downwards = Signal()

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self._put_left("search")
        self._cross = self._put_right("cross", say("ui.search.clear"))
        self._cross.clicked.connect(self.clear)
        self._cross.hide()
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
