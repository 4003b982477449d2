"""The weights of functions where a standard gives none: the centre's own rule, always adding up to the full mark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.errors import Refused
from core.standards.plan_draft import WEIGHTS_CLAUSE, Draft, items_of, share_all
from core.standards.points import allot, points_text


def set_weight(draft: Draft, function: str, weight: int) -> Draft:
    """Give a function another weight (hundredths); the others share the rest as they did. Refused where 7.4.2 rules."""
    _refuse_given(draft)
    full = _full(draft)
    others = {name: given for name, given in draft.weights.items() if name != function and given}
    if not 0 < weight <= full - len(others) or (not others and weight != full):
        raise Refused("plan_editor.weight", most=points_text(full - len(others)), total=points_text(full))
    return _weighted(draft, {**_scaled(others, full - weight), function: weight})


def equal_weights(draft: Draft) -> Draft:
    """Let every function that is marked weigh the same, odd hundredths to the first."""
    _refuse_given(draft)
    marked = [name for name in draft.weights if items_of(draft, ("skill", name))]
    shares = allot(_full(draft), len(marked))
    return _weighted(draft, dict(zip(marked, shares, strict=True)))


def make_room(draft: Draft, function: str) -> Draft:
    """A function is marked for the first time: it gets an equal share, the others give it."""
    others = {name: given for name, given in draft.weights.items() if given and name != function}
    return set_weight(draft, function, _full(draft) // (len(others) + 1))


def give_back(draft: Draft, function: str) -> Draft:
    """A function is marked no more: the others share what it weighed. Without others it stays to be given."""
    others = {name: given for name, given in draft.weights.items() if given and name != function}
    return _weighted(draft, _scaled(others, _full(draft))) if others else draft


def fill(draft: Draft, full: int) -> Draft:
    """The full mark of the practical has changed: the functions weigh in it as they did."""
    return _weighted(draft, _scaled({name: given for name, given in draft.weights.items() if given}, full))


def _weighted(draft: Draft, weights: Mapping[str, int]) -> Draft:
    draft = replace(draft, weights=weights)
    return share_all(draft, [("skill", name) for name in weights])


def _scaled(weights: Mapping[str, int], total: int) -> dict[str, int]:
    """Weights in the same proportions that add up to `total`; the odd hundredths go to the first."""
    whole = sum(weights.values())
    if not whole:
        return {}
    scaled = {name: weight * total // whole for name, weight in weights.items()}
    first = next(iter(scaled))
    scaled[first] += total - sum(scaled.values())
    return scaled


def _full(draft: Draft) -> int:
    component = draft.plan.component("skill")
    return component.full_mark if component else 0


def _refuse_given(draft: Draft) -> None:
    if not draft.own_weights:
        raise Refused("plan_editor.weight_given", clause=WEIGHTS_CLAUSE)
