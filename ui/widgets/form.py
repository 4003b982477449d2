"""Forms: a label over its field. Buddy, accessible name, hint and complaint are set here, in one place."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QGridLayout, QLabel, QWidget

from ui.widgets.basics import column, holder, label, restyle, rule

BELOW_ALL = 200

Field = TypeVar("Field", bound=QWidget)


class Form(QWidget):
    """Fields in one or more columns. `add` answers the field that it was given."""

    def __init__(self, columns: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(16)
        self._columns = columns
        self._row = 0
        self._column = 0
        self._complaints: dict[QWidget, QLabel] = {}
        self._hints: dict[QWidget, QLabel] = {}
        self._grid.setRowStretch(BELOW_ALL, 1)  # a form that is given more height keeps its fields together
        for number in range(columns):
            self._grid.setColumnStretch(number, 1)

    def add(self, text: str, field: Field, *, hint: str = "", required: bool = False, span: int | None = None) -> Field:
        """Add a field under its label. `span` columns wide (all of them for 0)."""
        shown = f"{text} *" if required else text
        caption = label(shown, "field")
        caption.setBuddy(field)
        field.setAccessibleName(text)
        if isinstance(field, QAbstractSpinBox):
            field.lineEdit().setTextMargins(8, 0, 0, 0)  # the style sheet's padding doesn't reach it
        if hint:
            field.setAccessibleDescription(hint)
        below = label(hint, "small", wrap=True)
        if not hint:
            below.hide()  # never `show` here: without a parent it would be a window of its own
        complaint = label("", "small", "danger", wrap=True)
        complaint.hide()
        self._hints[field] = below
        self._complaints[field] = complaint
        parts = (field, below, complaint) if isinstance(field, QCheckBox) else (caption, field, below, complaint)
        if isinstance(field, QCheckBox):
            field.setText(shown)
        self._place(holder(column(*parts, spacing=4)), self._columns if span == 0 else span or 1)
        return field

    def section(self, text: str) -> None:
        """Begin a new part of the form under a heading."""
        self._end_row()
        inner = (rule(), 8, label(text, "card-title")) if self._row else (label(text, "card-title"),)
        self._place(holder(column(*inner, spacing=4)), self._columns)

    def add_wide(self, widget: QWidget) -> None:
        """Add something that is not a field, across all columns."""
        self._end_row()
        self._place(widget, self._columns)

    def complain(self, field: QWidget, sentence: str) -> None:
        """Say under a field what is wrong with it; an empty sentence takes the complaint back."""
        complaint = self._complaints[field]
        complaint.setText(sentence)
        complaint.setVisible(bool(sentence))
        self._hints[field].setVisible(not sentence and bool(self._hints[field].text()))
        restyle(field, "wrong", bool(sentence))
        if sentence:
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def accept_all(self) -> None:
        """Take every complaint back."""
        for field in self._complaints:
            self.complain(field, "")

    def _place(self, widget: QWidget, span: int) -> None:
        if self._column + span > self._columns:
            self._end_row()
        self._grid.addWidget(widget, self._row, self._column, 1, span, Qt.AlignmentFlag.AlignTop)
        self._column += span
        if self._column >= self._columns:
            self._end_row()

    def _end_row(self) -> None:
        if self._column:
            self._row += 1
            self._column = 0
