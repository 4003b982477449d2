"""A printer of the tests whose paper tray can be looked into: what really came out, whatever the program believes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.errors import EnvironmentFailure
from core.printing.run import Outcome, Run, Sheet
from core.printing.spooler import Choices, JobStatus, NotTaken, Options, Printer, State, Trouble


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Memory:
    """Remembers what was recorded, as a disk does; may be full or have the process killed before or after a record."""

    begun: list[str] = field(default_factory=list)
    ends: dict[str, Outcome] = field(default_factory=dict)
    before: Callable[[str, str], None] = lambda what, key: None
    after: Callable[[str, str], None] = lambda what, key: None

    def started(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.before("started", key)
            self.begun.append(key)
            self.after("started", key)

    def settled(self, key: str, outcome: Outcome) -> None:
        self.before("settled", key)
        assert key in self.begun and key not in self.ends
        self.ends[key] = outcome
        self.after("settled", key)

    @property
    def doubtful(self) -> list[str]:
        """What a restarted program finds handed over and not settled."""
        return [key for key in self.begun if key not in self.ends]


@dataclass
class Job:
    pdf: bytes
    status: JobStatus


@dataclass
class PaperPrinter:
    """Prints one sheet for each tick of the clock, in order, unless `trouble` holds it up."""

    follows: bool = True
    trouble: Trouble | None = None
    accepts: bool = True
    paper: list[bytes] = field(default_factory=list)
    """What came out, in order."""
    jobs: dict[str, Job] = field(default_factory=dict)
    ticks: int = 0
    at_tick: dict[int, Callable[[PaperPrinter], None]] = field(default_factory=dict)
    on_submit: Callable[[int], None] = lambda number: None
    after_submit: Callable[[int], None] = lambda number: None
    deaf: bool = False
    """The server does not answer; the printer goes on."""

    def printers(self) -> list[Printer]:
        return [Printer("P", "针式", True, self.accepts, self.trouble)]

    def choices(self, printer: str) -> Choices:
        return Choices()

    def submit(self, printer: str, pdf: bytes, options: Options) -> str:
        number = len(self.jobs) + 1
        self.on_submit(number)
        if self.deaf:
            raise NotTaken("printing.no_such_printer", printer=printer)
        self.jobs[f"P-{number}"] = Job(pdf, JobStatus(State.WAITING, began=False))
        self.after_submit(number)
        return f"P-{number}"

    def state(self, job: str) -> JobStatus:
        if self.deaf:
            return JobStatus(State.LOST, Trouble.UNREACHABLE)
        found = self.jobs.get(job)
        if found is None:
            return JobStatus(State.LOST, Trouble.GONE)
        if self.trouble is not None and found.status.state in (State.WAITING, State.PRINTING):
            return JobStatus(State.STOPPED, self.trouble)
        return found.status

    def cancel(self, job: str) -> bool:
        if self.deaf or job not in self.jobs:
            return False
        found = self.jobs[job]
        if found.status.state in (State.WAITING, State.PRINTING):
            found.status = JobStatus(State.FAILED, Trouble.CANCELLED, found.status.began)
        return True

    @property
    def queue(self) -> list[Job]:
        """The jobs that have not ended."""
        return [job for job in self.jobs.values() if job.status.state in (State.WAITING, State.PRINTING)]

    def tick(self, _seconds: float = 0.0) -> None:
        """Time goes by: the first job begins, the one that began comes out."""
        self.ticks += 1
        assert self.ticks < 2_000, "the run does not end"
        self.at_tick.get(self.ticks, lambda printer: None)(self)
        if self.trouble is not None or not self.queue:
            return
        first = self.queue[0]
        if first.status.state is State.WAITING:
            first.status = JobStatus(State.PRINTING)
        else:
            first.status = JobStatus(State.PRINTED)
            self.paper.append(first.pdf)

    def fail_first(self, trouble: Trouble = Trouble.ABORTED) -> None:
        """The system gives the first job up, half of it on paper."""
        if self.queue:
            self.queue[0].status = JobStatus(State.FAILED, trouble)

    def forget(self) -> None:
        """The print server has lost its memory; what it had begun may be on paper."""
        self.jobs.clear()


PATIENCE = 20
"""Ticks."""


def sheets(count: int) -> list[Sheet]:
    """Sheets `1` to `count`, whose content is their key."""
    return [Sheet(str(number), str(number).encode) for number in range(1, count + 1)]


def run_of(printer: PaperPrinter, memory: Memory, count: int = 6, made: list[Sheet] | None = None) -> Run:
    """A run through the printer on the printer's own time."""
    return Run(
        printer,
        "P",
        Options(),
        sheets(count) if made is None else made,
        memory,
        patience=PATIENCE,
        clock=lambda: float(printer.ticks),
        sleep=printer.tick,
    )


def server_error(number: int) -> None:
    """Nobody knows whether it was taken."""
    raise EnvironmentFailure("printing.no_answer", seconds=20)
