"""Labels, buttons, badges, rules: the words of every page. Text is always plain: nobody's name can be markup."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui import icons

Box = TypeVar("Box", bound=QBoxLayout)

TAB_EDGES = 32
"""Pixels beside a tab's words."""


def label(text: str = "", role: str = "", tone: str = "", *, wrap: bool = False) -> QLabel:
    """A label of plain text. `role` is its rank (title, muted, small, figure …), `tone` its colour."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    if tone:
        made.setProperty("tone", tone)
    return made


class ElidedLabel(QLabel):
    """A line of plain text that gives way where there is no room, and says by … that it does."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        if shown == self.text():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


def badge(text: str, tone: str = "plain") -> QLabel:
    """A small rounded word: plain, accent, good, attention, danger, or key (a key of the keyboard)."""
    made = label(text)
    made.setProperty("badge", tone)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def set_badge(made: QLabel, text: str, tone: str) -> None:
    """Change a badge's word and tone."""
    made.setText(text)
    restyle(made, "badge", tone)


def button(
    text: str,
    on: Callable[[], object] | None = None,
    kind: str = "secondary",
    icon: str = "",
    tip: str = "",
) -> QPushButton:
    """A button. `kind`: primary (one a page at most), secondary, ghost, danger, link, chip, tab, rail, mark."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAutoDefault(kind == "primary")  # then Enter presses it where it has the focus, in a page too
    made.setAccessibleName(text)
    if icon:
        tint = {"primary": "on-accent", "danger": "danger", "link": "accent", "chip": "accent"}.get(kind, "ink")
        icons.wear(made, icon, tint, 18)
    if tip:
        set_tip(made, tip)
    if on is not None:
        made.clicked.connect(lambda: on())
    return made


def icon_button(name: str, text: str, on: Callable[[], object] | None = None, kind: str = "ghost") -> QToolButton:
    """A button that is only an icon; `text` is its tip and what a screen reader says."""
    made = QToolButton()
    made.setProperty("kind", kind)
    made.setAccessibleName(text)
    set_tip(made, text)
    icons.wear(made, name, "muted", 20)
    if on is not None:
        made.clicked.connect(lambda: on())
    return made


def icon_label(name: str, tint: str = "muted", size: int = 20) -> QLabel:
    """An icon that is not a button."""
    made = QLabel()
    icons.wear(made, name, tint, size)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def set_tip(widget: QWidget, text: str) -> None:
    """A tip of plain text: Qt would take a name with angle brackets for markup."""
    widget.setToolTip(escape(text))


def rule() -> QFrame:
    """A thin line across."""
    made = QFrame()
    made.setProperty("kind", "rule")
    return made


def row(*items: QWidget | QLayout | int | None, spacing: int = 8, margins: int = 0) -> QHBoxLayout:
    """Widgets side by side; a number is a gap, None what is left over."""
    return _line(QHBoxLayout(), items, spacing, margins)


def column(*items: QWidget | QLayout | int | None, spacing: int = 8, margins: int = 0) -> QVBoxLayout:
    """Widgets one below the other; a number is a gap, None what is left over."""
    return _line(QVBoxLayout(), items, spacing, margins)


def _line(box: Box, items: tuple[QWidget | QLayout | int | None, ...], spacing: int, margins: int) -> Box:
    box.setSpacing(spacing)
    box.setContentsMargins(margins, margins, margins, margins)
    for item in items:
        if item is None:
            box.addStretch(1)
        elif isinstance(item, int):
            box.addSpacing(item)
        elif isinstance(item, QWidget):
            box.addWidget(item)
        else:
            box.addLayout(item)
    return box


def holder(layout: QLayout) -> QWidget:
    """A bare widget that holds a layout."""
    made = QWidget()
    made.setLayout(layout)
    return made


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and let it look again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def shortcut(
    keys: str | QKeySequence, owner: QWidget, on: Callable[[], object], *, everywhere: bool = False
) -> QShortcut:
    """A key that acts while `owner` or a part of it has the focus; `everywhere`: while its window is in front."""
    made = QShortcut(QKeySequence(keys), owner)
    made.setContext(Qt.ShortcutContext.WindowShortcut if everywhere else Qt.ShortcutContext.WidgetWithChildrenShortcut)
    made.activated.connect(lambda: on())
    return made


def set_tab_text(made: QPushButton, text: str) -> None:
    """What a tab says. It is bold once it is chosen, and room is kept for that."""
    made.setText(text)
    bold = made.font()
    bold.setWeight(QFont.Weight.DemiBold)
    made.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(text) + TAB_EDGES)


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
