"""What examiners, leaders and the manager do with marks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import msgspec
from sqlalchemy import delete, insert, select, update

from core.arrangement.queries import PanelLine, attendance, panel
from core.batches.queries import plan_digest, plan_of
from core.errors import Refused
from core.people.permission import check_second, permitted
from core.people.queries import public_keys
from core.people.roles import Role
from core.registration.queries import application as application_line
from core.scoring import queries
from core.scoring.aggregation import AggregationPolicy, aggregate
from core.scoring.events import DeliberationDecided, DeliberationOutcome, KnowledgeScored, PanelUnsealed, SheetSigned
from core.scoring.sheets import Draft, check_draft, deductions_of, marks_of, signed_message
from core.scoring.tables import Sheet, SheetDraft
from core.standards.plans import Component, Plan
from core.standards.points import points_text
from core.store import Id, Write, encode_part, part_digest

LONGEST_REASON = 500
DRAFT_SAVED = "draft.saved"
"""The kind of change that pages hear of; a draft is no entry of the journal."""


@permitted(Role.EXAMINER)
def save_draft(write: Write, application: Id, exercise_id: str, draft: Draft) -> int:
    """Keep an examiner's own sheet as it stands now; when, in UTC milliseconds. A signed sheet is refused."""
    sheet = queries.own_sheet(write, write.actor.id, application, exercise_id)
    if sheet.signed:
        raise Refused("scoring.signed_already")
    check_draft(sheet.exercise, draft)
    _put_draft(write, queries.draft_id(application, exercise_id, write.actor.id), msgspec.json.encode(draft))
    return write.now


@permitted(Role.EXAMINER)
def sign_sheet(write: Write, application: Id, exercise_id: str) -> Id:
    """Sign one's own sheet as it was last kept, with one's own key. It can't change any more.

    Refused: an incomplete sheet, a candidate who is away, a provisional PIN, a sheet signed already. The last sheet of
    the panel for this candidate unseals all of them.
    """
    me = write.actor
    if me.sign is None:
        raise Refused("people.provisional_pin")
    sheet = queries.own_sheet(write, me.id, application, exercise_id)
    if sheet.signed:
        raise Refused("scoring.signed_already")
    line = application_line(write, application)
    away = attendance(write, application, sheet.exercise.component)
    if away != "present":
        raise Refused("scoring.candidate_away")
    part = SheetSigned.Part(
        marks_of(sheet.exercise, sheet.draft),
        deductions_of(sheet.exercise, sheet.draft.deductions),
        sheet.draft.remark,
        sheet.draft.moments,
    )
    write.dated()
    part_bytes = encode_part(part)
    plan = plan_digest(write, line.batch)
    message = signed_message(write.centre, line.batch, application, exercise_id, me.id, plan, part_digest(part_bytes))
    event = SheetSigned(application, sheet.panel, exercise_id, me.id, plan, _key_of(write, me.id), me.sign(message))
    id = write.record(event, part, batch=line.batch, part_bytes=part_bytes)
    draft = queries.draft_id(application, exercise_id, me.id)
    write.local(delete(SheetDraft).where(SheetDraft.id == draft))
    _unseal_if_all_signed(write, line.batch, application, sheet.exercise.component, panel(write, sheet.panel))
    return id


def _key_of(write: Write, examiner: Id) -> bytes:
    return public_keys(write, examiner)[-1]


def _unseal_if_all_signed(write: Write, batch: Id, application: Id, component: str, found: PanelLine) -> None:
    plan = plan_of(write, batch)
    exercises = {exercise.id for exercise in plan.exercises_of(component)}
    rows = write.rows(
        select(Sheet.examiner, Sheet.exercise, Sheet.total).where(
            Sheet.application == application, Sheet.panel == found.id
        )
    )
    signed = {(row.examiner, row.exercise): row.total for row in rows}
    if set(signed) < {(examiner, exercise) for examiner in found.examiners for exercise in exercises}:
        return
    totals = [
        (examiner, max(0, sum(signed[examiner, exercise] for exercise in exercises))) for examiner in found.examiners
    ]
    policy = AggregationPolicy.of(plan.policies)
    result = aggregate([total for _, total in totals], policy, pass_mark=component_of(plan, component).pass_mark)
    part = PanelUnsealed.Part(
        totals, result.result.numerator, result.result.denominator, result.spread, list(result.reasons)
    )
    write.record(PanelUnsealed(application, component, found.id), part, batch=batch)


@permitted(Role.EXAMINER)
def deliberate(
    write: Write,
    application: Id,
    component: str,
    outcome: DeliberationOutcome,
    reason: str,
    total: int | None = None,
) -> None:
    """Record, as the panel's leader, what the deliberation 评议 decided: uphold the result, or set a total between the
    lowest and the highest (hundredths) with its reason. Ordering a new panel takes two people.
    """
    found = queries.outcome(write, application, component)
    if found is None:
        raise Refused("scoring.sealed")
    if not found.open:
        raise Refused("deliberation.not_needed")
    if panel(write, found.panel).leader != write.actor.id:
        raise Refused("deliberation.leader_only")
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
    part = DeliberationDecided.Part(result.numerator, result.denominator, reason.strip()[:LONGEST_REASON])
    event = DeliberationDecided(application, component, found.panel, outcome)
    write.record(event, part, batch=application_line(write, application).batch)


@permitted(Role.MANAGER)
def score_knowledge(
    write: Write, application: Id, total: int | None = None, rows: Sequence[tuple[str, int]] = ()
) -> None:
    """Enter a candidate's knowledge score (8.3) in hundredths: a total, or rows of 7.4.1. A later one corrects it."""
    line = application_line(write, application)
    plan = plan_of(write, line.batch)
    component = component_of(plan, "knowledge")
    if attendance(write, application, "knowledge") != "present":
        raise Refused("scoring.candidate_away")
    if rows:
        maxima = {row.key: row.maximum for row in plan.knowledge}
        if {key for key, _ in rows} != set(maxima) or len(rows) != len(maxima):
            raise Refused("knowledge.rows_missing", clause="7.4.1")
        for key, points in rows:
            if not 0 <= points <= maxima[key]:
                raise Refused("knowledge.out_of_range", most=points_text(maxima[key]))
        if total is not None and total != sum(points for _, points in rows):
            raise Refused("knowledge.does_not_add_up")
        total = sum(points for _, points in rows)
    if total is None or not 0 <= total <= component.full_mark:
        raise Refused("knowledge.out_of_range", clause=component.mark_clause, most=points_text(component.full_mark))
    if queries.knowledge_scores(write).get(application) != total or rows:
        part = KnowledgeScored.Part(total, list(rows))
        write.record(KnowledgeScored(application), part, batch=line.batch)


def component_of(plan: Plan, id: str) -> Component:
    """A component of a plan. One that it does not have: refused."""
    found = plan.component(id)
    if found is None:
        raise Refused("arrangement.no_such_component")
    return found


def _put_draft(write: Write, id: str, draft: bytes) -> None:
    values = {"draft": draft, "saved_at": write.now}
    if not write.local(update(SheetDraft).where(SheetDraft.id == id).values(**values), DRAFT_SAVED):
        write.local(insert(SheetDraft).values(id=id, **values), DRAFT_SAVED)
