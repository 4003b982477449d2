"""What may be done to the exercises 考核任务 of a plan, their deductions, vetoes and planned surprises."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from core.errors import Refused
from core.standards.plan_draft import Draft, pot_of, share_all, with_exercises
from core.standards.plan_facts import ComponentId, Deduction, Exercise, Surprise, Veto
from core.standards.plan_shapes import both
from core.standards.plan_weights import give_back

LIVE_MINUTES = 30
MODES_WITHOUT_CLAUSE = ("现场操作", "模拟操作", "答辩")

Extra = TypeVar("Extra", Deduction, Veto, Surprise)
_EXTRAS: dict[type[Any], tuple[str, str]] = {
    Deduction: ("deductions", "d"),
    Veto: ("vetoes", "v"),
    Surprise: ("surprises", "s"),
}


def modes(draft: Draft, component: str) -> tuple[str, ...]:
    """The ways of examining that the standard lists for a component (8.4, 8.5); it may be any other too."""
    said = draft.pack.component(component)
    return said.modes if said else MODES_WITHOUT_CLAUSE


def exercise_of(draft: Draft, exercise_id: str) -> Exercise:
    """The exercise. None such: refused."""
    found = draft.plan.exercise(exercise_id)
    if found is None:
        raise Refused("plan_editor.no_exercise", exercise=exercise_id)
    return found


def add_exercise(draft: Draft, component: ComponentId = "skill") -> Draft:
    """Add an exercise at the end of its component: a live one to begin with, without items yet."""
    if component == "knowledge" or draft.plan.component(component) is None:
        raise Refused("plan.exercise_component", exercise="–", component=component)
    number = len(draft.plan.exercises) + 1
    name, role, place = (both(f"plan_editor.new.{part}", number=number) for part in ("exercise", "role", "place"))
    offered = modes(draft, component)
    new = Exercise(
        id=_free(f"exercise{number}", {one.id for one in draft.plan.exercises}),
        name=name[0],
        name_en=name[1],
        component=component,
        role=role[0],
        role_en=role[1],
        mode="现场操作" if "现场操作" in offered else offered[0],
        evidence="live",
        place=place[0],
        minutes=LIVE_MINUTES,
        marked_when="during",
        topic_card=True,
        items=(),
    )
    order = list(draft.plan.exercises)
    at = max((index for index, one in enumerate(order) if one.component == component), default=len(order) - 1) + 1
    order.insert(at, new)
    return with_exercises(draft, order)


def change_exercise(draft: Draft, exercise_id: str, **changes: Any) -> Draft:
    """Change what an exercise is: name, role, mode (8.4), evidence, place, minutes, when it is marked, topic card."""
    exercise = exercise_of(draft, exercise_id)
    changed = msgspec.structs.replace(exercise, **changes)
    named = (changed.name, changed.role, changed.mode, changed.place)
    if not all(text.strip() for text in named) or changed.minutes < 1:
        raise Refused("plan_editor.nameless")
    if not changed.topic_card and changed.surprises:
        raise Refused("plan.surprises_without_card", exercise=exercise.name)
    return _put(draft, changed)


def shift_exercise(draft: Draft, exercise_id: str, by: int) -> Draft:
    """Move an exercise up (-1) or down (1): the order in which a candidate does them."""
    exercise = exercise_of(draft, exercise_id)
    order = [one for one in draft.plan.exercises if one.id != exercise_id]
    at = draft.plan.exercises.index(exercise) + by
    order.insert(max(0, min(len(order), at)), exercise)
    return with_exercises(draft, order)


def remove_exercise(draft: Draft, exercise_id: str) -> Draft:
    """Take an exercise out with its items; the others of each function share what they were worth."""
    exercise = exercise_of(draft, exercise_id)
    draft = with_exercises(draft, (one for one in draft.plan.exercises if one.id != exercise_id))
    touched = dict.fromkeys(pot_of(exercise, item) for item in exercise.items)
    if draft.own_weights:
        marked = {pot_of(one, item) for one in draft.plan.exercises for item in one.items}
        for key in touched:
            if key[0] == "skill" and key not in marked:
                draft = give_back(draft, key[1])
    return share_all(draft, touched)


def put_extra(draft: Draft, exercise_id: str, extra: Extra) -> Draft:
    """Add a deduction, veto or surprise, or put it in the place of the one with its id."""
    exercise = exercise_of(draft, exercise_id)
    if not extra.name.strip():
        raise Refused("plan_editor.nameless")
    if isinstance(extra, Deduction) and not 0 < extra.points <= extra.cap:
        raise Refused("plan.deduction", deduction=extra.name, exercise=exercise.name)
    if isinstance(extra, Surprise) and not exercise.topic_card:
        raise Refused("plan.surprises_without_card", exercise=exercise.name)
    put: Any = _fitting(exercise, extra) if isinstance(extra, Veto) else extra
    field = _EXTRAS[type(extra)][0]
    there: tuple[Any, ...] = getattr(exercise, field)
    if any(one.id == put.id for one in there):
        changed = tuple(put if one.id == put.id else one for one in there)
    else:
        changed = (*there, put)
    return _put(draft, msgspec.structs.replace(exercise, **{field: changed}))


def remove_extra(draft: Draft, exercise_id: str, extra_id: str) -> Draft:
    """Take a deduction, veto or surprise out."""
    exercise = exercise_of(draft, exercise_id)
    changes = {
        field: tuple(one for one in getattr(exercise, field) if one.id != extra_id) for field, _ in _EXTRAS.values()
    }
    return _put(draft, msgspec.structs.replace(exercise, **changes))


def free_extra_id(draft: Draft, exercise_id: str, kind: type[Extra]) -> str:
    """An id for a new deduction, veto or surprise of an exercise."""
    field, letter = _EXTRAS[kind]
    exercise = exercise_of(draft, exercise_id)
    taken = {one.id for other in draft.plan.exercises for one in getattr(other, field)}
    return _free(f"{exercise.id}.{letter}{len(getattr(exercise, field)) + 1}", taken)


def _fitting(exercise: Exercise, veto: Veto) -> Veto:
    if veto.scope != "item":
        return msgspec.structs.replace(veto, items=())
    keys = [item.key for item in exercise.items]
    if not set(veto.items) <= set(keys):
        raise Refused("plan.veto", veto=veto.name, exercise=exercise.name)
    return veto


def _put(draft: Draft, changed: Exercise) -> Draft:
    return with_exercises(draft, (changed if one.id == changed.id else one for one in draft.plan.exercises))


def _free(wanted: str, taken: set[str]) -> str:
    number, found = 2, wanted
    while found in taken:
        found, number = f"{wanted}-{number}", number + 1
    return found
