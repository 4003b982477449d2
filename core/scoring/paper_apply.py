"""What keying paper sheets and knowledge scores writes."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import select

from core.scoring.events import (
    KnowledgeDoubleEntrySet,
    KnowledgeKeyed,
    PaperKeyed,
    PaperReturned,
    PaperScanned,
    PaperScanWithdrawn,
)
from core.scoring.tables import KnowledgeKeying, KnowledgeRule, PaperKeying, PaperReturn, PaperScan
from core.store import Entry, Tables, applies, fills

_encode = msgspec.msgpack.encode


@applies(PaperKeyed)
def key(tables: Tables, entry: Entry, event: PaperKeyed, part: PaperKeyed.Part | None) -> None:
    _void(tables, PaperKeying, event, event.round)
    tables.insert(
        PaperKeying,
        id=entry.id,
        application=event.application,
        panel=event.panel,
        exercise=event.exercise,
        examiner=event.examiner,
        keyer=event.keyer,
        round=event.round,
        keyed_at=entry.at,
        typed=_typed(part),
        void=False,
    )


@fills(PaperKeyed)
def fill_typing(tables: Tables, entry: Entry, event: PaperKeyed, part: PaperKeyed.Part) -> None:
    tables.update(PaperKeying, entry.id, typed=_typed(part))


@applies(PaperScanned)
def scan(tables: Tables, entry: Entry, event: PaperScanned, part: PaperScanned.Part | None) -> None:
    tables.insert(
        PaperScan,
        id=entry.id,
        application=event.application,
        panel=event.panel,
        exercise=event.exercise,
        examiner=event.examiner,
        scanned_by=entry.actor,
        scanned_at=entry.at,
        scan=_encode(part.scan) if part else None,
        void=False,
    )


@fills(PaperScanned)
def fill_scan(tables: Tables, entry: Entry, event: PaperScanned, part: PaperScanned.Part) -> None:
    tables.update(PaperScan, entry.id, scan=_encode(part.scan))


@applies(PaperScanWithdrawn)
def withdraw_scan(tables: Tables, entry: Entry, event: PaperScanWithdrawn, part: None) -> None:
    tables.update(PaperScan, event.scan, void=True)


@applies(PaperReturned)
def give_back(tables: Tables, entry: Entry, event: PaperReturned, part: PaperReturned.Part | None) -> None:
    tables.insert(
        PaperReturn,
        id=entry.id,
        application=event.application,
        panel=event.panel,
        exercise=event.exercise,
        examiner=event.examiner,
        round=event.round,
        returned_by=entry.actor,
        returned_at=entry.at,
        reason=part.reason if part else None,
    )
    _void(tables, PaperKeying, event, event.round)
    if not event.round:
        _void(tables, PaperScan, event, 0)


@fills(PaperReturned)
def fill_reason(tables: Tables, entry: Entry, event: PaperReturned, part: PaperReturned.Part) -> None:
    tables.update(PaperReturn, entry.id, reason=part.reason)


@applies(KnowledgeDoubleEntrySet)
def set_double_entry(tables: Tables, entry: Entry, event: KnowledgeDoubleEntrySet, part: None) -> None:
    tables.upsert(KnowledgeRule, event.batch, double=event.on)


@applies(KnowledgeKeyed)
def key_knowledge(tables: Tables, entry: Entry, event: KnowledgeKeyed, part: KnowledgeKeyed.Part | None) -> None:
    before = tables.select(
        select(KnowledgeKeying.id).where(
            KnowledgeKeying.application == event.application,
            KnowledgeKeying.round == event.round,
            KnowledgeKeying.void.is_(False),
        )
    )
    for row in before:
        tables.update(KnowledgeKeying, row.id, void=True)
    tables.insert(
        KnowledgeKeying,
        id=entry.id,
        application=event.application,
        round=event.round,
        keyer=entry.actor,
        keyed_at=entry.at,
        total=part.total if part else None,
        rows=_encode(part.rows) if part else None,
        void=False,
    )


@fills(KnowledgeKeyed)
def fill_knowledge(tables: Tables, entry: Entry, event: KnowledgeKeyed, part: KnowledgeKeyed.Part) -> None:
    tables.update(KnowledgeKeying, entry.id, total=part.total, rows=_encode(part.rows))


def _void(tables: Tables, model: Any, event: PaperKeyed | PaperReturned, round: int) -> None:
    """What counted of this sheet until now: of one round, or of both (0)."""
    found = select(model.id).where(
        model.application == event.application,
        model.panel == event.panel,
        model.exercise == event.exercise,
        model.examiner == event.examiner,
        model.void.is_(False),
    )
    if round:
        found = found.where(model.round == round)
    for row in tables.select(found):
        tables.update(model, row.id, void=True)


def _typed(part: PaperKeyed.Part | None) -> bytes | None:
    if part is None:
        return None
    return _encode((part.marks, part.deductions, part.vetoes, part.remark))
