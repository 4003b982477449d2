"""The grid into which a paper sheet is keyed: one cell an item, from top to bottom, as the paper has them."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from core.scoring.paper_rules import DEDUCTION, ITEM, REMARK, VETO
from core.scoring.sheets import LONGEST_REMARK, MOST_TIMES, Draft, veto_names
from core.standards.plans import Exercise, Item
from core.standards.points import points_text
from core.words import language, say
from ui.pages.entry_text import Unreadable, cell_text, echo, hint, is_whole, read_cell
from ui.pages.marking_binding import code_of
from ui.widgets.basics import ElidedLabel, badge, label, restyle, rule, set_tip

CELL = 84
REMARK_HEIGHT = 64


class EntryGrid(QWidget):
    """`typed()` whenever a cell changed; `left()` where Enter leaves the last one."""

    typed = Signal()
    left = Signal()

    def __init__(self, exercise: Exercise, draft: Draft, differing: Collection[str] = (), *, keyed: bool) -> None:
        """`keyed`: this person has keyed it already; then only the `differing` cells are open."""
        super().__init__()
        self.exercise = exercise
        self.cells: dict[str, QLineEdit] = {}
        self.times: dict[str, QLineEdit] = {}
        self.vetoes: dict[str, QCheckBox] = {}
        self._echoes: dict[str, ElidedLabel] = {}
        self._order: list[QWidget] = []
        self._open = set(differing) if keyed else None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(4, 2)
        self._head()
        for item in exercise.items:
            self._add_item(item, draft)
        if exercise.deductions:
            self._wide(rule())
        for deduction in exercise.deductions:
            name = deduction.name_en if language() == "en" and deduction.name_en else deduction.name
            worth = f"−{points_text(deduction.points)}"
            self._add_times(deduction.id, name, worth, draft.deductions.get(deduction.id, 0))
        self._add_vetoes(draft)
        self._wide(rule())
        self.remark = QPlainTextEdit(draft.remark)
        self.remark.setPlaceholderText(say("entry.remark"))
        self.remark.setAccessibleName(say("entry.remark"))
        self.remark.setTabChangesFocus(True)
        self.remark.setFixedHeight(REMARK_HEIGHT)
        self.remark.textChanged.connect(self.typed)
        self._wide(self.remark)
        self._mark(self.remark, REMARK)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        for key in self.cells:
            self._show_echo(key)

    @property
    def draft(self) -> Draft:
        """What is typed, as far as it can be read."""
        marks: dict[str, list[int] | None] = {}
        for item in self.exercise.items:
            text = self.cells[item.key].text()
            if text.strip():
                try:
                    marks[item.key] = read_cell(item, text)
                except Unreadable:
                    continue
        times = {key: int(field.text()) for key, field in self.times.items() if field.text().strip().isdecimal()}
        called = [key for key, box in self.vetoes.items() if box.isChecked()]
        deductions = {key: count for key, count in times.items() if 0 < count <= MOST_TIMES}
        return Draft(marks, deductions, self.remark.toPlainText()[:LONGEST_REMARK], [], called)

    @property
    def unreadable(self) -> list[QLineEdit]:
        """The cells that hold what can't be read."""
        return [field for field in (*self.cells.values(), *self.times.values()) if field.property("wrong")]

    @property
    def done(self) -> int:
        """How many items are typed."""
        return len(self.draft.marks)

    def begin(self) -> None:
        """Put the focus where the hand begins: the first open cell that is empty, or differs."""
        fields = [one for one in self._order if one.isEnabled()]
        empty = [one for one in fields if isinstance(one, QLineEdit) and one in self.cells.values() and not one.text()]
        for field in (*empty, *fields)[:1]:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(field, QLineEdit):
                field.selectAll()

    def first_empty(self) -> QLineEdit | None:
        """The first item that was passed over."""
        return next((one for one in self.cells.values() if not one.text().strip()), None)

    def eventFilter(self, field: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and isinstance(field, QWidget):
            step = {
                Qt.Key.Key_Return: 1,
                Qt.Key.Key_Enter: 1,
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
            }.get(Qt.Key(event.key()))
            if step is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._go(field, step)
                return True
        return super().eventFilter(field, event)

    def _go(self, field: QWidget, step: int) -> None:
        fields = [one for one in self._order if one.isEnabled()]
        at = fields.index(field) + step if field in fields else 0
        if at >= len(fields):
            self.left.emit()
        elif at >= 0:
            fields[at].setFocus(Qt.FocusReason.TabFocusReason)
            if isinstance(fields[at], QLineEdit):
                fields[at].selectAll()  # type: ignore[attr-defined]

    def _head(self) -> None:
        titles = (("entry.item", 1), ("entry.maximum", 2), ("entry.typed", 3), ("entry.says", 4))
        for code, at in titles:
            head = label(say(code), "section")
            if at == 2:
                head.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(head, 0, at)

    def _add_item(self, item: Item, draft: Draft) -> None:
        given = cell_text(item, draft.marks[item.key]) if item.key in draft.marks else ""
        field = self.cells[item.key] = self._field(given, hint(item), f"{code_of(item)} {item.label}")
        row = self._line(code_of(item), item.label, points_text(item.maximum), field)
        said = self._echoes[item.key] = ElidedLabel("muted")
        self._grid.addWidget(said, row, 4)
        field.textEdited.connect(lambda text, item=item: self._on_typed(item, text))
        self._mark(field, ITEM + item.key)

    def _add_times(self, key: str, name: str, worth: str, times: int) -> None:
        field = self.times[key] = self._field(str(times) if times else "", say("entry.times"), name)
        self._line("", name, worth, field)
        field.textEdited.connect(lambda _text, field=field: self._on_times(field))
        self._mark(field, DEDUCTION + key)

    def _add_vetoes(self, draft: Draft) -> None:
        found = veto_names(self.exercise)
        if found:
            self._wide(rule())
        for name, raised in found.items():
            veto = next(one for one in self.exercise.vetoes if one.id == raised.veto)
            item = next((one for one in self.exercise.items if one.key == raised.item), None)
            text = veto.name_en if language() == "en" and veto.name_en else veto.name
            box = self.vetoes[name] = QCheckBox(f"{text}（{code_of(item)}）" if item else text)
            box.setChecked(name in draft.vetoes)
            box.toggled.connect(lambda _on: self.typed.emit())
            box.installEventFilter(self)
            self._order.append(box)
            self._wide(box)
            self._mark(box, VETO + name)

    def _field(self, text: str, placeholder: str, name: str) -> QLineEdit:
        field = QLineEdit(text)
        field.setPlaceholderText(placeholder)
        field.setAccessibleName(name)
        field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        field.setFixedWidth(CELL)
        field.setMaxLength(40)
        field.installEventFilter(self)
        self._order.append(field)
        return field

    def _line(self, code: str, text: str, points: str, field: QWidget) -> int:
        row = self._grid.rowCount()
        shown = ElidedLabel()
        shown.setText(text)
        set_tip(shown, text)
        worth = label(points, "muted")
        worth.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(label(code, "muted"), row, 0)
        self._grid.addWidget(shown, row, 1)
        self._grid.addWidget(worth, row, 2)
        self._grid.addWidget(field, row, 3)
        return row

    def _wide(self, widget: QWidget) -> None:
        self._grid.addWidget(widget, self._grid.rowCount(), 0, 1, 6)

    def _mark(self, field: QWidget, cell: str) -> None:
        """A cell that was keyed: closed where both agree, marked where they differ."""
        if self._open is None:
            return
        field.setEnabled(cell in self._open)
        if cell in self._open:
            restyle(field, "differs", "true")
            row = self._grid.getItemPosition(self._grid.indexOf(field))[0]  # type: ignore[index]
            column = 5 if cell.startswith((ITEM, DEDUCTION)) else 4
            self._grid.addWidget(badge(say("entry.differs"), "attention"), row, column, Qt.AlignmentFlag.AlignRight)

    def _on_typed(self, item: Item, text: str) -> None:
        field = self.cells[item.key]
        wrong = False
        if text.strip():
            try:
                read_cell(item, text)
            except Unreadable:
                wrong = True
        restyle(field, "wrong", wrong)
        self._show_echo(item.key)
        self.typed.emit()
        if not wrong and (is_whole(item, text) or text.strip().upper() == "N"):
            self._go(field, 1)

    def _on_times(self, field: QLineEdit) -> None:
        text = field.text().strip()
        restyle(field, "wrong", bool(text) and not (text.isdecimal() and int(text) <= MOST_TIMES))
        self.typed.emit()

    def _show_echo(self, key: str) -> None:
        item = next(one for one in self.exercise.items if one.key == key)
        text = self.cells[key].text()
        said, tone = "", ""
        if text.strip():
            try:
                said = echo(item, read_cell(item, text))
            except Unreadable:
                said, tone = say("entry.unreadable"), "danger"
        self._echoes[key].setText(said)
        set_tip(self._echoes[key], said)
        restyle(self._echoes[key], "tone", tone)
