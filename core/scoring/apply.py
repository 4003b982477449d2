"""What marking events write."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from core.scoring.events import (
    DeliberationDecided,
    KnowledgeScored,
    ObjectiveWritten,
    PanelResealed,
    PanelUnsealed,
    SheetSetAside,
    SheetSigned,
    VetoDecided,
)
from core.scoring.tables import (
    Deliberation,
    KnowledgeScore,
    ObjectiveFigure,
    PanelResult,
    SettingAside,
    Sheet,
    VetoDecision,
)
from core.store import Entry, Tables, applies, fills

_encode = msgspec.msgpack.encode


@applies(SheetSigned)
def sign(tables: Tables, entry: Entry, event: SheetSigned, part: SheetSigned.Part | None) -> None:
    tables.insert(
        Sheet,
        id=entry.id,
        application=event.application,
        panel=event.panel,
        exercise=event.exercise,
        examiner=event.examiner,
        signed_at=entry.at,
        plan=event.plan,
        key=event.key,
        signature=event.signature,
        total=sum(mark.points for mark in part.marks) - sum(one.points for one in part.deductions) if part else None,
        marks=_encode(part.marks) if part else None,
        deductions=_encode(part.deductions) if part else None,
        remark=part.remark if part else None,
        moments=_encode(part.moments) if part else None,
        vetoes=_encode(part.vetoes) if part else None,
        set_aside=False,
        source=event.source,
    )


@applies(ObjectiveWritten)
def write_objective(tables: Tables, entry: Entry, event: ObjectiveWritten, part: ObjectiveWritten.Part | None) -> None:
    earlier = select(ObjectiveFigure.id).where(
        ObjectiveFigure.application == event.application,
        ObjectiveFigure.panel == event.panel,
        ObjectiveFigure.exercise == event.exercise,
        ObjectiveFigure.item == event.item,
        ObjectiveFigure.void.is_(False),
    )
    for row in tables.select(earlier):
        tables.update(ObjectiveFigure, row.id, void=True)
    tables.insert(
        ObjectiveFigure,
        id=entry.id,
        application=event.application,
        panel=event.panel,
        exercise=event.exercise,
        item=event.item,
        counter=event.counter,
        writer=entry.actor,
        written_at=entry.at,
        value=part.value if part else None,
        void=False,
    )


@fills(ObjectiveWritten)
def fill_objective(tables: Tables, entry: Entry, event: ObjectiveWritten, part: ObjectiveWritten.Part) -> None:
    tables.update(ObjectiveFigure, entry.id, value=part.value)


@applies(PanelUnsealed)
def unseal(tables: Tables, entry: Entry, event: PanelUnsealed, part: PanelUnsealed.Part | None) -> None:
    tables.upsert(
        PanelResult,
        f"{event.application}:{event.component}:{event.panel}",
        application=event.application,
        component=event.component,
        panel=event.panel,
        unsealed_at=entry.at,
        totals=_encode(part.totals) if part else None,
        numerator=part.numerator if part else None,
        denominator=part.denominator if part else None,
        spread=part.spread if part else None,
        reasons=" ".join(part.reasons) if part else None,
        outcome=None,
        decided_numerator=None,
        decided_denominator=None,
        decided_by=None,
        decision_reason=None,
        ended=False,
    )


@applies(DeliberationDecided)
def deliberate(tables: Tables, entry: Entry, event: DeliberationDecided, part: DeliberationDecided.Part | None) -> None:
    tables.update(
        PanelResult,
        f"{event.application}:{event.component}:{event.panel}",
        outcome=event.outcome,
        decided_numerator=part.numerator if part else None,
        decided_denominator=part.denominator if part else None,
        decided_by=entry.actor,
        decision_reason=part.reason if part else None,
    )
    tables.insert(
        Deliberation,
        id=entry.id,
        application=event.application,
        component=event.component,
        panel=event.panel,
        outcome=event.outcome,
        leader=entry.actor,
        key=event.key,
        signature=event.signature,
    )


@applies(VetoDecided)
def decide_veto(tables: Tables, entry: Entry, event: VetoDecided, part: VetoDecided.Part | None) -> None:
    tables.insert(
        VetoDecision,
        id=entry.id,
        application=event.application,
        component=event.component,
        panel=event.panel,
        leader=entry.actor,
        at=entry.at,
        plan=event.plan,
        key=event.key,
        signature=event.signature,
        exercise=part.exercise if part else None,
        veto=part.veto if part else None,
        item=part.item if part else None,
        upheld=part.upheld if part else None,
        reason=part.reason if part else None,
        lapsed=False,
    )
    if part is not None:
        tables.update(
            PanelResult,
            f"{event.application}:{event.component}:{event.panel}",
            totals=_encode(part.totals),
            numerator=part.numerator,
            denominator=part.denominator,
            spread=part.spread,
            reasons=" ".join(part.reasons),
            ended=part.ended,
        )


@applies(SheetSetAside)
def set_aside(tables: Tables, entry: Entry, event: SheetSetAside, part: SheetSetAside.Part | None) -> None:
    tables.update(Sheet, event.sheet, set_aside=True)
    tables.upsert(
        SettingAside,
        event.sheet,
        at=entry.at,
        by=entry.actor,
        second=entry.second,
        reason=part.reason if part else None,
    )


@applies(PanelResealed)
def reseal(tables: Tables, entry: Entry, event: PanelResealed, part: None) -> None:
    tables.delete(PanelResult, f"{event.application}:{event.component}:{event.panel}")
    decided = select(VetoDecision.id).where(
        VetoDecision.application == event.application,
        VetoDecision.component == event.component,
        VetoDecision.panel == event.panel,
    )
    for row in tables.select(decided):
        tables.update(VetoDecision, row.id, lapsed=True)


@applies(KnowledgeScored)
def score_knowledge(tables: Tables, entry: Entry, event: KnowledgeScored, part: KnowledgeScored.Part | None) -> None:
    tables.upsert(
        KnowledgeScore,
        event.application,
        total=part.total if part else None,
        rows=_encode(part.rows) if part else None,
        entered_by=entry.actor,
        entered_at=entry.at,
    )
