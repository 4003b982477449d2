"""文书: the provisional notices and the results list of a batch with a look at the sheet, and the check of a code."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from core.words import say
from ui import ops
from ui.context import Context
from ui.pages.documents_data import Papers, issue, papers, write_again, write_results
from ui.pages.documents_marking import add_actions
from ui.pages.documents_preview import Preview
from ui.pages.verify_view import VerifyView
from ui.widgets.basics import badge as make_badge
from ui.widgets.basics import button, column, holder, label, row, set_badge
from ui.widgets.card import Card
from ui.widgets.page import Page
from ui.widgets.strip import Strip
from ui.widgets.tabs import Tabs, scrolled

SIDE = 400
SEES_RESULTS = ("manager", "certificates", "supervisor")


class DocumentsPage(Page):
    """Two tabs: what can be written, with its preview; and whether a code is genuine."""

    title_code: ClassVar[str] = "ui.page.documents"
    kinds: ClassVar[frozenset[str]] = frozenset({"notice", "result", "results", "batch"})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._papers: Papers | None = None
        self._file: Path | None = None
        self._issues = context.session.has("certificates")
        self._sees = context.session.has(*SEES_RESULTS)
        self._notice_state = make_badge("", "plain")
        self._notice_words = label("", "muted", wrap=True)
        self.again = button(say("exam.documents.again"), self.print_again, icon="save")
        self.list = button(say("exam.documents.list.save"), self.save_list, icon="save")
        self._list_words = label("", "muted", wrap=True)
        self.why = Strip()
        self.preview = Preview(self.open_folder)
        self.verify = VerifyView(context, context.store.home)  # type: ignore[attr-defined]
        self._pages = QStackedWidget()
        self._pages.addWidget(self._to_write())
        self._pages.addWidget(scrolled(self.verify))
        self.tabs = Tabs([say("exam.documents.write"), say("exam.documents.verify")], self._pages, self)
        self.tabs.chosen.connect(self._on_tab)
        self.body.addWidget(self.tabs)
        self.body.addWidget(self._pages, 1)
        add_actions(self)
        if not self._sees:
            self.tabs.choose(1)
            self.tabs.hide()

    def refresh(self) -> None:
        batch = self.context.batch
        if batch is None or not self._sees:
            return
        ops.read(self, papers, batch).on_done(self._show).latest("papers").start()

    def open_with(self, **arguments: Any) -> None:
        """Opened on a tab: `tab="verify"`."""
        self.tabs.choose(1 if arguments.get("tab") == "verify" or not self._sees else 0)

    def _on_tab(self, at: int) -> None:
        if at == 1:
            self.verify.text.setFocus()

    # What hands do

    def issue(self) -> None:
        """Issue the notices that are still to be issued, and write all of them into one file."""
        target = self._ask(say("exam.documents.notices.file", batch=self._name))
        if target is not None and self.context.batch is not None:
            working = ops.work(self, issue, self.context.store, self.context.session.actors, self.context.batch, target)
            working.progress().describe(say("exam.documents.issuing"))
            working.on_done(lambda numbers: self._issued(target, len(numbers))).start()

    def print_again(self) -> None:
        """Write the notices that were issued into a file again."""
        target = self._ask(say("exam.documents.notices.file", batch=self._name))
        if target is not None and self.context.batch is not None:
            reader = self.context.session.actors.first
            working = ops.work(self, write_again, self.context.store, reader, self.context.batch, target).progress()
            working.describe(say("exam.documents.writing")).on_done(lambda _n: self._written(target)).start()

    def save_list(self) -> None:
        """Write the results list."""
        target = self._ask(say("exam.results.file", batch=self._name))
        if target is not None and self.context.batch is not None:
            reader = self.context.session.actors.first
            working = ops.work(self, write_results, self.context.store, reader, self.context.batch, target).progress()
            working.describe(say("exam.documents.writing")).on_done(lambda _n: self._written(target)).start()

    def open_folder(self) -> None:
        """Open the folder that holds what was just written."""
        if self._file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._file.parent)))

    def show_file(self, target: Path) -> None:
        """Show what was just written; who sees no papers here gets it opened by the machine's own viewer."""
        if self._sees:
            self.tabs.choose(0)
            self._written(target)
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(target)))

    def _ask(self, name: str) -> Path | None:
        self.clear_refusal()
        chosen, _ = QFileDialog.getSaveFileName(self, say("ui.page.documents"), name, "PDF (*.pdf)")
        return Path(chosen) if chosen else None

    @property
    def _name(self) -> str:
        choice = self.context.batch_choice
        return choice.name.split(" ")[0] if choice else ""

    def _issued(self, target: Path, count: int) -> None:
        self.context.changed.emit(frozenset({"notice.issued"}))
        self._written(target)
        self.context.shell.notify(say("exam.documents.issued", count=count, file=target.name))

    def _written(self, target: Path) -> None:
        self._file = target
        self.preview.show_file(target)

    # What it shows

    def _show(self, found: Papers) -> None:
        self._papers = found
        issued, total = found.issued, found.wanted
        if not found.confirmed:
            set_badge(self._notice_state, say("exam.documents.not_confirmed"), "plain")
            self._notice_words.setText(say("exam.documents.not_confirmed.words"))
        elif issued < total:
            set_badge(self._notice_state, f"{issued} / {total}", "attention")
            self._notice_words.setText(say("exam.documents.ready" if self._issues else "exam.documents.ready.other"))
        else:
            set_badge(self._notice_state, f"{issued} / {total}", "good")
            self._notice_words.setText(say("exam.documents.all_issued"))
        self.again.setVisible(bool(issued))
        self.list.setEnabled(bool(found.candidates))
        self._list_words.setText(
            say(
                "exam.documents.list.confirmed" if found.confirmed else "exam.documents.list.open",
                count=found.candidates,
            )
        )
        missing = "、".join(say(f"exam.documents.lacks.{one}") for one in found.lacks)
        if missing:
            self.why.say(say("exam.documents.why", missing=missing), "plain", say("ui.rule.clause", clause="8.1"))
        else:
            self.why.hide()
        if self._issues and found.confirmed and issued < total:
            self.set_primary(say("exam.documents.issue"), self.issue, "Ctrl+Return", "certificates")
        elif self._primary is not None:
            self._primary.hide()

    def _to_write(self) -> QWidget:
        notices = Card(say("exam.documents.notices"))
        notices.tools.addWidget(self._notice_state)
        notices.body.addWidget(self._notice_words)
        notices.body.addLayout(row(self.again, None))
        listing = Card(say("exam.documents.list"))
        listing.body.addWidget(self._list_words)
        listing.body.addLayout(row(self.list, None))
        left = scrolled(holder(column(notices, listing, self.why, None, spacing=16)))
        left.setFixedWidth(SIDE)
        self.again.hide()
        page = row(left, spacing=16)
        page.addWidget(self.preview, 1)
        return holder(page)
