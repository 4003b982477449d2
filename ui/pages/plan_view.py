"""One exercise in the middle of the plan page: what it is, its items, and how many extras it has."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from core.standards.points import points_text
from core.words import say
from ui.pages.plan_items import ItemsTable
from ui.pages.plan_pen import Pen, own
from ui.widgets.basics import button, column, label, row, set_tip
from ui.widgets.card import Card

EXTRAS = ("deductions", "vetoes", "surprises")


def tighten(card: Card, side: int, above: int) -> None:
    """Less air in a card whose content has its own."""
    layout = card.layout()
    if layout is not None:
        layout.setContentsMargins(side, above, side, above)


class ExerciseView(Card):
    """An exercise of the pen's plan. `opening` when it is to be opened, `adding` when an item is to be added."""

    opening = Signal()
    adding = Signal()

    def __init__(self, pen: Pen, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._pen = pen
        self.items = ItemsTable(pen)
        self.name, self._facts = label("", "card-title"), label("", "small")
        self.chips = [button("", self.opening.emit, "chip") for _ in EXTRAS]
        self._opens = "plan_page.exercise.open" if pen.writes else "plan_page.exercise.look"
        self._open = button(say(self._opens), self.opening.emit, "ghost", "edit" if pen.writes else "eye")
        self._add = button(say("plan_page.item.add"), self.adding.emit, icon="add")
        self._hint = label(say("plan_page.hint" if pen.writes else "plan_page.hint.read"), "small")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for words in (self.name, self._facts, self._hint):
            words.setMinimumWidth(1)  # cut before the window would have to grow
        if not pen.writes:
            self._add.hide()
        head = row(spacing=8)
        head.addLayout(column(self.name, self._facts, spacing=0), 1)
        head.addWidget(self._open)
        head.addWidget(self._add)
        self.body.addLayout(head)
        self.body.addWidget(self.items, 1)
        foot = row(*self.chips, None, spacing=8)
        foot.addWidget(self._hint, 1000)
        self.body.addLayout(foot)
        tighten(self, 16, 12)

    def show_exercise(self, key: str) -> None:
        """Show the exercise of that id."""
        exercise = self._pen.draft.plan.exercise(key)
        if exercise is not None:
            self.name.setText(own(exercise.name, exercise.name_en))
            facts = {
                "points": points_text(exercise.maximum),
                "mode": exercise.mode,
                "evidence": say(f"plan_page.evidence.{exercise.evidence}"),
                "when": say(f"plan_page.marked_when.{exercise.marked_when}"),
            }
            self._facts.setText(say("plan_page.exercise.facts", **facts))
            for chip, name in zip(self.chips, EXTRAS, strict=True):
                chip.setText(f"{say(f'plan_page.{name}')} {len(getattr(exercise, name))}")
        self.items.show_exercise(key)

    def be_wide(self, wide: bool) -> None:
        """Whether there is room for words on the buttons and for the keys."""
        self._hint.setVisible(wide)
        for made, code in ((self._open, self._opens), (self._add, "plan_page.item.add")):
            made.setText(say(code) if wide else "")
            set_tip(made, "" if wide else say(code))
