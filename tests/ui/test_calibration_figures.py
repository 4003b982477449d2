"""Items that one counts show their figures, before the day and while marking: the same points may rest on others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from core.calibration.comparison import ComparedItem
from core.scoring.sheets import Draft, Mark
from core.standards import plans
from core.standards.plan_draft import begin
from core.standards.plan_editing import set_counting, set_kind
from core.standards.plans import Exercise, Item
from tests.rooms import LEVEL, STANDARD
from ui.pages.calibration_spread import groups_text, option_sign
from ui.pages.marking_binding import Names, exercise_view


def counted() -> tuple[Exercise, Item]:
    """An exercise with an item that is counted in orders."""
    draft = set_kind(begin(plans.default_plan(STANDARD, LEVEL)), "4.1.1", "tiers")
    draft = set_counting(draft, "4.1.1", better="more", unit="单", unit_en="orders")
    exercise, item = next(
        (one, item) for one in draft.plan.exercises for item in one.items if item.requirement == "4.1.1"
    )
    return exercise, item


def test_a_step_of_a_count_is_named_by_its_figure() -> None:
    _, item = counted()
    option = item.scale.options[0]
    assert option_sign(item, option.value).startswith(f"{option.value} 单")


def test_two_who_counted_differently_are_told_apart_though_their_points_are_the_same() -> None:
    _, item = counted()
    given = (Mark(item.key, [3], 200), Mark(item.key, [4], 200), None)
    sheets = tuple(SimpleNamespace(examiner=one) for one in (1, 2, 3))
    detail: Any = SimpleNamespace(comparison=SimpleNamespace(sheets=sheets), names={1: "甲", 2: "乙", 3: "丙"})
    said = groups_text(detail, ComparedItem(item, given))
    assert "3 单（2.00） 甲" in said and "4 单（2.00） 乙" in said and "丙" in said


def test_what_was_agreed_on_a_figure_stands_beside_the_count_while_marking() -> None:
    exercise, item = counted()
    value = item.scale.options[0].value
    view = exercise_view(exercise, Draft(), Names({}), readings={(item.key, value): "退款的不算"})
    (shown,) = [one for one in view.items if one.key == item.key]
    assert f"{value} 单：退款的不算" in shown.note
    (plain,) = [one for one in exercise_view(exercise, Draft(), Names({})).items if one.key == item.key]
    assert plain.note == "单"
