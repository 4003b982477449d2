"""What batch events write."""

from __future__ import annotations

import hashlib

from core.batches.events import BatchClosed, BatchCreated, PlanAdopted
from core.batches.tables import AdoptedPlan, Batch
from core.store import Entry, Tables, applies


@applies(BatchCreated)
def create(tables: Tables, entry: Entry, event: BatchCreated, part: None) -> None:
    tables.insert(
        Batch, id=entry.id, no=event.no, standard=event.standard, level=event.level, day=event.day, closed=False
    )


@applies(PlanAdopted)
def adopt(tables: Tables, entry: Entry, event: PlanAdopted, part: None) -> None:
    digest = hashlib.sha256(event.plan).digest()
    tables.insert(AdoptedPlan, id=entry.id, batch=event.batch, digest=digest, plan=event.plan)
    tables.update(Batch, event.batch, plan=entry.id)


@applies(BatchClosed)
def close(tables: Tables, entry: Entry, event: BatchClosed, part: None) -> None:
    tables.update(Batch, event.batch, closed=True)
