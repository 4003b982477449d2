"""What may be done to the rest of a plan: its heading, components, knowledge rows, policies and own rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from core.errors import Refused
from core.standards import plans
from core.standards.plan_draft import REVIEW, Draft, begin, share_out, with_exercises
from core.standards.plan_facts import Component, Exercise, KnowledgeRow, OwnRule, Plan
from core.standards.plan_shapes import both, shape
from core.standards.plan_weights import fill
from core.standards.points import HUNDREDTHS, allot, points_text
from core.words import say

FIRST_FULL, FIRST_PASS, FIRST_MINUTES = 100 * HUNDREDTHS, 60 * HUNDREDTHS, 90


def set_heading(draft: Draft, **changes: Any) -> Draft:
    """Change the plan's title, its English title or its version."""
    plan = msgspec.structs.replace(draft.plan, **changes)
    if not plan.title.strip() or plan.version < 1:
        raise Refused("plan_editor.nameless")
    return replace(draft, plan=plan)


def numbered(plan: Plan, before: Plan) -> Plan:
    """The plan with a version of its own: one more than `before`, where something but the version differs from it."""
    if plan.id != before.id or plan.version != before.version or plan == before:
        return plan
    return msgspec.structs.replace(plan, version=before.version + 1)


def may_include(draft: Draft, component: str) -> bool:
    """Whether the centre decides if this component is examined: the review of a senior (8.2), or a silent standard's
    knowledge."""
    said = draft.pack.component(component)
    if said is not None:
        return said.optional and draft.plan.level in said.levels
    return component == "knowledge" and draft.pack.assessment is None


def include(draft: Draft, component: str, wanted: bool) -> Draft:
    """Take a component in or leave it out. What the standard settles is refused with its clause (8.2)."""
    plan = draft.plan
    if (plan.component(component) is not None) is wanted:
        return draft
    said = draft.pack.component(component)
    if not may_include(draft, component):
        name = said.name if said else say(f"plan_editor.component.{component}")
        clause = said.clauses["optional"] if said else None
        raise Refused("plan_editor.component_fixed", clause=clause, component=name)
    if wanted:
        return _include_review(draft) if component == REVIEW else _include_knowledge(draft)
    kept = tuple(one for one in plan.components if one.id != component)
    rows = plan.knowledge if component != "knowledge" else ()
    draft = replace(draft, plan=msgspec.structs.replace(plan, components=kept, knowledge=rows))
    return with_exercises(draft, (one for one in plan.exercises if one.component != component))


def set_component(draft: Draft, component: str, **changes: int) -> Draft:
    """Change a component's `full_mark`, `pass_mark` or `min_minutes`: a clause that gives the figure refuses."""
    before = draft.plan.component(component)
    if before is None:
        raise Refused("plan_editor.no_component", component=component)
    said = draft.pack.component(component)
    after = msgspec.structs.replace(before, **changes)
    if said is not None and (after.full_mark, after.pass_mark) != (before.full_mark, before.pass_mark):
        values = {"component": said.name, "full": said.full_mark, "passing": said.pass_mark}
        raise Refused("plan.marks", clause=said.clauses["pass_mark"], **values)
    if said is not None and after.min_minutes < said.min_minutes:
        values = {"component": said.name, "least": said.min_minutes, "minutes": after.min_minutes}
        raise Refused("plan.min_minutes", clause=said.clauses["min_minutes"], **values)
    if not 0 < after.pass_mark <= after.full_mark or after.min_minutes < 1:
        raise Refused("plan.component_figures", component=after.name)
    components = tuple(after if one.id == component else one for one in draft.plan.components)
    draft = replace(draft, plan=msgspec.structs.replace(draft.plan, components=components))
    if after.full_mark == before.full_mark:
        return draft
    if component == "skill":
        return fill(draft, after.full_mark)
    if component == REVIEW:
        return share_out(draft, (REVIEW, ""))
    return _with_rows(draft, _rows_scaled(draft.plan.knowledge, after.full_mark))


def set_row(draft: Draft, key: str, maximum: int) -> Draft:
    """Give a row of the knowledge examination another maximum; the rows after it, or else before it, give or take.

    Where 7.4.1 settles the rows, that is refused.
    """
    if draft.pack.weights is not None:
        raise Refused("plan.knowledge_weights", clause="7.4.1")
    component = draft.plan.component("knowledge")
    rows = list(draft.plan.knowledge)
    at = next((index for index, row in enumerate(rows) if row.key == key), None)
    if component is None or at is None:
        raise Refused("plan_editor.no_component", component="knowledge")
    most = component.full_mark - (len(rows) - 1)
    if not 0 < maximum <= most or (len(rows) == 1 and maximum != most):
        raise Refused("plan_editor.weight", most=points_text(most), total=points_text(component.full_mark))
    others = [row for row in rows if row.key != key]
    shared = iter(_rows_scaled(tuple(others), component.full_mark - maximum))
    changed = [msgspec.structs.replace(row, maximum=maximum) if row.key == key else next(shared) for row in rows]
    return _with_rows(draft, tuple(changed))


def set_policies(draft: Draft, **changes: Any) -> Draft:
    """Change policies. What they come to together is for the check to say: a panel and its method change one by one."""
    policies = msgspec.structs.replace(draft.plan.policies, **changes)
    return replace(draft, plan=msgspec.structs.replace(draft.plan, policies=policies))


def set_own_rules(draft: Draft, rules: tuple[OwnRule, ...]) -> Draft:
    """What the plan tells people of its own rules, one sentence each; empty ones are dropped."""
    kept = tuple(rule for rule in rules if rule.text.strip())
    return replace(draft, plan=msgspec.structs.replace(draft.plan, own_rules=kept))


def _include_review(draft: Draft) -> Draft:
    shipped = plans.default_plan(draft.plan.standard, draft.plan.level, review=True)
    component = shipped.component(REVIEW)
    assert component is not None  # the standard has one here: `may_include` has looked
    exercises = [_with_free_keys(draft, one) for one in shipped.exercises_of(REVIEW)]
    plan = msgspec.structs.replace(draft.plan, components=(*draft.plan.components, component))
    shapes = {item.key: shape(item.scale, item.maximum) for one in exercises for item in one.items}
    draft = replace(draft, plan=plan, shapes={**draft.shapes, **shapes})
    draft = with_exercises(draft, (*draft.plan.exercises, *exercises))
    return replace(draft, locked=draft.locked | (begin(draft.plan).locked & shapes.keys()))


def _with_free_keys(draft: Draft, exercise: Exercise) -> Exercise:
    taken = {item.key for one in draft.plan.exercises for item in one.items}
    renamed = (
        msgspec.structs.replace(item, key=f"{exercise.id}.{number}") if item.key in taken else item
        for number, item in enumerate(exercise.items, start=1)
    )
    return msgspec.structs.replace(exercise, items=tuple(renamed))


def _include_knowledge(draft: Draft) -> Draft:
    names = both("plan_editor.component.knowledge")
    component = Component("knowledge", *names, FIRST_FULL, FIRST_PASS, FIRST_MINUTES)
    functions = draft.pack.level(draft.plan.level).functions
    rows = tuple(
        KnowledgeRow(function.id, function.name, share)
        for function, share in zip(functions, allot(FIRST_FULL, len(functions)), strict=True)
    )
    plan = msgspec.structs.replace(draft.plan, components=(component, *draft.plan.components), knowledge=rows)
    return replace(draft, plan=plan)


def _rows_scaled(rows: tuple[KnowledgeRow, ...], total: int) -> tuple[KnowledgeRow, ...]:
    whole = sum(row.maximum for row in rows)
    scaled = [row.maximum * total // whole for row in rows] if whole else [0 for _ in rows]
    if scaled:
        scaled[0] += total - sum(scaled)
    return tuple(msgspec.structs.replace(row, maximum=points) for row, points in zip(rows, scaled, strict=True))


def _with_rows(draft: Draft, rows: tuple[KnowledgeRow, ...]) -> Draft:
    return replace(draft, plan=msgspec.structs.replace(draft.plan, knowledge=rows))
