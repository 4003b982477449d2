"""A run of sheets through a printer, of which each is printed, certainly not printed, or doubtful; never forgotten.

A sheet is recorded before it is handed over and settled when its end is known. Handed over and never settled is what
doubtful means: nothing has to be written of that, so a power cut, a killed program or a full disk can't lose it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from core.errors import AppError, EnvironmentFailure
from core.printing.spooler import FINAL, JobStatus, NotTaken, Options, Spooler, State, Trouble
from core.words import say

WINDOW: Final = 2
"""Sheets in the printer at once: one on its way out, one ready. More would only make more of them doubtful."""
PATIENCE: Final = 180.0
"""Seconds for which a printer that has stopped is waited for: long enough to bring paper."""
POLL: Final = 0.25


class Outcome(StrEnum):
    """How a sheet is settled."""

    PRINTED = "printed"
    UNPRINTED = "unprinted"
    """Certainly not on paper: it may simply be printed again."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: the caller's own key for it, and what makes its PDF when its turn has come."""

    key: str
    make: Callable[[], bytes]


class Recorder(Protocol):
    """Who remembers, beyond this process, where each sheet is. When a call returns, what it says is on the disk."""

    def started(self, keys: Sequence[str]) -> None:
        """These are about to be handed to the printer."""

    def settled(self, key: str, outcome: Outcome) -> None:
        """The end of a sheet is known."""


@dataclass(frozen=True)
class Report:
    """How a run ended. Keys stand in printing order; each sheet of the run is in exactly one of the lists.

    `problem` is what stopped it (an exception that refuses); None if it ran through or was asked to stop. `left_behind`
    are jobs that could not be taken back: the system may still print them.
    """

    printed: tuple[str, ...] = ()
    unprinted: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    """Never handed over."""
    problem: AppError | None = None
    left_behind: tuple[str, ...] = ()


@dataclass
class _Inside:
    """A sheet in the printer."""

    key: str
    job: str
    status: JobStatus | None = None
    still_since: float | None = None
    """Since when it has been held up."""


@dataclass
class _Lists:
    printed: list[str] = field(default_factory=list)
    unprinted: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)


Tell = Callable[[int, int, str], None]


class Run:
    """Prints sheets in order and stops at the first that is not good. One thread calls `go`; any may call `stop`."""

    def __init__(
        self,
        spooler: Spooler,
        printer: str,
        options: Options,
        sheets: Iterable[Sheet],
        recorder: Recorder,
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._spooler, self._printer, self._options = spooler, printer, options
        self._sheets = deque(sheets)
        self._total = len(self._sheets)
        self._place = {sheet.key: at for at, sheet in enumerate(self._sheets)}
        self._recorder = recorder
        self._patience, self._clock, self._sleep = patience, clock, sleep
        self._inside: deque[_Inside] = deque()
        self._lists = _Lists()
        self._problem: AppError | None = None
        self._left_behind: list[str] = []
        self._stop = threading.Event()
        self._take_back = threading.Event()
        self._old_trouble: Trouble | None = None

    def stop(self, *, at_once: bool = False) -> None:
        """Hand nothing more over, and take back what has not begun or is held up; what is being printed is waited for.

        `at_once` takes that back too, and leaves it doubtful.
        """
        self._stop.set()
        if at_once:
            self._take_back.set()

    def go(self, tell: Tell = lambda done, total, text: None) -> Report:
        """Print; returns when no sheet is in the printer any more.

        Refused before anything is handed over: `printing.paused`, `printing.not_accepting`, `printing.no_such_printer`.
        What `make`, the recorder or `tell` raise ends the run and is raised again; what was in the printer is doubtful.
        """
        self._check_printer()
        try:
            while self._sheets or self._inside:
                self._fill()
                if not self._inside:
                    break
                tell(len(self._lists.printed), self._total, self._words())
                if not self._look():
                    self._sleep(POLL)
        except BaseException:
            self._abandon()
            raise
        tell(len(self._lists.printed), self._total, "")
        return self.report

    @property
    def report(self) -> Report:
        """How it stands: after `go` has raised, too."""
        lists = self._lists
        doubtful = [*lists.doubtful, *(each.key for each in self._inside)]
        return Report(
            tuple(sorted(lists.printed, key=self._place.__getitem__)),
            tuple(sorted(lists.unprinted, key=self._place.__getitem__)),
            tuple(sorted(doubtful, key=self._place.__getitem__)),
            tuple(sheet.key for sheet in self._sheets),
            self._problem,
            tuple(self._left_behind),
        )

    def _check_printer(self) -> None:
        printer = next((each for each in self._spooler.printers() if each.name == self._printer), None)
        if printer is None:
            raise NotTaken("printing.no_such_printer", printer=self._printer)
        if not printer.accepts:
            raise NotTaken("printing.not_accepting", printer=printer.shown)
        if printer.trouble is Trouble.PAUSED:
            raise NotTaken("printing.paused", printer=printer.shown)
        self._old_trouble = printer.trouble

    def _fill(self) -> None:
        """Hand sheets over while there is room, nothing is held up and nobody has asked to stop."""
        while self._sheets and len(self._inside) < WINDOW and self._problem is None and not self._stop.is_set():
            if any(each.still_since is not None for each in self._inside):
                return
            sheet = self._sheets[0]
            pdf = sheet.make()
            self._recorder.started((sheet.key,))
            self._sheets.popleft()
            # From here on the sheet counts as handed over: whatever happens, it is in one of the lists.
            self._lists.doubtful.append(sheet.key)
            try:
                job = self._spooler.submit(self._printer, pdf, self._options)
            except NotTaken as refused:
                self._problem = refused
                self._settle(sheet.key, Outcome.UNPRINTED)
            except EnvironmentFailure as unknown:
                self._problem = unknown
            else:
                self._lists.doubtful.remove(sheet.key)
                self._inside.append(_Inside(sheet.key, job))

    def _look(self) -> bool:
        """Ask after the sheets in the printer, first things first; whether something came to its end."""
        inside = len(self._inside)
        for each in list(self._inside):
            each.status = self._spooler.state(each.job)
            if each.status.state is State.PRINTED:
                self._end(each, Outcome.PRINTED)
            elif self._is_over(each):
                self._give_up(each.status)
                break
            elif self._stop.is_set() and each.status.state is State.WAITING:
                self._take_out([each])
        if self._take_back.is_set():
            self._take_out(list(self._inside))
        return len(self._inside) < inside

    def _is_over(self, each: _Inside) -> bool:
        """Whether nothing good can be expected of a sheet any more."""
        status, now = each.status, self._clock()
        if status is None or status.state in (State.WAITING, State.PRINTING):
            each.still_since = None
            return False
        if status.state in FINAL and status.trouble is not Trouble.UNREACHABLE:
            return True
        if status.trouble is Trouble.JAM and self._old_trouble is not Trouble.JAM:
            return True  # once it is cleared the printer may print the same sheet again
        each.still_since = now if each.still_since is None else each.still_since
        return self._stop.is_set() or now - each.still_since >= self._patience

    def _give_up(self, why: JobStatus) -> None:
        """Take back what is in the printer, and find out of each sheet what can be known."""
        reason = (why.trouble or Trouble.ABORTED).sentence
        done = len(self._lists.printed)
        stopped = EnvironmentFailure("printing.stopped", reason=reason, done=done, total=self._total)
        self._problem = self._problem or stopped
        self._take_out(list(self._inside))

    def _take_out(self, sheets: list[_Inside]) -> None:
        """Take these back, the last first, so that none slips through meanwhile; then settle what is known."""
        for each in reversed(sheets):
            each.status = self._taken_back(each)
        for each in sheets:
            status = each.status
            if status is not None and status.state is State.PRINTED:
                self._end(each, Outcome.PRINTED)
            elif status is not None and status.state is State.FAILED and not status.began:
                self._end(each, Outcome.UNPRINTED)
            else:
                self._end(each, None)

    def _taken_back(self, each: _Inside) -> JobStatus:
        status = self._spooler.state(each.job)
        if status.state in FINAL and status.trouble is not Trouble.UNREACHABLE:
            return status
        self._spooler.cancel(each.job)
        status = self._spooler.state(each.job)
        if status.state not in FINAL or status.trouble is Trouble.UNREACHABLE:
            self._left_behind.append(each.job)
        return status

    def _end(self, each: _Inside, outcome: Outcome | None) -> None:
        """A sheet leaves the printer; without an outcome it stays doubtful."""
        self._inside.remove(each)
        self._lists.doubtful.append(each.key)
        if outcome is not None:
            self._settle(each.key, outcome)

    def _settle(self, key: str, outcome: Outcome) -> None:
        """Record first: what could not be recorded stays doubtful."""
        self._recorder.settled(key, outcome)
        self._lists.doubtful.remove(key)
        (self._lists.printed if outcome is Outcome.PRINTED else self._lists.unprinted).append(key)

    def _abandon(self) -> None:
        """Something other than the printer failed: leave nothing behind that prints by itself later."""
        for each in reversed(self._inside):
            each.status = self._taken_back(each)

    def _words(self) -> str:
        held = next((each.status for each in self._inside if each.still_since is not None), None)
        if held is not None and held.trouble is not None:
            return held.trouble.sentence
        return say("printing.under_way", done=len(self._lists.printed), total=self._total)
