"""What others see of batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from core.batches.tables import AdoptedPlan, Batch
from core.errors import Refused
from core.standards import plans
from core.standards.packs import pack
from core.store import Id, Read

LONGEST_ID = 18
"""Digits of an id; longer ones fit no column."""


@dataclass(frozen=True)
class BatchLine:
    """A batch as lists show it."""

    id: Id
    no: str
    standard: str
    level: str
    day: date
    standard_title: str
    level_name: str
    draft: bool
    """Its pack is a draft for comment, which is shown wherever it is used."""
    closed: bool = False
    """Two people answered for its results."""


def batches(read: Read) -> list[BatchLine]:
    """Every batch, the newest first."""
    return [_line(row) for row in read.rows(select(Batch).order_by(Batch.day.desc(), Batch.id.desc()))]


def batch(read: Read, id: Id) -> BatchLine:
    """One batch. No such batch: refused."""
    row = read.first(select(Batch).where(Batch.id == id))
    if row is None:
        raise Refused("batches.unknown", batch=str(id))
    return _line(row)


def open_batch(read: Read, id: Id) -> BatchLine:
    """A batch of which something may still change. One whose results two people answered for: refused."""
    found = batch(read, id)
    if found.closed:
        raise Refused("batches.closed", batch=found.no)
    return found


def refuse_closed(read: Read, id: Id) -> None:
    """`open_batch` for who needs no more of it."""
    if read.value(select(Batch.closed).where(Batch.id == id)):
        raise Refused("batches.closed", batch=batch(read, id).no)


def batch_named(read: Read, name: str) -> BatchLine:
    """The batch that a person names by its number (`2026-01`) or id. None, or two of one number: refused."""
    found = read.rows(select(Batch).where(Batch.no == name.strip()))
    if not found and name.strip().isdecimal() and len(name) <= LONGEST_ID:
        found = read.rows(select(Batch).where(Batch.id == int(name)))
    if len(found) != 1:
        raise Refused("batches.unknown" if not found else "batches.ambiguous", batch=name[:40])
    return _line(found[0])


def plan_of(read: Read, id: Id) -> plans.Plan:
    """The plan of a batch. A batch without one: refused."""
    digest = plan_digest(read, id)
    found = _known.get(digest)
    if found is None:
        found = plans.from_bytes(_plan_bytes(read, id))
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[digest] = found
    return found


def plan_digest(read: Read, id: Id) -> bytes:
    """SHA-256 of the plan's bytes as they were adopted: what every score sheet's signature covers."""
    found = read.value(select(AdoptedPlan.digest).join(Batch, Batch.plan == AdoptedPlan.id).where(Batch.id == id))
    if found is None:
        raise Refused("batches.no_plan")
    return bytes(found)


def _plan_bytes(read: Read, id: Id) -> bytes:
    return bytes(read.value(select(AdoptedPlan.plan).join(Batch, Batch.plan == AdoptedPlan.id).where(Batch.id == id)))


MOST_KNOWN = 16
_known: dict[bytes, plans.Plan] = {}
"""Plans by digest: marking asks for the same one thousands of times, and its bytes are tens of kilobytes."""


def _line(row: Row[*tuple[Any, ...]]) -> BatchLine:
    found = pack(row.standard)
    return BatchLine(
        id=row.id,
        no=row.no,
        standard=row.standard,
        level=row.level,
        day=date.fromisoformat(row.day),
        standard_title=found.standard.occupation,
        level_name=found.level(row.level).name,
        draft=found.is_draft,
        closed=row.closed,
    )
