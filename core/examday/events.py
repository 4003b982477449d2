"""What can happen on the exam day, in a studio or at a desk."""

from __future__ import annotations

from typing import Literal

import msgspec

from core.store import BlobRef, Event, EventPart, Id, Travels, event

Phase = Literal["preparation", "live", "closing", "ended"]


class Surprise(msgspec.Struct, frozen=True, array_like=True):
    """A planned surprise of a card, the same for everybody who draws it. `second` of the live phase. Fields are only
    appended."""

    second: int
    kind: str
    """One of `cards.SURPRISES`."""
    text: str


class WorkFile(msgspec.Struct, frozen=True, array_like=True):
    """One file of a work. Its name is not kept: it may say whose it is. Fields are only appended."""

    file: BlobRef
    suffix: str
    """Lower case, without the dot; "" where it had none."""


@event("run.phase_begun")
class PhaseBegun(Event, frozen=True):
    """A phase of a candidate's exercise began. The first one begins the run; `ended` ends it."""

    application: Id
    exercise: str
    studio: str
    phase: Phase


@event("run.paused")
class RunPaused(Event, frozen=True):
    """The clock of an exercise stands still."""

    application: Id
    exercise: str
    since: int = 0
    """From when, in UTC milliseconds: the reason took a while to write. 0: from the entry's own time."""

    class Part(EventPart, frozen=True):
        reason: str


@event("run.resumed")
class RunResumed(Event, frozen=True):
    """The clock of an exercise goes on, in another studio perhaps."""

    application: Id
    exercise: str
    studio: str


@event("run.reopened")
class RunReopened(Event, frozen=True):
    """Two people had a run that was ended go on in `phase`; what was gone of it stays gone."""

    application: Id
    exercise: str
    phase: Phase

    class Part(EventPart, frozen=True):
        reason: str


@event("card.added", travels=Travels.LATER)
class CardAdded(Event, frozen=True):
    """An exercise of a batch has one more topic card 题卡; the entry's id is the card's."""

    batch: Id
    exercise: str
    no: int

    class Part(EventPart, frozen=True):
        title: str
        text: str
        surprises: list[Surprise]
        material: BlobRef | None


@event("card.withdrawn")
class CardWithdrawn(Event, frozen=True):
    """A topic card is not drawn any more; who has drawn it keeps it."""

    card: Id

    class Part(EventPart, frozen=True):
        reason: str


@event("card.drawn")
class CardDrawn(Event, frozen=True):
    """A candidate drew a card: `draws.draw(seed, numbers)` is its number. A later one replaces an earlier one."""

    application: Id
    exercise: str
    card: Id
    seed: bytes
    numbers: list[int]

    class Part(EventPart, frozen=True):
        reason: str
        """Why it was drawn again; "" the first time."""


@event("card.opened")
class CardOpened(Event, frozen=True):
    """From now on the candidate may read the card that they drew."""

    application: Id
    exercise: str
    card: Id


@event("card.collected")
class CardCollected(Event, frozen=True):
    """The candidate gave the card back."""

    application: Id
    exercise: str
    card: Id


@event("surprise.staged")
class SurpriseStaged(Event, frozen=True):
    """The studio staged a planned surprise of the card: its place on the card, from 0."""

    application: Id
    exercise: str
    card: Id
    no: int


@event("work.handed_in", travels=Travels.LATER)
class WorkHandedIn(Event, frozen=True):
    """A candidate's work 作品 was collected. A later one replaces an earlier one."""

    application: Id
    exercise: str

    class Part(EventPart, frozen=True):
        files: list[WorkFile]
        reason: str
        """Why it replaces an earlier one; "" the first time."""


@event("work.taken_up")
class WorkTakenUp(Event, frozen=True):
    """An examiner began to mark a work, by its blind number."""

    application: Id
    exercise: str
    examiner: Id


@event("recording.kept")
class RecordingKept(Event, frozen=True):
    """A recording of an exercise was kept outside the store; the entry's id is the recording's.

    `lead`: the second of the file at which the live phase begins. `through_pauses`: it ran on while the clock stood.
    """

    application: Id
    exercise: str
    sha256: bytes
    size: int
    lead: int
    through_pauses: bool

    class Part(EventPart, frozen=True):
        place: str
        """Where it is kept, as this machine names it."""
