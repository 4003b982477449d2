"""Which vetoes a panel raised for a candidate, and what became of them. Nothing of it is seen before unsealing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from core.arrangement.queries import batches_of_panels
from core.batches.queries import plan_of
from core.people.queries import public_keys
from core.registration.queries import batch_of
from core.scoring.queries import outcome, unsealed_sheets
from core.scoring.readers import check_sees_panel
from core.scoring.tables import VetoDecision
from core.scoring.vetoes import Call, calls, is_majority, signed_message
from core.store import Id, Problem, Read, part_digest, signature_holds, split_id


@dataclass(frozen=True)
class VetoLine:
    """One veto that was raised. Without a majority it has no effect, and there is nothing to decide."""

    call: Call
    scope: str
    """`item`, `exercise` or `examination`."""
    name: str
    name_en: str
    by: tuple[Id, ...]
    majority: bool
    upheld: bool | None
    """What the leader decided; None: not yet, or nothing to decide."""
    reason: str

    @property
    def open(self) -> bool:
        """Whether the leader still has to decide."""
        return self.majority and self.upheld is None


def vetoes(read: Read, application: Id, component: str) -> list[VetoLine]:
    """Every veto that the candidate's panel raised, those by a majority first; for who may see its marks, and none
    while the panel is sealed."""
    came = outcome(read, application, component)
    if came is None:
        return []
    plan = plan_of(read, batch_of(read, application))
    examiners = [examiner for examiner, _ in came.totals]
    sheets = [sheet for sheet in unsealed_sheets(read, application, component) if sheet.examiner in examiners]
    decided = decisions(read, application, component, came.panel)
    found = []
    for call, by in calls(sheets).items():
        exercise = plan.exercise(call.exercise)
        veto = next((one for one in exercise.vetoes if one.id == call.veto), None) if exercise else None
        if veto is not None:
            upheld, reason = decided.get(call, (None, ""))
            most = is_majority(len(by), len(examiners))
            found.append(VetoLine(call, veto.scope, veto.name, veto.name_en, by, most, upheld, reason))
    return sorted(found, key=lambda line: not line.majority)


def decisions(read: Read, application: Id, component: str, panel: Id) -> dict[Call, tuple[bool, str]]:
    """What the leader has decided since the panel was last unsealed: whether upheld, and why; for who may see its
    marks."""
    check_sees_panel(read, application, panel)
    rows = read.rows(
        select(VetoDecision)
        .where(
            VetoDecision.application == application,
            VetoDecision.component == component,
            VetoDecision.panel == panel,
            VetoDecision.lapsed.is_(False),
            VetoDecision.upheld.is_not(None),
        )
        .order_by(VetoDecision.id)
    )
    return {Call(row.exercise, row.veto, row.item): (row.upheld, row.reason) for row in rows}


def decision_entries(read: Read) -> set[Id]:
    """The decisions, by entry, whose parts may leave this machine: those of panels that are not sealed again."""
    return {row.id for row in read.rows(select(VetoDecision.id).where(VetoDecision.lapsed.is_(False)))}


def decision_problems(read: Read, centre: str) -> Iterator[Problem]:
    """Decisions whose signature does not fit what the journal holds, or is by a key that is not the leader's."""
    batch = batches_of_panels(read)
    for row in read.rows(select(VetoDecision).order_by(VetoDecision.id)):
        part = read.part_bytes(row.id)
        if part is None:
            continue
        message = signed_message(
            centre,
            batch.get(row.panel, 0),
            row.application,
            row.component,
            row.panel,
            row.leader,
            row.plan,
            part_digest(part),
        )
        if row.key not in public_keys(read, row.leader) or not signature_holds(row.key, row.signature, message):
            yield Problem(*split_id(row.id), "signature")
