"""Ctrl+K: find a page, a command or a person, by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from core.words import say
from ui import icons
from ui.theme import colour
from ui.widgets.basics import label
from ui.widgets.inputs import SearchBox

WIDTH = 560
ROW = 40
MOST_ROWS = 9
NOTE_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True)
class Found:
    """One answer: an icon, words, what stands small beside them, and what Enter does."""

    text: str
    act: Callable[[], Any]
    icon: str = "forward"
    note: str = ""
    also: str = ""
    """Other words that find it: pinyin initials, the name in the other language."""


class Palette(QFrame):
    """A search over the window. It offers `fixed` answers that match what is typed, and asks for people by `asked`."""

    asked = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setProperty("kind", "float")
        self._fixed: tuple[Found, ...] = ()
        self._people: tuple[Found, ...] = ()
        self._before: QWidget | None = None
        self.search = SearchBox(say("ui.palette.placeholder"))
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setIconSize(QSize(18, 18))
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(_Notes(self.list))
        self.list.itemClicked.connect(self._choose)
        self._none = label(say("ui.palette.none"), "muted")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.setMinimumHeight(64)
        box = self._box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 8, 8)
        box.setSpacing(8)
        box.addWidget(self.search)
        box.addWidget(self.list)
        box.addWidget(self._none)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._show)
        self.search.searched.connect(self.asked)
        self.search.entered.connect(lambda _text: self._choose(self.list.currentItem()))
        self.search.left_downwards.connect(lambda: self._step(1))
        self.hide()

    def open(self, fixed: Sequence[Found]) -> None:
        """Open it with these pages and commands to choose from."""
        self._before = self.window().focusWidget()
        self._fixed, self._people = tuple(fixed), ()
        self.search.clear()
        self._show()
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_palette(self) -> None:
        """Close it; the focus goes back to where it was."""
        if self.isHidden():
            return
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None
        self.closed.emit()

    def show_people(self, text: str, people: Sequence[Found]) -> None:
        """Take in the people that were found for `text`; late answers to an older text are dropped."""
        if text == self.search.text().strip():
            self._people = tuple(people)
            self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Up:
                self._step(-1)
                return True
            if event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
                self._step(MOST_ROWS if event.key() == Qt.Key.Key_PageDown else -MOST_ROWS)
                return True
        return super().eventFilter(watched, event)

    def _show(self, *_: object) -> None:
        typed = self.search.text().strip().casefold()
        if not typed:
            self._people = ()
        matching = [found for found in self._fixed if typed in f"{found.text} {found.also}".casefold()]
        shown = [*self._people, *matching] if typed else matching
        self.list.clear()
        for found in shown:
            item = QListWidgetItem(icons.icon(found.icon, "muted", 18), found.text)
            item.setData(NOTE_ROLE, found.note)
            item.setData(Qt.ItemDataRole.UserRole, found)
            item.setSizeHint(QSize(0, ROW))
            self.list.addItem(item)
        self.list.setCurrentRow(0 if shown else -1)
        self.list.setVisible(bool(shown))
        self._none.setVisible(not shown)
        self.list.setFixedHeight(ROW * min(len(shown), MOST_ROWS) + 4)
        self._settle()

    def _settle(self) -> None:
        around = self._over.rect()
        width = min(WIDTH, around.width() - 32)
        self.setFixedWidth(width)
        self._box.activate()
        self.adjustSize()
        self.move((around.width() - width) // 2, min(96, around.height() // 10))

    def _step(self, by: int) -> None:
        if self.list.count():
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + by)))

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        found: Found = item.data(Qt.ItemDataRole.UserRole)
        self.close_palette()
        found.act()


class _Notes(QStyledItemDelegate):
    """Draws what stands small at the right of an answer."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        note = index.data(NOTE_ROLE)
        if note:
            painter.save()
            font = QFont(option.font)
            font.setPixelSize(12)
            painter.setFont(font)
            painter.setPen(colour("ink" if option.state & QStyle.StateFlag.State_Selected else "muted"))
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(option.rect.adjusted(0, 0, -12, 0), side, note)
            painter.restore()
