"""What a plan tells candidates and examiners of the centre's own rules, worked out from its figures.

While a plan is edited these sentences follow the figures, unless somebody has worded them otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from core.standards.packs import pack
from core.standards.plan_checks import function_points
from core.standards.plan_draft import REVIEW, Draft
from core.standards.plan_facts import OwnRule, Plan
from core.standards.plan_shapes import both, percents
from core.standards.points import allot, short_text

SAYS = "plan_editor.says"


def sentences_of(plan: Plan) -> dict[str, OwnRule]:
    """What there is to tell, by what it is about: shares, levels, totals, panel and, where there is one, review."""
    said = {
        "shares": _shares(plan),
        "levels": _levels(plan),
        "totals": _totals(plan),
        "panel": _panel(plan),
    }
    if plan.component(REVIEW) is not None:
        said["review"] = OwnRule(*both(f"{SAYS}.review_panel", examiners=plan.policies.review_examiners))
    return said


def retold(before: Draft, after: Draft) -> Draft:
    """`after` with the sentences that were right for `before` made right again; those of a person's own stay."""
    old, new = sentences_of(before.plan), sentences_of(after.plan)
    rules = list(after.plan.own_rules)
    for about in old | new:
        if old.get(about) == new.get(about):
            continue
        if about not in new:
            rules = [rule for rule in rules if rule != old[about]]
        elif about in old:
            rules = [new[about] if rule == old[about] else rule for rule in rules]
        elif new[about] not in rules:
            rules.append(new[about])
    if tuple(rules) == after.plan.own_rules:
        return after
    return replace(after, plan=msgspec.structs.replace(after.plan, own_rules=tuple(rules)))


def _shares(plan: Plan) -> OwnRule:
    by_function: dict[str | None, list[int]] = defaultdict(list)
    for exercise in plan.exercises_of("skill"):
        for item in exercise.items:
            by_function[item.function].append(item.maximum)
    shares = "equal" if all(_are_shares(maxima) for maxima in by_function.values()) else "own"
    if pack(plan.standard).weights is not None:
        return OwnRule(*both(f"{SAYS}.{shares}_shares"))
    weights = "equal" if _are_shares(list(function_points(plan).values())) else "own"
    attributes = "with" if plan.policies.attributes else "without"
    parts = [both(f"{SAYS}.silent.{part}") for part in (f"{weights}_weights", f"{shares}_shares", attributes)]
    return OwnRule("".join(part[0] for part in parts), "".join(part[1] for part in parts))


def _are_shares(points: Sequence[int]) -> bool:
    return sorted(points) == sorted(allot(sum(points), len(points)))


def _levels(plan: Plan) -> OwnRule:
    scales = [(item.scale, item.maximum) for exercise in plan.exercises for item in exercise.items]
    shares = {percents(scale, maximum) for scale, maximum in scales if scale.kind == "levels"}
    found = next(iter(shares), None)
    if len(shares) != 1 or found is None:
        return OwnRule(*both(f"{SAYS}.levels_differ"))
    chinese = "、".join(f"{percent}%" for percent in found)
    english = ", ".join(map(str, found[:-1])) + f" and {found[-1]}"
    top = len(found) - 1
    return OwnRule(
        both(f"{SAYS}.levels", top=top, shares=chinese)[0],
        both(f"{SAYS}.levels", top=top, shares=english)[1],
    )


def _totals(plan: Plan) -> OwnRule:
    policies = plan.policies
    opens = "spread"
    if policies.straddle:
        opens = "straddle" if policies.straddle_within is None else "straddle_within"
    method = both(f"{SAYS}.{policies.method}")
    opening = both(
        f"{SAYS}.{opens}",
        limit=short_text(policies.spread_limit),
        within=short_text(policies.straddle_within or 0),
    )
    return OwnRule(method[0] + opening[0], method[1] + opening[1])


def _panel(plan: Plan) -> OwnRule:
    policies = plan.policies
    silent = pack(plan.standard).assessment is None
    return OwnRule(
        *both(
            f"{SAYS}.panel" if silent else f"{SAYS}.skill_panel",
            examiners=policies.panel_examiners,
            ratio=policies.candidates_per_examiner,
            candidates=policies.candidates_per_panel,
        )
    )
