"""Sheets and what panels came to, as the rooms' own rules need them: nothing here asks who wants to know.

Before a panel is unsealed only its examiner's own sheet is ever answered. Windows, papers and commands for people ask
`queries`, which looks at the reader first; a test holds that wall.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import msgspec
from sqlalchemy import Row, select

from core.arrangement.queries import current_panel, number_of, panel_marking, panels
from core.batches.queries import plan_of
from core.errors import Refused
from core.examday.blind_queries import WorkStanding, blind_state
from core.registration.queries import batch_of
from core.scoring.knowledge_state import disputed
from core.scoring.objective_queries import Figures, shared_figures, with_figures
from core.scoring.sheets import Deducted, Draft, Mark, Moment, Raised, veto_name
from core.scoring.tables import KnowledgeScore, PanelResult, Sheet, SheetDraft
from core.standards.plans import Exercise
from core.store import Id, Read


@dataclass(frozen=True)
class OwnSheet:
    """An examiner's own sheet of one exercise: the candidate by number, never a name or identity number.

    Of a work that is marked blindly `number` is the blind one, and `work` says how far the work is.
    """

    application: Id
    number: str
    exercise: Exercise
    panel: Id
    draft: Draft
    saved_at: int | None
    signed: bool
    work: WorkStanding | None = None
    shared: Figures = field(default_factory=dict)
    """What the panel counted together: `draft` has these figures already."""


@dataclass(frozen=True)
class SignedSheet:
    """A sheet that may be seen: one's own, or one of an unsealed panel."""

    id: Id
    examiner: Id
    exercise: str
    total: int
    marks: tuple[Mark, ...]
    deductions: tuple[Deducted, ...]
    remark: str
    moments: tuple[Moment, ...]
    vetoes: tuple[Raised, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What an unsealed panel came to, and what a deliberation decided."""

    application: Id
    component: str
    panel: Id
    totals: tuple[tuple[Id, int], ...]
    result: Fraction
    spread: int
    reasons: tuple[str, ...]
    decision: str | None
    decided: Fraction | None
    decision_reason: str
    unsealed_at: int = 0
    """UTC milliseconds."""
    ended: bool = False
    """An upheld veto ended the examination: not passed, whatever the total."""

    @property
    def open(self) -> bool:
        """Whether a deliberation, or the leader on a veto, still has to decide."""
        return bool(self.reasons) and self.decision is None

    @property
    def final(self) -> Fraction:
        """The result that counts (hundredths)."""
        return self.result if self.decided is None else self.decided


def own_sheet(read: Read, examiner: Id, application: Id, exercise_id: str) -> OwnSheet:
    """An examiner's own sheet. Of a candidate whom they do not mark: refused."""
    exercise = plan_of(read, batch_of(read, application)).exercise(exercise_id)
    if exercise is None:
        raise Refused("scoring.unknown_exercise")
    panel = panel_marking(read, examiner, application, exercise.component)
    if panel is None:
        raise Refused("scoring.not_your_candidate")
    signed = signed_sheet(read, examiner, application, exercise_id)
    row = read.first(select(SheetDraft).where(SheetDraft.id == draft_id(application, exercise_id, examiner)))
    draft = msgspec.json.decode(row.draft, type=Draft) if row else Draft()
    shared = shared_figures(read, examiner, application, exercise_id)
    blind = blind_state(read, application, exercise_id) if exercise.evidence == "work" else None
    return OwnSheet(
        application,
        blind.number if blind else number_of(read, application),
        exercise,
        panel,
        _as_draft(signed) if signed else with_figures(draft, shared),
        row.saved_at if row else None,
        signed is not None,
        blind.standing if blind else None,
        shared,
    )


def signed_sheet(read: Read, examiner: Id, application: Id, exercise: str) -> SignedSheet | None:
    """An examiner's own signed sheet."""
    row = read.first(
        select(Sheet).where(Sheet.examiner == examiner, Sheet.application == application, Sheet.exercise == exercise)
    )
    return _signed(row) if row is not None and row.marks is not None else None


def outcome(read: Read, application: Id, component: str) -> Outcome | None:
    """What the candidate's panel came to; None while a sheet of it is missing, whoever asks.

    After a new panel was ordered only that one counts: what the former one came to is `former_outcomes`.
    """
    panel = current_panel(read, application, component)
    row = read.first(select(PanelResult).where(PanelResult.id == f"{application}:{component}:{panel}"))
    return _outcome(row) if row is not None and row.totals is not None else None


def outcomes(read: Read, batch: Id, component: str) -> dict[Id, Outcome]:
    """What every unsealed panel of a batch came to, by application."""
    formed = panels(read, batch, component)
    inside = {(panel.id, one) for panel in formed for one in panel.applications}
    rows = read.rows(
        select(PanelResult).where(
            PanelResult.component == component, PanelResult.panel.in_([panel.id for panel in formed])
        )
    )
    return {
        row.application: _outcome(row)
        for row in rows
        if (row.panel, row.application) in inside and row.totals is not None
    }


def former_outcomes(read: Read, application: Id, component: str) -> list[Outcome]:
    """What panels came to that a candidate has left, oldest first. They count no more, and are not hidden either.

    Nothing is shown while the present panel marks: it must not know.
    """
    panel = current_panel(read, application, component)
    if panel is not None and outcome(read, application, component) is None:
        return []
    rows = read.rows(
        select(PanelResult)
        .where(PanelResult.application == application, PanelResult.component == component)
        .order_by(PanelResult.unsealed_at)
    )
    return [_outcome(row) for row in rows if row.panel != panel and row.totals is not None]


def unsealed_sheets(read: Read, application: Id, component: str) -> list[SignedSheet]:
    """All sheets of an unsealed panel that count for a candidate, side by side; none before."""
    panel = current_panel(read, application, component)
    found = read.first(select(PanelResult.id).where(PanelResult.id == f"{application}:{component}:{panel}"))
    if found is None:
        return []
    rows = read.rows(
        select(Sheet)
        .where(Sheet.application == application, Sheet.panel == panel, Sheet.set_aside.is_(False))
        .order_by(Sheet.exercise, Sheet.examiner)
    )
    return [_signed(row) for row in rows if row.marks is not None]


def knowledge_score(read: Read, application: Id) -> int | None:
    """A candidate's knowledge score in hundredths, or None."""
    found: int | None = read.value(select(KnowledgeScore.total).where(KnowledgeScore.id == application))
    return found


def knowledge_rows(read: Read, application: Id) -> tuple[tuple[str, int], ...]:
    """A candidate's knowledge score by row of 7.4.1, where it was given so."""
    found = read.value(select(KnowledgeScore.rows).where(KnowledgeScore.id == application))
    return tuple(msgspec.msgpack.decode(found, type=list[tuple[str, int]])) if found is not None else ()


def knowledge_scores(read: Read) -> dict[Id, int]:
    """Knowledge scores in hundredths by application; none of which two people disagree again."""
    rows = read.rows(select(KnowledgeScore.id, KnowledgeScore.total))
    open_again = disputed(read)
    return {row.id: row.total for row in rows if row.total is not None and row.id not in open_again}


def draft_id(application: Id, exercise: str, examiner: Id) -> str:
    """The name of a draft on this machine."""
    return f"{application}:{exercise}:{examiner}"


def _as_draft(sheet: SignedSheet) -> Draft:
    return Draft(
        marks={mark.item: list(mark.values) for mark in sheet.marks},
        deductions={one.id: one.times for one in sheet.deductions},
        remark=sheet.remark,
        moments=list(sheet.moments),
        vetoes=[veto_name(one) for one in sheet.vetoes],
    )


def _signed(row: Row[*tuple[Any, ...]]) -> SignedSheet:
    decode = msgspec.msgpack.decode
    return SignedSheet(
        row.id,
        row.examiner,
        row.exercise,
        row.total,
        tuple(decode(row.marks, type=list[Mark])),
        tuple(decode(row.deductions, type=list[Deducted])),
        row.remark or "",
        tuple(decode(row.moments, type=list[Moment])),
        tuple(decode(row.vetoes, type=list[Raised])),
    )


def _outcome(row: Row[*tuple[Any, ...]]) -> Outcome:
    decided = row.decided_numerator is not None
    return Outcome(
        row.application,
        row.component,
        row.panel,
        tuple(msgspec.msgpack.decode(row.totals, type=list[tuple[int, int]])),
        Fraction(row.numerator, row.denominator),
        row.spread,
        tuple((row.reasons or "").split()),
        row.outcome,
        Fraction(row.decided_numerator, row.decided_denominator) if decided else None,
        row.decision_reason or "",
        row.unsealed_at,
        row.ended,
    )
