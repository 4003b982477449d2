"""Printing: which certificates, on which printer and how; the sheets beside it; how far each is while they print."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLineEdit, QSpinBox, QStackedWidget, QWidget

from core.certificates.print_commands import AGAIN, FIRST, REISSUE
from core.certificates.printers import PrinterSetup, keep_printer_setup, printer_setup
from core.certificates.standing import HANDED_OUT, CertificateLine, State
from core.documents.certificate import Layer
from core.errors import AppError
from core.printing.run import Report
from core.printing.spooler import Choices, Printer, Spooler
from core.words import say
from ui import ops
from ui.dialogs.questions import LONGEST_REASON
from ui.pages.certificates_data import Board, positions, printer_text
from ui.pages.certificates_preview import SheetPreview
from ui.pages.certificates_progress import ProgressView
from ui.pages.certificates_run import KINDS, PDF_EACH, PDF_WHOLE, Job, begin, go, next_paper, write_files
from ui.pages.certificates_setup import SetupDialog
from ui.widgets.basics import button, column, holder, icon_button, label, row
from ui.widgets.card import Card
from ui.widgets.form import Form
from ui.widgets.page import Page
from ui.widgets.tabs import scrolled

SIDE = 372
MOST_COPIES = 9
PURPOSES = (FIRST, AGAIN, REISSUE)
STATES = {FIRST: (State.WAITING,), AGAIN: (State.PRINTED,), REISSUE: HANDED_OUT}
"""How a certificate stands that may be printed for a purpose."""


class PrintView(QWidget):
    """In place of the list. `left()` when one goes back; `ended(report)` when a run on a printer has ended."""

    left = Signal()
    ended = Signal(object)
    ready = Signal()
    """What would be printed has changed: the page's button says how many."""

    def __init__(self, page: Page, spooler: Spooler) -> None:
        super().__init__()
        self._page, self.context, self._spooler = page, page.context, spooler
        self._lines: dict[str, list[CertificateLine]] = {one: [] for one in PURPOSES}
        self._only: tuple[str, CertificateLine] | None = None
        self._proposed = self._paper_before = ""
        """The serial that this page wrote into the field itself; and the first that the last run was printed on."""
        self._paper = (297.0, 210.0)
        self.setup = PrinterSetup()
        self.job: Job | None = None
        self.form = Form()
        self.scope = self.form.add(say("certs.scope"), QComboBox())
        self.ranges = self.form.add(say("certs.ranges"), QLineEdit(), hint=say("certs.ranges.hint"))
        self.ranges.setPlaceholderText(say("certs.ranges.all"))
        self.reason = self.form.add(say("ui.reason"), QLineEdit(), hint=say("certs.reason.hint"), required=True)
        self.reason.setMaxLength(LONGEST_REASON)
        self.printer = self.form.add(say("certs.printer"), QComboBox())
        self.overprint = self.form.add(say("certs.overprint"), QCheckBox(), hint=say("certs.overprint.hint"))
        self.numbered = self.form.add(say("certs.numbered"), QCheckBox(), hint=say("certs.numbered.hint"))
        self.first_paper = self.form.add(say("certs.first_paper"), QLineEdit(), hint=say("certs.first_paper.hint"))
        self.copies = self.form.add(say("certs.copies_each"), QSpinBox())
        self.copies.setRange(1, MOST_COPIES)
        self.adjust = button(say("certs.adjust"), self.open_setup, icon="settings")
        self.again = button(say("certs.printers.again"), self._read_printers, "ghost", icon="sync")
        back = icon_button("back", f"{say('certs.back')}  Esc", self.left.emit)
        self._title = label(say("certs.print.title"), "card-title")
        options = Card()
        fields = column(self.form, row(self.adjust, self.again, None), None, spacing=12)
        fields.setContentsMargins(0, 0, 12, 0)
        options.body.addWidget(scrolled(holder(fields)), 1)
        options.setFixedWidth(SIDE)
        self.preview = SheetPreview(page)
        self.progress = ProgressView(self._stop)
        self._right = QStackedWidget()
        self._right.addWidget(self.preview)
        self._right.addWidget(self.progress)
        self._side = options
        body = row(options, spacing=16)
        body.addWidget(self._right, 1)
        box = column(row(back, self._title, None, spacing=8), spacing=12)
        box.addWidget(holder(body), 1)
        self.setLayout(box)
        self.scope.currentIndexChanged.connect(lambda _at: self._on_scope())
        self.ranges.textChanged.connect(lambda _text: self._look_again())
        self.printer.currentIndexChanged.connect(lambda _at: self._on_printer())
        self.overprint.toggled.connect(lambda _on: self._look_again())
        self.numbered.toggled.connect(self._on_numbered)
        self._choices = Choices()
        self._shown(self.reason, False)
        self._shown(self.first_paper, False)

    # What it is about

    def open_on(self, board: Board, purpose: str, only: CertificateLine | None = None) -> None:
        """Offer what may be printed for a purpose; `only` this one if given."""
        self._only = (purpose, only) if only is not None else None
        self.show_board(board)
        at = self.scope.findData(purpose)
        self.scope.setCurrentIndex(max(at, 0))
        self.ranges.clear()
        self.reason.clear()
        self.progress.clear()
        self._right.setCurrentWidget(self.preview)
        self._on_scope()
        self._read_printers()
        self.printer.setFocus()

    def show_board(self, board: Board) -> None:
        """The batch stands otherwise than before."""
        self._paper = board.paper
        for purpose in PURPOSES:
            self._lines[purpose] = [one for one in board.lines if one.state in STATES[purpose]]
        if self.job is not None:
            return
        self._ask_paper()
        chosen = self.scope.currentData()
        self.scope.blockSignals(True)
        self.scope.clear()
        for purpose in PURPOSES if self._only is None else (self._only[0],):
            count = len(self._lines[purpose])
            if self._only is not None:
                self.scope.addItem(say(f"certs.scope.{purpose}.one", number=self._only[1].number), purpose)
            elif count:
                self.scope.addItem(say(f"certs.scope.{purpose}", count=count), purpose)
        self.scope.setCurrentIndex(max(self.scope.findData(chosen), 0))
        self.scope.blockSignals(False)
        self._shown(self.ranges, self._only is None)
        self._show_sheets()

    @property
    def purpose(self) -> str:
        """What is printed for."""
        return str(self.scope.currentData() or FIRST)

    @property
    def lines(self) -> list[CertificateLine]:
        """What would be printed now. Ranges that are none: refused."""
        found = self._lines[self.purpose]
        if self._only is not None:
            return [one for one in found if one.id == self._only[1].id]
        return [found[at] for at in positions(self.ranges.text(), len(found))]

    @property
    def to_file(self) -> bool:
        """Whether a file is written instead of paper."""
        return self.printer.currentData() in (PDF_WHOLE, PDF_EACH)

    def _on_scope(self) -> None:
        self._shown(self.reason, self.purpose != FIRST)
        self._look_again()

    def _look_again(self) -> None:
        """Something was chosen anew: the sheets come back into sight."""
        if self.job is None:
            self._right.setCurrentWidget(self.preview)
        self._show_sheets()

    def _show_sheets(self) -> None:
        try:
            found = self.lines
        except AppError as refused:
            self.form.complain(self.ranges, refused.sentence)
            found = []
        else:
            self.form.complain(self.ranges, "")
        layer = Layer.OVERPRINT if self.overprint.isChecked() else Layer.WHOLE
        self.preview.show_lines(found, layer, self.purpose == REISSUE)
        self.ready.emit()

    # Printers

    def _read_printers(self) -> None:
        working = ops.work(self._page, self._spooler.printers).on_done(self._show_printers).busy(self.again)
        working.on_refused(self._no_printers).describe(say("certs.printers.reading")).latest("printers").start()

    def _no_printers(self, error: AppError) -> None:
        self._show_printers([])
        self.form.complain(self.printer, error.sentence)

    def _show_printers(self, found: Sequence[Printer]) -> None:
        held = self.printer.currentData()
        self.printer.blockSignals(True)
        self.printer.clear()
        for one in found:
            self.printer.addItem(printer_text(one), one.name)
        self.printer.addItem(say("certs.printer.pdf"), PDF_WHOLE)
        self.printer.addItem(say("certs.printer.each"), PDF_EACH)
        self.printer.setCurrentIndex(max(self.printer.findData(held), 0))
        self.printer.blockSignals(False)
        self.form.complain(self.printer, "" if found else say("printing.none"))
        self._on_printer()

    def _on_printer(self) -> None:
        name = self.printer.currentData()
        if name is None:
            return
        paper = not self.to_file
        for field in (self.numbered, self.copies):
            self._shown(field, paper)
        self.adjust.setVisible(paper)
        if paper:
            ops.read(self._page, printer_setup, name).on_done(self._show_setup).latest("setup").start()
            ops.work(self._page, self._spooler.choices, name).on_done(self._keep_choices).latest("choices").start()
        else:
            self._show_setup(PrinterSetup(overprint=self.overprint.isChecked()))
        self.ready.emit()

    def _keep_choices(self, found: Choices) -> None:
        self._choices = found

    def _show_setup(self, setup: PrinterSetup) -> None:
        self.setup = setup
        self.overprint.setChecked(setup.overprint)
        self.numbered.setChecked(setup.numbered)

    def _on_numbered(self, on: bool) -> None:
        self._shown(self.first_paper, on)
        self.copies.setEnabled(not on)
        if on:
            self.copies.setValue(1)
            self._ask_paper()

    def _ask_paper(self) -> None:
        """Which sheet should be on top now: the one behind what was printed last, unless somebody has said another."""
        if self.numbered.isChecked() and self.first_paper.text() == self._proposed:
            ops.read(self._page, next_paper, self._paper_before).on_done(self._propose_paper).latest("paper").start()

    def _propose_paper(self, found: str) -> None:
        if self.first_paper.text() == self._proposed:
            self._proposed = found
            self.first_paper.setText(found)

    def open_setup(self) -> None:
        """Offset, scale and tray of the chosen printer."""
        trays, name = self._choices.trays, str(self.printer.currentData())
        SetupDialog(self, self.context, self._spooler, name, self.setup, trays, self._paper, self._show_setup).open()

    # Printing

    def print_it(self) -> None:
        """Begin: the run stands in the journal, then the first sheet goes out."""
        batch, purpose = self.context.batch, self.purpose
        if batch is None or self.job is not None:
            return
        self._page.clear_refusal()
        self.form.accept_all()
        try:
            lines = self.lines
        except AppError as refused:
            self.form.complain(self.ranges, refused.sentence)
            return
        reason = self.reason.text().strip()
        if purpose != FIRST and not reason:
            self.form.complain(self.reason, say("ui.reason.missing"))
            return
        first_paper = self.first_paper.text().strip() if self.numbered.isChecked() and not self.to_file else ""
        if self.numbered.isChecked() and not self.to_file and not first_paper:
            self.form.complain(self.first_paper, say("certs.first_paper.missing"))
            return
        target = self._ask_target() if self.to_file else None
        if not lines or (self.to_file and target is None):
            return
        changed = {"overprint": self.overprint.isChecked(), "numbered": self.numbered.isChecked()}
        setup = msgspec.structs.replace(self.setup, **changed)
        copies = 1 if self.to_file else self.copies.value()
        printer = str(self.printer.currentData())
        job = Job(batch, purpose, tuple(lines), printer, setup, self._paper, copies, reason, first_paper, target)
        writing = ops.write(self._page, begin, job)
        if purpose != FIRST:
            writing.two_people(say(f"certs.purpose.{purpose}", count=len(lines)))
        if not self.to_file and setup != self.setup:
            ops.write(self._page, keep_printer_setup, printer, setup).start()
            self.setup = setup
        writing.on_done(lambda run: self._begun(job, run)).start()

    def _ask_target(self) -> Path | None:
        if self.printer.currentData() == PDF_EACH:
            chosen = QFileDialog.getExistingDirectory(self, say("certs.printer.each"))
        else:
            choice = self.context.batch_choice
            name = say("certs.file", batch=choice.name.split(" ")[0] if choice else "")
            chosen, _ = QFileDialog.getSaveFileName(self, say("certs.print.title"), name, "PDF (*.pdf)")
        return Path(chosen) if chosen else None

    def _begun(self, job: Job, run: int) -> None:
        job.run, self.job = run, job
        self._side.setEnabled(False)
        self.progress.show_job(job)
        self._right.setCurrentWidget(self.progress)
        self.ready.emit()
        store, actors = self.context.store, self.context.session.actors
        if job.target is not None:
            working = ops.work(self.progress.host(self.context), write_files, store, actors, job)
            working.on_done(self._written)
        else:
            working = ops.work(self.progress.host(self.context), go, store, actors, self._spooler, job)
            working.on_done(self._on_report)
        self.destroyed.connect(job.stop)  # who signs out hands nothing more over
        working.progress().on_refused(self._on_failed).on_ended(self._on_ended).start()

    def _stop(self) -> None:
        if self.job is not None:
            self.job.stop()

    def _written(self, files: list[Path]) -> None:
        self.progress.say_done(say("certs.written", count=len(files), file=files[0].name), "good")
        self.context.shell.notify(say("certs.written", count=len(files), file=files[0].name))

    def _on_report(self, report: Report) -> None:
        self.progress.show_report(report, ended=True)
        if report.problem is not None:
            self._page.show_refusal(report.problem)
        elif not self._spooler.follows and report.printed:
            self._page.strip.say(say("certs.look_at_last"), "attention")
        if report.left_behind:
            self._page.strip.say(say("certs.left_behind", count=len(report.left_behind)), "attention")

    def _on_failed(self, error: AppError) -> None:
        if self.job is not None:
            self.progress.show_report(self.job.latest, ended=True)
        self._page.show_refusal(error)

    def _on_ended(self) -> None:
        job, self.job = self.job, None
        self._side.setEnabled(True)
        if job is not None and job.first_paper:
            self._paper_before, self._proposed = job.first_paper, self.first_paper.text()
        self.ranges.blockSignals(True)
        self.ranges.clear()
        self.ranges.blockSignals(False)
        self.reason.clear()  # it was given for what is done now
        self.context.changed.emit(KINDS)
        self.ready.emit()
        self.ended.emit(job)

    def _shown(self, field: QWidget, shown: bool) -> None:
        around = field.parentWidget()
        if around is not None:
            around.setVisible(shown)
