"""A plan for a standard that none ships for: what the pack itself says, and the least own rules that make it a plan.

A standard that the association publishes brings its functions, weights and figures, but no exercises. So every function
becomes one exercise, marked by levels; the centre makes of it what its studio is like.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from core.standards.pack_facts import Assessed, Function, Level, Pack
from core.standards.plan_facts import (
    Component,
    ComponentId,
    Exercise,
    Item,
    KnowledgeRow,
    OwnRule,
    Plan,
    Policies,
    Scale,
)
from core.standards.plan_sentences import sentences_of
from core.standards.plan_shapes import both, default_scale, pointed
from core.standards.points import HUNDREDTHS, allot

FULL, PASS, MINUTES = 100 * HUNDREDTHS, 60 * HUNDREDTHS, 90
"""Where a standard is silent: the centre's own rule."""
LONGEST_KEY = 40
_LIVE: Final = "现场操作"
_REVIEW: Final = "review"


def derive(pack: Pack, level: Level, maxima: dict[str, int], *, review: bool) -> Plan:
    """The plan that follows from a pack. Its items have these maxima, by requirement; it is not checked here."""
    components = tuple(_components(pack, level, review))
    ids = {component.id: component for component in components}
    exercises: list[Exercise] = []
    if "skill" in ids:
        functions = [function for function in level.functions if function.skills]
        minutes = -(-ids["skill"].min_minutes // max(1, len(functions)))
        mode = _mode(pack.component("skill"))
        exercises += [
            _exercise(number, function, level, maxima, minutes, mode)
            for number, function in enumerate(functions, start=1)
        ]
    if _REVIEW in ids:
        exercises.append(_review(ids[_REVIEW], len(exercises) + 1, _mode(pack.component(_REVIEW))))
    title = both("plan.derived_title", title=pack.standard.title, level=level.name)
    english = both("plan.derived_title", title=pack.standard.title_en or pack.standard.title, level=level.id)
    plan = Plan(
        id=f"{pack.id}.{level.id}"[:LONGEST_KEY],
        version=1,
        title=title[0],
        title_en=english[1],
        standard=pack.id,
        edition=pack.standard.edition,
        pack=pack.digest.hex(),
        level=level.id,
        components=components,
        knowledge=tuple(_rows(pack, level)) if "knowledge" in ids else (),
        exercises=tuple(exercises),
        policies=_policies(pack),
        own_rules=(),
    )
    rules = (*sentences_of(plan).values(), OwnRule(*both("plan.derived_rule")))
    return msgspec.structs.replace(plan, own_rules=rules)


def _components(pack: Pack, level: Level, review: bool) -> Iterator[Component]:
    if pack.assessment is None:
        yield Component("skill", *both("plan_editor.component.skill"), FULL, PASS, MINUTES)
        return
    for said in pack.assessment.components:
        if level.id in said.levels and (not said.optional or (review and said.id == _REVIEW)):
            yield Component(
                id=said.id,
                name=said.name,
                name_en=both(f"plan_editor.component.{said.id}")[1],
                full_mark=said.full_mark * HUNDREDTHS,
                pass_mark=said.pass_mark * HUNDREDTHS,
                min_minutes=said.min_minutes,
                clause=said.clause,
                mark_clause=said.clauses["full_mark"],
                minutes_clause=said.clauses["min_minutes"],
            )


def _rows(pack: Pack, level: Level) -> Iterator[KnowledgeRow]:
    """The rows of 7.4.1; by function in equal shares where the standard gives no weights."""
    names = {function.id: function.name for function in level.functions}
    if pack.weights is not None:
        for key, weight in pack.weights["knowledge"][level.id].items():
            yield KnowledgeRow(key, names.get(key) or both(f"plan.row.{key}")[0], weight * HUNDREDTHS)
        return
    said = pack.component("knowledge")
    total = said.full_mark * HUNDREDTHS if said else FULL
    for function, share in zip(level.functions, allot(total, len(level.functions)), strict=True):
        yield KnowledgeRow(function.id, function.name, share)


def _exercise(
    number: int, function: Function, level: Level, maxima: dict[str, int], minutes: int, mode: str
) -> Exercise:
    items = tuple(
        Item(line.no, line.label, maxima[line.no], _levels(maxima[line.no]), line.no, level.id, function.id)
        for line in function.skills
    )
    english = both("plan_editor.new.exercise", number=number)[1]
    return _made(number, (function.name, english), "skill", mode, minutes, items)


def _review(component: Component, number: int, mode: str) -> Exercise:
    item = Item(_REVIEW, component.name, component.full_mark, _levels(component.full_mark))
    return _made(number, (component.name, component.name_en), _REVIEW, mode, component.min_minutes, (item,))


def _made(
    number: int, name: tuple[str, str], component: ComponentId, mode: str, minutes: int, items: tuple[Item, ...]
) -> Exercise:
    role, place = both("plan_editor.new.role"), both("plan_editor.new.place")
    return Exercise(
        id=f"exercise{number}",
        name=name[0],
        name_en=name[1],
        component=component,
        role=role[0],
        role_en=role[1],
        mode=mode,
        evidence="defence" if component == _REVIEW else "live",
        place=place[0],
        minutes=minutes,
        marked_when="during",
        topic_card=False,
        items=items,
    )


def _levels(maximum: int) -> Scale:
    scale, shares = default_scale("levels")
    return pointed(scale, shares, maximum)


def _mode(said: Assessed | None) -> str:
    return _LIVE if said is None or _LIVE in said.modes or not said.modes else said.modes[-1]


def _policies(pack: Pack) -> Policies:
    """The usual ones, within what the standard says of staffing (9.2)."""
    usual, said = Policies(), pack.component("skill")
    if said is None:
        return usual
    ratio = min(said.staffing.candidates_per_examiner or usual.candidates_per_examiner, usual.candidates_per_examiner)
    fewest = max(said.staffing.min_examiners or usual.panel_examiners, usual.panel_examiners)
    return msgspec.structs.replace(usual, candidates_per_examiner=ratio, panel_examiners=fewest | 1)
