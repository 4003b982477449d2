"""What may be done to the items and scales of a plan: each act takes a draft and answers the next one.

The points of every function add up after each of them; what can't be met is refused in words and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import msgspec

from core.errors import Refused
from core.standards.pack_facts import Function, Level, Requirement
from core.standards.plan_checks import is_sound
from core.standards.plan_draft import (
    REVIEW,
    Draft,
    PotKey,
    item_of,
    items,
    items_of,
    pot_of,
    pots,
    remade,
    share_all,
    share_out,
    with_exercises,
    with_items,
    with_scale,
)
from core.standards.plan_facts import Exercise, Item, Scale
from core.standards.plan_shapes import default_scale, shape
from core.standards.plan_weights import give_back, make_room
from core.standards.points import points_text

FEWEST_OPTIONS, MOST_OPTIONS = 2, 10


@dataclass(frozen=True)
class Offer:
    """A requirement that an exercise may mark. `times`: how often the plan marks it already."""

    level: Level
    function: Function
    requirement: Requirement
    times: int


def offers(draft: Draft) -> tuple[Offer, ...]:
    """Every requirement that the plan lets in: of its level, and of lower ones where it says they are cumulative."""
    plan, own = draft.plan, draft.pack.level(draft.plan.level)
    lower = plan.policies.cumulative_levels and draft.pack.standard.cumulative_levels
    marked = [(item.level, item.requirement) for _, item in items(plan)]
    levels = sorted(draft.pack.levels, key=lambda level: -level.rank)
    return tuple(
        Offer(level, function, line, marked.count((level.id, line.no)))
        for level in levels
        if level.rank == own.rank or (lower and level.rank < own.rank)
        for function in level.functions
        for task in function.tasks
        for line in task.requirements
        if line.kind == "skill" or plan.policies.attributes
    )


def set_maximum(draft: Draft, key: str, maximum: int) -> Draft:
    """Set an item's maximum (hundredths) by hand: it is locked, the others of its function share the rest equally."""
    exercise, item = item_of(draft, key)
    if maximum < 1:
        raise Refused("plan_editor.no_points", label=item.label)
    pot = next(pot for pot in pots(draft) if pot.key == pot_of(exercise, item))
    others = [other for other in items_of(draft, pot.key) if other.key != key]
    free = [other for other in others if other.key not in draft.locked]
    kept = sum(other.maximum for other in others if other.key in draft.locked)
    most = pot.weight - kept - len(free)
    said: dict[str, Any] = {"label": item.label, "function": pot.name, "most": points_text(max(most, 0))}
    if not free and maximum != most:
        raise Refused("plan_editor.all_locked", clause=pot.clause, weight=points_text(pot.weight), **said)
    if maximum > most:
        raise Refused("plan_editor.too_much", clause=pot.clause, weight=points_text(pot.weight), **said)
    changed = with_items(draft, [remade(draft, item, maximum)])
    return share_out(replace(changed, locked=draft.locked | {key}), pot.key)


def lock(draft: Draft, key: str, locked: bool) -> Draft:
    """Hold an item's maximum as it is, or let it share again."""
    exercise, item = item_of(draft, key)
    if locked:
        return replace(draft, locked=draft.locked | {key})
    return share_out(replace(draft, locked=draft.locked - {key}), pot_of(exercise, item))


def share_equally(draft: Draft, pot: PotKey) -> Draft:
    """Unlock every item of a function and share its weight equally."""
    return share_out(replace(draft, locked=draft.locked - {item.key for item in items_of(draft, pot)}), pot)


def add_requirement(draft: Draft, exercise_id: str, level_id: str, no: str) -> Draft:
    """Mark a requirement in an exercise, by levels to begin with; it takes an equal share of its function."""
    exercise = _exercise(draft, exercise_id)
    level = draft.pack.level(level_id)
    found = level.requirement(no)
    own = draft.pack.level(draft.plan.level)
    if found is None:
        raise Refused("plan.unknown_requirement", label=no, no=no, level=level.name)
    function, line = found
    lower = draft.plan.policies.cumulative_levels and draft.pack.standard.cumulative_levels
    if level.rank > own.rank or (level.rank < own.rank and not lower):
        raise Refused("plan.other_level", label=line.label, level=level.name)
    if line.kind == "attribute" and not draft.plan.policies.attributes:
        raise Refused("plan.attribute", label=line.label, no=no)
    key = _free_key(draft, no if level.id == own.id else f"{level.id}.{no}")
    item = Item(key, line.label, 0, default_scale("levels")[0], no, level.id, function.id)
    return _added(draft, exercise, item)


def add_review_item(draft: Draft, exercise_id: str, label: str) -> Draft:
    """Add an item of the centre's own wording to a review (8.5): its items come from the plan."""
    exercise = _exercise(draft, exercise_id)
    if exercise.component != REVIEW:
        raise Refused("plan.item_without_requirement", label=label)
    if not label.strip():
        raise Refused("plan_editor.nameless")
    key = _free_key(draft, f"{exercise.id}.{len(exercise.items) + 1}")
    return _added(draft, exercise, Item(key, label.strip(), 0, default_scale("levels")[0]))


def remove_item(draft: Draft, key: str) -> Draft:
    """Take an item out; what it was worth goes to the others of its function, or stays to be given."""
    exercise, item = item_of(draft, key)
    # A veto of this item alone goes with it: without its last item it would come to mean any.
    alone = {veto.id for veto in exercise.vetoes if veto.items == (key,)}
    changed = _without(exercise, key)
    changed = msgspec.structs.replace(changed, vetoes=tuple(one for one in changed.vetoes if one.id not in alone))
    return _settled(_with_exercise(draft, changed), pot_of(exercise, item))


def move_item(draft: Draft, key: str, exercise_id: str) -> Draft:
    """Mark an item in another exercise of the same component. A veto that could strike it alone goes with it."""
    exercise, item = item_of(draft, key)
    target = _exercise(draft, exercise_id)
    if target.id == exercise.id:
        return draft
    if target.component != exercise.component:
        raise Refused("plan_editor.other_component", label=item.label, exercise=target.name)
    alone = tuple(veto for veto in exercise.vetoes if veto.items == (key,))
    left = _without(exercise, key)
    left = msgspec.structs.replace(
        left, vetoes=tuple(veto for veto in left.vetoes if veto.id not in {one.id for one in alone})
    )
    target = msgspec.structs.replace(target, items=(*target.items, item), vetoes=(*target.vetoes, *alone))
    by_id = {left.id: left, target.id: target}
    return with_exercises(draft, (by_id.get(one.id, one) for one in draft.plan.exercises))


def shift_item(draft: Draft, key: str, by: int) -> Draft:
    """Move an item up (-1) or down (1) within its exercise: the order in which it is marked."""
    exercise, item = item_of(draft, key)
    order = [one for one in exercise.items if one.key != key]
    at = max(0, min(len(order), exercise.items.index(item) + by))
    order.insert(at, item)
    return _with_exercise(draft, msgspec.structs.replace(exercise, items=tuple(order)))


def rename_item(draft: Draft, key: str, label: str) -> Draft:
    """Give an item another label."""
    _, item = item_of(draft, key)
    if not label.strip():
        raise Refused("plan_editor.nameless")
    return with_items(draft, [msgspec.structs.replace(item, label=label.strip())])


def set_kind(draft: Draft, key: str, kind: str) -> Draft:
    """Mark an item by another kind of scale, with options to begin with; tiers and objective keep theirs."""
    _, item = item_of(draft, key)
    if kind == item.scale.kind:
        return draft
    if {kind, item.scale.kind} == {"tiers", "objective"}:
        scale, shares = _scale(item.scale, kind=kind), _shares(draft, item)
    else:
        scale, shares = default_scale(kind)
    return _sound(with_scale(draft, item, scale, shares), key)


def set_counting(
    draft: Draft, key: str, *, better: str | None = None, unit: str | None = None, unit_en: str | None = None
) -> Draft:
    """Say what tiers count, and whether more or less of it is better. The points turn round with it."""
    _, item = item_of(draft, key)
    shares = _shares(draft, item)
    if better is not None and better != item.scale.better:
        shares = shares[::-1]
    changes = {"better": better, "unit": unit, "unit_en": unit_en}
    scale = _scale(item.scale, **{name: value for name, value in changes.items() if value is not None})
    return _sound(with_scale(draft, item, scale, shares), key)


def set_option(
    draft: Draft,
    key: str,
    at: int,
    *,
    value: int | None = None,
    word: str | None = None,
    word_en: str | None = None,
    points: int | None = None,
) -> Draft:
    """Change one option of an item's scale: its value or bound, its words, its points (hundredths).

    The best of a scale is always the maximum, and the steps add up to it: the step beside takes up the difference.
    """
    _, item = item_of(draft, key)
    shares = list(_shares(draft, item))
    option = item.scale.options[at]
    changes = {"value": value, "word": word, "word_en": word_en}
    option = msgspec.structs.replace(option, **{name: new for name, new in changes.items() if new is not None})
    if word is not None and not word.strip():
        raise Refused("plan_editor.nameless")
    if points is not None:
        if not 0 <= points <= item.maximum or not item.maximum:
            raise Refused("plan_editor.option_points", label=item.label, maximum=points_text(item.maximum))
        share = Fraction(points, item.maximum)
        if item.scale.kind == "steps":
            beside = at + 1 if at + 1 < len(shares) else at - 1
            shares[beside] += shares[at] - share
        shares[at] = share
    options = (*item.scale.options[:at], option, *item.scale.options[at + 1 :])
    return _sound(with_scale(draft, item, _scale(item.scale, options=options), tuple(shares)), key)


def add_option(draft: Draft, key: str) -> Draft:
    """Add a level, a tier below the best, or a step; steps share equally then."""
    _, item = item_of(draft, key)
    scale, shares = item.scale, list(_shares(draft, item))
    most = FEWEST_OPTIONS if scale.kind == "yes_no" else MOST_OPTIONS
    if len(scale.options) >= most:
        raise Refused("plan_editor.options", label=item.label, fewest=FEWEST_OPTIONS, most=most)
    options = list(scale.options)
    last = options[-1]
    new = msgspec.structs.replace(default_scale(scale.kind)[0].options[-1], value=last.value + 1)
    options.append(new)
    if scale.kind == "steps":
        shares = [Fraction(1, len(options))] * len(options)
    elif scale.better == "more":
        best = shares.pop()  # what was best comes to stand half way below the new best
        shares += [(shares[-1] + best) / 2, best]
    else:
        shares.append(shares[-1] / 2)
    return _sound(with_scale(draft, item, _scale(scale, options=tuple(options)), tuple(shares)), key)


def remove_option(draft: Draft, key: str, at: int) -> Draft:
    """Take an option out; the best that is left is worth the maximum, and steps share what is free."""
    _, item = item_of(draft, key)
    scale, shares = item.scale, list(_shares(draft, item))
    if len(scale.options) <= FEWEST_OPTIONS:
        raise Refused("plan_editor.options", label=item.label, fewest=FEWEST_OPTIONS, most=MOST_OPTIONS)
    gone = shares.pop(at)
    options = tuple(option for number, option in enumerate(scale.options) if number != at)
    if scale.kind == "steps":
        shares = [share + gone / len(shares) for share in shares]
    else:
        shares[-1 if scale.better == "more" else 0] = Fraction(1)
        if scale.kind == "levels":
            shares[0] = Fraction(0)
    return _sound(with_scale(draft, item, _scale(scale, options=options), tuple(shares)), key)


def copy_scale(draft: Draft, key: str) -> Draft:
    """Use an item's scale for all items of its exercise that are marked by the same kind."""
    exercise, item = item_of(draft, key)
    shares = _shares(draft, item)
    for other in exercise.items:
        if other.key != key and other.scale.kind == item.scale.kind:
            draft = _sound(with_scale(draft, other, item.scale, shares), other.key)
    return draft


def _shares(draft: Draft, item: Item) -> tuple[Fraction, ...]:
    return draft.shapes.get(item.key) or shape(item.scale, item.maximum)


def _scale(scale: Scale, **changes: object) -> Scale:
    return msgspec.structs.replace(scale, **changes)


def _sound(draft: Draft, key: str) -> Draft:
    _, item = item_of(draft, key)
    if item.maximum and not is_sound(item.scale, item.maximum):
        raise Refused("plan.scale", label=item.label, maximum=points_text(item.maximum))
    return draft


def _exercise(draft: Draft, exercise_id: str) -> Exercise:
    found = draft.plan.exercise(exercise_id)
    if found is None:
        raise Refused("plan_editor.no_exercise", exercise=exercise_id)
    return found


def _with_exercise(draft: Draft, changed: Exercise) -> Draft:
    return with_exercises(draft, (changed if one.id == changed.id else one for one in draft.plan.exercises))


def _added(draft: Draft, exercise: Exercise, item: Item) -> Draft:
    pot = pot_of(exercise, item)
    draft = replace(draft, shapes={**draft.shapes, item.key: default_scale("levels")[1]})
    draft = _with_exercise(draft, msgspec.structs.replace(exercise, items=(*exercise.items, item)))
    if draft.own_weights and pot[0] == "skill" and not draft.weights.get(pot[1]):
        return make_room(draft, pot[1])
    return share_out(draft, pot)


def _settled(draft: Draft, pot: PotKey) -> Draft:
    """After items have gone: their points to the others, or, where weights are the centre's own, to other functions."""
    if draft.own_weights and pot[0] == "skill" and not items_of(draft, pot):
        return give_back(draft, pot[1])
    return share_all(draft, [pot])


def _without(exercise: Exercise, key: str) -> Exercise:
    vetoes = tuple(
        msgspec.structs.replace(veto, items=tuple(one for one in veto.items if one != key)) for veto in exercise.vetoes
    )
    kept = tuple(item for item in exercise.items if item.key != key)
    return msgspec.structs.replace(exercise, items=kept, vetoes=vetoes)


def _free_key(draft: Draft, wanted: str) -> str:
    taken = {item.key for _, item in items(draft.plan)}
    number, key = 2, wanted
    while key in taken:
        key, number = f"{wanted}-{number}", number + 1
    return key
