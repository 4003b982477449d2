"""What can happen while a scale is agreed before the day."""

from __future__ import annotations

from core.calibration.readings import Reading
from core.scoring.sheets import Deducted, Mark, Moment
from core.store import Event, EventPart, Id, Travels, event


@event("trial.opened")
class TrialOpened(Event, frozen=True):
    """The examiners of a batch are to mark one clip of an exercise on trial; the entry's id is the trial's.

    `sha256` and `size` (bytes) are of the clip, so that everybody can tell that it is the same one; `plan` is the
    digest of the plan in force.
    """

    batch: Id
    exercise: str
    plan: bytes
    sha256: bytes
    size: int

    class Part(EventPart, frozen=True):
        where: str
        """Where the clip is kept."""
        note: str
        """What it shows, in the manager's words."""


@event("trial.marked", travels=Travels.LATER)
class TrialMarked(Event, frozen=True):
    """An examiner signed their trial marks; they can't change any more. Nobody else sees them before the trial closes.

    `signature` is the examiner's over `readings.trial_message`, made with the key whose public half is `key`.
    """

    trial: Id
    examiner: Id
    key: bytes
    signature: bytes

    class Part(EventPart, frozen=True):
        marks: list[Mark]
        """An item that the clip does not show has none."""
        deductions: list[Deducted]
        remark: str
        moments: list[Moment]


@event("trial.closed")
class TrialClosed(Event, frozen=True):
    """Every examiner has marked the trial, or the manager did not wait any longer: the marks may be compared."""

    trial: Id

    class Part(EventPart, frozen=True):
        reason: str
        """Why the manager did not wait; no part where everybody had marked."""


@event("trial.agreed")
class TrialAgreed(Event, frozen=True):
    """How the levels of a trial's exercise are to be read. It counts once each of `leaders` has signed it; the entry's
    id is the agreement's."""

    trial: Id
    leaders: list[Id]

    class Part(EventPart, frozen=True):
        readings: list[Reading]


@event("reading.signed")
class ReadingSigned(Event, frozen=True):
    """A panel's leader signed an agreed reading. `digest` is that of the agreement's part; `signature` is over
    `readings.reading_message`, made with the key whose public half is `key`."""

    agreement: Id
    leader: Id
    digest: bytes
    key: bytes
    signature: bytes
