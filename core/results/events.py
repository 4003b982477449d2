"""What can happen to results."""

from __future__ import annotations

import msgspec

from core.store import Event, EventPart, Id, Travels, event


class ComponentOutcome(msgspec.Struct, frozen=True, array_like=True):
    """One component of one candidate. Fields are only appended."""

    component: str
    state: str
    """`scored`; `absent`, `misconduct` or `deferred`: never a zero for who was away; `vetoed`: an upheld veto ended the
    examination, so that it is not passed whatever the score, which stands beside it."""
    numerator: int
    """The exact score in hundredths; 0 over 1 where there is none."""
    denominator: int
    full_mark: int
    pass_mark: int
    passed: bool


@event("result.settled", travels=Travels.LATER)
class ResultSettled(Event, frozen=True):
    """A candidate's component results were computed 核分."""

    application: Id
    batch: Id

    class Part(EventPart, frozen=True):
        components: list[ComponentOutcome]
        passed: bool
        """All components passed (8.7)."""


@event("result.reopened")
class ResultReopened(Event, frozen=True):
    """A candidate's settled result does not stand any more: a sheet behind it was set aside, or a new panel ordered."""

    application: Id
    batch: Id


@event("results.confirmed")
class ResultsConfirmed(Event, frozen=True):
    """Two people answer for the results of a batch 考点复核.

    `digest` is SHA-256 over all settled results; each signature covers it with centre and batch.
    """

    batch: Id
    digest: bytes
    first_key: bytes
    first_signature: bytes
    second_key: bytes
    second_signature: bytes
