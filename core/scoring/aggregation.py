"""How a panel's totals become one result: exact, documented, and never rounded across the pass mark.

Pure. Points are integers in hundredths, the result a `Fraction` of hundredths. How totals combine and when a
deliberation opens is the plan's policy; that a panel is odd and has at least three examiners is 9.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from core.errors import Refused
from core.standards.plans import LEAST_EXAMINERS, TRIMMED_EXAMINERS, Method, Policies
from core.standards.points import HUNDREDTHS

PANEL_CLAUSE = "9.2"

Reason = Literal["spread", "straddle"]


class AggregationPolicy(msgspec.Struct, frozen=True):
    """The part of a plan's policies that aggregation needs, in hundredths.

    `spread_limit` None sets no limit, `straddle_within` None lets totals straddle at any distance.
    """

    method: Method = "mean"
    spread_limit: int | None = None
    straddle: bool = False
    straddle_within: int | None = None

    @classmethod
    def of(cls, policies: Policies) -> AggregationPolicy:
        """The policy of a plan."""
        return cls(
            method=policies.method,
            spread_limit=policies.spread_limit,
            straddle=policies.straddle,
            straddle_within=policies.straddle_within,
        )


class Aggregate(msgspec.Struct, frozen=True):
    """A panel's result. `result` is exact, `display` what people see; both are hundredths.

    `reasons` say why a deliberation 评议 has to decide; `passed` compares the exact result and is None until then.
    """

    result: Fraction
    display: int
    spread: int
    reasons: tuple[Reason, ...]
    passed: bool | None

    @property
    def needs_adjudication(self) -> bool:
        return bool(self.reasons)


def aggregate(totals: Sequence[int], policy: AggregationPolicy, *, pass_mark: int) -> Aggregate:
    """One result of a panel's totals, one total an examiner, in any order.

    Refused: an even number or fewer than three (9.2); a trimmed mean of fewer than five.
    """
    check_panel(len(totals), policy)
    result = combine(totals, policy.method)
    spread = max(totals) - min(totals)
    reasons: list[Reason] = []
    if policy.spread_limit is not None and spread > policy.spread_limit:
        reasons.append("spread")
    near = policy.straddle_within is None or abs(result - pass_mark) <= policy.straddle_within
    if policy.straddle and min(totals) < pass_mark <= max(totals) and near:
        reasons.append("straddle")
    return Aggregate(
        result=result,
        display=shown(result, pass_mark),
        spread=spread,
        reasons=tuple(reasons),
        passed=None if reasons else result >= pass_mark,
    )


def check_panel(examiners: int, policy: AggregationPolicy) -> None:
    """Refuse a panel that 9.2 does not allow, or that is too small for the policy's method."""
    if examiners < LEAST_EXAMINERS:
        raise Refused("aggregate.too_few", clause=PANEL_CLAUSE, examiners=examiners)
    if examiners % 2 == 0:
        raise Refused("aggregate.even", clause=PANEL_CLAUSE, examiners=examiners)
    if policy.method == "trimmed_mean" and examiners < TRIMMED_EXAMINERS:
        raise Refused("aggregate.trimmed_needs_five", examiners=examiners)


def combine(totals: Sequence[int], method: Method) -> Fraction:
    """The exact mean, median, or mean without one highest and one lowest."""
    ordered = sorted(totals)
    if method == "median":
        middle = len(ordered) // 2
        return Fraction(ordered[middle])
    if method == "trimmed_mean":
        ordered = ordered[1:-1]
    return Fraction(sum(ordered), len(ordered))


def total(marks: Sequence[int], deductions: Sequence[int] = ()) -> int:
    """An examiner's total: all marks less all deductions, floored once at 0."""
    return max(0, sum(marks) - sum(deductions))


def shown(result: Fraction, pass_mark: int) -> int:
    """The hundredths that people see: rounded half up, but never across the pass mark (59.995 shows 59.99)."""
    rounded = (2 * result.numerator + result.denominator) // (2 * result.denominator)
    return pass_mark - 1 if result < pass_mark <= rounded else rounded


def exact_text(hundredths: Fraction) -> str:
    """Exact points as a decimal string where it ends (`"83.345"`), otherwise in lowest terms (`"250/3"`)."""
    points = hundredths / HUNDREDTHS
    twos = fives = 0
    rest = points.denominator
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{points.numerator}/{points.denominator}"
    places = max(twos, fives)
    digits = str(points.numerator * 10**places // points.denominator).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
