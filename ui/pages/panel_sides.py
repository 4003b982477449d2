"""Items at the left, moments and remarks at the right, or one of the three where the window is small."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QScrollArea, QWidget

from core.words import say
from ui.pages.panel_data import Remark
from ui.pages.panel_moments import PanelMoments
from ui.widgets.basics import button, clear, column, holder, label, row, set_tab_text
from ui.widgets.card import Card

WIDE = 1000
"""From this width on the items stand beside the others; below it one of the three is in sight."""
LEFT, RIGHT = 3, 2
GAP = 16
ITEMS, MOMENTS, REMARKS = range(3)


class PanelSides(QWidget):
    """Places what it is given; what has nothing to show has no tab either."""

    def __init__(self, items: QWidget, moments: PanelMoments) -> None:
        super().__init__()
        self.remarks = RemarksCard()
        self._pages: tuple[QWidget, ...] = (items, moments, self.remarks)
        self._there = [True, False, False]
        self._at = ITEMS
        self._title = label(say("exam.panel.items"), "card-title")
        self._group = QButtonGroup(self)
        self._tabs: list[QPushButton] = []
        self._line = row(self._title, spacing=GAP)
        tabs = row(spacing=4)
        for at in range(len(self._pages)):
            made = button("", partial(self.turn_to, at), "tab", tip="F6")
            made.setCheckable(True)
            self._group.addButton(made)
            self._tabs.append(made)
            tabs.addWidget(made)
        tabs.addStretch(1)
        self._play = moments.play
        tabs.addWidget(self._play)
        self._line.addLayout(tabs)
        right = column(moments, self.remarks, spacing=0)
        self._right = holder(right)
        cards = row(spacing=GAP)
        cards.addWidget(items, LEFT)
        cards.addWidget(self._right, RIGHT)
        whole = column(self._line, spacing=8)
        whole.addLayout(cards, 1)
        self.setLayout(whole)
        self._place()

    def show_counts(self, moments: int, remarks: int) -> None:
        """How many there are of each; the items come into sight."""
        self._there = [True, moments > 0, remarks > 0]
        for at, (code, count) in enumerate(
            (("exam.panel.items.short", 0), ("moments.title", moments), ("exam.panel.remarks", remarks))
        ):
            text = f"{say(code)} {count}" if count else say(code)
            set_tab_text(self._tabs[at], text)
            self._tabs[at].setAccessibleName(text)
        self._at = ITEMS
        self._place()

    def has(self, at: int) -> bool:
        """Whether there is anything of it."""
        return self._there[at]

    def turn_to(self, at: int) -> None:
        """Bring one of the three into sight and give it the keys."""
        self._at = at
        self._place()
        self._pages[at].setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def wide(self) -> bool:
        """Whether the items stand beside the others."""
        return self.width() >= WIDE

    def _place(self) -> None:
        wide = self.wide
        beside = next((at for at in (self._at, MOMENTS, REMARKS) if at != ITEMS and self._there[at]), ITEMS)
        shown = beside if wide else self._at
        alone = not any(self._there[1:])
        self._title.setVisible(wide or alone)
        for at in range(len(self._pages)):
            made = self._tabs[at]
            made.setVisible(self._there[at] and not alone and not (wide and at == ITEMS))
            made.setChecked(at == shown)
        self._line.setStretch(0, LEFT if wide and not alone else 0)
        self._line.setStretch(1, RIGHT)
        self._pages[ITEMS].setVisible(wide or self._at == ITEMS)
        self._right.setVisible(shown != ITEMS)
        self._play.setVisible(shown == MOMENTS)
        for at in (MOMENTS, REMARKS):
            self._pages[at].setVisible(at == shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()


class RemarksCard(Card):
    """What the examiners wrote beside the marks."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(say("exam.panel.remarks"))
        self._list = column(spacing=12)
        inside = holder(self._list)
        inside.setProperty("role", "scrolled")
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        self.body.addWidget(self.area, 1)
        self.setFocusProxy(self.area)

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        """Show them all, by exercise."""
        clear(self._list)
        for one in remarks:
            who = label(f"{one.examiner} · {one.exercise}", "small")
            self._list.addLayout(column(who, label(one.text, wrap=True), spacing=2))
        self._list.addStretch(1)
