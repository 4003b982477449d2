"""What a system that prints can be asked, whichever it is: its printers, one job a sheet, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from core.errors import EnvironmentFailure
from core.words import say


class Trouble(StrEnum):
    """Why nothing comes out. `sentence` says it with what to do."""

    NO_PAPER = "no_paper"
    JAM = "jam"
    COVER_OPEN = "cover_open"
    NO_INK = "no_ink"
    OFFLINE = "offline"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    ABORTED = "aborted"
    UNREACHABLE = "unreachable"
    GONE = "gone"

    @property
    def sentence(self) -> str:
        """What happened and what to do."""
        return say(f"printing.trouble.{self}")


class State(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    PRINTING = "printing"
    STOPPED = "stopped"
    """Held up by its printer; it goes on when that is put right."""
    PRINTED = "printed"
    FAILED = "failed"
    """Ended, and not whole: cancelled or given up."""
    LOST = "lost"
    """The system does not know it, or does not answer."""


class Quality(StrEnum):
    """How finely to print."""

    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True)
class JobStatus:
    """What became of a job so far.

    `trouble` is set for STOPPED, FAILED and LOST. `began` False: certainly nothing of it has reached paper.
    """

    state: State
    trouble: Trouble | None = None
    began: bool = True


@dataclass(frozen=True)
class Printer:
    """A printer of the machine. `name` is the system's, `shown` what people call it, `trouble` what it complains of."""

    name: str
    shown: str
    default: bool = False
    accepts: bool = True
    trouble: Trouble | None = None


@dataclass(frozen=True)
class Choices:
    """What a printer offers, by the names that `Options` takes. Empty where it does not say."""

    papers: tuple[str, ...] = ()
    trays: tuple[str, ...] = ()


@dataclass(frozen=True)
class Options:
    """How to print a sheet. `paper` is a name (A4) or millimetres, width and height; no `tray` is the printer's own."""

    copies: int = 1
    paper: str | tuple[float, float] = "A4"
    tray: str = ""
    quality: Quality = field(default=Quality.HIGH)


class NotTaken(EnvironmentFailure):
    """The sheet was refused before anything of it was handed over: it is certainly not on paper."""


class Spooler(Protocol):
    """The system's printing. Every call blocks for a bounded time, and refuses by an `EnvironmentFailure`."""

    follows: bool
    """Whether `state` follows a sheet to the paper; if not, PRINTED means that the system took it whole."""

    def printers(self) -> list[Printer]:
        """The printers of this machine; empty if there are none."""

    def choices(self, printer: str) -> Choices:
        """What this printer offers."""

    def submit(self, printer: str, pdf: bytes, options: Options) -> str:
        """Hand one sheet over; the job's name. `NotTaken` if it was not taken, any other failure if nobody knows."""

    def state(self, job: str) -> JobStatus:
        """What became of it. Never refuses: who does not answer has lost it."""

    def cancel(self, job: str) -> bool:
        """Take a job back; whether the system agreed. What has reached paper stays there."""


FINAL: Final = frozenset({State.PRINTED, State.FAILED, State.LOST})
"""States after which nothing follows."""
