"""After unsealing, on an examiner's desk: the panel's sheets side by side, and for its leader the deliberation."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from core.errors import AppError
from core.words import say
from ui import ops
from ui.context import Context, shows
from ui.pages.marking_deliberation import DeliberationDialog
from ui.pages.marking_veto import VetoDialog
from ui.pages.panel_compare import PanelCompare
from ui.pages.panel_data import PanelSheets, panel_sheets
from ui.widgets.basics import button, column, icon_button, label, row, shortcut
from ui.widgets.strip import ProgressStrip, Strip

BAR_HEIGHT = 56


class PanelView(QWidget):
    """`left` when its examiner goes back, `own_wanted(application, component)` for the own sheet."""

    left = Signal()
    own_wanted = Signal(object, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._place: tuple[int, str] | None = None
        self._leads = False
        self._sheets: PanelSheets | None = None
        self.compare = PanelCompare(self)
        self.strip = Strip()
        self.progress_strip = ProgressStrip()
        self._title = label("", "card-title")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._top())
        middle = column(self.strip, self.progress_strip, spacing=12)
        middle.addWidget(self.compare, 1)
        middle.setContentsMargins(24, 16, 24, 16)
        outer.addLayout(middle, 1)
        context.changed.connect(self._on_changed)

    def open(self, application: int, component: str, number: str, leads: bool) -> None:
        """Show what a panel gave a candidate."""
        self._place, self._leads, self._sheets = (application, component), leads, None
        self._title.setText(say("exam.panel.title", number=number))
        self.strip.clear()
        self.deliberate.hide()
        self._read()

    def show_refusal(self, error: AppError) -> None:
        """Say over the figures why something was refused."""
        self.strip.show_error(error)

    def show_progress(self, text: str, done: int, total: int, cancel: Any) -> None:
        """Say how far something is."""
        self.progress_strip.show_progress(text, done, total, cancel)

    def hide_progress(self) -> None:
        """It has ended."""
        self.progress_strip.hide()

    def _read(self) -> None:
        if self._place is not None:
            reading = ops.read(self, panel_sheets, *self._place).on_done(self._show).on_refused(self._on_refused)
            reading.latest("panel").start()

    def _on_refused(self, error: AppError) -> None:
        if self._sheets is None:
            self.show_refusal(error)
            return
        # A new panel was ordered, or it was sealed again: what stands here may not be looked at any more.
        gone, self._sheets, self._place = self._sheets, None, None
        self.deliberate.hide()
        if self.isVisible():
            self.left.emit()
            self.context.shell.notify(say("exam.panel.gone", number=gone.number))

    def _show(self, sheets: PanelSheets) -> None:
        self._sheets = sheets
        self.compare.show_sheets(sheets)
        self.deliberate.setVisible(self._leads and sheets.outcome.open)
        self.deliberate.setText(say("exam.veto.decide" if sheets.veto_to_decide else "exam.deliberate"))
        self.deliberate.setAccessibleName(self.deliberate.text())
        if self.isVisible() and self.compare.table is not None:
            self.compare.table.setFocus()

    def _top(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("kind", "topbar")
        bar.setFixedHeight(BAR_HEIGHT)
        back = icon_button("back", f"{say('exam.desk.back')}  Esc", self.left.emit)
        own = button(say("exam.panel.own"), self._on_own)
        self.deliberate = button(say("exam.deliberate"), self._on_deliberate, "primary", tip="Ctrl+Enter")
        shortcut("Ctrl+Return", self, self._on_deliberate)
        line = row(back, self._title, None, own, self.deliberate, spacing=10)
        line.setContentsMargins(12, 0, 24, 0)
        bar.setLayout(line)
        self.deliberate.hide()
        return bar

    def _on_own(self) -> None:
        if self._place is not None:
            self.own_wanted.emit(*self._place)

    def _on_deliberate(self) -> None:
        if self._sheets is not None and self._leads and self._sheets.outcome.open:
            veto = self._sheets.veto_to_decide
            (VetoDialog(self, self._sheets, veto) if veto else DeliberationDialog(self, self._sheets)).open()

    def _on_changed(self, kinds: frozenset[str]) -> None:
        if self.isVisible() and shows(frozenset({"deliberation", "panel", "veto"}), kinds):
            self._read()
