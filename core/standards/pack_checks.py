"""What must hold inside a pack, so that no rule built on it can go wrong silently."""

from __future__ import annotations

from collections.abc import Iterable

from core.errors import Refused
from core.standards.pack_facts import SCHEMA, CertificateRule, Level, Pack, Rule

PERCENT = 100
_ROWS_OF_THEIR_OWN = {"ethics", "foundation"}
"""Rows of 7.4.1 that are no functions."""


def check_pack(pack: Pack, file: str) -> None:
    """Refuse a pack that contradicts itself (`standards.pack_invalid`), naming what is wrong first."""
    for problem in _problems(pack):
        raise Refused("standards.pack_invalid", file=file, problem=problem)


def _problems(pack: Pack) -> Iterable[str]:
    if pack.schema != SCHEMA:
        yield f"schema {pack.schema}"
    if not pack.levels:
        yield "levels"
    yield from _twice("levels.id", (level.id for level in pack.levels))
    yield from _twice("functions.id", (function.id for function in pack.functions))
    if [level.rank for level in pack.levels] != list(range(1, len(pack.levels) + 1)):
        yield "levels.rank"
    for level in pack.levels:
        yield from _level(pack, level)
    yield from _weights(pack)
    yield from _assessment(pack)


def _twice(where: str, keys: Iterable[str]) -> Iterable[str]:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            yield f"{where} {key} ×2"
        seen.add(key)


def _level(pack: Pack, level: Level) -> Iterable[str]:
    names = {named.id: {named.name, *named.aliases} for named in pack.functions}
    at = f"levels.{level.id}"
    yield from _twice(f"{at}.functions.id", (function.id for function in level.functions))
    yield from _twice(f"{at}.functions.no", (function.no for function in level.functions))
    yield from _twice(f"{at}.tasks.no", (task.no for function in level.functions for task in function.tasks))
    yield from _twice(f"{at}.eligibility.id", (condition.id for condition in level.eligibility))
    tasks = [task for function in level.functions for task in function.tasks]
    yield from _twice(f"{at}.requirements.no", (line.no for task in tasks for line in task.requirements))
    # A code that the source itself prints twice carries `dup`; it must then repeat a line that is there.
    codes = [line.no for task in tasks for line in task.knowledge if not line.dup]
    yield from _twice(f"{at}.knowledge.no", codes)
    yield from (
        f"{at}.knowledge.dup {line.no}"
        for task in tasks
        for line in task.knowledge
        if line.dup and line.no not in codes
    )
    for function in level.functions:
        if pack.functions and function.name not in names.get(function.id, set()):
            yield f"{at}.functions {function.id} {function.name}"
        for task in function.tasks:
            if not task.no.startswith(f"{function.no}."):
                yield f"{at}.tasks {task.no}"
            for no in [line.no for line in task.requirements] + [line.no for line in task.knowledge]:
                if not no.startswith(f"{task.no}."):
                    yield f"{at}.tasks {task.no}: {no}"
    for condition in level.eligibility:
        if bool(condition.all_of) == bool(condition.any_of) or not all(condition.ways):
            yield f"{at}.eligibility {condition.id}: all_of, any_of"
        for way in condition.ways:
            yield from (f"{at}.eligibility {condition.id}: {word}" for word in _way(pack, level, way))


def _way(pack: Pack, level: Level, way: tuple[Rule, ...]) -> Iterable[str]:
    ranks = {other.id: other.rank for other in pack.levels}
    lower = [rule for rule in way if isinstance(rule, CertificateRule)]
    for held in lower:
        if ranks.get(held.level, level.rank) >= level.rank:
            yield f"certificate {held.level}"
    if any(getattr(rule, "after_certificate", False) for rule in way) and len(lower) != 1:
        yield "after_certificate"
    for rule in way:
        for figure in ("years", "hours", "best_rank_at_least"):
            if getattr(rule, figure, 1) < 1:
                yield figure


def _weights(pack: Pack) -> Iterable[str]:
    if pack.weights is None:
        for level in pack.levels:
            for function in level.functions:
                if function.skill_weight is not None or function.knowledge_weight is not None:
                    yield f"levels.{level.id}.functions {function.id}: weight"
        return
    if set(pack.weights) != {"knowledge", "skill"}:
        yield "weights"
    for component, by_level in pack.weights.items():
        if set(by_level) != {level.id for level in pack.levels}:
            yield f"weights.{component}"
        for level in pack.levels:
            weights = by_level.get(level.id, {})
            at = f"weights.{component}.{level.id}"
            if sum(weights.values()) != PERCENT or min(weights.values(), default=0) < 1:
                yield f"{at}: {sum(weights.values())} ≠ {PERCENT}"
            own_rows = _ROWS_OF_THEIR_OWN if component == "knowledge" else set()
            if set(weights) - own_rows != {function.id for function in level.functions}:
                yield f"{at}: functions"
            for function in level.functions:
                said = function.knowledge_weight if component == "knowledge" else function.skill_weight
                if said != weights.get(function.id):
                    yield f"{at}.{function.id}: {said} ≠ {weights.get(function.id)}"


def _assessment(pack: Pack) -> Iterable[str]:
    components = pack.assessment.components if pack.assessment else ()
    yield from _twice("assessment.components.id", (component.id for component in components))
    known = {level.id for level in pack.levels}
    for component in components:
        at = f"assessment.{component.id}"
        if not set(component.levels) <= known:
            yield f"{at}.levels"
        if not 0 < component.pass_mark <= component.full_mark or component.min_minutes < 1:
            yield f"{at}: full_mark, pass_mark, min_minutes"
        staffing = component.staffing
        figures = (
            (staffing.proctor_ratio, staffing.min_proctors_per_room)
            if component.id == "knowledge"
            else (staffing.min_examiners,)
        )
        if any(figure is None or figure < 1 for figure in figures):
            yield f"{at}.staffing"
        if staffing.candidates_per_examiner is not None and staffing.candidates_per_examiner < 1:
            yield f"{at}.staffing.candidates_per_examiner"
