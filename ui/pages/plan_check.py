"""The drawer that says everything that is wrong with a plan, by whose rule, and what deserves a second look."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.standards.plan_checks import lint, problems
from core.words import say
from ui.pages.plan_fields import source
from ui.pages.plan_pen import Pen
from ui.widgets.basics import clear, column, holder, icon_label, label, row, rule
from ui.widgets.strip import POLICY


class CheckDrawer(QWidget):
    """Follows the draft: what was mended goes away by itself."""

    def __init__(self, pen: Pen, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pen = pen
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(12)
        pen.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Check anew."""
        clear(self._body)
        plan = self._pen.plan
        wrong, notes = problems(plan), lint(plan)
        if not wrong:
            self._body.addWidget(
                holder(row(icon_label("check", "good"), label(say("plan_page.sound"), "strong"), None))
            )
        for problem in wrong:
            self._body.addWidget(_line("danger", problem.sentence, problem.clause))
        if notes:
            self._body.addWidget(rule())
            self._body.addWidget(label(say("plan_page.notes"), "section"))
            for note in notes:
                self._body.addWidget(_line("info", note.sentence, note.clause))
        self._body.addStretch(1)


def _line(icon: str, sentence: str, clause: str | None) -> QWidget:
    tint = "danger" if icon == "danger" else "muted"
    words = label(sentence, wrap=True)
    rules: list[QWidget] = [source(clause)] if clause and clause.partition(":")[0] != POLICY else []
    line = row(spacing=8)
    mark = icon_label(icon, tint, 18)
    line.addLayout(column(mark, None))
    line.addLayout(column(words, row(*rules, None), spacing=4), 1)
    return holder(line)
