"""A plan while it is edited: whose points are whose, which maxima were set by hand, and what is left to give.

The points of a plan lie in pots: one a function of the practical, by 7.4.2 or, where a standard gives no weights, by
the centre's own rule; and one for the review. A maximum that is set by hand is locked; the others of its pot share what
is left, so that the points always add up. Everything here is pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from core.errors import Refused
from core.standards.pack_facts import Pack
from core.standards.packs import pack
from core.standards.plan_checks import function_points, is_sound
from core.standards.plan_facts import Exercise, Item, Plan, Scale
from core.standards.plan_shapes import Shape, pointed, shape
from core.standards.points import HUNDREDTHS, allot, points_text

WEIGHTS_CLAUSE = "7.4.2"
REVIEW = "review"

PotKey = tuple[str, str]
"""(component, function); the review has no functions, so its pot is `("review", "")`."""


@dataclass(frozen=True)
class Pot:
    """Points that lie together, in hundredths. `clause` None: the weight is the centre's own rule."""

    key: PotKey
    name: str
    weight: int
    given: int
    clause: str | None

    @property
    def left(self) -> int:
        """What no item has yet."""
        return self.weight - self.given


@dataclass(frozen=True)
class Draft:
    """A plan under the pen. `locked` are the keys of items whose maximum was set by hand."""

    plan: Plan
    locked: frozenset[str] = frozenset()
    weights: Mapping[str, int] = field(default_factory=dict)
    """Function → hundredths of the practical."""
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    """Item key → the shares of its options."""

    @property
    def pack(self) -> Pack:
        """The standard that it is written for."""
        return pack(self.plan.standard)

    @property
    def own_weights(self) -> bool:
        """Whether the standard gives no weights, so that the centre sets them."""
        return self.pack.weights is None

    @property
    def left(self) -> int:
        """Hundredths that no item has yet."""
        return sum(pot.left for pot in pots(self))


def begin(plan: Plan) -> Draft:
    """A draft of a plan. Maxima that are no equal shares of their pot count as set by hand."""
    found = pack(plan.standard)
    level = found.level(plan.level)
    if found.weights is None:
        weights = function_points(plan)
    else:
        weights = {function.id: (function.skill_weight or 0) * HUNDREDTHS for function in level.functions}
    plan = msgspec.structs.replace(plan, pack=found.digest.hex())
    shapes = {item.key: shape(item.scale, item.maximum) for _, item in items(plan)}
    draft = Draft(plan, frozenset(), weights, shapes)
    locked = [key for pot in pots(draft) for key in _set_by_hand(items_of(draft, pot.key))]
    return replace(draft, locked=frozenset(locked))


def pots(draft: Draft) -> tuple[Pot, ...]:
    """Every pot, in the order of the standard."""
    plan = draft.plan
    found: list[Pot] = []
    if plan.component("skill") is not None:
        given = function_points(plan)
        names = {function.id: function.name for level in draft.pack.levels for function in level.functions}
        names |= {function.id: function.name for function in draft.pack.level(plan.level).functions}
        clause = None if draft.own_weights else WEIGHTS_CLAUSE
        for function in dict.fromkeys((*draft.weights, *given)):
            name, weight = names.get(function, function), draft.weights.get(function, 0)
            found.append(Pot(("skill", function), name, weight, given.get(function, 0), clause))
    review = plan.component(REVIEW)
    if review is not None:
        total = sum(exercise.maximum for exercise in plan.exercises_of(REVIEW))
        found.append(Pot((REVIEW, ""), review.name, review.full_mark, total, review.mark_clause))
    return tuple(found)


def pot_of(exercise: Exercise, item: Item) -> PotKey:
    """The pot that an item's points come from."""
    return (exercise.component, "" if exercise.component == REVIEW else item.function or "")


def items(plan: Plan) -> Iterable[tuple[Exercise, Item]]:
    """Every item with the exercise that holds it."""
    return ((exercise, item) for exercise in plan.exercises for item in exercise.items)


def items_of(draft: Draft, key: PotKey) -> list[Item]:
    """The items of a pot by the number of their requirement: what can't be shared goes to the first of them."""
    ranks = {level.id: level.rank for level in draft.pack.levels}
    found = [item for exercise, item in items(draft.plan) if pot_of(exercise, item) == key]
    return sorted(found, key=lambda item: (-ranks.get(item.level or "", 0), _numbers(item.requirement or "")))


def item_of(draft: Draft, key: str) -> tuple[Exercise, Item]:
    """The item and its exercise. None such: refused."""
    found = draft.plan.item(key)
    if found is None:
        raise Refused("plan_editor.no_item", key=key)
    return found


def share_out(draft: Draft, key: PotKey) -> Draft:
    """Give what a pot has left over its locked items to the others in equal shares, odd hundredths to the first.

    Where every item is locked, what is left stays to be given. Refused: locked items that leave nothing for the others,
    and a share too small for the steps of its scale.
    """
    pot = next((pot for pot in pots(draft) if pot.key == key), None)
    found = items_of(draft, key)
    if pot is None or not found:
        return draft
    kept = sum(item.maximum for item in found if item.key in draft.locked)
    free = [item for item in found if item.key not in draft.locked]
    rest = pot.weight - kept
    if rest < len(free):
        raise Refused(
            "plan_editor.nothing_left",
            clause=pot.clause,
            function=pot.name,
            weight=points_text(pot.weight),
            kept=points_text(kept),
            items=len(free),
        )
    given = dict(zip((item.key for item in free), allot(rest, len(free)), strict=True))
    return with_items(draft, (remade(draft, item, given[item.key]) for item in free if item.maximum != given[item.key]))


def share_all(draft: Draft, touched: Iterable[PotKey]) -> Draft:
    """`share_out` of several pots."""
    for key in dict.fromkeys(touched):
        draft = share_out(draft, key)
    return draft


def remade(draft: Draft, item: Item, maximum: int) -> Item:
    """An item with another maximum and its scale with it. A maximum too small for the scale: refused."""
    shares = draft.shapes.get(item.key) or shape(item.scale, item.maximum)
    scale = pointed(item.scale, shares, maximum)
    if is_sound(item.scale, item.maximum) and not is_sound(scale, maximum):
        raise Refused("plan_editor.too_small", label=item.label, maximum=points_text(maximum))
    return msgspec.structs.replace(item, maximum=maximum, scale=scale)


def with_scale(draft: Draft, item: Item, scale: Scale, shares: Shape) -> Draft:
    """Put a scale on an item, pointed to its maximum."""
    scale = pointed(scale, shares, item.maximum)
    draft = replace(draft, shapes={**draft.shapes, item.key: shares})
    return with_items(draft, [msgspec.structs.replace(item, scale=scale)])


def with_items(draft: Draft, changed: Iterable[Item]) -> Draft:
    """The draft with these items in the place of those of their keys."""
    by_key = {item.key: item for item in changed}
    if not by_key:
        return draft
    return with_exercises(
        draft,
        [
            msgspec.structs.replace(exercise, items=tuple(by_key.get(item.key, item) for item in exercise.items))
            for exercise in draft.plan.exercises
        ],
    )


def with_exercises(draft: Draft, exercises: Iterable[Exercise]) -> Draft:
    """The draft with these exercises; what no longer stands in it is forgotten."""
    plan = msgspec.structs.replace(draft.plan, exercises=tuple(exercises))
    keys = {item.key for _, item in items(plan)}
    return replace(
        draft,
        plan=plan,
        locked=draft.locked & keys,
        shapes={key: shares for key, shares in draft.shapes.items() if key in keys},
    )


def _set_by_hand(found: list[Item]) -> list[str]:
    maxima = [item.maximum for item in found]
    if not maxima or sorted(maxima) == sorted(allot(sum(maxima), len(maxima))):
        return []
    common, times = Counter(maxima).most_common(1)[0]
    if times == 1:
        return [item.key for item in found[:-1]]  # all differ: the last takes up what the others leave
    return [item.key for item in found if item.maximum != common]


def _numbers(no: str) -> tuple[int, ...]:
    return tuple(int(part) for part in no.split(".") if part.isdecimal())
