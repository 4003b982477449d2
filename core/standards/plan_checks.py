"""What must hold of a plan before it may be announced, and what deserves a second look."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec

from core.errors import Refused
from core.standards.pack_facts import Assessed, Level, Pack
from core.standards.packs import pack
from core.standards.plan_facts import (
    LEAST_EXAMINERS,
    TRIMMED_EXAMINERS,
    Component,
    Exercise,
    Item,
    Plan,
    Scale,
)
from core.standards.points import HUNDREDTHS, points_text
from core.words import say

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)


class Note(msgspec.Struct, frozen=True):
    """Something about a plan that is allowed and deserves a second look."""

    code: str
    values: dict[str, str]
    clause: str | None = None

    @property
    def sentence(self) -> str:
        return say(self.code, **self.values)


def check(plan: Plan) -> None:
    """Refuse a plan that does not add up or goes against its standard, with the clause and the place."""
    for problem in _problems(plan):
        raise problem


def problems(plan: Plan) -> tuple[Refused, ...]:
    """Everything that `check` would refuse, at once: what an editor shows. An unknown standard or level alone."""
    found: list[Refused] = []
    try:
        found.extend(_problems(plan))
    except Refused as unknown:
        found.append(unknown)
    return tuple(found)


def _problems(plan: Plan) -> Iterator[Refused]:
    found = pack(plan.standard)
    level = found.level(plan.level)
    if plan.edition != found.standard.edition:
        yield Refused("plan.other_edition", edition=plan.edition, known=found.standard.edition)
    yield from _check_keys(plan)
    yield from _check_policies(plan, found)
    yield from _check_components(plan, found, level)
    yield from _check_knowledge(plan, found)
    for exercise in plan.exercises:
        if plan.component(exercise.component) is None:
            yield Refused("plan.exercise_component", exercise=exercise.name, component=exercise.component)
        yield from _check_exercise(exercise)
        for item in exercise.items:
            yield from _check_item(plan, found, level, exercise, item)
            yield from _check_scale(item)
    yield from _check_marked_components(plan)
    yield from _check_function_weights(plan, found, level)


def _check_keys(plan: Plan) -> Iterator[Refused]:
    kinds: dict[str, list[str]] = {
        "plan": [plan.id],
        "components": [component.id for component in plan.components],
        "knowledge": [row.key for row in plan.knowledge],
        "exercises": [exercise.id for exercise in plan.exercises],
        "items": [item.key for exercise in plan.exercises for item in exercise.items],
        "deductions": [each.id for exercise in plan.exercises for each in exercise.deductions],
        "vetoes": [each.id for exercise in plan.exercises for each in exercise.vetoes],
        "surprises": [each.id for exercise in plan.exercises for each in exercise.surprises],
    }
    for kind, keys in kinds.items():
        for key, times in Counter(keys).items():
            if times > 1:
                yield Refused("plan.key_twice", kind=kind, key=key)
            if not _KEY.fullmatch(key):
                yield Refused("plan.bad_key", kind=kind, key=key)
    if plan.version < 1:
        yield Refused("plan.version")


def _check_policies(plan: Plan, found: Pack) -> Iterator[Refused]:
    policies = plan.policies
    skill, review = found.component("skill"), found.component("review")
    for size, said in ((policies.panel_examiners, skill), (policies.review_examiners, review)):
        if size < LEAST_EXAMINERS or size % 2 == 0:
            yield Refused("plan.panel_size", clause=said.staffing.clause if said else None, examiners=size)
    ratio = skill.staffing.candidates_per_examiner if skill else None
    if policies.candidates_per_examiner < 1 or (ratio and policies.candidates_per_examiner > ratio):
        yield Refused(
            "plan.examiner_ratio",
            clause=skill.staffing.clause if skill else None,
            candidates=policies.candidates_per_examiner,
            most=ratio or "–",
        )
    if policies.candidates_per_panel < 1:
        yield Refused("plan.panel_candidates")
    if policies.method == "trimmed_mean":
        fewest = min(
            [policies.panel_examiners] + ([policies.review_examiners] if plan.component("review") is not None else [])
        )
        if fewest < TRIMMED_EXAMINERS:
            yield Refused("plan.trimmed_panel", examiners=fewest)


def _check_components(plan: Plan, found: Pack, level: Level) -> Iterator[Refused]:
    if not plan.components:
        yield Refused("plan.no_component")
    for said in found.assessment.components if found.assessment else ():
        if level.id in said.levels and not said.optional and plan.component(said.id) is None:
            yield Refused("plan.component_missing", clause=said.clauses["levels"], component=said.name)
    for component in plan.components:
        if not 0 < component.pass_mark <= component.full_mark or component.min_minutes < 1:
            yield Refused("plan.component_figures", component=component.name)
        standard = found.component(component.id)
        if standard is not None:
            yield from _check_component(component, standard, level)


def _check_component(component: Component, said: Assessed, level: Level) -> Iterator[Refused]:
    if level.id not in said.levels:
        yield Refused("plan.component_level", clause=said.clauses["levels"], component=said.name, level=level.name)
    marks = (said.full_mark * HUNDREDTHS, said.pass_mark * HUNDREDTHS)
    if (component.full_mark, component.pass_mark) != marks:
        yield Refused(
            "plan.marks",
            clause=said.clauses["pass_mark"],
            component=said.name,
            full=said.full_mark,
            passing=said.pass_mark,
        )
    if component.min_minutes < said.min_minutes:
        yield Refused(
            "plan.min_minutes",
            clause=said.clauses["min_minutes"],
            component=said.name,
            least=said.min_minutes,
            minutes=component.min_minutes,
        )


def _check_knowledge(plan: Plan, found: Pack) -> Iterator[Refused]:
    component = plan.component("knowledge")
    if component is None:
        if plan.knowledge:
            yield Refused("plan.knowledge_rows_without_component")
        return
    weights = found.weights["knowledge"][plan.level] if found.weights else None
    if weights is not None and {row.key: row.maximum for row in plan.knowledge} != {
        key: weight * HUNDREDTHS for key, weight in weights.items()
    }:
        yield Refused("plan.knowledge_weights", clause="7.4.1")
    total = sum(row.maximum for row in plan.knowledge)
    if total != component.full_mark:
        yield Refused(
            "plan.maxima",
            component=component.name,
            total=points_text(total),
            full=points_text(component.full_mark),
        )


def _check_exercise(exercise: Exercise) -> Iterator[Refused]:
    named = (exercise.name, exercise.name_en, exercise.role, exercise.mode, exercise.place)
    if not exercise.items or exercise.minutes < 1 or not all(text.strip() for text in named):
        yield Refused("plan.exercise_empty", exercise=exercise.name or exercise.id)
    for deduction in exercise.deductions:
        if not 0 < deduction.points <= deduction.cap:
            yield Refused("plan.deduction", deduction=deduction.name, exercise=exercise.name)
    keys = {item.key for item in exercise.items}
    for veto in exercise.vetoes:
        if not set(veto.items) <= keys or (veto.items and veto.scope != "item"):
            yield Refused("plan.veto", veto=veto.name, exercise=exercise.name)
    if exercise.surprises and not exercise.topic_card:
        yield Refused("plan.surprises_without_card", exercise=exercise.name)
    names = [deduction.name for deduction in exercise.deductions] + [veto.name for veto in exercise.vetoes]
    if not all(name.strip() for name in [*names, *(surprise.name for surprise in exercise.surprises)]):
        yield Refused("plan.nameless", exercise=exercise.name)


def _check_item(plan: Plan, found: Pack, level: Level, exercise: Exercise, item: Item) -> Iterator[Refused]:
    if not item.label.strip() or item.maximum < 1:
        yield Refused("plan.item_empty", key=item.key)
    if exercise.component == "knowledge":
        yield Refused("plan.knowledge_exercise", exercise=exercise.name)
    if item.requirement is None:
        if exercise.component == "skill":
            yield Refused("plan.item_without_requirement", label=item.label)
        return
    its_level = found.level(item.level or "")
    line = its_level.requirement(item.requirement)
    if line is None or line[0].id != item.function:
        yield Refused("plan.unknown_requirement", label=item.label, no=item.requirement, level=its_level.name)
        return
    lower_allowed = plan.policies.cumulative_levels and found.standard.cumulative_levels
    if its_level.rank > level.rank or (its_level.rank < level.rank and not lower_allowed):
        yield Refused("plan.other_level", label=item.label, level=its_level.name)
    if line[1].kind == "attribute" and not plan.policies.attributes:
        yield Refused("plan.attribute", label=item.label, no=item.requirement)


def is_sound(scale: Scale, maximum: int) -> bool:
    """Whether a scale marks an item of this maximum: values rise, points never fall, the best is the maximum."""
    options = scale.options
    values = [option.value for option in options]
    points = [option.points for option in options]
    rising = all(low < high for low, high in pairwise(values))
    if scale.kind == "steps":
        sound = sum(points) == maximum and min(points, default=0) > 0
    else:
        ordered = points if scale.better == "more" else points[::-1]
        sound = ordered == sorted(ordered) and len(options) > 1 and ordered[-1] == maximum
    if scale.kind in ("levels", "yes_no"):
        sound = sound and points[0] == 0 and scale.better == "more"
    if scale.kind == "yes_no":
        sound = sound and len(options) == 2
    return sound and rising and min(values + points) >= 0 and all(option.word.strip() for option in options)


def _check_scale(item: Item) -> Iterator[Refused]:
    if not is_sound(item.scale, item.maximum):
        yield Refused("plan.scale", label=item.label, maximum=points_text(item.maximum))


def _check_marked_components(plan: Plan) -> Iterator[Refused]:
    for component in plan.components:
        exercises = plan.exercises_of(component.id)
        if component.id == "knowledge":
            continue
        total = sum(exercise.maximum for exercise in exercises)
        if total != component.full_mark:
            yield Refused(
                "plan.maxima",
                component=component.name,
                total=points_text(total),
                full=points_text(component.full_mark),
            )
        minutes = sum(exercise.minutes for exercise in exercises)
        if minutes < component.min_minutes:
            yield Refused(
                "plan.minutes",
                clause=component.minutes_clause,
                component=component.name,
                minutes=minutes,
                least=component.min_minutes,
            )


def function_points(plan: Plan) -> dict[str, int]:
    """Function id → hundredths that the skill component gives it."""
    sums: Counter[str] = Counter()
    for exercise in plan.exercises_of("skill"):
        for item in exercise.items:
            sums[item.function or ""] += item.maximum
    return dict(sums)


def _check_function_weights(plan: Plan, found: Pack, level: Level) -> Iterator[Refused]:
    if found.weights is None or plan.component("skill") is None:
        return
    given = function_points(plan)
    for function in level.functions:
        wanted = (function.skill_weight or 0) * HUNDREDTHS
        if given.get(function.id, 0) != wanted:
            yield Refused(
                "plan.function_weight",
                clause="7.4.2",
                function=function.name,
                weight=points_text(wanted),
                given=points_text(given.get(function.id, 0)),
            )


def lint(plan: Plan) -> tuple[Note, ...]:
    """What is allowed in this plan and deserves a second look before it is announced."""
    found = pack(plan.standard)
    return tuple(_notes(plan, found, found.level(plan.level)))


def _notes(plan: Plan, found: Pack, level: Level) -> Iterable[Note]:
    if found.is_draft:
        yield Note("plan.note_draft", {"title": found.standard.title})
    if plan.pack != found.digest.hex():
        yield Note("plan.note_other_pack", {"edition": plan.edition})
    times = Counter((item.level, item.requirement) for exercise in plan.exercises for item in exercise.items)
    missed = [line.no for function in level.functions for line in function.skills]
    missed = [no for no in missed if not times[level.id, no]]
    if missed:
        yield Note("plan.note_uncovered", {"numbers": " ".join(missed)})
    for (_, no), count in times.items():
        if no is not None and count > 1:
            yield Note("plan.note_marked_twice", {"no": no})
    for exercise in plan.exercises:
        said = found.component(exercise.component)
        if said is not None and exercise.mode not in said.modes:
            yield Note("plan.note_mode", {"exercise": exercise.name, "mode": exercise.mode}, clause=said.clause)
        for item in exercise.items:
            line = found.level(item.level).requirement(item.requirement or "") if item.level else None
            if line is not None and line[1].label != item.label:
                yield Note("plan.note_label", {"label": item.label, "printed": line[1].label})
    if not plan.own_rules:
        yield Note("plan.note_no_own_rules", {})
