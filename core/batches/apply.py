"""What batch events write."""

from __future__ import annotations

from core.batches.events import BatchCreated, PlanAdopted
from core.batches.tables import AdoptedPlan, Batch
from core.store import Entry, Tables, applies


@applies(BatchCreated)
def create(tables: Tables, entry: Entry, event: BatchCreated, part: None) -> None:
    tables.insert(Batch, id=entry.id, no=event.no, standard=event.standard, level=event.level, day=event.day)


@applies(PlanAdopted)
def adopt(tables: Tables, entry: Entry, event: PlanAdopted, part: None) -> None:
    tables.insert(AdoptedPlan, id=entry.id, batch=event.batch, plan=event.plan)
    tables.update(Batch, event.batch, plan=entry.id)
