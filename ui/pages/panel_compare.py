"""A panel's sheets side by side and everybody's moments, on the desk of an examiner and on the results page."""

from __future__ import annotations

from collections import Counter
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.words import say
from ui.marking.views import points_text
from ui.models.paged import Column, Tone
from ui.pages.panel_data import ComparedLine, PanelMoment, PanelSheets, RaisedVeto
from ui.pages.panel_film import PanelFilm
from ui.pages.panel_moments import PanelMoments
from ui.pages.panel_sides import MOMENTS, REMARKS, PanelSides
from ui.widgets.basics import badge, clear, column, label, row, shortcut
from ui.widgets.card import Card, Figure
from ui.widgets.strip import Strip
from ui.widgets.table import DataTable

LOW = 480
"""Below this height the figures stand closer, so that there is room for the lists."""


class PanelCompare(QWidget):
    """Figures above, the items that differ most first below them, beside them the moments 打点 and the remarks.

    Moments of the item in hand stand first, each with its second on the recording. `host` is the page that it is on.
    """

    def __init__(self, host: Any) -> None:
        super().__init__()
        self._sheets: PanelSheets | None = None
        self._figures = QHBoxLayout()
        self._figures.setSpacing(16)
        self._shown_figures: list[Figure] = []
        self.note, self.strip = Strip(), Strip()
        self._vetoes = column(spacing=4)
        self._card = Card()
        self._card.setAccessibleName(say("exam.panel.items"))
        self.moments = PanelMoments()
        self.moments.wanted.connect(self._on_wanted)
        self.film = PanelFilm(host, self.strip)
        self.sides = PanelSides(self._card, self.moments)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        outer.addLayout(self._figures)
        outer.addWidget(self.note)
        outer.addLayout(self._vetoes)
        outer.addWidget(self.strip)
        outer.addWidget(self.sides, 1)
        self.table: DataTable | None = None
        shortcut("F9", self, self.moments.play_current)
        shortcut("F6", self, self._step_over)

    def show_sheets(self, sheets: PanelSheets) -> None:
        """Show a panel's sheets."""
        self._sheets = sheets
        self.strip.clear()
        self._show_figures(sheets)
        self._show_note(sheets)
        if self.table is not None:
            self._card.body.removeWidget(self.table)
            self.table.deleteLater()
        self.table = self._make_table(sheets)
        self._card.body.addWidget(self.table, 1)
        self._card.setFocusProxy(self.table)
        self.table.show()  # at once, or it could not take the focus yet
        self.table.show_rows(sheets.lines)
        self.table.picked.connect(self._on_picked)
        self.table.opened.connect(self._on_opened)
        self.moments.show_moments(sheets)
        self.sides.remarks.show_remarks(sheets.remarks)
        self.sides.show_counts(len(sheets.moments), len(sheets.remarks))
        clear(self._vetoes)
        for veto in sheets.vetoes:
            self._vetoes.addLayout(_veto_line(veto, len(sheets.examiners)))

    # Items and moments

    def _on_picked(self, line: ComparedLine | None) -> None:
        if line is not None:
            self.moments.put_first(line.place)

    def _on_opened(self, line: ComparedLine) -> None:
        """Enter on an item: to its moments."""
        self.moments.put_first(line.place)
        if self.sides.has(MOMENTS):
            self.sides.turn_to(MOMENTS)
            self.moments.table.select_line(0)

    def _on_wanted(self, moment: PanelMoment) -> None:
        if self._sheets is not None:
            self.film.play(self._sheets, moment)

    def _step_over(self) -> None:
        """F6: from the items to the moments, to the remarks, and back."""
        here = 0
        if self.moments.isAncestorOf(self.focusWidget() or self):
            here = MOMENTS
        elif self.sides.remarks.isAncestorOf(self.focusWidget() or self):
            here = REMARKS
        following = next(at for step in (1, 2, 3) if self.sides.has(at := (here + step) % 3))
        self.sides.turn_to(following)
        if following == MOMENTS and self.moments.table.current is None:
            self.moments.table.select_line(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_figures()

    def _fit_figures(self) -> None:
        low = self.height() < LOW
        for one in self._shown_figures:
            one.be_low(low)
        self.moments.be_low(low)
        self._figures.setSpacing(8 if low else 16)

    # What it shows

    def _show_figures(self, sheets: PanelSheets) -> None:
        clear(self._figures)
        self._shown_figures = []
        low, high = min(sheets.totals), max(sheets.totals)
        for name, total in zip(sheets.examiners, sheets.totals, strict=True):
            note = ""
            if low != high and total in (low, high):
                note = say("exam.panel.highest" if total == high else "exam.panel.lowest")
            self._add(name, points_text(total), note)
        came = sheets.outcome
        too_far = "spread" in came.reasons
        limit = say("exam.panel.limit", limit=sheets.limit)
        self._add(say("exam.spread"), points_text(came.spread), limit, "attention" if too_far else "")
        note = say("exam.deliberation.open") if came.open else say("exam.passed" if sheets.passed else "exam.failed")
        tone = "attention" if came.open else "good" if sheets.passed else "danger"
        self._add(say("exam.panel.result"), sheets.final, note, tone)

    def _add(self, title: str, figure: str, note: str, tone: str = "") -> None:
        made = Figure(title)
        made.show_figure(figure, None, note, tone)
        made.unsetCursor()
        made.be_low(self.height() < LOW)
        self._shown_figures.append(made)
        self._figures.addWidget(made, 1)

    def _show_note(self, sheets: PanelSheets) -> None:
        came = sheets.outcome
        if came.decision is not None:
            text = say(f"exam.decided.{came.decision}", result=sheets.result, final=sheets.final)
            self.note.say(f"{text} {say('exam.decided.reason', reason=came.decision_reason)}", "plain")
        elif came.open:
            why = "、".join(say(f"exam.reason.{reason}", limit=sheets.limit) for reason in came.reasons)
            self.note.say(say("exam.panel.open", why=why), "attention", say("ui.rule.policy"))
        else:
            self.note.clear()

    def _make_table(self, sheets: PanelSheets) -> DataTable:
        most = sheets.lines[0].apart if sheets.lines else 0

        def given(at: int, name: str) -> Column:
            return Column(name, lambda line: _points(line.given[at]), numeric=True, width=88)

        def far(line: ComparedLine) -> Tone:
            return "attention" if line.apart and line.apart == most else "" if line.apart else "muted"

        columns = [
            Column(say("exam.panel.code"), lambda line: line.code, width=60, tone=lambda line: "muted"),
            Column(say("exam.panel.item"), lambda line: line.label, width=110, stretch=True),
            Column(
                say("exam.panel.exercise"),
                lambda line: line.exercise,
                width=104,
                tone=lambda line: "muted",
                optional=True,
            ),
            Column(
                say("exam.panel.maximum"), lambda line: _points(line.maximum), numeric=True, width=96, optional=True
            ),
        ]
        columns += [given(at, name) for at, name in enumerate(sheets.examiners)]
        columns.append(
            Column(say("exam.panel.apart"), lambda line: _points(line.apart), numeric=True, width=64, tone=far)
        )
        if sheets.moments:
            counts = Counter(one.place for one in sheets.moments)

            def kept(line: ComparedLine) -> str:
                return str(counts[line.place] or "") if line.place[1] else ""

            columns.append(Column(say("moments.count"), kept, numeric=True, width=88, tone=lambda line: "accent"))
        made = DataTable(columns, lambda line: line.id)
        made.setAccessibleName(say("exam.panel.items"))
        return made


def _veto_line(veto: RaisedVeto, of: int) -> QHBoxLayout:
    line = veto.line
    if line.open:
        state, tone = say("exam.veto.open"), "attention"
    elif line.upheld is None:
        state, tone = say("exam.veto.no_majority"), "plain"
    else:
        state, tone = (
            say("exam.veto.upheld" if line.upheld else "exam.veto.dropped"),
            "danger" if line.upheld else "plain",
        )
    words = say("exam.veto.line", name=veto.name, exercise=veto.exercise, raised=len(veto.by), of=of)
    return row(badge(state, tone), label(words), label(line.reason, "muted", wrap=True), None, spacing=12)


def _points(hundredths: int | None) -> str:
    return "" if hundredths is None else points_text(hundredths)
