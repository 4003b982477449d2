"""Everybody's moments 打点 of an unsealed panel, in a list from which each is seen on the recording."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.words import say
from ui.marking.views import clock_text
from ui.models.paged import Column, Tone
from ui.pages.panel_data import PanelMoment, PanelSheets
from ui.widgets.basics import button, label
from ui.widgets.card import Card
from ui.widgets.table import DataTable

NO_PLACE = ("", "")


class PanelMoments(Card):
    """`wanted(moment)` at Enter, double click, the button and F9. Those of the item in hand stand first."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName(say("moments.title"))
        self._sheets: PanelSheets | None = None
        self._place = NO_PLACE
        self.play = button(say("moments.play"), self.play_current, "secondary", "play", "F9")
        """Stands where there is room for it: over the list."""

        def of_item(moment: PanelMoment) -> Tone:
            return "accent" if moment.place == self._place else "muted"

        self.table = DataTable(
            [
                Column(say("moments.second"), lambda one: clock_text(one.second), width=68, strong=True),
                Column(say("moments.examiner"), lambda one: one.examiner, width=96),
                Column(say("moments.text"), lambda one: one.text or say("moments.bare"), width=100, stretch=True),
                Column(say("moments.item"), lambda one: one.item, width=100, stretch=True, tone=of_item),
                Column(
                    say("exam.panel.exercise"),
                    lambda one: one.exercise,
                    width=104,
                    tone=lambda one: "muted",
                    optional=True,
                ),
            ]
        )
        self.table.setAccessibleName(say("moments.title"))
        self.table.opened.connect(self.wanted)
        self.body.addWidget(self.table, 1)
        self._hint = label(say("moments.hint"), "small", wrap=True)
        self.body.addWidget(self._hint)
        self.setFocusProxy(self.table)

    def show_moments(self, sheets: PanelSheets) -> None:
        """Show a panel's moments, by exercise and second."""
        self._sheets = sheets
        self._place = NO_PLACE
        self._show()

    def put_first(self, place: tuple[str, str]) -> None:
        """Those of this exercise's item first."""
        if place != self._place:
            self._place = place
            self._show()

    def play_current(self) -> None:
        """F9: the moment in hand, else the first one."""
        if self.table.current is None and self.table.total:
            self.table.select_line(0)
        if self.table.current is not None:
            self.wanted.emit(self.table.current)

    def be_low(self, low: bool) -> None:
        """Whether the window is so low that every line counts."""
        self._hint.setHidden(low)

    def _show(self) -> None:
        if self._sheets is not None:
            self.table.show_rows(self._sheets.moments_first_of(self._place))
            self.table.scrollToTop()
            self.play.setEnabled(self.table.total > 0)
