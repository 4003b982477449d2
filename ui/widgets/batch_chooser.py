"""Which batch the window speaks about: one button that opens a list."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from core.words import say
from ui import icons
from ui.context import Context

NAME_LENGTH = 24
"""Characters of a batch's name on the button: a longer one is cut, and stands whole in the list."""


BESIDE, NARROWEST = 58, 116
"""What the button takes beside its words, and the least that it shrinks to."""
ROUNDING = 2
"""An advance is rounded, and eliding is exact: without these the whole name could be cut in its own width."""


class BatchChooser(QPushButton):
    """Shows the batch in view and changes it for every page. Hidden while there is none. Alt+B opens it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._name = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands right of the name
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # it may be narrower than its name
        icons.wear(self, "chevron-down", "muted", 16)
        self.clicked.connect(self.open)
        context.batch_changed.connect(self._show)
        context.batches_changed.connect(self._show)
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._name) + BESIDE + ROUNDING, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def open(self) -> None:
        """Open the list."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for choice in self._context.batches:
            action = menu.addAction(choice.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(choice.id == self._context.batch)
            action.triggered.connect(lambda _checked=False, batch=choice.id: self._context.choose_batch(batch))
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _show(self, *_: object) -> None:
        choice = self._context.batch_choice
        name = choice.name if choice else ""
        self._name = name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"
        self.updateGeometry()
        self._fit()
        self.setAccessibleName(say("ui.batch.choose", batch=name))
        if choice is None:
            self.hide()
        elif self.parentWidget() is not None:  # shown without a parent it would be a window of its own
            self.show()

    def _fit(self) -> None:
        room = max(NARROWEST, self.width()) - BESIDE
        shown = self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, room)
        self.setText((shown if self.isVisible() else self._name).replace("&", "&&"))
