"""The foot of the plan page: what every function has of what 7.4.2 gives it, the total, and the minutes of 9.3."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from core.standards.plan_draft import REVIEW, Draft, Pot, pots
from core.standards.points import points_text, short_text
from core.words import say
from ui import icons
from ui.widgets.basics import clear, column, holder, icon_label, label, restyle, set_tip

NARROWEST, GAP, REST = 44, 8, 260


class PotCell(QWidget):
    """One function: its name, cut to the room there is, over what it has of its weight."""

    def __init__(self, pot: Pot, no: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = f"{no} {pot.name}".strip()
        self._name = label("", "small")
        fits = pot.left == 0
        given = points_text(pot.given)
        self._texts = (given if fits else f"{given} / {short_text(pot.weight)}", given)
        self._figures = label(given, "strong")
        self._figures.setMinimumWidth(1)
        restyle(self._figures, "tone", "" if fits else "attention")
        box = column(self._name, self._figures, spacing=0)
        self.setLayout(box)
        self.setMinimumWidth(NARROWEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        rule = say("plan_page.rule.clause", clause=pot.clause) if pot.clause else say("plan_page.rule.own")
        told = say("plan_page.pot", name=pot.name, given=given, weight=short_text(pot.weight), rule=rule)
        set_tip(self, told)
        self.setAccessibleName(told)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        metrics = self._name.fontMetrics()
        self._name.setText(metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, self.width()))
        whole, given = self._texts
        room = self._figures.fontMetrics().horizontalAdvance(whole) <= self.width()
        self._figures.setText(whole if room else given)

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, super().minimumSizeHint().height())


class Footer(QFrame):
    """The sums of a draft, always in sight. Calm while everything adds up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(16, 8, 16, 8)
        self._line.setSpacing(12)
        self.total = label("", "strong")
        self.total_note = label("", "small")
        self.minutes = label("", "strong")
        self.minutes_note = label("", "small")
        self._check = icon_label("check", "good", 20)
        self._cells = QWidget()
        self._cells.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._pots = QHBoxLayout(self._cells)
        self._pots.setContentsMargins(0, 0, 0, 0)
        self._pots.setSpacing(GAP)
        self._line.addWidget(self._cells, 1)
        self._line.addStretch(0)
        self._line.addWidget(holder(column(self.minutes_note, self.minutes, spacing=0)))
        self._line.addWidget(holder(column(self.total_note, self.total, spacing=0)))
        self._line.addWidget(self._check)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The functions stand here where each has room for its figures; the total says whether all is well anyway."""
        self._cells.setVisible(self.width() - REST >= self._pots.count() * (NARROWEST + GAP))
        self._line.setStretch(0, 1)

    def show_draft(self, draft: Draft) -> None:
        """Show the sums of a draft."""
        clear(self._pots)
        found = pots(draft)
        numbers = {function.id: function.no for function in draft.pack.level(draft.plan.level).functions}
        for pot in found:
            self._pots.addWidget(PotCell(pot, numbers.get(pot.key[1], "")), 1)
        self._fit()
        self._show_total(draft, found)
        self._show_minutes(draft)

    def _show_total(self, draft: Draft, found: tuple[Pot, ...]) -> None:
        skill = [pot for pot in found if pot.key[0] != REVIEW]
        given, full = sum(pot.given for pot in skill), sum(pot.weight for pot in skill)
        adds_up = all(pot.left == 0 for pot in found)
        self.total.setText(points_text(given))
        restyle(self.total, "tone", "good" if adds_up else "attention")
        left = sum(pot.left for pot in found)
        words = say("plan_page.total") if adds_up else say("plan_page.left", left=points_text(left))
        self.total_note.setText(words)
        restyle(self.total_note, "tone", "" if adds_up else "attention")
        icons.wear(self._check, "check" if adds_up else "warning", "good" if adds_up else "attention", 20)
        self.setAccessibleName(say("plan_page.total.told", given=points_text(given), full=short_text(full), note=words))

    def _show_minutes(self, draft: Draft) -> None:
        component = draft.plan.component("skill")
        minutes = sum(exercise.minutes for exercise in draft.plan.exercises_of("skill"))
        least = component.min_minutes if component else 0
        self.minutes.setText(say("plan_page.minutes", minutes=minutes, least=least))
        restyle(self.minutes, "tone", "" if minutes >= least else "attention")
        clause = component.minutes_clause if component else None
        self.minutes_note.setText(
            say("plan_page.minutes.clause", clause=clause) if clause else say("plan_page.minutes.own")
        )
