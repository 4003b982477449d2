"""The fields of one part of a template: what can be changed of a text, a box, the paper, the frame."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from core.documents.template import Area, Frame, Issuer, Marks, Paper, Seal, Square, Template, Text
from core.words import say
from ui.widgets.form import Form

MM, POINTS, WORDS, YES_NO, COUNT, COLOUR, CHOICE = "mm", "pt", "words", "yes", "count", "colour", "choice"
FIELDS: Final[dict[type, tuple[tuple[str, str, int], ...]]] = {
    Text: (
        *(("text", WORDS, 0), ("visible", YES_NO, 1), ("bold", YES_NO, 1), ("x", MM, 1), ("y", MM, 1)),
        *(("width", MM, 1), ("align", CHOICE, 1), ("size", POINTS, 1), ("smallest", POINTS, 1)),
        *(("lines", COUNT, 1), ("colour", COLOUR, 1)),
    ),
    Area: (("x", MM, 1), ("y", MM, 1), ("width", MM, 1), ("height", MM, 1), ("visible", YES_NO, 1)),
    Square: (("x", MM, 1), ("y", MM, 1), ("side", MM, 1)),
    Seal: (("x", MM, 1), ("y", MM, 1), ("size", MM, 1), ("ring", YES_NO, 1)),
    Marks: (("x", MM, 1), ("y", MM, 1)),
    Template: (("title", WORDS, 0), ("identity", CHOICE, 0)),
    Issuer: (("name", WORDS, 0), ("name_en", WORDS, 0)),
    Paper: (("width", MM, 1), ("height", MM, 1)),
    Frame: (
        *(("visible", YES_NO, 0), ("margin", MM, 1), ("band", MM, 1), ("colour", COLOUR, 1), ("second", COLOUR, 1)),
        ("ground", COLOUR, 1),
    ),
}
"""What of each shape is shown: its name, its kind, how many columns it takes (0: all)."""
CHOICES: Final = {"align": ("left", "centre", "right"), "identity": ("masked", "full")}
NARROWEST: Final = 104
LARGEST: Final = {"words": 400, "mm": 1000.0, "pt": 120.0}


class PartForm(QWidget):
    """The fields of one shape; `changed(part)` with a new one when a field was left or a figure stepped."""

    changed = Signal(object)

    def __init__(self, kind: type) -> None:
        super().__init__()
        self._part: Any = None
        self.form = Form(2)
        self.fields: dict[str, Any] = {}
        for name, sort, span in FIELDS[kind]:
            text = say(f"template_editor.{_owner(kind, name)}.{name}")
            self.fields[name] = self.form.add(text, self._made(name, sort), span=span)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.form)

    def show_part(self, part: Any) -> None:
        """Show what stands, without disturbing somebody who types."""
        self._part = part
        for name, field in self.fields.items():
            value = getattr(part, name)
            field.blockSignals(True)
            if isinstance(field, QCheckBox):
                field.setChecked(value)
            elif isinstance(field, QComboBox):
                field.setCurrentIndex(field.findData(value))
            elif isinstance(field, (QDoubleSpinBox, QSpinBox)):
                field.setValue(value)
            elif field.text() != value and not (field.hasFocus() and field.isModified()):
                field.setText(value)
                field.setCursorPosition(0)
            field.blockSignals(False)

    def _made(self, name: str, sort: str) -> Any:
        if sort in (MM, POINTS):
            figure = QDoubleSpinBox()
            figure.setDecimals(2 if sort == MM else 1)
            figure.setRange(0, LARGEST[sort])
            figure.setSingleStep(0.5)
            figure.setSuffix(f" {sort}")
            figure.setKeyboardTracking(False)
            figure.setMinimumWidth(NARROWEST)
            figure.valueChanged.connect(lambda value: self._take(name, round(value, 2)))
            return figure
        if sort == COUNT:
            count = QSpinBox()
            count.setRange(1, 12)
            count.setKeyboardTracking(False)
            count.valueChanged.connect(lambda value: self._take(name, value))
            return count
        if sort == YES_NO:
            box = QCheckBox()
            box.toggled.connect(lambda on: self._take(name, on))
            return box
        if sort == CHOICE:
            choice = QComboBox()
            for key in CHOICES[name]:
                choice.addItem(say(f"template_editor.choice.{key}"), key)
            choice.currentIndexChanged.connect(lambda _at: self._take(name, choice.currentData()))
            return choice
        line = QLineEdit()
        line.setMaxLength(7 if sort == COLOUR else LARGEST["words"])  # type: ignore[arg-type]
        line.editingFinished.connect(lambda: self._take(name, line.text()))
        return line

    def _take(self, name: str, value: Any) -> None:
        if self._part is not None and getattr(self._part, name) != value:
            self._part = msgspec.structs.replace(self._part, **{name: value})
            self.changed.emit(self._part)


def _owner(kind: type, name: str) -> str:
    """The words of a field are shared where they mean the same."""
    return kind.__name__.lower() if (kind, name) in _OWN else "field"


_OWN: Final = frozenset(
    {
        *((Issuer, "name"), (Issuer, "name_en"), (Template, "title"), (Template, "identity"), (Seal, "size")),
        *((Frame, "visible"), (Frame, "margin"), (Frame, "band"), (Frame, "colour")),
    }
)
