"""Invented marks: an able or a weak candidate, examiners who see nearly the same, and now and then one who does not."""

from __future__ import annotations

import random

from core.scoring.sheets import Draft, Moment
from core.standards.plans import Exercise, Item

WEAK_PER = 6
"""About one candidate of so many fails."""
ODD_PER = 15
"""About one candidate of so many is seen quite otherwise by one examiner."""


def ability(chance: random.Random, index: int) -> float:
    """How able a candidate is, 0 to 1."""
    return chance.uniform(0.35, 0.55) if index % WEAK_PER == WEAK_PER - 1 else chance.uniform(0.66, 0.95)


def eye(chance: random.Random, index: int, place: int) -> float:
    """How an examiner's eye differs for a candidate."""
    return -0.35 if place == 0 and index % ODD_PER == ODD_PER - 1 else chance.uniform(-0.04, 0.04)


def draw_sheet(chance: random.Random, exercise: Exercise, able: float) -> Draft:
    """A complete sheet."""
    marks: dict[str, list[int] | None] = {item.key: _mark(chance, item, able) for item in exercise.items}
    moments = []
    if exercise.evidence == "live":
        first = exercise.items[0]
        moments = [Moment(chance.randrange(60, 900), "讲解清楚" if able > 0.6 else "价格说错", first.key)]
    deductions = {}
    if exercise.deductions and chance.random() > able + 0.2:
        deductions[exercise.deductions[0].id] = 1
    return Draft(marks, deductions, "", moments)


def _mark(chance: random.Random, item: Item, able: float) -> list[int]:
    scale = item.scale
    ordered = sorted(scale.options, key=lambda option: option.points)
    if scale.kind == "steps":
        return sorted(option.value for option in scale.options if chance.random() < able)
    at = min(len(ordered) - 1, max(0, round((able + chance.uniform(-0.15, 0.15)) * len(ordered) - 0.5)))
    return [ordered[at].value]
