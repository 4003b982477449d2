"""The rail at the left: the steps of an evaluation in order, and at its foot what the machine needs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.words import say
from ui import icons
from ui.registry import PageSpec
from ui.widgets.basics import button, icon_label, label, restyle, row, set_tip

WIDE = 208
NARROW = 64
MORE_HEIGHT = 20
MORE_STEP = 132
"""Pixels: three steps."""


class Rail(QFrame):
    """`chosen(key)` when a page is chosen. Arrows go up and down; Alt+1 … Alt+9 are the window's."""

    chosen = Signal(str)

    def __init__(self, pages: Sequence[PageSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "rail")
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        self._texts: dict[str, str] = {}
        self._icons: dict[str, tuple[str, str, int]] = {}
        self._narrow = False
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 20, 12, 12)
        outer.setSpacing(2)
        self._mark = icon_label("logo", "accent", 28)
        self._name = label(say("ui.product"), "title")
        self._centre = label("", "small", wrap=True)
        self._centre.setContentsMargins(4, 0, 0, 0)
        outer.addLayout(row(4, self._mark, self._name, None, spacing=6))
        outer.addWidget(self._centre)
        outer.addSpacing(12)
        steps = QWidget()
        steps.setProperty("role", "scrolled")
        inner = QVBoxLayout(steps)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(2)
        for page in (page for page in pages if not page.foot):
            inner.addWidget(self._entry(page))
        inner.addStretch(1)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # No bar would fit beside the icons: the wheel and the arrow keys move what a small screen can't hold.
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(steps)
        self._hints = [_More(self._area, "chevron-up", above=True), _More(self._area, "chevron-down", above=False)]
        outer.addWidget(self._area, 1)
        for page in (page for page in pages if page.foot):
            outer.addWidget(self._entry(page))
        self.setFixedWidth(WIDE)
        self.setAccessibleName(say("ui.rail"))

    @property
    def keys(self) -> list[str]:
        """The pages that it offers, from above."""
        return list(self._buttons)

    def show_centre(self, name: str) -> None:
        """Whose store this is."""
        self._centre.setText(name)

    def show_current(self, key: str) -> None:
        """Mark the page that is open."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)
            self._area.ensureWidgetVisible(self._buttons[key], 0, MORE_HEIGHT)

    def be_narrow(self, narrow: bool) -> None:
        """Only icons, where the window is small or scaled up."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self.setFixedWidth(NARROW if narrow else WIDE)
        # Icons alone need no air above: with every page built they must fit 512 lines.
        self.layout().setContentsMargins(12, 8 if narrow else 20, 12, 8 if narrow else 12)
        self._name.setHidden(narrow)
        self._centre.setHidden(narrow)
        for key, entry in self._buttons.items():
            entry.setText("" if narrow else self._texts[key])
            restyle(entry, "compact", "true" if narrow else "false")
            icons.wear(entry, *self._icons[key], checked="accent")
            set_tip(entry, self._texts[key] if narrow else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if step is not None:
                entries = list(self._buttons.values())
                at = entries.index(watched) + step  # type: ignore[arg-type]
                if 0 <= at < len(entries):
                    entries[at].setFocus(Qt.FocusReason.TabFocusReason)
                    self._area.ensureWidgetVisible(entries[at], 0, MORE_HEIGHT)
                return True
        return super().eventFilter(watched, event)

    def _entry(self, page: PageSpec) -> QPushButton:
        text = say(page.title_code)
        made = button(text, lambda: self.chosen.emit(page.key), "rail")
        made.setCheckable(True)
        self._icons[page.key] = (page.icon, "muted", 20)
        icons.wear(made, *self._icons[page.key], checked="accent")
        made.installEventFilter(self)
        self._group.addButton(made)
        self._buttons[page.key] = made
        self._texts[page.key] = text
        return made


class _More(QPushButton):
    """Lies over one end of the steps while there are more of them that way; a click goes on by a few."""

    def __init__(self, area: QScrollArea, icon: str, *, above: bool) -> None:
        super().__init__(area)
        self._area, self._above = area, above
        self.setProperty("kind", "rail-more")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(say("ui.rail.more_above" if above else "ui.rail.more_below"))
        set_tip(self, self.accessibleName())
        icons.wear(self, icon, "ink", 16)
        self.hide()
        bar = area.verticalScrollBar()
        bar.rangeChanged.connect(self._place)
        bar.valueChanged.connect(self._place)
        self.clicked.connect(lambda: bar.setValue(bar.value() + (-1 if above else 1) * MORE_STEP))
        area.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        bar = self._area.verticalScrollBar()
        self.setVisible(bar.value() > bar.minimum() if self._above else bar.value() < bar.maximum())
        top = 0 if self._above else self._area.height() - MORE_HEIGHT
        self.setGeometry(0, top, self._area.width(), MORE_HEIGHT)
        self.raise_()
