"""The middle of a dialog, which scrolls on a screen that is too low for it: the buttons under it stay in reach."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

BESIDE = 300
"""Pixels of a dialog that are not its middle: title, words, a refusal, buttons, the window's own frame."""
STRIP = 80
"""Of them the refusal, two lines high."""
LEAST = 120


class LowBody(QScrollArea):
    """As high as its content, and no higher than the screen leaves."""

    def __init__(self, content: QWidget, width: int, strip: QWidget | None = None) -> None:
        """`strip`: the dialog's own; while it says nothing its place is the content's."""
        super().__init__()
        self._wide, self._strip = width, strip
        content.setProperty("role", "scrolled")
        content.setMinimumWidth(1)  # fields give way beside a scroll bar, as they do in a dialog without one
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        content.installEventFilter(self)
        if strip is not None:
            strip.installEventFilter(self)

    def sizeHint(self) -> QSize:
        content = self.widget().layout()
        whole = content.totalHeightForWidth(self._wide) if content.hasHeightForWidth() else -1
        whole = max(whole, content.totalMinimumSize().height())
        free = STRIP if self._strip is not None and self._strip.isHidden() else 0
        room = max(self.screen().availableGeometry().height() - BESIDE + free, LEAST)
        return QSize(self._wide, min(whole, room))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Something in it came or went."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.updateGeometry()
        return super().eventFilter(watched, event)
