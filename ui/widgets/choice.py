"""One of a few: Tab comes to the one that is chosen, and from there arrows choose.

Qt's own radio button lets Tab come to any of a group. From one that is not chosen arrows choose nothing, and whoever
sees the frame there takes it for chosen.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QRadioButton


class Choice(QRadioButton):
    """A radio button of a group."""

    def __init__(self, text: str, group: QButtonGroup, id: int) -> None:
        super().__init__(text)
        self._among = group
        group.addButton(self, id)
        self.toggled.connect(self._on_toggled)

    def _on_toggled(self, checked: bool) -> None:
        for one in self._among.buttons() if checked else ():
            one.setFocusPolicy(Qt.FocusPolicy.StrongFocus if one is self else Qt.FocusPolicy.ClickFocus)
