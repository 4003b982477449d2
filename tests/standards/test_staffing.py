"""人员配备 (9.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.standards import staffing
from core.standards.packs import pack

RURAL = pack("t-caftv-rural-2026")
SILENT = pack("530051-2024")


@pytest.mark.parametrize(
    ("candidates", "examiners"), [(1, 3), (30, 3), (31, 5), (40, 5), (50, 5), (51, 7), (70, 7), (71, 9)]
)
def test_a_practical_panel_is_odd_and_has_one_examiner_to_ten(candidates: int, examiners: int) -> None:
    needed = staffing.panel(RURAL, "skill", candidates)
    assert (needed.examiners, needed.clause) == (examiners, "9.2")


@given(st.integers(1, 10_000))
def test_no_smaller_odd_panel_would_do(candidates: int) -> None:
    size = staffing.panel(RURAL, "skill", candidates).examiners
    assert size % 2 == 1
    assert size >= 3
    assert size * 10 >= candidates
    assert size == 3 or (size - 2) * 10 < candidates


def test_a_review_panel_has_three_whatever_the_number() -> None:
    assert staffing.panel(RURAL, "review", 200).examiners == 3


@pytest.mark.parametrize(("sizes", "invigilators"), [((1,), [2]), ((40,), [2]), ((41,), [3]), ((30, 61), [2, 4])])
def test_a_room_has_one_invigilator_to_twenty_and_never_fewer_than_two(
    sizes: tuple[int, ...], invigilators: list[int]
) -> None:
    needed = staffing.rooms(RURAL, sum(sizes), sizes)
    assert needed.rooms == tuple(zip(sizes, invigilators, strict=True))
    assert needed.invigilators == sum(invigilators)


def test_a_standard_that_is_silent_is_answered_as_the_centres_own_rule() -> None:
    for needed in (
        staffing.panel(SILENT, "skill", 40),
        staffing.panel(SILENT, "review", 40),
        staffing.rooms(SILENT, 40),
    ):
        assert needed.clause is None
        assert SILENT.standard.title in (staffing.policy_sentence(needed.policy, SILENT) or "")


@pytest.mark.parametrize(
    ("candidates", "sizes", "code"),
    [
        (0, (), "staffing.no_candidates"),
        (30, (20, 20), "staffing.rooms_do_not_add_up"),
        (30, (30, 0), "staffing.empty_room"),
        (30, (31, -1), "staffing.empty_room"),
    ],
)
def test_rooms_that_cannot_be_are_refused(candidates: int, sizes: tuple[int, ...], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        staffing.rooms(RURAL, candidates, sizes)
    assert refusal.value.code == code


def test_a_panel_without_candidates_is_refused() -> None:
    with pytest.raises(Refused):
        staffing.panel(RURAL, "skill", 0)
