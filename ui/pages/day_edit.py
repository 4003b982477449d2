"""A date that is typed as people write it: 2001-03-05, 20010305, 2001.3.5, 2001年3月5日."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QLineEdit, QWidget

from core.registration.roster_dates import day as read_day
from core.registration.roster_values import Unclear
from core.words import say
from ui.widgets.basics import restyle


class DayEdit(QLineEdit):
    """Empty, or a day. What can't be a day is framed in red as soon as the field is left."""

    def __init__(self, value: date | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(say("desk.day.placeholder"))
        self.setMaxLength(20)
        self.show_day(value)
        self.editingFinished.connect(self._tidy)

    def show_day(self, value: date | None) -> None:
        """Show a day, or nothing."""
        self.setText(value.isoformat() if value else "")

    @property
    def day(self) -> date | None:
        """The day; None where the field is empty or unclear."""
        try:
            return read_day(self.text()) if self.text().strip() else None
        except Unclear:
            return None

    @property
    def unclear(self) -> bool:
        """Whether something was typed that is no day."""
        return bool(self.text().strip()) and self.day is None

    def _tidy(self) -> None:
        if self.day is not None:
            self.show_day(self.day)
        restyle(self, "wrong", self.unclear)
