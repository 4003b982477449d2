"""考务安排: does it add up, is it lawful, is everybody placed."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from core.arrangement.commands import assign_numbers, declare_recusal, form_panels, override_recusal
from core.arrangement.panels import ProposedPanel
from core.arrangement.queries import PanelLine, RecusalLine, propose
from core.people.permission import may
from core.scoring.reforming import dissolve_panel, release_candidate
from core.words import language, say
from ui import ops
from ui.context import Context
from ui.dialogs.questions import ConfirmDialog, ReasonDialog
from ui.models.paged import Column
from ui.pages.arrangement_data import Arrangement, CandidateLine, arrangement, problems
from ui.pages.arrangement_dialogs import PanelDialog, RecusalDialog
from ui.pages.arrangement_panels import PanelsView
from ui.pages.panel_changes import ReplaceDialog
from ui.pages.panel_changes_data import panel_staff
from ui.pages.shelves import Shelves
from ui.widgets.basics import button, label, row
from ui.widgets.card import Card, Figure
from ui.widgets.page import Page
from ui.widgets.table import DataTable

SHELVES = ("skill", "review", "candidates", "recusals")
COMPONENTS = ("skill", "review")
LOW = 560
"""Below this height the figures give way to the panels; what is left to do stands on the primary button too."""


class ArrangementPage(Page):
    """The manager's desk; others may look."""

    title_code: ClassVar[str] = "ui.page.arrangement"
    kinds: ClassVar[frozenset[str]] = frozenset(
        {"application", "candidate", "candidate_number", "place", "panel", "recusal", "account"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        actor = context.session.actors.first
        self._may_form = may(actor, form_panels)
        self.found: Arrangement | None = None
        self.body.addLayout(self._figures())
        self.shelves = Shelves(SHELVES, "desk.arrange")
        self.shelves.chosen.connect(lambda _key: self._show_shelf())
        self.back = button(say("desk.propose.drop"), self._drop_proposal, "ghost")
        self.back.hide()
        self.body.addLayout(row(self.shelves, None, self.back))
        self.panels = PanelsView(self._may_form)
        self.panels.edit_wanted.connect(self._on_edit)
        self.panels.dissolve_wanted.connect(self._on_dissolve)
        self.panels.replace_wanted.connect(self._on_replace)
        self.panels.changed.connect(self._check)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.panels)
        self.stack.addWidget(self._candidates_card(may(actor, release_candidate)))
        self.stack.addWidget(self._recusals_card(may(actor, declare_recusal)))
        self.body.addWidget(self.stack, 1)
        self._do: QWidget | None = None

    @property
    def component(self) -> str:
        """The component whose panels are in view."""
        return self.shelves.current if self.shelves.current in COMPONENTS else "skill"

    def refresh(self) -> None:
        """Read everything anew. A proposal under way is given up: what it rested on has changed."""
        if self.context.batch is None:
            self.show_empty("arrangement", say("desk.begin.title"), say("desk.begin.wait"))
            return
        reading = ops.read(self, arrangement, self.context.batch, language() == "en").latest("look")
        reading.on_done(self._show).start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for figure in (self.numbered, self.placed, self.staffed):
            figure.setVisible(self.height() >= LOW)

    def close_something(self) -> bool:
        """Esc gives a proposal up."""
        if super().close_something():
            return True
        if self.panels.proposing:
            self._drop_proposal()
            return True
        return False

    def _figures(self) -> QHBoxLayout:
        self.numbered = Figure(say("desk.figure.numbered"))
        self.placed = Figure(say("desk.figure.placed"))
        self.staffed = Figure(say("desk.figure.staffed"))
        line = QHBoxLayout()
        line.setSpacing(16)
        for figure, shelf in ((self.numbered, "candidates"), (self.placed, ""), (self.staffed, "recusals")):
            figure.clicked.connect(partial(self._on_figure, shelf))
            line.addWidget(figure, 1)
        return line

    def _candidates_card(self, may_release: bool) -> Card:
        card = Card()
        self.candidates = DataTable(
            (
                Column(say("desk.number"), lambda line: line.place.number, width=90, strong=True),
                Column(say("desk.person.name"), lambda line: line.place.name, stretch=True, width=150),
                Column(say("desk.person.id_number"), lambda line: line.place.identity, width=190, optional=True),
                Column(say("desk.panel"), _panels_of, width=220),
            )
        )
        self.candidates.setAccessibleName(say("desk.candidates"))
        self.candidates.picked.connect(lambda line: self.release.setEnabled(line is not None))
        self.release = button(say("desk.release"), self._on_release, "ghost")
        self.release.setEnabled(False)
        if not may_release:
            self.release.hide()
        card.body.addWidget(self.candidates, 1)
        card.body.addLayout(row(self.release, None))
        return card

    def _recusals_card(self, may_declare: bool) -> Card:
        card = Card()
        self.recusals = DataTable(
            (
                Column(say("desk.recusal.examiner"), self._examiner, width=140, strong=True),
                Column(say("desk.number"), lambda line: line.place.number, width=90),
                Column(say("desk.person.name"), lambda line: line.place.name, width=140),
                Column(say("ui.reason"), lambda line: line.reason, stretch=True, width=220),
            )
        )
        self.recusals.setAccessibleName(say("desk.arrange.recusals"))
        self.no_recusal = label(say("desk.recusal.none"), "muted", wrap=True)
        declare = button(say("desk.recusal.new") + "…", self._on_recusal, icon="add")
        self.override = button(say("desk.recusal.override"), self._on_override, "ghost")
        self.override.setEnabled(False)
        self.recusals.picked.connect(lambda line: self.override.setEnabled(line is not None))
        if not may_declare:
            declare.hide()
            self.override.hide()
        card.body.addWidget(self.no_recusal)
        card.body.addWidget(self.recusals, 1)
        card.body.addLayout(row(declare, self.override, None))
        card.body.addStretch(0)
        return card

    def _show(self, found: Arrangement) -> None:
        self.found = found
        if not found.candidates and not found.numberless:
            self._show_primary("")
            self.show_empty("arrangement", say("desk.arrange.empty"), say("desk.arrange.empty.words"))
            return
        self.show_content()
        components = [id for id, _ in found.components]
        for key in COMPONENTS:
            self.shelves.show_shelf(key, key in components)
        self.candidates.show_rows(found.candidates)
        self.recusals.show_rows(found.recusals)
        self.recusals.setVisible(bool(found.recusals))
        self.no_recusal.setVisible(not found.recusals)
        self._show_figures(found)
        self._show_shelf()

    def _show_figures(self, found: Arrangement) -> None:
        places = len(found.candidates)
        note = say("desk.figure.numbered.left", count=found.numberless) if found.numberless else ""
        self.numbered.show_figure(places, places + found.numberless, note, "attention" if note else "")
        free = found.free(self.component)
        note = say("desk.panels.left", count=free) if free else ""
        self.placed.show_figure(places - free, places, note, "attention" if note else "")
        needed = self._needed(found)
        there = len(found.examiners)
        note = say("desk.figure.staffed.needed", needed=needed) if needed else ""
        self.staffed.show_figure(there, needed or None, note, "danger" if there < needed else "")

    def _needed(self, found: Arrangement) -> int:
        """Examiners that this component takes when everybody is placed."""
        formed = found.panels_of(self.component)
        busy = {one for panel in formed for one in panel.examiners}
        free = found.free(self.component) + found.numberless
        if not free:
            return len(busy)
        panels = -(-free // found.policies.candidates_per_panel)
        return len(busy) + panels * found.needed(self.component, -(-free // panels))

    def _show_shelf(self) -> None:
        if self.found is None:
            return
        shelf = self.shelves.current
        self.stack.setCurrentIndex({"candidates": 1, "recusals": 2}.get(shelf, 0))
        self.back.hide()
        if shelf in COMPONENTS:
            self.panels.show_formed(self.found, shelf)
            self._show_figures(self.found)
        self._choose_primary()

    def _choose_primary(self) -> None:
        found = self.found
        if found is None or not self._may_form:
            self._show_primary("")
        elif self.panels.proposing and self.shelves.current in COMPONENTS:
            self._show_primary("confirm")
        elif found.numberless:
            self._show_primary("numbers")
        elif found.free(self.component):
            self._show_primary("propose")
        else:
            self._show_primary("")

    def _show_primary(self, what: str) -> None:
        if self._do is not None:
            self._do.hide()
        acts = {"numbers": self.assign, "propose": self.propose, "confirm": self.form}
        if what and self.found is not None:
            text = say(f"desk.arrange.do.{what}", count=self.found.numberless)
            self._do = self.set_primary(text, acts[what], "Ctrl+Return", "check" if what == "confirm" else "")
            self._do.show()

    def assign(self) -> None:
        """Give everybody who was told a candidate number."""
        self.clear_refusal()
        writing = ops.write(self, assign_numbers, self.context.batch).describe(say("desk.arrange.numbering"))
        writing.on_done(self._on_numbered).busy(*filter(None, (self._do,))).start()

    def propose(self) -> None:
        """Divide those without a panel, to look at first."""
        self.clear_refusal()
        if self.shelves.current not in COMPONENTS:
            self.shelves.choose("skill")
        reading = ops.read(self, propose, self.context.batch, self.component).describe(say("desk.propose.doing"))
        reading.on_done(self._show_proposal).busy(*filter(None, (self._do,))).start()

    def form(self) -> None:
        """Form the panels as they stand in the proposal."""
        self.clear_refusal()
        writing = ops.write(self, form_panels, self.context.batch, self.component, self.panels.proposed)
        writing.on_done(self._on_formed).describe(say("desk.deciding")).busy(*filter(None, (self._do,))).start()

    def _on_numbered(self, count: int) -> None:
        self.context.shell.notify(say("desk.arrange.numbered", count=count))

    def _show_proposal(self, proposed: list[ProposedPanel]) -> None:
        if self.found is not None:
            self.panels.show_proposal(self.found, self.component, proposed)
            self.back.show()
            self._choose_primary()
            self._check()

    def _drop_proposal(self) -> None:
        self.clear_refusal()
        self._show_shelf()

    def _check(self) -> None:
        asking = ops.read(self, problems, self.context.batch, self.component, self.panels.proposed)
        asking.latest("check").on_done(self._on_checked).start()

    def _on_checked(self, found: list[Any]) -> None:
        self.panels.show_problems(found)
        if self._do is not None and self.panels.proposing:
            self._do.setEnabled(not any(found))

    def _on_formed(self, formed: list[int]) -> None:
        self.context.shell.notify(say("desk.arrange.formed", count=len(formed)))

    def _on_edit(self, panel: PanelLine) -> None:
        if self.found is not None:
            self.clear_refusal()
            done = partial(self.context.shell.notify, say("desk.panel.edited"))
            PanelDialog(self, self.context, self.found, panel, done).open()

    def _on_replace(self, panel: PanelLine) -> None:
        reading = ops.read(self, panel_staff, panel.id)
        reading.on_done(lambda found: ReplaceDialog(self, found, self.mark_stale).open()).start()

    def _on_dissolve(self, panel: PanelLine) -> None:
        self.clear_refusal()
        words = say("desk.panel.dissolve.words", no=panel.no, count=len(panel.applications))
        do = say("desk.panel.dissolve.do")
        ConfirmDialog(
            self, self.context, say("desk.panel.dissolve"), words, do, partial(self._dissolve, panel), danger=True
        ).open()

    def _dissolve(self, panel: PanelLine) -> None:
        ops.write(self, dissolve_panel, panel.id).say_done(say("desk.panel.dissolved", no=panel.no)).start()

    def _on_release(self) -> None:
        line: CandidateLine | None = self.candidates.current
        if line is not None:
            self.clear_refusal()
            title, words = say("desk.release.title"), say("desk.release.words", number=line.place.number)
            ReasonDialog(self, self.context, title, words, partial(self._release, line), say("desk.release.do")).open()

    def _release(self, line: CandidateLine, reason: str) -> None:
        done = say("desk.release.done", number=line.place.number)
        ops.write(self, release_candidate, line.id, reason).say_done(done).start()

    def _on_recusal(self) -> None:
        if self.found is not None:
            self.clear_refusal()
            done = partial(self.context.shell.notify, say("desk.recusal.done"))
            RecusalDialog(self, self.context, self.found, done).open()

    def _on_override(self) -> None:
        line: RecusalLine | None = self.recusals.current
        if line is not None:
            self.clear_refusal()
            named = {"examiner": self._examiner(line), "number": line.place.number}
            words = say("desk.recusal.override.words", **named, reason=line.reason)
            purpose, do = say("desk.recusal.override.two", **named), say("desk.recusal.override.do")
            act = partial(self._override, line, purpose)
            ReasonDialog(self, self.context, say("desk.recusal.override.title"), words, act, do).open()

    def _override(self, line: RecusalLine, purpose: str, reason: str) -> None:
        writing = ops.write(self, override_recusal, line.examiner, line.place.application, reason)
        writing.two_people(purpose).say_done(say("desk.recusal.override.done")).start()

    def _on_figure(self, shelf: str) -> None:
        self.shelves.choose(shelf or self.component)

    def _examiner(self, line: Any) -> str:
        return self.found.names().get(line.examiner, "") if self.found else ""


def _panels_of(line: CandidateLine) -> str:
    named = (
        say("desk.panel.name", no=no, component=say(f"desk.component.{component}"))
        for component, no in sorted(line.panels.items(), reverse=True)
    )
    return "、".join(named) or "–"
