"""启封: when every sheet of a panel for a candidate is signed, and what it then comes to."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from core.arrangement.panels import is_lawful
from core.arrangement.queries import panel
from core.batches.queries import plan_of
from core.errors import Refused
from core.scoring.aggregation import Aggregate, AggregationPolicy, aggregate
from core.scoring.events import PanelUnsealed
from core.scoring.sheets import Raised
from core.scoring.tables import Sheet
from core.scoring.vetoes import is_majority
from core.standards.plans import LEAST_EXAMINERS, Component, Plan
from core.store import Id, Write

VETO = "veto"
"""The reason that stands until the leader has decided on every veto that a majority raised."""


def unseal_if_all_signed(write: Write, batch: Id, application: Id, component: str, panel_id: Id) -> None:
    """Record what a panel came to, if everybody who marks this candidate has signed every sheet.

    A panel that is not lawful for the candidate (9.2), because somebody was set aside, stays sealed whatever is signed.
    """
    plan = plan_of(write, batch)
    exercises = [exercise.id for exercise in plan.exercises_of(component)]
    rows = write.rows(
        select(Sheet.examiner, Sheet.exercise, Sheet.total, Sheet.vetoes).where(
            Sheet.application == application, Sheet.panel == panel_id, Sheet.set_aside.is_(False)
        )
    )
    if len(rows) < LEAST_EXAMINERS * len(exercises):
        return
    marking = panel(write, panel_id)
    examiners = marking.examiners_of(application)
    if not is_lawful(len(examiners), plan.policies, component, len(marking.applications)):
        return
    signed = {(row.examiner, row.exercise): row for row in rows if row.total is not None}
    needed = {examiner: [(examiner, one) for one in exercises] for examiner in examiners}
    if any(one not in signed for sheets in needed.values() for one in sheets):
        return  # not signed, or signed elsewhere and its marks are not here yet
    totals = [(examiner, max(0, sum(signed[one].total for one in sheets))) for examiner, sheets in needed.items()]
    raised: dict[tuple[str, Raised], int] = {}
    for (examiner, exercise), row in signed.items():
        for veto in dict.fromkeys(msgspec.msgpack.decode(row.vetoes, type=list[Raised])):
            raised[exercise, veto] = raised.get((exercise, veto), 0) + (examiner in needed)
    result = come_to(plan, component, totals)
    reasons: list[str] = list(result.reasons)
    if any(is_majority(count, len(examiners)) for count in raised.values()):
        reasons.append(VETO)
    part = PanelUnsealed.Part(totals, result.result.numerator, result.result.denominator, result.spread, reasons)
    write.record(PanelUnsealed(application, component, panel_id), part, batch=batch)


def come_to(plan: Plan, component: str, totals: list[tuple[Id, int]]) -> Aggregate:
    """What a panel's totals come to by the plan's policy."""
    policy = AggregationPolicy.of(plan.policies)
    return aggregate([total for _, total in totals], policy, pass_mark=component_of(plan, component).pass_mark)


def component_of(plan: Plan, id: str) -> Component:
    """A component of a plan. One that it does not have: refused."""
    found = plan.component(id)
    if found is None:
        raise Refused("arrangement.no_such_component")
    return found
