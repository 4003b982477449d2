"""A panel's sheets side by side, on the desk of an examiner and on the results page."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.words import say
from ui.marking.views import points_text
from ui.models.paged import Column, Tone
from ui.pages.panel_data import ComparedLine, PanelSheets, RaisedVeto
from ui.widgets.basics import badge, clear, label, row
from ui.widgets.card import Card, Figure
from ui.widgets.strip import Strip
from ui.widgets.table import DataTable

MOST_REMARKS = 4


class PanelCompare(QWidget):
    """Figures above, the items that differ most first below them, then what was written beside the marks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures = QHBoxLayout()
        self._figures.setSpacing(16)
        self.note = Strip()
        self._card = Card(say("exam.panel.items"))
        self._remarks = Card(say("exam.panel.remarks"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(16)
        outer.addLayout(self._figures)
        outer.addWidget(self.note)
        outer.addWidget(self._card, 1)
        outer.addWidget(self._remarks)
        self.table: DataTable | None = None
        self._remarks.hide()

    def show_sheets(self, sheets: PanelSheets) -> None:
        """Show a panel's sheets."""
        self._show_figures(sheets)
        self._show_note(sheets)
        if self.table is not None:
            self._card.body.removeWidget(self.table)
            self.table.deleteLater()
        self.table = self._make_table(sheets)
        self._card.body.addWidget(self.table, 1)
        self.table.show()  # at once, or it could not take the focus yet
        self.table.show_rows(sheets.lines)
        clear(self._remarks.body)
        for veto in sheets.vetoes:
            self._remarks.body.addLayout(_veto_line(veto, len(sheets.examiners)))
        for remark in sheets.remarks[:MOST_REMARKS]:
            who = label(f"{remark.examiner} · {remark.exercise}", "small")
            self._remarks.body.addLayout(row(who, label(remark.text.replace("\n", "　"), wrap=True), None, spacing=12))
        self._remarks.setVisible(bool(sheets.remarks or sheets.vetoes))

    def _show_figures(self, sheets: PanelSheets) -> None:
        clear(self._figures)
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
            Column(say("exam.panel.code"), lambda line: line.code, width=68, tone=lambda line: "muted"),
            Column(say("exam.panel.item"), lambda line: line.label, width=130, stretch=True),
            Column(say("exam.panel.exercise"), lambda line: line.exercise, width=104, tone=lambda line: "muted"),
            Column(say("exam.panel.maximum"), lambda line: _points(line.maximum), numeric=True, width=92),
        ]
        columns += [given(at, name) for at, name in enumerate(sheets.examiners)]
        columns.append(
            Column(say("exam.panel.apart"), lambda line: _points(line.apart), numeric=True, width=76, tone=far)
        )
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
