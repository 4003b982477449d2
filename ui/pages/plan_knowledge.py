"""The rows of the knowledge examination: fixed by 7.4.1, or the centre's own where a standard is silent."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from core.standards.plan_rules import set_row
from core.standards.points import points_text
from core.words import say
from ui.pages.plan_fields import PointsField, source
from ui.pages.plan_pen import Pen
from ui.widgets.basics import clear, label, row
from ui.widgets.card import Card

FIGURE_WIDTH = 96
WEIGHTS_CLAUSE = "7.4.1"


class KnowledgeView(QScrollArea):
    """Row by row, with the sum below."""

    def __init__(self, pen: Pen, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pen = pen
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        content = QWidget()
        content.setProperty("role", "scrolled")
        self._body = QVBoxLayout(content)
        self._body.setContentsMargins(0, 0, 12, 0)
        self.setWidget(content)
        self.fields: dict[str, PointsField] = {}
        self._shape: object = None

    def refresh(self) -> None:
        """Show what stands."""
        rows = self._pen.draft.plan.knowledge
        keys = tuple(one.key for one in rows)
        if keys != self._shape:
            self._shape = keys
            clear(self._body)
            self._build()
        for one in rows:
            if one.key in self.fields:
                self.fields[one.key].show_text(points_text(one.maximum))
        self._total.setText(points_text(sum(one.maximum for one in rows)))

    def _build(self) -> None:
        given = self._pen.draft.pack.weights is not None
        self.fields = {}
        card = Card(say("plan_page.knowledge.rows"))
        card.tools.addWidget(source(WEIGHTS_CLAUSE if given else None))
        words = say("plan_page.knowledge.given" if given else "plan_page.knowledge.own")
        card.body.addWidget(label(words, "small", wrap=True))
        grid = QGridLayout()
        grid.setColumnStretch(0, 1)
        grid.setVerticalSpacing(8)
        for line, one in enumerate(self._pen.draft.plan.knowledge):
            grid.addWidget(label(one.name), line, 0)
            if given:
                grid.addLayout(row(None, label(points_text(one.maximum), "strong")), line, 1)
            else:
                field = PointsField(one.maximum, partial(self._set, one.key), self._pen, one.name)
                field.setFixedWidth(FIGURE_WIDTH)
                self.fields[one.key] = field
                grid.addWidget(field, line, 1)
        self._total = label("", "strong", "good")
        end = len(self._pen.draft.plan.knowledge)
        grid.addWidget(label(say("plan_page.sum"), "strong"), end, 0)
        grid.addLayout(row(None, self._total), end, 1)
        card.body.addLayout(grid)
        self._body.addWidget(card)
        self._body.addStretch(1)

    def _set(self, key: str, points: int) -> None:
        self._pen.do(set_row, key, points)
