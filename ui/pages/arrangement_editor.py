"""One panel to put together by hand: who marks, who leads, and whether 9.2 allows it, said while one chooses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from core.arrangement.panels import ProposedPanel
from core.errors import AppError
from core.people.queries import AccountLine
from core.store import Id
from core.words import say
from ui.pages.applications_facts import slim
from ui.widgets.basics import badge, button, clear, column, holder, icon_label, label, row
from ui.widgets.card import Card
from ui.widgets.flow import Flow
from ui.widgets.strip import whose_rule

COMBO_WIDTH = 150
AT_ONCE = 2
"""Examiners come and go two at a time: the number stays odd."""


class PanelEditor(Card):
    """A panel that may still change. `changed` after every change of people."""

    changed = Signal()

    def __init__(
        self, title: str, panel: ProposedPanel, examiners: Sequence[AccountLine], candidates: str, rule: str
    ) -> None:
        super().__init__(title)
        self._examiners = examiners
        self._chosen = list(panel.examiners)
        self._leader = panel.leader
        self._applications = list(panel.applications)
        self.candidates = badge(candidates, "accent")
        self.tools.addWidget(self.candidates)
        self._people = row(spacing=8)
        self.body.addLayout(self._people)
        self._rule = label(rule, "small", wrap=True)
        self._verdict = label("", "", wrap=True)
        self._source = label("", "small", wrap=True)
        self._mark = icon_label("check", "good", 18)
        told = row(self._mark, spacing=8)
        told.addLayout(column(self._verdict, self._source, spacing=2), 1)
        self._told = holder(told)
        self.body.addWidget(self._rule)
        self.body.addWidget(self._told)
        self.show_problem(None)
        self._show_people()

    @property
    def panel(self) -> ProposedPanel:
        """The panel as it stands now."""
        return ProposedPanel(tuple(self._chosen), self._leader, tuple(self._applications))

    @property
    def applications(self) -> list[Id]:
        """Its candidates; what is put in or taken out here counts."""
        return self._applications

    def show_candidates(self, text: str, rule: str) -> None:
        """Say whom it marks, and what that asks of it."""
        self.candidates.setText(text)
        self._rule.setText(rule)

    def show_problem(self, problem: AppError | None) -> None:
        """Say why it can't be formed, and by whose rule, or that it can."""
        from ui import icons
        from ui.widgets.basics import restyle

        self._verdict.setText(problem.sentence if problem else say("desk.panel.lawful"))
        restyle(self._verdict, "tone", "danger" if problem else "good")
        source = whose_rule(problem.clause) if problem else ""
        self._source.setText(source)
        self._source.setVisible(bool(source))
        icons.wear(self._mark, "danger" if problem else "check", "danger" if problem else "good", 18)

    def _show_people(self) -> None:
        clear(self._people)
        flow = Flow()
        self.combos: list[QComboBox] = []
        for at, examiner in enumerate(self._chosen):
            made = self._combo(self._examiners, examiner, say("desk.panel.examiner", no=at + 1))
            made.activated.connect(partial(self._on_examiner, at))
            self.combos.append(made)
            flow.add(_captioned(say("desk.panel.examiner", no=at + 1), made))
        inside = [one for one in self._examiners if one.id in self._chosen]
        self.leader = self._combo(inside, self._leader, say("desk.panel.leader"))
        self.leader.activated.connect(self._on_leader)
        flow.add(_captioned(say("desk.panel.leader"), self.leader))
        self.more = button(say("desk.panel.more"), self._on_more, "ghost", "add")
        self.fewer = button(say("desk.panel.fewer"), self._on_fewer, "ghost", "minus")
        self.more.setEnabled(len(self._chosen) + AT_ONCE <= len(self._examiners))
        self.fewer.setEnabled(len(self._chosen) > AT_ONCE + 1)
        flow.add(_captioned("", holder(row(self.more, self.fewer, spacing=4))))
        self._people.addWidget(flow, 1)

    def _combo(self, people: Sequence[AccountLine], current: Id, name: str) -> QComboBox:
        made = slim(QComboBox())
        made.setFixedWidth(COMBO_WIDTH)
        made.setAccessibleName(name)
        for one in people:
            made.addItem(one.shown, one.id)
        made.setCurrentIndex(made.findData(current))
        return made

    def _on_examiner(self, at: int, _index: int) -> None:
        wanted = self.combos[at].currentData()
        old = self._chosen[at]
        if wanted in self._chosen and wanted != old:
            # They change places: nobody is in one panel twice.
            self._chosen[self._chosen.index(wanted)] = old
        self._chosen[at] = wanted
        if self._leader not in self._chosen:
            self._leader = wanted
        self._after_change()

    def _on_leader(self, _index: int) -> None:
        self._leader = self.leader.currentData()
        self._after_change()

    def _on_more(self) -> None:
        idle = [one.id for one in self._examiners if one.id not in self._chosen]
        self._chosen += idle[:AT_ONCE]
        self._after_change()

    def _on_fewer(self) -> None:
        keep = [one for one in self._chosen if one != self._leader]
        gone = keep[-AT_ONCE:]
        self._chosen = [one for one in self._chosen if one not in gone]
        self._after_change()

    def _after_change(self) -> None:
        self._show_people()
        self.changed.emit()


def _captioned(text: str, widget: QWidget) -> QWidget:
    return holder(column(label(text, "small"), widget, spacing=4))
