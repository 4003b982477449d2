"""A calm empty state: what would stand here, and how to begin."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.widgets.basics import button, icon_label, label


class EmptyState(QWidget):
    """An icon, a title, a sentence and at most one button, in the middle of what is left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QVBoxLayout(self)
        self._box.setSpacing(8)
        self._built = False

    def say(
        self, icon: str, title: str, words: str = "", action: str = "", act: Callable[[], object] | None = None
    ) -> None:
        """Show these; `action` is the words of the button that does `act`."""
        from ui.widgets.basics import clear

        clear(self._box)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._box.addStretch(2)
        self._box.addWidget(icon_label(icon, "faint", 48), 0, middle)
        self._box.addSpacing(8)
        self._box.addWidget(label(title, "card-title"), 0, middle)
        if words:
            told = label(words, "muted", wrap=True)
            told.setAlignment(middle)
            told.setMaximumWidth(480)
            told.setMinimumWidth(320)
            told.setMinimumHeight(told.heightForWidth(320))  # centred it would be given one line
            self._box.addWidget(told, 0, middle)
        if action:
            self._box.addSpacing(8)
            self._box.addWidget(button(action, act, "secondary"), 0, middle)
        self._box.addStretch(3)
        self.setAccessibleName(f"{title} {words}".strip())
