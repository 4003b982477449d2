"""What can happen to a batch."""

from __future__ import annotations

from core.store import Event, Id, event


@event("batch.created")
class BatchCreated(Event, frozen=True):
    """The centre organises an evaluation; the entry's id is the batch's. `day` is ISO 8601."""

    no: str
    standard: str
    level: str
    day: str


@event("plan.adopted")
class PlanAdopted(Event, frozen=True):
    """A batch is examined by this plan: its bytes, as `standards.plans` writes them."""

    batch: Id
    plan: bytes


@event("batch.closed")
class BatchClosed(Event, frozen=True):
    """Two people answered for a batch's results: nothing that they rest on changes any more."""

    batch: Id
