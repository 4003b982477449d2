"""The table of every page: rows of 36, headings over what they head, one line selected, Enter opens it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui import ops
from ui.models.paged import BADGE_ROLE, Column, PagedModel, Rows
from ui.theme import ROW_HEIGHT, colour

PADDING = 12
BADGE_HEIGHT = 22

Query = Callable[[Any, int, int], Rows]
"""`query(read, offset, limit)`: a page of rows out of a snapshot of the store."""


class DataTable(QTableView):
    """Columns of `Column`, rows of anything. `opened(row)` at Enter or double click, `picked(row)` as one moves."""

    opened = Signal(object)
    picked = Signal(object)
    loaded = Signal(int)
    sort_wanted = Signal(str, bool)
    """The `sort_key` of a heading that was clicked, and whether downwards: the page asks the store again."""

    def __init__(
        self,
        columns: Sequence[Column],
        row_id: Callable[[Any], object] = lambda found: getattr(found, "id", found),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._row_id = row_id
        self._kept: object = None
        self.paged = PagedModel(columns, self)
        self.setModel(self.paged)
        self.setItemDelegate(_Cells(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setFixedHeight(ROW_HEIGHT)
        head.setSectionsClickable(any(column.sort_key for column in columns))
        head.setMinimumSectionSize(48)
        head.setTextElideMode(Qt.TextElideMode.ElideRight)
        head.sectionClicked.connect(self._on_heading)
        self.paged.modelAboutToBeReset.connect(self._remember)
        self.paged.arrived.connect(self._on_arrived)
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        self.selectionModel().currentRowChanged.connect(lambda index, _old: self._pick(index.row()))
        for number, column in enumerate(self.paged.columns):
            self.setColumnWidth(number, column.width)

    def load(self, host: Any, query: Query) -> None:
        """Show what `query` finds, page by page, read on a worker for the page `host`."""

        def request(offset: int, limit: int, deliver: Callable[[Rows], None]) -> None:
            ops.read(host, query, offset, limit).on_done(deliver).start()

        self.paged.load(request)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show a short list that is at hand already."""
        self.paged.show_rows(rows)

    @property
    def total(self) -> int:
        """How many rows there are."""
        return self.paged.rowCount()

    @property
    def current(self) -> Any | None:
        """The row of the selected line."""
        index = self.currentIndex()
        return self.paged.row_at(index.row()) if index.isValid() else None

    def select_line(self, line: int) -> None:
        """Select a line and bring it into sight."""
        self.selectRow(line)
        self.scrollTo(self.paged.index(line, 0))

    def fit_height(self, most: int = 8) -> None:
        """Be as high as the rows, up to `most` of them: for a table inside a card."""
        self.setFixedHeight(ROW_HEIGHT * (1 + max(1, min(self.total, most))) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex().row())
            return
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.total:
            self.select_line(0 if event.key() == Qt.Key.Key_Home else self.total - 1)
            return
        super().keyPressEvent(event)

    def _share_width(self) -> None:
        columns, room = self.paged.columns, self.viewport().width()
        shown = set(range(len(columns)))
        for number in reversed(range(len(columns))):
            if columns[number].optional and sum(columns[one].width for one in shown) > room:
                shown.discard(number)
        for number in range(len(columns)):
            if self.isColumnHidden(number) == (number in shown):
                self.setColumnHidden(number, number not in shown)
        stretching = [number for number in shown if columns[number].stretch]
        if not stretching:
            return
        fixed = sum(columns[number].width for number in shown if not columns[number].stretch)
        share = (room - fixed) // len(stretching)
        for number in stretching:
            self.setColumnWidth(number, max(share, columns[number].width))

    def _on_heading(self, section: int) -> None:
        key = self.paged.columns[section].sort_key
        if not key:
            return
        down = self.paged.sorted_by == (key, False)
        self.paged.sorted_by = (key, down)
        head = self.horizontalHeader()
        head.setSortIndicatorShown(True)
        order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        head.setSortIndicator(section, order)
        self.sort_wanted.emit(key, down)

    def _remember(self) -> None:
        found = self.current
        self._kept = (self.currentIndex().row(), self._row_id(found)) if found is not None else None

    def _on_arrived(self, total: int) -> None:
        if isinstance(self._kept, tuple):
            line, wanted = self._kept
            first = self.paged.row_at(line)
            lines = [line] if first is not None and self._row_id(first) == wanted else range(min(total, 100))
            for at in lines:
                found = self.paged.row_at(at)
                if found is not None and self._row_id(found) == wanted:
                    self.selectRow(at)
                    break
        self._share_width()
        self.loaded.emit(total)

    def _open(self, line: int) -> None:
        found = self.paged.row_at(line)
        if found is not None:
            self.opened.emit(found)

    def _pick(self, line: int) -> None:
        self.picked.emit(self.paged.row_at(line) if line >= 0 else None)


class _Cells(QStyledItemDelegate):
    """Paints a cell by itself: no focus frames, one line under each row, badges as rounded words."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        table: DataTable = self.parent()  # type: ignore[assignment]
        painter.save()
        rect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, colour("accent-soft"))
            if index.column() == 0 and table.hasFocus():
                painter.fillRect(rect.x(), rect.y(), 3, rect.height(), colour("accent"))
        painter.setPen(colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        text = index.data() or ""
        if text:
            column = table.paged.columns[index.column()]
            inner = rect.adjusted(PADDING, 0, -PADDING, 0)
            tone = index.data(BADGE_ROLE)
            if tone:
                self._badge(painter, option, inner, str(text), tone)
            else:
                font = QFont(option.font)
                if column.strong:
                    font.setWeight(QFont.Weight.DemiBold)
                painter.setFont(font)
                ink = index.data(Qt.ItemDataRole.ForegroundRole)
                painter.setPen(ink if isinstance(ink, QColor) else colour("ink"))
                side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
                shown = painter.fontMetrics().elidedText(str(text), Qt.TextElideMode.ElideRight, inner.width())
                painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    def _badge(self, painter: QPainter, option: QStyleOptionViewItem, inner: Any, text: str, tone: str) -> None:
        font = QFont(option.font)
        font.setPixelSize(12)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        width = min(metrics.horizontalAdvance(text) + 20, inner.width())
        top = inner.y() + (inner.height() - BADGE_HEIGHT) / 2
        field = QRectF(inner.x(), top, width, BADGE_HEIGHT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("hover" if tone in ("plain", "muted") else f"{tone}-soft"))
        painter.drawRoundedRect(field, BADGE_HEIGHT / 2, BADGE_HEIGHT / 2)
        painter.setPen(colour("ink" if tone == "plain" else tone))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(width) - 16)
        painter.drawText(field, Qt.AlignmentFlag.AlignCenter, shown)
