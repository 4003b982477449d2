"""The drawer from the right: one person's details, or help, while the list stays in sight."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.words import say
from ui.widgets.basics import icon_button, label


class Drawer(QFrame):
    """Holds one content at a time; a new one takes the old one's place. `closed` when it has gone."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "drawer")
        self._title = label("", "card-title")
        head = QHBoxLayout()
        head.setContentsMargins(20, 16, 12, 8)
        head.addWidget(self._title, 1)
        head.addWidget(icon_button("cross", say("ui.close"), self.close_drawer))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self._scroll, 1)
        self._before: QWidget | None = None
        self.hide()

    @property
    def content(self) -> QWidget | None:
        """What it holds."""
        return self._scroll.widget()

    def open(self, content: QWidget, title: str, width: int = 420) -> None:
        """Show `content` under `title`. The drawer owns it from now on."""
        self._drop()
        if self.isHidden():
            self._before = self.window().focusWidget()
        self._title.setText(title)
        self.setAccessibleName(title)
        content.setProperty("role", "scrolled")
        layout = content.layout()
        if layout is not None and layout.contentsMargins().left() == 0:
            layout.setContentsMargins(20, 4, 20, 20)
        self._scroll.setWidget(content)
        self.setFixedWidth(width)
        self.show()
        content.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_drawer(self) -> None:
        """Put it away; the focus goes back to where it came from."""
        if self.isHidden():
            return
        self.hide()
        self._drop()
        before, self._before = self._before, None
        try:
            if before is not None and before.isVisible():
                before.setFocus(Qt.FocusReason.OtherFocusReason)
        except RuntimeError:  # its other half has been deleted meanwhile
            pass
        self.closed.emit()

    def _drop(self) -> None:
        old = self._scroll.takeWidget()
        if old is not None:
            old.deleteLater()
