"""Small things in lines that break like words."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

GAP = 8


class Flow(QWidget):
    """Holds widgets side by side, in as many lines as its width asks for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, item: QWidget) -> None:
        """Add one at the end."""
        item.setParent(self)
        self._items.append(item)
        item.show()
        self._place(self.width())
        self.updateGeometry()

    def heightForWidth(self, width: int) -> int:
        return self._place(width, only_measure=True)

    def sizeHint(self) -> QSize:
        return QSize(320, self._place(max(self.width(), 320), only_measure=True))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._place(max(self.width(), 320), only_measure=True))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(self.width())

    def _place(self, width: int, only_measure: bool = False) -> int:
        x = y = high = 0
        for item in self._items:
            size = item.sizeHint()
            if x and x + size.width() > width:
                x, y, high = 0, y + high + GAP, 0
            if not only_measure:
                item.setGeometry(x, y, size.width(), size.height())
            x += size.width() + GAP
            high = max(high, size.height())
        return y + high
