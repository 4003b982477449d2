"""What the manager does with batches."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.batches.events import BatchClosed, BatchCreated, PlanAdopted
from core.batches.queries import open_batch, plan_digest
from core.batches.tables import Batch
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.standards import plans
from core.standards.packs import pack
from core.store import Id, Write

FIRST_YEAR, LAST_YEAR = 2020, 2099


@permitted(Role.MANAGER)
def create_batch(write: Write, standard: str, level: str, day: date, plan: plans.Plan | None = None) -> Id:
    """Begin an evaluation of one level on one day, by the default plan or a centre's own.

    Unknown standard or level, a plan of another level or edition, and a day out of all reason are refused.
    """
    pack(standard).level(level)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refused("batches.bad_day", day=day.isoformat())
    chosen = plan or plans.default_plan(standard, level)
    if (chosen.standard, chosen.level) != (standard, level):
        raise Refused("batches.plan_of_another", standard=chosen.standard, level=chosen.level)
    plans.check(chosen)
    write.dated()
    id = write.record(BatchCreated(_next_no(write, day.year), standard, level, day.isoformat()))
    write.record(PlanAdopted(id, plans.to_bytes(chosen)), batch=id)
    return id


def record_plan(write: Write, batch: Id, plan: plans.Plan) -> None:
    """Let a batch be examined by another plan: for the room that knows whether anybody has a place yet.

    A plan of another standard or level, or one that does not add up, is refused; the plan in force already is no act.
    """
    found = open_batch(write, batch)
    if (plan.standard, plan.level) != (found.standard, found.level):
        raise Refused("batches.plan_of_another", standard=plan.standard, level=plan.level)
    plans.check(plan)
    if plans.digest(plan) != plan_digest(write, batch):
        write.dated()
        write.record(PlanAdopted(batch, plans.to_bytes(plan)), batch=batch)


def record_closing(write: Write, batch: Id) -> None:
    """Close a batch: for the room that has its results confirmed."""
    write.record(BatchClosed(batch), batch=batch)


def _next_no(write: Write, year: int) -> str:
    taken = {row.no for row in write.rows(select(Batch.no).where(Batch.no.startswith(f"{year}-")))}
    number = len(taken) + 1
    while f"{year}-{number:02d}" in taken:
        number += 1
    return f"{year}-{number:02d}"
