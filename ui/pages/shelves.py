"""The parts of a list as a row of tabs with their counts: one is chosen, Ctrl+Tab goes on to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from core.words import say
from ui.widgets.basics import button


class Shelves(QWidget):
    """Tabs for `keys`; `words` is the prefix of their sentences. `chosen(key)` when another one is."""

    chosen = Signal(str)

    def __init__(self, keys: Sequence[str], words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._tabs: dict[str, QPushButton] = {}
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        for key in keys:
            tab = self._tabs[key] = button(say(f"{words}.{key}"), partial(self.choose, key), "tab")
            tab.setCheckable(True)
            line.addWidget(tab)
        self._current = keys[0]
        self._tabs[self._current].setChecked(True)

    @property
    def current(self) -> str:
        """The key of the chosen one."""
        return self._current

    def has(self, key: str) -> bool:
        """Whether there is such a shelf."""
        return key in self._tabs

    def choose(self, key: str) -> None:
        """Choose another one."""
        for name, tab in self._tabs.items():
            tab.setChecked(name == key)
        if key != self._current:
            self._current = key
            self.chosen.emit(key)

    def choose_next(self) -> None:
        """Go on to the next one."""
        keys = [key for key, tab in self._tabs.items() if not tab.isHidden()]
        self.choose(keys[(keys.index(self._current) + 1) % len(keys)])

    def show_shelf(self, key: str, shown: bool) -> None:
        """Show or leave out one of them."""
        self._tabs[key].setVisible(shown)
        if not shown and key == self._current:
            self.choose_next()

    def show_counts(self, counts: Mapping[str, int], always: int = 1) -> None:
        """Show how many things lie on each; an empty one is left out, but for the first `always` and the chosen one."""
        for at, (key, tab) in enumerate(self._tabs.items()):
            count = counts.get(key, 0)
            tab.setText(f"{say(f'{self._words}.{key}')} {count}")
            tab.setVisible(count > 0 or at < always or key == self._current)
