"""How far a print run is, sheet by sheet, with the button that stops it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QProgressBar

from core.certificates.standing import CertificateLine
from core.errors import AppError
from core.printing.run import Report
from core.words import say
from ui.context import Context
from ui.models.paged import Column, Tone
from ui.pages.certificates_run import Job
from ui.widgets.basics import button, label, restyle, row
from ui.widgets.card import Card
from ui.widgets.table import DataTable

Line = tuple[int, CertificateLine, str]
TONES: dict[str, Tone] = {
    "waiting": "muted",
    "printing": "accent",
    "printed": "good",
    "unprinted": "attention",
    "doubtful": "attention",
}


class ProgressView(Card):
    """The sheets of a run with their states; also the host of the operation that prints them."""

    context: Context

    def __init__(self, stop: Callable[[], None]) -> None:
        super().__init__(say("certs.progress"))
        self._job: Job | None = None
        self._stop = stop
        self.words = label("", "muted", wrap=True)
        self.count = label("", "figure")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop = button(say("certs.stop"), self._on_stop, "danger", icon="stop")
        self.table = DataTable(
            [
                Column(say("certs.place"), lambda line: str(line[0]), numeric=True, width=60),
                Column(say("exam.number"), lambda line: line[1].candidate_number, width=84, strong=True),
                Column(say("exam.name"), lambda line: line[1].name, width=76, stretch=True),
                Column(say("certs.number"), lambda line: line[1].number, width=196, optional=True),
                Column(
                    say("certs.state"),
                    lambda line: say(f"certs.sheet.{line[2]}"),
                    width=120,
                    badge=lambda line: TONES[line[2]],
                ),
            ],
            lambda line: line[1].id,
        )
        self.table.setAccessibleName(say("certs.progress"))
        head = row(self.count, spacing=16)
        head.addWidget(self.bar, 1)
        head.addWidget(self.stop)
        self.body.addLayout(head)
        self.body.addWidget(self.words)
        self.body.addWidget(self.table, 1)

    def host(self, context: Context) -> ProgressView:
        """Itself, as the host of an operation."""
        self.context = context
        return self

    def show_job(self, job: Job) -> None:
        """A run begins."""
        self._job = job
        self.stop.setVisible(job.target is None)
        self.stop.setEnabled(True)
        self.bar.setRange(0, len(job.lines))
        self.say_done(say("certs.starting"), "")
        self.show_report(job.latest)
        self.stop.setFocus()

    def clear(self) -> None:
        """No run."""
        self._job = None

    def show_report(self, report: Report, *, ended: bool = False) -> None:
        """How every sheet stands; while it goes on, what is not settled is in the printer."""
        job = self._job
        if job is None:
            return
        known = dict.fromkeys(report.printed, "printed")
        known |= dict.fromkeys(report.unprinted, "unprinted")
        known |= dict.fromkeys(report.doubtful, "doubtful" if ended else "printing")
        lines = [(at, line, known.get(str(line.id), "waiting")) for at, line in enumerate(job.lines, 1)]
        self._show_count(len(report.printed))
        self.table.show_rows(lines)
        under_way = next((at for at, _, state in lines if state == "printing"), 0)
        if under_way and not self.table.hasFocus():
            self.table.scrollTo(self.table.paged.index(under_way - 1, 0))
        if ended:
            self.stop.hide()
            code = "certs.ended.whole" if len(report.printed) == len(job.lines) else "certs.ended.part"
            self.say_done(say(code, done=len(report.printed), total=len(job.lines)), "good" if "whole" in code else "")

    def say_done(self, text: str, tone: str) -> None:
        """A sentence over the list."""
        self.words.setText(text)
        restyle(self.words, "tone", tone)

    # What the operation says to it

    def show_refusal(self, error: AppError) -> None:
        """It could not go on."""
        self.say_done(error.sentence, "danger")

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """How far it is."""
        job = self._job
        if job is None:
            return
        if text:
            self.say_done(text, "")
        if job.target is not None:
            self._show_count(done)
        else:
            self.show_report(job.latest)

    def hide_progress(self) -> None:
        """It has ended; what it came to stays in sight."""

    def _show_count(self, done: int) -> None:
        total = len(self._job.lines) if self._job is not None else 0
        self.count.setText(f"{done} / {total}")
        self.bar.setValue(done)

    def _on_stop(self) -> None:
        self.stop.setEnabled(False)
        self.say_done(say("certs.stopping"), "attention")
        self._stop()
