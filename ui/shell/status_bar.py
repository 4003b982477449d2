"""The foot of the window: who is signed in, what is safe, and the three keys to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from core.words import say
from ui.widgets.basics import badge, clear, icon_label, label, row

HEIGHT = 32


@dataclass(frozen=True)
class StatusItem:
    """One thing at the foot: an icon's name, words, and a tone where it needs somebody (attention, danger)."""

    icon: str
    text: str
    tone: str = ""


class StatusBar(QFrame):
    """The signed-in person at the left, then the items; the keys at the right."""

    def __init__(self, person: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bar")
        self.setFixedHeight(HEIGHT)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(20)
        line.addLayout(row(icon_label("person", "muted", 16), label(person, "small"), spacing=4))
        self._items = row(spacing=20)
        line.addLayout(self._items)
        line.addStretch(1)
        self._keys = QWidget()
        keys = row(spacing=16)
        for name, code in (("F1", "ui.keys.help"), ("Ctrl+K", "ui.keys.find"), ("Ctrl+L", "ui.keys.lock")):
            keys.addWidget(label(f"{name} {say(code)}", "small"))
        self._keys.setLayout(keys)
        line.addWidget(self._keys)

    def show_items(self, items: Sequence[StatusItem]) -> None:
        """Show these, in this order."""
        clear(self._items)
        for item in items:
            icon = icon_label(item.icon, item.tone or "muted", 16)
            words = badge(item.text, item.tone) if item.tone else label(item.text, "small")
            self._items.addLayout(row(icon, words, spacing=4))

    def be_narrow(self, narrow: bool) -> None:
        """Leave the keys out where there is no room."""
        self._keys.setHidden(narrow)
