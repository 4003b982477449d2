"""Cards on the quiet ground, and the big figures that stand in them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from core.words import say
from ui.widgets.basics import label, restyle

EDGES, LOW_EDGES = (20, 16, 20, 16), (16, 4, 16, 4)


class Card(QFrame):
    """A white field with an optional title. `body` takes what it holds, `tools` what stands right of the title."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*EDGES)
        outer.setSpacing(12)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        self.title = label(title, "card-title")
        head.addWidget(self.title)
        head.addStretch(1)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(8)
        head.addLayout(self.tools)
        outer.addWidget(self._head)
        self._head.setVisible(bool(title))
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        outer.addLayout(self.body, 1)
        if title:
            self.setAccessibleName(title)


class Figure(QFrame):
    """How many of how many: a big number with its total, a note, and a bar. Clicking it says so."""

    clicked = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*EDGES)
        outer.setSpacing(8)
        self._title = label(title, "field")
        self._number = label("–", "figure")
        self._total = label("", "muted")
        self._note = label("", "small", wrap=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        outer.addWidget(self._title)
        middle = QHBoxLayout()
        middle.setSpacing(6)
        middle.addWidget(self._number)
        middle.addWidget(self._total)
        middle.addWidget(self._note, 1)
        outer.addLayout(middle)
        outer.addWidget(self._bar)
        self._name = title
        self._low, self._told, self._tone = False, "", ""

    def show_figure(self, number: int | str, total: int | None = None, note: str = "", tone: str = "") -> None:
        """Show `number`, `/ total` with its bar where there is a total, and a note with its `tone`."""
        self._number.setText(str(number))
        self._total.setVisible(total is not None)
        self._total.setText("" if total is None else f"/ {total}")
        self._told, self._tone = note, tone
        self._show_note()
        self._bar.setVisible(total is not None and isinstance(number, int))
        if total is not None and isinstance(number, int):
            self._bar.setRange(0, max(total, 1))
            self._bar.setValue(min(number, max(total, 1)) if total else 0)
        self.setAccessibleName(say("ui.figure", title=self._name, number=number, total=total or "", note=note))

    def _show_note(self) -> None:
        beside = self._low and bool(self._told)
        self._title.setText(f"{self._name} · {self._told}" if beside else self._name)
        restyle(self._title, "tone", self._tone if beside else "")
        self._note.setText("" if self._low else self._told)
        restyle(self._note, "tone", self._tone)

    def be_low(self, low: bool) -> None:
        """Stand closer where the window is low: the note beside the name."""
        self._low = low
        self._show_note()
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(*(LOW_EDGES if low else EDGES))
            layout.setSpacing(0 if low else 8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()
        super().mousePressEvent(event)
