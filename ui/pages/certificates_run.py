"""A print run out of the window: started in the journal, sent sheet by sheet on a worker, stopped by a button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.certificates.blanks import next_in_stock
from core.certificates.print_commands import FIRST, print_again, start_print
from core.certificates.print_job import Journalled, papers_from, print_to_file, sheets_of
from core.certificates.printers import PrinterSetup
from core.certificates.serials import read_serial
from core.certificates.standing import CertificateLine
from core.documents.certificate import Layer
from core.printing.run import Report, Run
from core.printing.spooler import Options, Spooler
from core.words import say

PDF_WHOLE, PDF_EACH = "PDF", "PDF/"
"""What stands for a printer where a file, or one a candidate, is written."""
KINDS = frozenset({"print", "certificate"})

Progress = Callable[[int, int, str], None]


@dataclass
class Job:
    """What is to be printed, and how. `first_paper` is the serial of the numbered paper on top of the tray."""

    batch: int
    purpose: str
    lines: tuple[CertificateLine, ...]
    printer: str
    setup: PrinterSetup
    paper: tuple[float, float]
    copies: int = 1
    reason: str = ""
    first_paper: str = ""
    target: Path | None = None
    run: int = 0
    latest: Report = field(default_factory=Report)
    """How far it was at the last report."""
    going: Run | None = None
    to_stop: bool = False

    @property
    def ids(self) -> list[int]:
        """The certificates, in order."""
        return [line.id for line in self.lines]

    @property
    def layer(self) -> Layer:
        """Which part of each sheet is printed."""
        return Layer.OVERPRINT if self.setup.overprint else Layer.WHOLE

    @property
    def printer_said(self) -> str:
        """The printer as the record names it: each sheet's copies are said with it."""
        plain = PDF_WHOLE if self.target is not None else self.printer
        return f"{plain} ×{self.copies}" if self.copies > 1 else plain

    def stop(self) -> None:
        """Hand nothing more over."""
        self.to_stop = True
        if self.going is not None:
            self.going.stop()


def begin(write: Any, job: Job) -> int:
    """Start the run in the journal; its id. Numbered paper that there is not: refused before anything is printed."""
    if job.first_paper:
        papers_from(write, job.first_paper, len(job.lines))
    if job.purpose == FIRST:
        return start_print(write, job.batch, job.ids, job.printer_said)
    return print_again(write, job.batch, job.ids, job.printer_said, job.reason, job.purpose)


def next_paper(read: Any, before: str) -> str:
    """The serial of the numbered sheet that should be on top: the next in stock behind `before`, else the first of
    all; empty if there is none.
    """
    found = (next_in_stock(read, 1, read_serial(before)) if before else []) or next_in_stock(read, 1)
    return found[0] if found else ""


def go(store: Any, actors: Any, spooler: Spooler, job: Job, progress: Progress) -> Report:
    """Print the run that was begun; what became of every sheet. Blocks until no sheet is in the printer any more."""
    reader = actors.first
    papers: list[str] = []
    if job.first_paper:
        with store.read(reader) as read:
            papers = papers_from(read, job.first_paper, len(job.lines))
    options = Options(copies=job.copies, paper=paper_name(job.paper), tray=job.setup.tray)
    sheets = sheets_of(store, reader, job.run, job.ids, job.layer, job.setup.fit)
    run = job.going = Run(spooler, job.printer, options, sheets, Journalled(store, actors, job.run, papers))
    if job.to_stop:
        run.stop()

    def tell(done: int, total: int, text: str) -> None:
        job.latest = run.report
        progress(done, total, text)

    report = job.latest = run.go(tell)
    return report


def write_files(store: Any, actors: Any, job: Job, progress: Progress) -> list[Path]:
    """Write the run that was begun into a file, or one file each."""
    total = len(job.lines)

    def tell(done: int) -> None:
        progress(done, total, say("exam.documents.writing"))

    assert job.target is not None
    each = job.printer == PDF_EACH
    return print_to_file(store, actors, job.run, job.ids, job.target, each, job.layer, tell)


def paper_name(paper: tuple[float, float]) -> str | tuple[float, float]:
    """The paper as printers call it: A4 by its name, another by its millimetres, the shorter side first."""
    short, long = sorted(paper)
    return "A4" if (short, long) == (210.0, 297.0) else (short, long)
