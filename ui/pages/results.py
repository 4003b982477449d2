"""成绩: who passes, what is missing, who must decide; 核分, and 考点复核 by two people."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget

from core.certificates.commands import issue_notices
from core.people.permission import may
from core.results.commands import confirm, settle
from core.results.listing import write_list
from core.results.reopening import set_aside
from core.results.standing import Row, Standing, standing
from core.scoring.veto_queries import VetoLine
from core.words import say
from ui import ops
from ui.context import Context
from ui.pages.panel_changes import AddExaminerDialog, NewPanelDialog, SetAsideDialog
from ui.pages.panel_changes_data import candidate_panel
from ui.pages.panel_compare import PanelCompare
from ui.pages.panel_data import PanelSheets, panel_sheets
from ui.pages.results_person import ResultPerson, upheld_vetoes
from ui.pages.results_rows import FILTERS, columns, wanted
from ui.widgets.basics import badge as make_badge
from ui.widgets.basics import button, column, holder, icon_button, label, row, set_badge
from ui.widgets.card import Card, Figure
from ui.widgets.page import Page
from ui.widgets.table import DataTable

LOW = 560
"""Below this height the figures give way to the list; the chips say the same."""


class ResultsPage(Page):
    """The list; one candidate in the drawer; a panel's sheets side by side in place of the list."""

    title_code: ClassVar[str] = "ui.page.results"
    kinds: ClassVar[frozenset[str]] = frozenset(
        {"result", "results", "sheet", "panel", "deliberation", "veto", "knowledge", "place", "attendance", "batch"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._standing: Standing | None = None
        self._filter = "all"
        self._shape: tuple[str, ...] = ()
        self.settled = Figure(say("exam.results.ready"))
        self.passed = Figure(say("exam.passed"))
        self.deliberating = Figure(say("exam.results.deliberating"))
        self._state = make_badge("", "plain")
        self._chips = {key: button("", lambda key=key: self.show_filter(key), "chip") for key in FILTERS}
        self._card = Card()
        self.table: DataTable | None = None
        self.compare = PanelCompare(self)
        self._compared = label("", "card-title")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._list())
        self._pages.addWidget(self._side_by_side())
        self.body.addWidget(self._pages, 1)
        actor = context.session.actors.first
        self._may_settle, self._may_confirm = may(actor, settle), may(actor, confirm)
        self._may_issue = may(actor, issue_notices)
        self.add_action(say("exam.results.print"), self.save_list, "documents", "Ctrl+P")
        if self._may_settle:
            self.add_action(say("exam.results.settle"), self.settle, "results")
        self.settled.clicked.connect(lambda: self.show_filter("missing"))
        self.passed.clicked.connect(lambda: self.show_filter("passed"))
        self.deliberating.clicked.connect(lambda: self.show_filter("deliberation"))

    def refresh(self) -> None:
        batch = self.context.batch
        if batch is None:
            self.show_empty("results", say("exam.no_batch"), say("exam.no_batch.words"))
            return
        ops.read(self, standing, batch).on_done(self._show).describe(say("exam.results.reading")).latest("list").start()

    def open_with(self, **arguments: Any) -> None:
        """Opened on a filter (`show="deliberation"`)."""
        if arguments.get("show") in FILTERS:
            self.show_filter(arguments["show"])

    def close_something(self) -> bool:
        if self._pages.currentIndex() == 1:
            self._pages.setCurrentIndex(0)
            if self.table is not None:
                self.table.setFocus()
            return True
        return super().close_something()

    def show_filter(self, key: str) -> None:
        """Show only these; the same chip again shows all."""
        self._filter = "all" if key == self._filter else key
        self._show_rows()

    # What the manager does

    def settle(self) -> None:
        """核分."""
        if self.context.batch is not None:
            self.clear_refusal()
            writing = ops.write(self, settle, self.context.batch).describe(say("exam.results.settling"))
            writing.on_done(lambda count: self.context.shell.notify(say("exam.results.settled", count=count))).start()

    def confirm(self) -> None:
        """考点复核, by two people."""
        found = self._standing
        if self.context.batch is None or found is None:
            return
        self.clear_refusal()
        purpose = say("exam.results.purpose", count=len(found.rows), passed=found.passed)
        writing = ops.write(self, confirm, self.context.batch).two_people(purpose)
        writing.say_done(say("exam.results.confirmed_now")).start()

    def save_list(self) -> None:
        """The results list as a PDF."""
        choice, batch = self.context.batch_choice, self.context.batch
        if choice is None or batch is None or not self._standing or not self._standing.rows:
            return
        name = say("exam.results.file", batch=choice.name.split(" ")[0])
        chosen, _ = QFileDialog.getSaveFileName(self, say("exam.results.print"), name, "PDF (*.pdf)")
        if chosen:
            target, reader = Path(chosen), self.context.session.actors.first
            making = ops.work(self, write_list, self.context.store, reader, batch, target).progress()
            making.describe(say("exam.documents.writing")).on_done(lambda _found: self._written(target)).start()

    def _written(self, target: Path) -> None:
        def open_it() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(target)))

        self.context.shell.notify(say("exam.documents.written", file=target.name), say("ui.qt.open"), open_it)

    # What it shows

    def _show(self, found: Standing) -> None:
        self._standing = found
        if not found.rows:
            self.show_empty("results", say("exam.results.empty"), say("exam.results.empty.words"))
            self._show_primary(found)
            return
        self.show_content()
        shape = tuple(one.id for one in found.components)
        if self.table is None or shape != self._shape:
            self._shape = shape
            if self.table is not None:
                self._card.body.removeWidget(self.table)
                self.table.deleteLater()
            self.table = DataTable(columns(found), lambda one: one.id)
            self.table.setAccessibleName(say("ui.page.results"))
            self.table.opened.connect(self.open_person)
            self._card.body.addWidget(self.table, 1)
            self.table.show()
            if self.hasFocus():
                self.table.setFocus()
        total = len(found.rows)
        self.settled.show_figure(total - found.missing, total, _missing_note(found))
        self.passed.show_figure(found.passed, total - found.missing)
        needed = sum(any(cell.outcome is not None and cell.outcome.reasons for cell in one.cells) for one in found.rows)
        waiting = sum(one.to_deliberate for one in found.rows)
        note = say("exam.results.deliberating.note", count=waiting) if waiting else ""
        self.deliberating.show_figure(needed - waiting, needed, note, "attention" if waiting else "")
        self._show_rows()
        self._show_state(found)
        self._show_primary(found)

    def _show_rows(self) -> None:
        found = self._standing
        if found is None or self.table is None:
            return
        for key, chip in self._chips.items():
            count = sum(wanted(one, key) for one in found.rows)
            chip.setText(say("exam.filter.count", name=say(f"exam.filter.{key}"), count=count))
            chip.setProperty("done", "true" if key == self._filter else "false")
            chip.style().unpolish(chip)
            chip.style().polish(chip)
            chip.setVisible(key == "all" or count > 0 or key == self._filter)
        self.table.show_rows([one for one in found.rows if wanted(one, self._filter)])

    def _show_state(self, found: Standing) -> None:
        if found.confirmation is not None:
            set_badge(self._state, say("exam.results.confirmed", people="、".join(found.confirmed_by)), "good")
        elif found.settled:
            set_badge(self._state, say("exam.results.is_settled"), "accent")
        elif found.settled_once:
            set_badge(self._state, say("exam.results.stale"), "attention")
        else:
            set_badge(self._state, say("exam.results.not_settled"), "plain")

    def _show_primary(self, found: Standing) -> None:
        if not found.rows or not self._may_settle:
            self._hide_primary()
        elif found.confirmation is not None:
            self.set_primary(
                say("exam.results.to_documents" if self._may_issue else "exam.results.see_documents"),
                lambda: self.context.shell.open_page("documents"),
                icon="documents",
            )
        elif found.settled and self._may_confirm:
            self.set_primary(
                say("exam.results.confirm"), self.confirm, "Ctrl+Return", tip=say("exam.results.confirm.tip")
            )
        else:
            self.set_primary(say("exam.results.settle"), self.settle, "Ctrl+Return")

    def _hide_primary(self) -> None:
        if self._primary is not None:
            self._primary.hide()

    def open_person(self, found: Row) -> None:
        """One candidate's components in the drawer."""
        reading = ops.read(self, upheld_vetoes, found)
        reading.on_done(partial(self._show_person, found)).latest("person").start()

    def _show_person(self, found: Row, upheld: dict[str, list[VetoLine]]) -> None:
        standing_ = self._standing
        if standing_ is not None:
            may_change = may(self.context.session.actors.first, set_aside) and standing_.confirmation is None
            change = self.change_panel if may_change else None
            view = ResultPerson(self.context, found, standing_, upheld, self.open_panel, change)
            self.context.shell.open_drawer(view, say("exam.person.title", number=found.number, name=found.name))

    def change_panel(self, what: str, application: int, component: str) -> None:
        """Set an examiner's sheets aside, let another one join, or order a new panel."""
        dialog = {"aside": SetAsideDialog, "add": AddExaminerDialog, "new": NewPanelDialog}[what]
        reading = ops.read(self, candidate_panel, application, component)
        reading.on_done(lambda found: dialog(self, found, self.context.shell.close_drawer).open()).start()

    def open_panel(self, application: int, component: str) -> None:
        """A panel's sheets side by side."""
        ops.read(self, panel_sheets, application, component).on_done(self._show_panel).latest("panel").start()

    def _show_panel(self, sheets: PanelSheets) -> None:
        self.context.shell.close_drawer()
        self._compared.setText(say("exam.panel.title", number=sheets.number))
        self.compare.show_sheets(sheets)
        self._pages.setCurrentIndex(1)
        if self.compare.table is not None:
            self.compare.table.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._figures.setHidden(self.height() < LOW)

    def _list(self) -> Any:
        figures = row(spacing=16)
        for figure in (self.settled, self.passed, self.deliberating):
            figures.addWidget(figure, 1)
        chips = row(*self._chips.values(), None, self._state, spacing=8)
        self._figures = holder(figures)
        page = column(self._figures, chips, spacing=12)
        page.addWidget(self._card, 1)
        return holder(page)

    def _side_by_side(self) -> Any:
        back = icon_button("back", f"{say('exam.results.back')}  Esc", self.close_something)
        page = column(row(back, self._compared, None, spacing=8), spacing=12)
        page.addWidget(self.compare, 1)
        return holder(page)


def _missing_note(found: Standing) -> str:
    return say("exam.results.missing", count=found.missing) if found.missing else say("exam.results.complete")
