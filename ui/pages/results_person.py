"""One candidate's results in the drawer: every component with what it came to, and the way to the sheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.results.listing import cell_text
from core.results.standing import Cell, Row, Standing
from core.scoring.readers import sees_panel
from core.scoring.veto_queries import VetoLine, vetoes
from core.standards.points import points_text, short_text
from core.words import language, say
from ui.context import Context
from ui.pages.results_rows import component_name, outcome_text, outcome_tone
from ui.widgets.basics import badge, button, column, label, row, rule


def upheld_vetoes(read: Any, found: Row) -> dict[str, list[VetoLine]]:
    """The vetoes that the leaders upheld for a candidate, by component; of a panel whose marks the reader may see."""
    one = found.application
    came = {cell.component: cell.outcome for cell in found.cells if cell.outcome is not None}
    seen = [component for component, outcome in came.items() if sees_panel(read, one, outcome.panel)]
    return {component: [line for line in vetoes(read, one, component) if line.upheld] for component in seen}


class ResultPerson(QWidget):
    """`compare(application, component)` opens a panel's sheets, where they are unsealed; `change(what, application,
    component)` what changes its people: `aside`, `add` or `new`. None: nobody here may."""

    def __init__(
        self,
        context: Context,
        found: Row,
        standing: Standing,
        upheld: Mapping[str, Sequence[VetoLine]],
        compare: Callable[[int, str], None],
        change: Callable[[str, int, str], None] | None = None,
    ) -> None:
        super().__init__()
        self.context = context
        self._upheld = upheld
        self._compare = compare
        self._change = change
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        outer.addLayout(
            row(label(found.identity, "muted"), None, badge(outcome_text(found), outcome_tone(found) or "plain"))
        )
        for component, cell in zip(standing.components, found.cells, strict=True):
            outer.addWidget(rule())
            outer.addWidget(label(component_name(component), "strong"))
            marks = say(
                "exam.person.marks", full=short_text(component.full_mark), passing=short_text(component.pass_mark)
            )
            outer.addLayout(row(label(cell_text(cell), "figure"), label(marks, "small"), None, spacing=12))
            self._add_panel(outer, found, cell)
            self._add_changes(outer, found, cell)
        outer.addStretch(1)

    def _add_changes(self, outer: QVBoxLayout, found: Row, cell: Cell) -> None:
        """A recusal that came to light late, and the examiner who is missing since."""
        change = self._change
        if change is None or cell.progress is None or cell.state in ("absent", "misconduct", "deferred"):
            return
        if cell.state == "examiners_missing":
            outer.addWidget(label(say("fair.person.short"), "", "attention", wrap=True))
            add = button(say("fair.add.button"), lambda: change("add", found.application, cell.component), "primary")
            new = button(say("fair.new.button"), lambda: change("new", found.application, cell.component), "secondary")
            outer.addLayout(row(add, new, None))
        aside = button(say("fair.aside.button"), lambda: change("aside", found.application, cell.component), "ghost")
        outer.addLayout(row(aside, None))

    def _add_panel(self, outer: QVBoxLayout, found: Row, cell: Cell) -> None:
        came = cell.outcome
        if came is None:
            if cell.state == "sealed":
                outer.addWidget(label(say("exam.person.sealed"), "small", wrap=True))
            return
        totals = "　".join(points_text(total) for _, total in came.totals)
        lines = column(label(say("exam.person.totals", totals=totals), "muted"), spacing=4)
        lines.addWidget(label(say("exam.person.spread", spread=points_text(came.spread)), "muted"))
        for veto in self._upheld.get(cell.component, ()):
            name = veto.name_en if language() == "en" and veto.name_en else veto.name
            lines.addLayout(row(badge(say("exam.veto.upheld"), "danger"), label(name, "strong", wrap=True), None))
            lines.addWidget(label(say("exam.decided.reason", reason=veto.reason), "muted", wrap=True))
        if came.decision is not None:
            lines.addWidget(label(say(f"exam.decision.{came.decision}"), "strong"))
            lines.addWidget(label(say("exam.decided.reason", reason=came.decision_reason), "muted", wrap=True))
        elif came.open:
            lines.addWidget(label(say("exam.person.waits"), "", "attention", wrap=True))
        outer.addLayout(lines)
        compare = button(
            say("exam.person.compare"), lambda: self._compare(found.application, cell.component), icon="people"
        )
        outer.addLayout(row(compare, None))
