"""What examiners, leaders and the manager do with marks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import get_args

import msgspec
from sqlalchemy import delete, insert, update

from core.arrangement.commands import LONGEST_REASON, record_leaving
from core.arrangement.queries import attendance, panel, place
from core.batches.queries import plan_digest, plan_of, refuse_closed
from core.errors import Refused
from core.people.permission import check_second, permitted
from core.people.roles import Role
from core.people.signing import personal_signature
from core.registration.queries import batch_of
from core.scoring import marks
from core.scoring.events import DeliberationDecided, DeliberationOutcome, KnowledgeScored, SheetSigned
from core.scoring.knowledge_queries import enters_twice
from core.scoring.objective_queries import with_figures
from core.scoring.paper_state import on_paper
from core.scoring.sheets import Draft, check_draft, deductions_of, marks_of, signed_message, vetoes_of
from core.scoring.signatures import deliberation_message
from core.scoring.tables import SheetDraft
from core.scoring.unsealing import VETO, component_of, unseal_if_all_signed
from core.standards.points import points_text
from core.store import Id, Write, encode_part, part_digest

DRAFT_SAVED = "draft.saved"
"""The kind of change that pages hear of; a draft is no entry of the journal."""


@permitted(Role.EXAMINER)
def save_draft(write: Write, application: Id, exercise_id: str, draft: Draft) -> int:
    """Keep an examiner's own sheet as it stands now; when, in UTC milliseconds. One that is signed, or that was keyed
    from paper, is refused. What the panel counted together stays as it was counted."""
    refuse_closed(write, batch_of(write, application))
    sheet = marks.own_sheet(write, write.actor.id, application, exercise_id)
    if sheet.signed:
        raise Refused("scoring.signed_already")
    _refuse_on_paper(write, application, exercise_id)
    check_draft(sheet.exercise, draft)
    _put_draft(
        write,
        marks.draft_id(application, exercise_id, write.actor.id),
        msgspec.json.encode(with_figures(draft, sheet.shared)),
    )
    return write.now


@permitted(Role.EXAMINER)
def sign_sheet(write: Write, application: Id, exercise_id: str, draft: Draft | None = None) -> Id:
    """Sign one's own sheet, as it was last kept or as `draft` says, with one's own key. It can't change any more.

    Refused: an incomplete sheet, a candidate who is away, a work that is not collected yet, a provisional PIN, a sheet
    signed already or keyed from paper. The last sheet of the panel for this candidate unseals all of them.
    """
    if write.actor.sign is None:
        raise Refused("people.provisional_pin")
    sheet = marks.own_sheet(write, write.actor.id, application, exercise_id)
    if sheet.signed:
        raise Refused("scoring.signed_already")
    _refuse_on_paper(write, application, exercise_id)
    return record_sheet(write, sheet, with_figures(sheet.draft if draft is None else draft, sheet.shared))


def record_sheet(write: Write, sheet: marks.OwnSheet, draft: Draft, source: str = "screen") -> Id:
    """Sign one's own unsigned sheet as `draft` says, and unseal where it is the last one; for commands that have
    found it, on the screen or on paper (`source`)."""
    me, application, exercise_id = write.actor, sheet.application, sheet.exercise.id
    batch, exercise = batch_of(write, application), sheet.exercise
    refuse_closed(write, batch)
    if attendance(write, application, exercise.component) != "present":
        raise Refused("scoring.candidate_away")
    if sheet.work == "waiting":
        raise Refused("examday.not_collected")
    check_draft(exercise, draft)
    for item, figure in sheet.shared.items():
        if draft.marks.get(item) != [figure.value]:
            raise Refused("objective.differs", item=item, value=figure.value)
    part = SheetSigned.Part(
        marks_of(exercise, draft),
        deductions_of(exercise, draft.deductions),
        draft.remark,
        draft.moments,
        vetoes_of(exercise, draft.vetoes),
    )
    write.dated()
    part_bytes = encode_part(part)
    plan = plan_digest(write, batch)
    message = signed_message(write.centre, batch, application, exercise_id, me.id, plan, part_digest(part_bytes))
    key, signature = personal_signature(write, me, message)
    event = SheetSigned(application, sheet.panel, exercise_id, me.id, plan, key, signature, source)
    id = write.record(event, part, batch=batch, part_bytes=part_bytes)
    if sheet.saved_at is not None:
        write.local(delete(SheetDraft).where(SheetDraft.id == marks.draft_id(application, exercise_id, me.id)))
    unseal_if_all_signed(write, batch, application, exercise.component, sheet.panel)
    return id


@permitted(Role.EXAMINER)
def deliberate(
    write: Write,
    application: Id,
    component: str,
    outcome: DeliberationOutcome,
    reason: str,
    total: int | None = None,
) -> None:
    """Record and sign, as the panel's leader, what the deliberation 评议 decided: uphold the result, or set a total
    between the lowest and the highest (hundredths) with its reason.

    Refused: a sealed panel, anybody but the leader, an open veto, a PIN that somebody else set.
    Ordering a new panel takes two people. The candidate then leaves the panel: its sheets stay, the manager forms a
    panel of other examiners, and what that one finds counts.
    """
    if write.actor.sign is None:
        raise Refused("people.provisional_pin")
    batch = batch_of(write, application)
    refuse_closed(write, batch)
    found = marks.outcome(write, application, component)
    if found is None:
        raise Refused("scoring.sealed")
    marking = panel(write, found.panel)
    if marking.leader_of(application) != write.actor.id:
        # First of all: whether there is something to decide is for who may see the marks.
        raise Refused("deliberation.leader_only")
    if not found.open:
        raise Refused("deliberation.decided_already" if found.decision else "deliberation.not_needed")
    if outcome not in get_args(DeliberationOutcome):
        raise Refused("deliberation.unknown_outcome", outcome=outcome)
    if VETO in found.reasons and outcome != "new_panel":
        raise Refused("veto.first")
    if not reason.strip():
        raise Refused("deliberation.reason_needed")
    result = found.result
    if outcome == "new_panel":
        check_second(write.actors)
    if outcome == "set":
        lowest, highest = min(one for _, one in found.totals), max(one for _, one in found.totals)
        if total is None or not lowest <= total <= highest:
            raise Refused("deliberation.out_of_range", lowest=points_text(lowest), highest=points_text(highest))
        result = Fraction(total)
    write.dated()
    part = DeliberationDecided.Part(result.numerator, result.denominator, reason.strip()[:LONGEST_REASON])
    part_bytes = encode_part(part)
    message = deliberation_message(
        write.centre, batch, application, component, found.panel, write.actor.id, outcome, part_digest(part_bytes)
    )
    event = DeliberationDecided(
        application, component, found.panel, outcome, *personal_signature(write, write.actor, message)
    )
    write.record(event, part, batch=batch, part_bytes=part_bytes)
    if outcome == "new_panel":
        record_leaving(write, marking, application, reason)


@permitted(Role.MANAGER)
def score_knowledge(
    write: Write, application: Id, total: int | None = None, rows: Sequence[tuple[str, int]] = ()
) -> None:
    """Enter a candidate's knowledge score (8.3) in hundredths: a total, or rows of 7.4.1. A later one corrects it.

    Refused where the centre has it entered twice by two people: `knowledge.key_knowledge` is the way then.
    """
    if enters_twice(write, batch_of(write, application)):
        raise Refused("knowledge.double_entry")
    record_knowledge(write, application, checked_knowledge(write, application, total, rows), rows)


def checked_knowledge(write: Write, application: Id, total: int | None, rows: Sequence[tuple[str, int]]) -> int:
    """The total in hundredths of a knowledge score that may be entered now; anything else is refused."""
    batch = batch_of(write, application)
    refuse_closed(write, batch)
    given = place(write, application)
    if given is None or given.released:
        raise Refused("arrangement.no_place")
    plan = plan_of(write, batch)
    component = component_of(plan, "knowledge")
    if attendance(write, application, "knowledge") != "present":
        raise Refused("scoring.candidate_away")
    if rows:
        maxima = {row.key: row.maximum for row in plan.knowledge}
        if {key for key, _ in rows} != set(maxima) or len(rows) != len(maxima):
            raise Refused("knowledge.rows_missing", clause="7.4.1")
        for key, points in rows:
            if not 0 <= points <= maxima[key]:
                raise Refused("knowledge.out_of_range", clause="7.4.1", most=points_text(maxima[key]))
        if total is not None and total != sum(points for _, points in rows):
            raise Refused("knowledge.does_not_add_up", clause="7.4.1")
        total = sum(points for _, points in rows)
    if total is None or not 0 <= total <= component.full_mark:
        raise Refused("knowledge.out_of_range", clause=component.mark_clause, most=points_text(component.full_mark))
    return total


def record_knowledge(write: Write, application: Id, total: int, rows: Sequence[tuple[str, int]]) -> None:
    """Record a checked score; one that is there already is not recorded again."""
    known = marks.knowledge_score(write, application), dict(marks.knowledge_rows(write, application))
    if known != (total, dict(rows or known[1])):
        part = KnowledgeScored.Part(total, list(rows))
        write.record(KnowledgeScored(application), part, batch=batch_of(write, application))


def _refuse_on_paper(write: Write, application: Id, exercise_id: str) -> None:
    if (application, exercise_id) in on_paper(write, write.actor.id):
        raise Refused("paper.on_paper")


def _put_draft(write: Write, id: str, draft: bytes) -> None:
    values = {"draft": draft, "saved_at": write.now}
    if not write.local(update(SheetDraft).where(SheetDraft.id == id).values(**values), DRAFT_SAVED):
        write.local(insert(SheetDraft).values(id=id, **values), DRAFT_SAVED)
