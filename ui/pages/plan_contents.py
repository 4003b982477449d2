"""The left side of the plan page: what the plan consists of, with points and minutes; one part is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from core.standards.plan_facts import Plan
from core.standards.points import points_text
from core.words import say
from ui.pages.plan_pen import own
from ui.theme import colour

RULES, KNOWLEDGE = "rules", "knowledge"
HEIGHT, PADDING, RADIUS = 56, 12, 6
SMALL = 12
PART_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True)
class Part:
    """One line: the key of an exercise (or `rules`, `knowledge`), its name, a note, and its points."""

    key: str
    name: str
    note: str
    figure: str = ""
    wrong: bool = False


def parts_of(plan: Plan) -> tuple[Part, ...]:
    """The lines of a plan in the order in which it is examined."""
    found = [Part(RULES, say("plan_page.rules"), say("plan_page.rules.note", version=plan.version))]
    knowledge = plan.component("knowledge")
    if knowledge is not None:
        total = sum(row.maximum for row in plan.knowledge)
        note = say("plan_page.knowledge.note", minutes=knowledge.min_minutes, rows=len(plan.knowledge))
        found.append(Part(KNOWLEDGE, own(knowledge.name, knowledge.name_en), note, points_text(total)))
    for exercise in plan.exercises:
        note = say(
            "plan_page.exercise.note",
            role=own(exercise.role, exercise.role_en),
            minutes=exercise.minutes,
            items=len(exercise.items),
        )
        name = own(exercise.name, exercise.name_en)
        found.append(Part(exercise.id, name, note, points_text(exercise.maximum), not exercise.items))
    return tuple(found)


class Contents(QListWidget):
    """The parts of a plan; `chosen(key)` when another one is."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(say("plan_page.contents"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Lines(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.currentItemChanged.connect(self._on_current)

    def show_parts(self, parts: tuple[Part, ...]) -> None:
        """Show these; the chosen one stays chosen, where it is gone the one in its place is."""
        before, line = self.current, self.currentRow()
        keys = [part.key for part in parts]
        self.blockSignals(True)
        self.clear()
        for part in parts:
            item = QListWidgetItem(f"{part.name} {part.figure} {part.note}")
            item.setData(PART_ROLE, part)
            self.addItem(item)
        at = keys.index(before) if before in keys else min(max(line, 0), len(keys) - 1)
        if not before and len(parts) > 1:
            at = next((number for number, key in enumerate(keys) if key not in (RULES, KNOWLEDGE)), 0)
        self.setCurrentRow(at)
        self.blockSignals(False)
        if self.current != before:
            self.chosen.emit(self.current)

    @property
    def current(self) -> str:
        """The key of the chosen part."""
        item = self.currentItem()
        return item.data(PART_ROLE).key if item is not None else ""

    def choose(self, key: str) -> None:
        """Choose a part."""
        for line in range(self.count()):
            if self.item(line).data(PART_ROLE).key == key:
                self.setCurrentRow(line)

    def _on_current(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(PART_ROLE).key)


class _Lines(QStyledItemDelegate):
    """Two lines a part: its name with its points, and below what it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        part: Part = index.data(PART_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = option.rect.adjusted(1, 2, -1, -2)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent-soft" if selected else "hover"))
            painter.drawRoundedRect(field, RADIUS, RADIUS)
        widget: Contents = self.parent()  # type: ignore[assignment]
        if selected and widget.hasFocus():
            painter.setPen(colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(field, RADIUS, RADIUS)
        self._words(painter, option, part, field.adjusted(PADDING, 6, -PADDING, -6), selected)
        painter.restore()

    def _words(self, painter: QPainter, option: QStyleOptionViewItem, part: Part, inner: QRect, chosen: bool) -> None:
        top = QRect(inner.left(), inner.top(), inner.width(), inner.height() // 2)
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(colour("accent" if chosen else "ink"))
        figure = painter.fontMetrics().horizontalAdvance(part.figure)
        painter.drawText(top, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, part.figure)
        name = top.adjusted(0, 0, -figure - 8, 0)
        shown = painter.fontMetrics().elidedText(part.name, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        below = QRect(inner.left(), top.bottom(), inner.width(), inner.height() // 2)
        font = QFont(option.font)
        font.setPixelSize(SMALL)
        painter.setFont(font)
        painter.setPen(colour("attention" if part.wrong else "muted"))
        shown = painter.fontMetrics().elidedText(part.note, Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
