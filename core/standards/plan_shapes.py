"""What share of an item's maximum each option of its scale is worth, so that a maximum can change and the scale follow.

A plan holds points; a person thinks of "level 2 is three quarters". Shares are kept exact while a plan is edited:
points that were rounded once are never rounded again.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate

import msgspec

from core.standards.plan_facts import Option, Scale
from core.words import sentences

Shape = tuple[Fraction, ...]
"""The share of each option; those of steps add up to 1."""

PERCENT = 100
NICE = 5
"""People think in fives: of several percentages that give the same points, one of those is meant."""
HALF = Fraction(1, 2)

KINDS = ("levels", "steps", "yes_no", "tiers", "objective")
LEVEL_PERCENTS = (0, 40, 75, 100)
TIER_PERCENTS = (40, 75, 100)
TIER_BOUNDS = (1, 3, 5)
FEWEST_STEPS = 4


def shape(scale: Scale, maximum: int) -> Shape:
    """The shares of a scale's options: a whole percentage where one gives exactly these points, else the exact part."""
    points = [option.points for option in scale.options]
    if maximum < 1:
        return tuple(Fraction(0) for _ in points)
    if scale.kind != "steps":
        return tuple(_share(each, maximum) for each in points)
    reached = [_share(each, maximum) for each in accumulate(points)]
    return tuple(after - before for before, after in zip([Fraction(0), *reached], reached, strict=False))


def percents(scale: Scale, maximum: int) -> tuple[int, ...] | None:
    """The whole percentages that give exactly these points; None where there are none."""
    shares = [share * PERCENT for share in shape(scale, maximum)]
    return tuple(int(share) for share in shares) if all(share.denominator == 1 for share in shares) else None


def pointed(scale: Scale, shares: Shape, maximum: int) -> Scale:
    """The scale for another maximum: each share of it, rounded half up; steps always add up to it."""
    if scale.kind == "steps":
        reached = [_part(maximum, share) for share in accumulate(shares)]
        points = [after - before for before, after in zip([0, *reached], reached, strict=False)]
    else:
        points = [_part(maximum, share) for share in shares]
    options = zip(scale.options, points, strict=True)
    return msgspec.structs.replace(scale, options=tuple(_worth(option, worth) for option, worth in options))


def default_scale(kind: str) -> tuple[Scale, Shape]:
    """A scale of this kind to begin with, in both languages, not yet pointed."""
    if kind == "levels":
        return _scale(kind, enumerate(LEVEL_PERCENTS))
    if kind == "yes_no":
        return _scale(kind, ((0, 0), (1, PERCENT)))
    if kind == "steps":
        return _scale(kind, ((step, PERCENT // FEWEST_STEPS) for step in range(1, FEWEST_STEPS + 1)))
    if kind in ("tiers", "objective"):
        return _scale(kind, zip(TIER_BOUNDS, TIER_PERCENTS, strict=True))
    raise ValueError(kind)


def both(code: str, **values: object) -> tuple[str, str]:
    """A sentence in Chinese and in English: what a plan says, it says in both."""
    return sentences("zh")[code].format(**values), sentences("en")[code].format(**values)


def _scale(kind: str, options: Iterable[tuple[int, int]]) -> tuple[Scale, Shape]:
    made, shares = [], []
    for value, percent in options:
        named = f"plan_editor.option.{kind}.{value}" if kind in ("levels", "yes_no") else f"plan_editor.option.{kind}"
        made.append(Option(value, *both(named, value=value), 0))
        shares.append(Fraction(percent, PERCENT))
    unit = both(f"plan_editor.unit.{kind}") if kind in ("tiers", "objective") else ("", "")
    data = {"kind": kind, "options": made, "unit": unit[0], "unit_en": unit[1]}
    return msgspec.convert(data, Scale, from_attributes=True), tuple(shares)


def _share(points: int, maximum: int) -> Fraction:
    exact = Fraction(points, maximum)
    near = round(exact * PERCENT)
    for percent in (NICE * round(exact * PERCENT / NICE), near, near - 1, near + 1):
        if 0 <= percent <= PERCENT and _part(maximum, Fraction(percent, PERCENT)) == points:
            return Fraction(percent, PERCENT)
    return exact


def _part(maximum: int, share: Fraction) -> int:
    return int(maximum * share + HALF)


def _worth(option: Option, points: int) -> Option:
    return msgspec.structs.replace(option, points=points)
