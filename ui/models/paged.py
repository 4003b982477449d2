"""A table of any length: it knows how many rows there are, and holds the few pages that are looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from ui.theme import colour

Index = QModelIndex | QPersistentModelIndex
PAGE_ROWS = 100
PAGES_KEPT = 24
"""Pages held at once: 2,400 rows, many screens up and down, and little memory at 100,000 rows."""

Tone = Literal["", "plain", "accent", "good", "attention", "danger", "muted"]

BADGE_ROLE = Qt.ItemDataRole.UserRole + 1
"""The tone of a cell that is drawn as a badge; None for plain words."""
TONE_ROLE = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it shows of a row, and how.

    `numeric` sets heading and figures right. `width` in pixels; the columns with `stretch` share what is left. `badge`
    gives a row's tone, drawn as a rounded word; `tone` only colours it. With `sort_key` the heading can be clicked.
    """

    title: str
    text: Callable[[Any], str]
    numeric: bool = False
    width: int = 120
    stretch: bool = False
    badge: Callable[[Any], Tone] | None = None
    tone: Callable[[Any], Tone] | None = None
    sort_key: str = ""
    strong: bool = False
    optional: bool = False
    """Left out where the table is too narrow for all; the last ones first."""


@dataclass(frozen=True)
class Rows:
    """A page of rows and how many there are altogether."""

    rows: Sequence[Any]
    total: int


Request = Callable[[int, int, Callable[[Rows], None]], None]
"""`request(offset, limit, deliver)`: fetch these rows and hand them to `deliver` on the window's thread."""


class PagedModel(QAbstractTableModel):
    """Rows by pages. `flags()` never fetches; a cell that has not come yet is empty and asks for its page."""

    arrived = Signal(int)
    """The first page of a load is here; how many rows there are."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._request: Request | None = None
        self._total = 0
        self._pages: OrderedDict[int, Sequence[Any]] = OrderedDict()
        self._asked: set[int] = set()
        self._load = 0
        self._shown = 0
        self.sorted_by: tuple[str, bool] = ("", False)

    def load(self, request: Request) -> None:
        """Show what `request` finds. What is on screen stays until the first page has come, so nothing flickers."""
        self._request = request
        self._load += 1
        self._asked = {0}
        self._ask(0)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show a short list that is at hand already."""
        kept = tuple(rows)
        self.load(lambda offset, limit, deliver: deliver(Rows(kept[offset : offset + limit], len(kept))))

    def row_at(self, row: int) -> Any | None:
        """The row shown at that line, or None where it hasn't come yet."""
        page = self._pages.get(row // PAGE_ROWS)
        at = row % PAGE_ROWS
        return page[at] if page is not None and at < len(page) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            BADGE_ROLE,
            TONE_ROLE,
            Qt.ItemDataRole.ForegroundRole,
        ):
            return None
        found = self._fetched(index.row())
        if found is None:
            return None
        if role == BADGE_ROLE:
            return column.badge(found) if column.badge else None
        if role == TONE_ROLE:
            return column.tone(found) if column.tone else None
        if role == Qt.ItemDataRole.ForegroundRole:
            tone = column.tone(found) if column.tone else ""
            return colour(tone) if tone and tone != "plain" else None
        return column.text(found)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[section])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def _fetched(self, row: int) -> Any | None:
        page = row // PAGE_ROWS
        if page in self._pages:
            self._pages.move_to_end(page)
            return self.row_at(row)
        if page not in self._asked:
            self._asked.add(page)
            self._ask(page)
            return self.row_at(row)
        return None

    def _ask(self, page: int) -> None:
        load = self._load
        if self._request is not None:
            self._request(
                page * PAGE_ROWS, PAGE_ROWS, lambda rows: self._take(load, page, rows) if load == self._load else None
            )

    def _take(self, load: int, page: int, found: Rows) -> None:
        self._asked.discard(page)
        if page == 0 and load != self._shown:
            self._begin(load, found)
            return
        if found.total != self._total:  # rows came or went meanwhile: begin again, so that nothing shows twice
            self._load += 1
            self._asked = {0}
            self._ask(0)
            return
        self._keep(page, found.rows)
        if found.rows:
            first = page * PAGE_ROWS
            self.dataChanged.emit(self.index(first, 0), self.index(first + len(found.rows) - 1, len(self.columns) - 1))

    def _begin(self, load: int, found: Rows) -> None:
        self._shown = load
        self.beginResetModel()
        self._pages.clear()
        self._total = found.total
        self._keep(0, found.rows)
        self.endResetModel()
        self.arrived.emit(found.total)

    def _keep(self, page: int, rows: Sequence[Any]) -> None:
        self._pages[page] = rows
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
