"""A panel's totals to one result: exact, and never rounded across the pass mark."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.scoring.aggregation import AggregationPolicy, aggregate, exact_text, shown, total
from core.standards.plans import Policies

PASS = 6000
PANELS = st.lists(st.integers(0, 10_000), min_size=3, max_size=11).filter(lambda totals: len(totals) % 2 == 1)


def result(totals: list[int], **policy: object) -> Fraction:
    return aggregate(totals, AggregationPolicy(**policy), pass_mark=PASS).result  # type: ignore[arg-type]


def test_the_three_methods_on_one_panel_of_five() -> None:
    totals = [7000, 8000, 8100, 8200, 9900]
    assert result(totals) == 8240
    assert result(totals, method="median") == 8100
    assert result(totals, method="trimmed_mean") == 8100


def test_a_mean_that_does_not_end_stays_exact() -> None:
    found = aggregate([8333, 8333, 8334], AggregationPolicy(), pass_mark=PASS)
    assert found.result == Fraction(25000, 3)
    assert exact_text(found.result) == "250/3"
    assert found.display == 8333


def test_a_hair_below_the_pass_mark_is_shown_below_it_and_fails() -> None:
    found = aggregate([5999, 5999, 6000], AggregationPolicy(), pass_mark=PASS)
    assert found.result < PASS <= Fraction(6000)
    assert (found.display, found.passed) == (5999, False)
    assert shown(Fraction(59995, 10), PASS) == 5999
    assert shown(Fraction(60005, 10), PASS) == 6001


def test_the_pass_mark_itself_passes() -> None:
    found = aggregate([6000, 6000, 6000], AggregationPolicy(), pass_mark=PASS)
    assert (found.passed, found.display, found.reasons) == (True, 6000, ())


def test_a_spread_at_its_limit_is_no_reason_and_one_hundredth_more_is() -> None:
    policy = AggregationPolicy(spread_limit=1500)
    assert aggregate([7000, 7500, 8500], policy, pass_mark=PASS).reasons == ()
    beyond = aggregate([7000, 7500, 8501], policy, pass_mark=PASS)
    assert (beyond.reasons, beyond.passed, beyond.spread) == (("spread",), None, 1501)


@pytest.mark.parametrize(
    ("totals", "within", "reasons"),
    [
        ([5999, 6000, 6001], 200, ("straddle",)),
        ([5000, 6000, 7600], 200, ("straddle",)),
        ([5000, 6000, 7601], 200, ()),
        ([5000, 6000, 7601], None, ("straddle",)),
        ([6000, 6000, 6001], 200, ()),
        ([5900, 5950, 5999], 200, ()),
    ],
)
def test_totals_on_both_sides_of_the_pass_mark_call_for_a_deliberation_when_the_result_is_near(
    totals: list[int], within: int | None, reasons: tuple[str, ...]
) -> None:
    policy = AggregationPolicy(straddle=True, straddle_within=within)
    found = aggregate(totals, policy, pass_mark=PASS)
    assert found.reasons == reasons
    assert (found.passed is None) == bool(reasons)


def test_a_plan_that_says_nothing_else_has_the_default_limits() -> None:
    policy = AggregationPolicy.of(Policies())
    assert policy == AggregationPolicy("mean", 1500, True, 200)


@pytest.mark.parametrize(
    ("totals", "method", "code", "clause"),
    [
        ([], "mean", "aggregate.too_few", "9.2"),
        ([7000], "mean", "aggregate.too_few", "9.2"),
        ([7000, 7000], "mean", "aggregate.too_few", "9.2"),
        ([7000] * 4, "mean", "aggregate.even", "9.2"),
        ([7000] * 3, "trimmed_mean", "aggregate.trimmed_needs_five", None),
    ],
)
def test_a_panel_that_may_not_be_is_refused_with_its_clause(
    totals: list[int], method: str, code: str, clause: str | None
) -> None:
    with pytest.raises(Refused) as refusal:
        result(totals, method=method)
    assert (refusal.value.code, refusal.value.clause) == (code, clause)


def test_a_total_is_floored_once_and_only_at_the_end() -> None:
    assert total([500, 300], [1000]) == 0
    assert total([500, 300], [250]) == 550


@given(PANELS, st.sampled_from(["mean", "median"]), st.randoms())
def test_the_order_of_the_sheets_changes_nothing_and_the_result_lies_between_them(
    totals: list[int], method: str, random: object
) -> None:
    shuffled = list(totals)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = result(totals, method=method)
    assert found == result(shuffled, method=method)
    assert min(totals) <= found <= max(totals)


@given(PANELS, st.integers(1, 10_000))
def test_what_is_shown_never_contradicts_what_was_decided(totals: list[int], pass_mark: int) -> None:
    found = aggregate(totals, AggregationPolicy(), pass_mark=pass_mark)
    assert (found.display >= pass_mark) == found.passed
    assert abs(found.display - found.result) <= 1
    if abs(found.display - found.result) > Fraction(1, 2):
        assert found.display == pass_mark - 1


@given(st.integers(0, 10**7), st.integers(1, 10**4))
def test_the_exact_text_is_the_exact_value_in_its_shortest_form(numerator: int, denominator: int) -> None:
    value = Fraction(numerator, denominator)
    text = exact_text(value)
    assert Fraction(text) == value / 100
    assert "/" not in text or (value / 100).denominator not in (1, 2, 4, 5, 8, 10)
    assert "." not in text or not text.endswith("0")
