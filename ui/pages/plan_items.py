"""The items of an exercise as a table edited by keyboard: type a figure, the others of its function share the rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from core.errors import Refused
from core.standards.plan_draft import Draft, pot_of
from core.standards.plan_editing import lock, move_item, remove_item, set_maximum, share_equally, shift_item
from core.standards.plan_facts import Item
from core.standards.points import points_text, short_text
from core.words import say
from ui.models.paged import Column
from ui.pages.plan_pen import Pen, own, typed_points
from ui.widgets.table import DataTable

FUNCTION, MAXIMUM, SCALE = 2, 3, 5
TYPES = "0123456789.０１２３４５６７８９．。"
COMPACT, TIGHT = 640, 540
"""Below these widths the functions, and then the scales, are not shown."""


@dataclass(frozen=True)
class ItemLine:
    """An item as the table shows it."""

    key: str
    no: str
    item: Item
    function: str
    locked: bool

    @property
    def id(self) -> str:
        return self.key


def lines_of(draft: Draft, exercise_id: str) -> list[ItemLine]:
    """The items of an exercise in the order in which they are marked."""
    exercise = draft.plan.exercise(exercise_id)
    names = {function.id: function.name for level in draft.pack.levels for function in level.functions}
    names |= {function.id: function.name for function in draft.pack.level(draft.plan.level).functions}
    own_level = draft.plan.level
    return [
        ItemLine(
            item.key,
            (item.requirement or "–") if item.level == own_level else _of_level(draft, item),
            item,
            names.get(item.function or "", ""),
            item.key in draft.locked,
        )
        for item in (exercise.items if exercise else ())
    ]


def _of_level(draft: Draft, item: Item) -> str:
    return f"{draft.pack.level(item.level).name} {item.requirement}" if item.level else "–"


def scale_words(item: Item) -> str:
    """An item's scale in a few words: its kind, and what its options are worth."""
    worth = " / ".join(short_text(option.points) for option in item.scale.options)
    return f"{say(f'plan_page.kind.{item.scale.kind}')}　{worth}"


class ItemsTable(DataTable):
    """Figures typed anywhere in a line set its maximum; Enter opens its scale; space locks; Del takes it out."""

    def __init__(self, pen: Pen, parent: QWidget | None = None) -> None:
        columns = (
            Column(say("plan_page.column.no"), lambda line: line.no, width=76),
            Column(say("plan_page.column.label"), lambda line: line.item.label, width=150, stretch=True, strong=True),
            Column(
                say("plan_page.column.function"),
                lambda line: line.function,
                width=110,
                stretch=True,
                tone=lambda line: "muted",
            ),
            Column(
                say("plan_page.column.maximum"), lambda line: points_text(line.item.maximum), numeric=True, width=84
            ),
            Column(
                say("plan_page.column.share"),
                lambda line: say("plan_page.locked" if line.locked else "plan_page.shared"),
                width=84,
                badge=lambda line: "accent" if line.locked else "muted",
            ),
            Column(
                say("plan_page.column.scale"),
                lambda line: scale_words(line.item),
                width=150,
                stretch=True,
                tone=lambda line: "muted",
            ),
        )
        super().__init__(columns, parent=parent)
        self._pen = pen
        self._exercise = ""
        self._editor: MaximumEdit | None = None
        self.setAccessibleName(say("plan_page.items"))

    def show_exercise(self, exercise_id: str) -> None:
        """Show the items of an exercise; the selected one stays selected."""
        self._end_edit()
        line = self.currentIndex().row()
        self._exercise = exercise_id
        found = lines_of(self._pen.draft, exercise_id)
        self.show_rows(found)
        if found and not self.currentIndex().isValid():
            self.select_line(min(max(line, 0), len(found) - 1))

    def begin_edit(self, first: str = "") -> None:
        """Edit the maximum of the selected line; `first` is what was typed already."""
        line = self.current
        if line is None or not self._pen.writes:
            return
        self._end_edit()
        self.scrollTo(self.currentIndex())
        cell = self.visualRect(self.paged.index(self.currentIndex().row(), MAXIMUM))
        editor = self._editor = MaximumEdit(first or short_text(line.item.maximum), self.viewport())
        editor.setAccessibleName(say("plan_page.maximum_of", label=line.item.label))
        editor.setGeometry(cell.adjusted(-16, 0, 0, 0))
        editor.decided.connect(partial(self._decide, line.key))
        editor.left.connect(self._end_edit)
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if not first:
            editor.selectAll()

    def toggle_lock(self) -> None:
        """Hold the selected item's maximum, or let it share again."""
        if (line := self.current) is not None:
            self._pen.do(lock, line.key, not line.locked)

    def remove_current(self) -> None:
        """Take the selected item out of the plan."""
        if (line := self.current) is not None:
            self._pen.do(remove_item, line.key)

    def shift_current(self, by: int) -> None:
        """Move the selected item up or down."""
        if (line := self.current) is not None:
            self._pen.do(shift_item, line.key, by)

    def share_current(self) -> None:
        """Share the selected item's function equally again."""
        if (line := self.current) is not None:
            exercise = self._pen.draft.plan.exercise(self._exercise)
            if exercise is not None:
                self._pen.do(share_equally, pot_of(exercise, line.item))

    def menu(self) -> QMenu:
        """What can be done to the selected item."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        line = self.current
        if line is None:
            return menu
        menu.addAction(say("plan_page.do.scale") + "\tEnter", lambda: self.opened.emit(line))
        if not self._pen.writes:
            return menu
        menu.addAction(say("plan_page.do.maximum") + "\tF2", self.begin_edit)
        locking = say("plan_page.do.unlock" if line.locked else "plan_page.do.lock")
        menu.addAction(f"{locking}\t{say('plan_page.space')}", self.toggle_lock)
        menu.addAction(say("plan_page.do.share"), self.share_current)
        menu.addSeparator()
        plan = self._pen.draft.plan
        here = plan.exercise(self._exercise)
        moves = menu.addMenu(say("plan_page.do.move"))
        for exercise in plan.exercises:
            if here is not None and exercise.component == here.component and exercise.id != here.id:
                name = own(exercise.name, exercise.name_en).replace("&", "&&")
                moves.addAction(name, partial(self._pen.do, move_item, line.key, exercise.id))
        moves.setEnabled(not moves.isEmpty())
        menu.addAction(say("plan_page.do.up") + "\tCtrl+↑", partial(self.shift_current, -1))
        menu.addAction(say("plan_page.do.down") + "\tCtrl+↓", partial(self.shift_current, 1))
        menu.addSeparator()
        menu.addAction(say("plan_page.do.remove") + "\tDel", self.remove_current)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held, key = event.modifiers(), event.key()
        if held & Qt.KeyboardModifier.ControlModifier and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.shift_current(-1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_F2:
            self.begin_edit()
        elif key == Qt.Key.Key_Space:
            self.toggle_lock()
        elif key == Qt.Key.Key_Delete:
            self.remove_current()
        elif key == Qt.Key.Key_Menu:
            self.menu().popup(self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft()))
        elif event.text() and event.text() in TYPES and not held & Qt.KeyboardModifier.ControlModifier:
            self.begin_edit(event.text())
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == MAXIMUM and self._pen.writes:
            self.begin_edit()
            return
        super().mouseDoubleClickEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index: QModelIndex = self.indexAt(QPoint(event.pos()))
        if index.isValid():
            self.selectRow(index.row())
            self.menu().popup(event.globalPos())

    def _share_width(self) -> None:
        """The words share what the figures leave; where little is left, functions and then scales make room."""
        room = self.viewport().width()
        for column, least in ((FUNCTION, COMPACT), (SCALE, TIGHT)):
            self.setColumnHidden(column, room < least)
        shown = [number for number in range(len(self.paged.columns)) if not self.isColumnHidden(number)]
        stretching = [number for number in shown if self.paged.columns[number].stretch]
        left = room - sum(self.paged.columns[number].width for number in shown if number not in stretching)
        for number in stretching:
            self.setColumnWidth(number, max(left // len(stretching), 48))

    def _decide(self, key: str, text: str, go_on: int) -> None:
        line = self.currentIndex().row()
        try:
            done = self._pen.do(set_maximum, key, typed_points(text))
        except Refused as refusal:
            self._pen.refused.emit(refusal)
            done = False
        self._end_edit()
        if done and go_on and 0 <= line + go_on < self.total:
            self.select_line(line + go_on)

    def _end_edit(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            editor.blockSignals(True)
            had = editor.hasFocus()
            editor.hide()
            editor.deleteLater()
            if had:
                self.setFocus(Qt.FocusReason.OtherFocusReason)


class MaximumEdit(QLineEdit):
    """The field over a cell. `decided(text, step)` at Enter, an arrow or when it loses the focus; `left` at Esc."""

    decided = Signal(str, int)
    left = Signal()

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self._before = text
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMaxLength(8)

    def event(self, event: QEvent) -> bool:
        """Esc is the window's own key elsewhere; here it only leaves the field."""
        overriding = event.type() == QEvent.Type.ShortcutOverride
        if overriding and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Return: 1, Qt.Key.Key_Enter: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self.decided.emit(self.text(), step)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.decided.emit(self.text(), 0)
