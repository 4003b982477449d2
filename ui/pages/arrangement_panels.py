"""The panels of one component: those that were formed, or a proposal to put right before it is confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from core.arrangement.panels import ProposedPanel
from core.arrangement.queries import PanelLine
from core.errors import AppError
from core.store import Id
from core.words import say
from ui.models.paged import Column
from ui.pages.arrangement_data import Arrangement, CandidateLine, span
from ui.pages.arrangement_editor import PanelEditor
from ui.widgets.basics import button, column, holder, label, row
from ui.widgets.card import Card
from ui.widgets.flow import Flow
from ui.widgets.table import DataTable

MOST_ROWS = 10


class PanelsView(QStackedWidget):
    """`edit_wanted(panel)` and `dissolve_wanted(panel)` for a formed one; `changed` when the proposal changes."""

    edit_wanted = Signal(object)
    dissolve_wanted = Signal(object)
    replace_wanted = Signal(object)
    changed = Signal()

    def __init__(self, may_form: bool) -> None:
        super().__init__()
        self._found: Arrangement | None = None
        self._component = ""
        self._may_form = may_form
        self.editors: list[PanelEditor] = []
        self.addWidget(self._formed())
        self.addWidget(self._proposal())

    @property
    def proposing(self) -> bool:
        """Whether a proposal is in view."""
        return self.currentIndex() == 1

    @property
    def proposed(self) -> list[ProposedPanel]:
        """The proposal as it stands now."""
        return [editor.panel for editor in self.editors]

    def show_formed(self, found: Arrangement, component: str) -> None:
        """Show the panels that there are."""
        self._found, self._component = found, component
        names, numbers = found.names(), found.numbers()
        self._names, self._numbers = names, numbers
        formed = found.panels_of(component)
        self.table.show_rows(formed)
        self.table.setVisible(bool(formed))
        self.nothing.setVisible(not formed)
        for made in (self._acts, self.edit, self.dissolve, self.replace):
            made.setVisible(bool(formed) and self._may_form)
        free = found.free(component)
        self.left.setText(say("desk.panels.left", count=free))
        self.left.setVisible(free > 0)
        self.policy.setText(
            say(
                "desk.panels.policy",
                most=found.policies.candidates_per_panel,
                least=found.needed(component, 1),
            )
        )
        self.setCurrentIndex(0)
        self._on_picked(self.table.current)

    def show_proposal(self, found: Arrangement, component: str, proposed: Sequence[ProposedPanel]) -> None:
        """Show panels that could be formed, to put right first."""
        self._found, self._component = found, component
        while (item := self._editors.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        first = len(found.panels_of(component)) + 1
        self.editors = []
        for no, panel in enumerate(proposed, start=first):
            title = say("desk.panel.no", no=no)
            editor = PanelEditor(title, panel, found.examiners, *self._words(panel.applications))
            editor.changed.connect(self.changed)
            self.editors.append(editor)
            self._editors.addWidget(editor)
        several = len(self.editors) > 1
        self._moving.setVisible(several)
        self.hint.setText(say("desk.panels.move", last=len(self.editors)))
        self._first = first
        self._show_members()
        self.setCurrentIndex(1)

    def show_problems(self, problems: Sequence[AppError | None]) -> None:
        """Say of each proposed panel whether it is lawful."""
        for editor, problem in zip(self.editors, problems, strict=False):
            editor.show_problem(problem)

    def _words(self, applications: Sequence[Id]) -> tuple[str, str]:
        assert self._found is not None
        numbers = self._found.numbers()
        count = len(applications)
        text = say("desk.panel.candidates", count=count, span=span([numbers[one] for one in applications]))
        return text, say("desk.panel.rule", count=count, needed=self._found.needed(self._component, count))

    def _formed(self) -> QWidget:
        card = Card()
        self._names: dict[Id, str] = {}
        self._numbers: dict[Id, str] = {}
        self.table = DataTable(
            (
                Column(say("desk.panel"), lambda panel: say("desk.panel.no", no=panel.no), width=100, strong=True),
                Column(say("desk.panel.leader"), lambda panel: self._names.get(panel.leader, ""), width=120),
                Column(say("desk.panel.examiners"), self._people, stretch=True, width=220),
                Column(say("desk.panel.count"), lambda panel: str(len(panel.applications)), True, 104),
                Column(say("desk.number"), self._span, width=130),
                Column(say("desk.panel.needs"), self._needs, True, 130, optional=True),
            )
        )
        self.table.setAccessibleName(say("desk.panels"))
        self.table.picked.connect(self._on_picked)
        self.table.opened.connect(lambda panel: self.edit_wanted.emit(panel) if self._may_form else None)
        self.edit = button(say("desk.panel.edit"), partial(self._on_panel, self.edit_wanted), icon="edit")
        self.dissolve = button(say("desk.panel.dissolve"), partial(self._on_panel, self.dissolve_wanted), "ghost")
        self.left = label("", "", "attention")
        self.policy = label("", "small", wrap=True)
        self.replace = button(say("fair.replace.button"), partial(self._on_panel, self.replace_wanted), icon="people")
        acts = self._acts = Flow()  # beside an open drawer they take two lines
        for act in (self.edit, self.replace, self.dissolve):
            acts.add(act)
        foot = row(acts, self.left, spacing=8)
        foot.setStretchFactor(acts, 1)
        self.nothing = label(say("desk.panels.none"), "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        card.body.addWidget(self.nothing, 1)
        card.body.addWidget(self.table, 1)
        card.body.addLayout(foot)
        card.body.addWidget(self.policy)
        return card

    def _proposal(self) -> QWidget:
        self._editors = QVBoxLayout()
        self._editors.setSpacing(12)
        self.members = MemberTable(
            (
                Column(say("desk.number"), lambda line: line.place.number, width=90, strong=True),
                Column(say("desk.person.name"), lambda line: line.place.name, stretch=True, width=140),
                Column(say("desk.panel"), self._panel_of, width=120),
            )
        )
        self.members.setAccessibleName(say("desk.candidates"))
        self.members.moved.connect(self._on_moved)
        self.hint = label("", "small", wrap=True)
        self._moving = Card(say("desk.candidates"))
        self._moving.body.addWidget(self.hint)
        self._moving.body.addWidget(self.members)
        content = QWidget()
        content.setProperty("role", "scrolled")
        box = QVBoxLayout(content)
        box.setContentsMargins(0, 0, 12, 0)
        box.setSpacing(12)
        box.addLayout(self._editors)
        box.addWidget(self._moving)
        box.addWidget(label(say("desk.panels.policy.odd"), "small", wrap=True))
        box.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        return holder(column(area, spacing=0))

    def _show_members(self) -> None:
        assert self._found is not None
        inside = {one for editor in self.editors for one in editor.applications}
        self._home = {one: at for at, editor in enumerate(self.editors) for one in editor.applications}
        self.members.show_rows([line for line in self._found.candidates if line.id in inside])
        self.members.fit_height(MOST_ROWS)

    def _panel_of(self, line: CandidateLine) -> str:
        return say("desk.panel.no", no=self._first + self._home[line.id])

    def _on_moved(self, application: Id, to: int) -> None:
        if not 0 <= to < len(self.editors) or self._home[application] == to:
            return
        self.editors[self._home[application]].applications.remove(application)
        self.editors[to].applications.append(application)
        self.editors[to].applications.sort()
        for editor in self.editors:
            editor.show_candidates(*self._words(editor.applications))
        self._show_members()
        self.changed.emit()

    def _people(self, panel: PanelLine) -> str:
        return "、".join(self._names.get(one, "") for one in panel.examiners)

    def _span(self, panel: PanelLine) -> str:
        return span([self._numbers[one] for one in panel.applications if one in self._numbers])

    def _needs(self, panel: PanelLine) -> str:
        assert self._found is not None
        needed = self._found.needed(self._component, len(panel.applications))
        return f"{len(panel.formed)} / {needed}"

    def _on_picked(self, panel: PanelLine | None) -> None:
        for made in (self.edit, self.dissolve, self.replace):
            made.setEnabled(panel is not None)

    def _on_panel(self, signal: Signal) -> None:
        if self.table.current is not None:
            signal.emit(self.table.current)


class MemberTable(DataTable):
    """Candidates of a proposal. A figure moves the one in hand to the panel of that place."""

    moved = Signal(object, int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isdecimal() and event.text().isascii() and self.current is not None:
            line = self.currentIndex().row()
            self.moved.emit(self.current.id, int(event.text()) - 1)
            self.select_line(line)
            return
        super().keyPressEvent(event)
