"""Something and the buttons beside it; where one line would cut a button they stand below it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ui.widgets.basics import holder
from ui.widgets.batch_chooser import BatchChooser


class Folding(QWidget):
    """One line while everything fits, else two. Buttons never give way, but the chooser of batches does."""

    def __init__(self, first: QWidget, hands: QHBoxLayout, spacing: int = 12) -> None:
        super().__init__()
        self._first = first
        self._hands = holder(hands)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(spacing)
        self._line.addWidget(first, 1)
        self._line.addWidget(self._hands)
        self._fold()

    @property
    def is_folded(self) -> bool:
        """Whether there are two lines."""
        return self._line.direction() == QBoxLayout.Direction.TopToBottom

    def minimumSizeHint(self) -> QSize:
        """As narrow as two lines are: one line would hold whatever it stands in too wide ever to fold."""
        width = max(self._least(self._first), self._least(self._hands))
        return QSize(width, self._line.minimumSize().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a button came, went or says something else
            self._fold()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        for one in self._hands.findChildren(QPushButton):
            if not isinstance(one, BatchChooser):
                one.setSizePolicy(QSizePolicy.Policy.Fixed, one.sizePolicy().verticalPolicy())
        needed = self._least(self._first) + self._line.spacing() + self._least(self._hands)
        one_line = needed <= self.width()
        self._line.setDirection(QBoxLayout.Direction.LeftToRight if one_line else QBoxLayout.Direction.TopToBottom)

    @staticmethod
    def _least(widget: QWidget) -> int:
        return max(widget.minimumWidth(), widget.minimumSizeHint().width())
