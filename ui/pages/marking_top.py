"""The bar over the marking screen: back, the candidate in hand, the exercises with what is done, what is saved."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QMenu, QPushButton, QWidget

from core.words import say
from ui import icons
from ui.marking.views import Mark, SheetView
from ui.widgets.basics import TAB_EDGES, button, clear, icon_button, label, restyle, row, set_tab_text, set_tip

BAR_HEIGHT = 56
AROUND, LEAST_ROOM = 160, 24
"""Pixels that the bar's other things take, and a tab's number alone."""
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

Marks = Mapping[tuple[str, str], Mark]
"""(exercise, item) → its mark."""


class TopBar(QFrame):
    """Shows where one is in a `SheetView`, and leads from there to another exercise or candidate."""

    left = Signal()
    exercise_chosen = Signal(str)
    candidate_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: SheetView | None = None
        self._marks: Marks = {}
        self._narrow = False
        self._tabs: dict[str, QPushButton] = {}
        self.setProperty("kind", "topbar")
        self.setFixedHeight(BAR_HEIGHT)
        self._number = button("", self.open_candidates, "ghost", tip="Ctrl+O")
        self._number.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._number.setProperty("weight", "strong")
        icons.wear(self._number, "chevron-down", "muted", 16)
        self._place = label("", "muted")
        back = icon_button("back", f"{say('exam.desk.back')}  Esc", self.left.emit)
        self._tab_line = QHBoxLayout()
        self._tab_line.setSpacing(4)
        self._tab_group = QButtonGroup(self)
        self.saved = label("", "small")
        line = row(back, self._number, self._place, 12, self._tab_line, None, self.saved, spacing=8)
        line.setContentsMargins(12, 0, 24, 0)
        self.setLayout(line)

    def show_view(self, view: SheetView, marks: Marks) -> None:
        """Show whose sheet it is, and its exercises."""
        self._view = view
        self._number.setText(view.called or say("ui.marking.number", number=view.number))
        self._number.setEnabled(bool(view.candidates))
        self._place.setText(view.place)
        self._show_tabs(view)
        self.show_marks(marks)

    def show_marks(self, marks: Marks) -> None:
        """Show which exercises are done."""
        self._marks = marks
        if self._view is None or not self._tabs:
            return
        for number, one in enumerate(self._view.exercises):
            left = sum(not marks[one.key, item.key].given for item in one.items)
            sign = CIRCLED[number] if number < len(CIRCLED) else str(number + 1)
            count = "" if self._narrow else "  " + say("ui.marking.items", count=len(one.items))
            made = self._tabs[one.key]
            done = "" if left else " ✓"
            whole = f"{sign} {one.title}{count}{done}"
            room = self._room - made.fontMetrics().horizontalAdvance(done)
            cut = made.fontMetrics().elidedText(f"{sign} {one.title}{count}", Qt.TextElideMode.ElideRight, room)
            set_tab_text(made, f"{cut}{done}")
            set_tip(made, whole if made.text() != whole else "")
            made.setAccessibleName(say("ui.marking.tab", title=one.title, left=left, of=len(one.items)))

    @property
    def _room(self) -> int:
        """How wide the words of one exercise may be, so that all of them are in sight."""
        taken = self._number.sizeHint().width() + self.saved.sizeHint().width() + AROUND
        if not self._narrow:
            taken += self._place.sizeHint().width()
        return max(LEAST_ROOM, (self.width() - taken) // max(1, len(self._tabs)) - TAB_EDGES)

    def show_saved(self, text: str, tone: str) -> None:
        """What became of the last keystroke."""
        self.saved.setText(text)
        restyle(self.saved, "tone", tone)
        self.show_marks(self._marks)

    def be_narrow(self, narrow: bool) -> None:
        """Whether there is little room: the place goes first."""
        self._narrow = narrow
        self._place.setHidden(narrow)
        self.show_marks(self._marks)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_marks(self._marks)

    def open_candidates(self) -> None:
        """Ctrl+O: the candidates, with how far each is."""
        if self._view is None or not self._view.candidates:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for one in self._view.candidates:
            action = menu.addAction(f"{one.number}    {one.state}")
            if one.done:
                action.setIcon(icons.icon("check", "good", 16))
            action.triggered.connect(lambda _=False, key=one.key: self.candidate_chosen.emit(key))
        menu.setActiveAction(menu.actions()[0])
        menu.popup(self._number.mapToGlobal(self._number.rect().bottomLeft()))

    def _show_tabs(self, view: SheetView) -> None:
        shown = view.exercises if view.tabs else ()
        if list(self._tabs) != [one.key for one in shown]:
            clear(self._tab_line)
            self._tabs = {}
            for one in shown:
                made = button("", partial(self.exercise_chosen.emit, one.key), "tab")
                made.setCheckable(True)
                self._tab_group.addButton(made)
                self._tabs[one.key] = made
                self._tab_line.addWidget(made)
        if self._tabs:
            self._tabs[view.current].setChecked(True)
