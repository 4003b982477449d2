"""Panels: odd, at least three, one examiner to ten candidates (9.2), and no recusal broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrangement.panels import ProposedPanel as Panel
from core.arrangement.panels import check_panel, clashes, divide, examiners_needed
from core.errors import Refused
from core.standards.plans import Policies
from tests.rooms import refused

POLICIES = Policies()


def panel(examiners: int, candidates: int, leader: int = 1) -> Panel:
    return Panel(tuple(range(1, examiners + 1)), leader, tuple(range(100, 100 + candidates)))


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (panel(2, 5), "panel.too_few"),
        (panel(0, 5), "panel.too_few"),
        (panel(4, 5), "panel.even"),
        (panel(3, 0), "panel.no_candidates"),
        (panel(3, 31), "panel.ratio"),
        (panel(3, 5, leader=9), "panel.leader_outside"),
        (Panel((1, 1, 2), 1, (100,)), "panel.examiner_twice"),
    ],
)
def test_a_panel_that_the_standard_does_not_allow_is_refused(found: Panel, code: str) -> None:
    with refused(code) as caught:
        check_panel(found, POLICIES, "skill", ())
    if code in ("panel.too_few", "panel.even", "panel.ratio"):
        assert caught.value.clause == "9.2"  # type: ignore[attr-defined]


@pytest.mark.parametrize(("candidates", "needed"), [(1, 3), (30, 3), (31, 5), (50, 5), (51, 7), (71, 9)])
def test_a_panel_has_one_examiner_to_ten_candidates_and_is_odd(candidates: int, needed: int) -> None:
    assert examiners_needed(POLICIES, "skill", candidates) == needed
    check_panel(panel(needed, candidates), POLICIES, "skill", ())


def test_the_review_takes_three_whatever_the_number() -> None:
    check_panel(panel(3, 200), POLICIES, "review", ())


def test_where_highest_and_lowest_are_dropped_a_panel_has_five() -> None:
    with refused("panel.trimmed_needs_five"):
        check_panel(panel(3, 5), Policies(method="trimmed_mean"), "skill", ())


def test_a_recusal_keeps_two_apart() -> None:
    with refused("panel.recused"):
        check_panel(panel(3, 5), POLICIES, "skill", [(2, 103)])
    check_panel(panel(3, 5), POLICIES, "skill", [(2, 999), (9, 103)])


@given(
    candidates=st.integers(1, 130),
    spare=st.integers(0, 3),
    barred=st.lists(st.tuples(st.integers(1, 30), st.integers(1000, 1130)), max_size=12),
)
def test_a_division_is_lawful_even_and_places_everybody_once(
    candidates: int, spare: int, barred: list[tuple[int, int]]
) -> None:
    people = list(range(1000, 1000 + candidates))
    needed = 3 * -(-candidates // POLICIES.candidates_per_panel)
    examiners = list(range(1, needed + spare + 1))
    try:
        found = divide(people, examiners, POLICIES, "skill", barred)
    except Refused as problem:
        assert problem.code == "panel.recusals_cannot_be_kept" and barred
        return
    for one in found:
        check_panel(one, POLICIES, "skill", barred)
    assert sorted(each for one in found for each in one.applications) == people
    seats = [each for one in found for each in one.examiners]
    assert len(set(seats)) == len(seats)
    sizes = [len(one.applications) for one in found]
    assert max(sizes) - min(sizes) <= 1


def test_examiners_who_may_not_meet_a_candidate_are_left_out_where_there_are_others() -> None:
    (found,) = divide([100], [1, 2, 3, 4, 5, 6], POLICIES, "skill", [(1, 100), (2, 100), (3, 100)])
    assert found.examiners == (4, 5, 6)
    assert not clashes(found.examiners, found.applications, [(1, 100)])


def test_too_few_examiners_are_named_with_how_many_it_takes() -> None:
    with refused("panel.examiners_missing") as caught:
        divide(list(range(60)), [1, 2, 3, 4, 5], POLICIES, "skill", ())
    assert caught.value.values == {"needed": 6, "found": 5}  # type: ignore[attr-defined]
