"""证书: what can be printed, what came out wrong; what is here, and who has theirs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget

from core.certificates.blanks import Balance, balance
from core.certificates.commands import issue_certificates
from core.certificates.handing_commands import record_delivered
from core.certificates.issuers import Taken, take_in_hub_file
from core.certificates.papers import write_paper
from core.certificates.print_commands import FIRST
from core.certificates.standing import CertificateLine, State
from core.errors import AppError
from core.people.permission import may
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.questions import ConfirmDialog
from ui.pages.certificates_blanks import BlanksView
from ui.pages.certificates_data import Board, Doubt, board, issue, named
from ui.pages.certificates_drawer import CertificateDrawer
from ui.pages.certificates_list import CertificateList
from ui.pages.certificates_print import PrintView
from ui.pages.certificates_run import Job
from ui.pages.certificates_settle import SettleDialog
from ui.pages.template_editor import TemplateEditor
from ui.printing import spooler
from ui.widgets.basics import column, holder
from ui.widgets.page import Page
from ui.widgets.tabs import Tabs

LIST, BLANKS, TEMPLATE = range(3)
LARGEST_FILE = 64 << 20
DRAWER = 400


class CertificatesPage(Page):
    """Three tabs: the certificates, the numbered paper, the template; printing stands in their place."""

    title_code: ClassVar[str] = "ui.page.certificates"
    kinds: ClassVar[frozenset[str]] = frozenset(
        {
            *("certificate", "certificates", "print", "collection", "revocation", "blanks", "template"),
            *("result", "results", "enrolment", "authorisation", "decision", "lease", "application", "batch"),
        }
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._board: Board | None = None
        self._asked: set[int] = set()
        """Runs that were asked about since this page was opened."""
        self._may = may(context.session.actors.first, issue_certificates)
        self.list = CertificateList(context, self.take_in)
        self.blanks = BlanksView(self)
        self.template = TemplateEditor(self, self._may)
        self._pages = QStackedWidget()
        for each in (self.list, self.blanks, self.template):
            self._pages.addWidget(each)
        texts = [say("ui.page.certificates"), say("certs.tab.blanks"), say("certs.tab.template")]
        self.tabs = Tabs(texts, self._pages, self)
        tabbed = column(self.tabs, spacing=12)
        tabbed.addWidget(self._pages, 1)
        self._faces = QStackedWidget()
        self._faces.addWidget(holder(tabbed))
        self.body.addWidget(self._faces, 1)
        self.printing: PrintView | None = None
        self.list.opened.connect(self.open_one)
        self.list.asked.connect(self.look_for)
        self.tabs.chosen.connect(lambda _at: self._on_tab())
        if self._may:
            self.add_action(say("certs.print.open"), partial(self.open_print, FIRST), "print", "Ctrl+P")
            self.add_action(say("certs.take_in"), self.take_in, "import", "Ctrl+O")
            self.add_action(say("certs.deliver_all"), self.deliver_all, "inbox")
        for what in ("register", "sign_for", "labels"):
            self.add_action(say(f"certs.paper.{what}"), partial(self.save_paper, what), "documents")
        self.add_action(say("certs.notices"), lambda: context.shell.open_page("documents"), "note")

    # What it reads

    def refresh(self) -> None:
        batch = self.context.batch
        ops.read(self, balance).on_done(self._show_balance).latest("blanks").start()
        self.template.refresh()
        if batch is None:
            self.show_empty("certificates", say("exam.no_batch"), say("exam.no_batch.words"))
            return
        self.show_content()
        reading = ops.read(self, board, batch).on_done(self._show).describe(say("certs.reading"))
        reading.latest("board").start()

    def open_with(self, **arguments: Any) -> None:
        """Opened on a filter (`show="waiting"`) or on a certificate (`number=…`)."""
        self.tabs.choose(LIST)
        if arguments.get("number"):
            self.list.search.setText(str(arguments["number"]))
        elif arguments.get("show"):
            self.list.show_filter(str(arguments["show"]))

    def close_something(self) -> bool:
        if self._prints:
            self.leave_print()
            return True
        if self._pages.currentIndex() == TEMPLATE and self.template.close_something():
            return True
        return super().close_something()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A scan works wherever the cursor is: where no field takes it, the search does."""
        listed = not self._prints and self.tabs.current == LIST
        if not (listed and self.list.take_key(event)):
            super().keyPressEvent(event)

    # What hands do

    def issue(self) -> None:
        """Give everybody who passed a number; two people."""
        found, batch = self._board, self.context.batch
        if found is not None and batch is not None:
            self.clear_refusal()
            purpose = say("certs.issue.purpose", count=found.awaited)
            self.context.shell.ask_second_person(self, purpose, partial(self._issue, batch))

    def _issue(self, batch: int, actors: Any) -> None:
        working = ops.work(self, issue, self.context, actors, batch).describe(say("certs.issuing"))
        busy = (self._primary,) if self._primary is not None else ()
        working.busy(*busy).on_done(self._issued).start()

    def _issued(self, written: Any) -> None:
        self.context.changed.emit(frozenset(written.kinds))
        self.context.shell.notify(say("certs.issued_now", count=len(written.value)))

    def open_print(self, purpose: str, only: CertificateLine | None = None) -> None:
        """Show the print view."""
        found = self._board
        if found is None or not found.lines:
            return
        self.clear_refusal()
        self.context.shell.close_drawer()
        if self.printing is None:
            made = self.printing = PrintView(self, spooler())
            self._faces.addWidget(made)
            made.left.connect(self.leave_print)
            made.ready.connect(self._show_primary)
            made.ended.connect(self._on_printed)
        self._faces.setCurrentWidget(self.printing)
        self.printing.open_on(found, purpose, only)

    def leave_print(self) -> None:
        """Back to the list; a run goes on."""
        self.clear_refusal()
        self._faces.setCurrentIndex(0)
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_primary()

    def settle(self, line: CertificateLine | None = None) -> None:
        """Ask what came out of the oldest run in doubt, or of this certificate's."""
        doubts = [one for one in self._doubts if line is None or one.run.id == line.run]
        if doubts:
            self._asked.add(doubts[-1].run.id)
            SettleDialog(self, self.context, doubts[-1]).open()

    def take_in(self) -> None:
        """Take in a file of the association."""
        chosen, _ = QFileDialog.getOpenFileName(self, say("certs.take_in"), "", say("certs.take_in.kinds"))
        if chosen:
            self.take_in_file(Path(chosen))

    def take_in_file(self, path: Path) -> None:
        """Take in this file."""
        self.clear_refusal()
        working = ops.work(self, _take_in, self.context.store, path).describe(say("certs.taking_in"))
        working.on_done(self._taken).start()

    def deliver_all(self) -> None:
        """What the association printed has arrived."""
        waiting = [line.id for line in self._board.lines if line.state is State.WAITING] if self._board else []

        def act() -> None:
            writing = ops.write(self, record_delivered, waiting)
            writing.on_done(lambda count: self.context.shell.notify(say("certs.delivered", count=count))).start()

        if waiting:
            words = say("certs.deliver_all.words", count=len(waiting))
            ConfirmDialog(self, self.context, say("certs.deliver_all"), words, say("certs.deliver_all.do"), act).open()

    def save_paper(self, what: str) -> None:
        """发证登记表, 领证签收表 or labels, as a PDF."""
        choice, batch = self.context.batch_choice, self.context.batch
        if choice is None or batch is None or not (self._board and self._board.lines):
            return
        name = say("certs.paper.file", paper=say(f"certs.paper.{what}"), batch=choice.name.split(" ")[0])
        chosen, _ = QFileDialog.getSaveFileName(self, say(f"certs.paper.{what}"), name, "PDF (*.pdf)")
        if chosen:
            target, reader = Path(chosen), self.context.session.actors.first
            making = ops.work(self, write_paper, self.context.store, reader, batch, what, target).progress()
            making.describe(say("exam.documents.writing"))
            making.on_done(lambda count: self._paper_written(target, count)).start()

    def look_for(self, text: str) -> None:
        """Open the one certificate that was scanned or typed."""
        found = self._board
        if found is None or not text:
            return
        self.clear_refusal()
        try:
            line = named(found.lines, text)
        except AppError as refused:
            self.show_refusal(refused)
            return
        if line is None and self.list.table.total == 1:
            line = self.list.table.paged.row_at(0)
        if line is None:
            self.strip.say(say("certs.scan.none"), "attention")
            return
        self.list.search.clear()
        self.open_one(line)

    def open_one(self, line: CertificateLine) -> None:
        """One certificate in the drawer."""
        made = CertificateDrawer(self, line, self._may, self.list.live, self.open_print, self.settle)
        self.context.shell.open_drawer(made, say("certs.one"), DRAWER)

    # What it shows

    @property
    def _prints(self) -> bool:
        return self.printing is not None and self._faces.currentWidget() is self.printing

    @property
    def _live(self) -> frozenset[int]:
        job = self.printing.job if self.printing is not None else None
        return frozenset({job.run}) if job is not None else frozenset()

    @property
    def _doubts(self) -> list[Doubt]:
        return [one for one in self._board.doubts if one.run.id not in self._live] if self._board else []

    def _show(self, found: Board) -> None:
        self._board = found
        self.list.live = self._live
        self.list.show_board(found, self._may)
        if self.printing is not None:
            self.printing.show_board(found)
        self._show_drawer(found)
        self._show_primary()
        new = [one for one in self._doubts if one.run.id not in self._asked]
        if new and self._may and self.isVisible():
            self.settle(new[-1].sheets[0])

    def _show_drawer(self, found: Board) -> None:
        """The drawer says what is true now."""
        shown = getattr(self.context.shell, "drawer", None)
        content = shown.content if shown is not None else None
        if isinstance(content, CertificateDrawer):
            line = next((one for one in found.lines if one.id == content.line.id), None)
            if line is not None and line != content.line:
                self.open_one(line)

    def _show_balance(self, found: Balance) -> None:
        self.blanks.show_balance(found, self._may)

    def _show_primary(self) -> None:
        words = self._next()
        if words is None:
            if self._primary is not None:
                self._primary.hide()
            return
        self.set_primary(words[0], words[1], "Ctrl+Return", words[2])
        if self._primary is not None and self.printing is not None and self._prints:
            self._primary.setEnabled(self.printing.job is None)

    def _next(self) -> tuple[str, Any, str] | None:
        """What to do next: its words, the act, an icon."""
        found = self._board
        if found is None or not self._may:
            return None
        if self._prints and self.printing is not None:
            count = _count(self.printing)
            code = "certs.write.count" if self.printing.to_file else "certs.print.count"
            return (say(code, count=count), self.printing.print_it, "print") if count else None
        if self.tabs.current == TEMPLATE:
            return say("template_editor.adopt"), self.template.adopt, "check"
        if self.tabs.current == BLANKS:
            return None
        waiting, printed = found.count("waiting"), found.count("printed")
        if self._doubts:
            return say("certs.settle"), self.settle, "warning"
        if found.awaited and not found.lacks:
            return say("certs.issue", count=found.awaited), self.issue, "certificates"
        if waiting:
            return say("certs.print.count", count=waiting), partial(self.open_print, FIRST), "print"
        if found.lacks and (found.awaited or not found.lines):
            if all(one.what == "confirmation" for one in found.lacks[:1]):
                return say("certs.to_results"), lambda: self.context.shell.open_page("results"), "results"
            return say("certs.take_in"), self.take_in, "import"
        if printed:
            return say("certs.hand_out", count=printed), self.list.search.setFocus, "people"
        return None

    def _on_tab(self) -> None:
        if self._board is not None:
            self._show_primary()

    def _taken(self, taken: Taken) -> None:
        self.context.changed.emit(taken.kinds | {"lease"})
        if taken.entries or taken.lists_new:
            self.context.shell.notify(say("certs.taken_in", count=taken.entries))
        else:
            self.strip.say(say("certs.taken_before"), "plain")

    def _paper_written(self, target: Path, count: int) -> None:
        self.context.shell.notify(say("certs.paper.written", count=count, file=target.name))

    def _on_printed(self, _job: Job) -> None:
        self._show_primary()


def _take_in(store: Any, path: Path) -> Taken:
    from core.errors import EnvironmentFailure, Refused

    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Refused("association.not_a_hub_file")
        data = path.read_bytes()
    except OSError as problem:
        raise EnvironmentFailure("exam.verify.unreadable", file=path.name, problem=problem.strerror or "") from None
    return take_in_hub_file(store, data)


def _count(view: PrintView) -> int:
    try:
        return len(view.lines)
    except AppError:
        return 0
