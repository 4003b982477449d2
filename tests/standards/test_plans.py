"""考核方案: the plans that ship, plans that a centre edits, and what is refused in them."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.standards import plans
from core.standards.packs import pack, packs
from core.standards.plan_checks import check, function_points, lint
from core.standards.points import NotPoints, allot, points_text, read_points

RURAL = "t-caftv-rural-2026"
EVERY = [(found.id, level.id) for found in packs() for level in found.levels]


def edited(*changes: tuple[str, str], level: str = "junior", standard: str = RURAL) -> plans.Plan:
    """The default plan's file with some words changed, loaded as a centre would."""
    text = (plans.PLAN_FILES / f"{standard}.{level}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return plans.load(text.encode())


def refusal(*changes: tuple[str, str], level: str = "junior", standard: str = RURAL) -> Refused:
    with pytest.raises(Refused) as found:
        edited(*changes, level=level, standard=standard)
    return found.value


@pytest.mark.parametrize(("standard", "level"), EVERY)
def test_every_default_plan_examines_every_skill_once_by_the_default_maxima(standard: str, level: str) -> None:
    plan = plans.default_plan(standard, level)
    maxima = {item.requirement: item.maximum for exercise in plan.exercises for item in exercise.items}
    assert maxima == plans.default_maxima(pack(standard), level)
    assert sum(maxima.values()) == 100_00
    assert sum(exercise.minutes for exercise in plan.exercises) >= 90
    assert 3 <= len(plan.exercises) <= 5
    assert {note.code for note in lint(plan)} <= {"plan.note_draft"}


def test_the_junior_practical_has_twelve_four_five_and_twenty_eight_items() -> None:
    plan = plans.default_plan(RURAL, "junior")
    assert [(exercise.name, len(exercise.items)) for exercise in plan.exercises] == [
        ("选品策划", 12),
        ("场景联调", 4),
        ("直播运行", 5),
        ("售后与数据", 28),
    ]
    live = plan.exercises[2]
    assert [item.key for item in live.items] == ["4.1.1", "4.1.2", "4.2.1", "4.2.2", "4.2.3"]
    assert (live.role, live.evidence, live.minutes) == ("中控", "live", 30)
    assert [option.points for option in live.items[0].scale.options] == [0, 160, 300, 400]


def test_functions_weigh_as_the_standard_prints_and_work_areas_of_the_other_alike() -> None:
    assert function_points(plans.default_plan(RURAL, "senior"))["data_review"] == 15_00
    assert sorted(function_points(plans.default_plan("530051-2024", "junior")).values()) == [3333, 3333, 3334]


def test_figures_of_a_silent_standard_have_no_clause_and_the_plan_says_they_are_its_own() -> None:
    plan = plans.default_plan("530051-2024", "junior")
    assert [(part.clause, part.mark_clause, part.minutes_clause) for part in plan.components] == [(None,) * 3]
    assert "标准没有规定" in plan.own_rules[0].text
    rural = plans.default_plan(RURAL, "junior").component("skill")
    assert rural is not None
    assert (rural.clause, rural.mark_clause, rural.minutes_clause) == ("8.4", "8.6", "9.3")


def test_the_review_is_left_out_of_the_senior_plan_unless_it_is_wanted() -> None:
    assert plans.default_plan(RURAL, "senior").component("review") is None
    with_review = plans.default_plan(RURAL, "senior", review=True)
    assert with_review.component("review") is not None
    assert [exercise.maximum for exercise in with_review.exercises_of("review")] == [100_00]
    assert edited(("\nincluded = false", "\nincluded = true"), level="senior") == with_review


@pytest.mark.parametrize(("standard", "level"), EVERY)
def test_the_bytes_of_a_plan_are_always_the_same_and_read_back_as_the_same_plan(standard: str, level: str) -> None:
    plan = plans.default_plan(standard, level)
    content = plans.to_bytes(plan)
    assert plans.from_bytes(content) == plan
    assert plans.to_bytes(plans.from_bytes(content)) == content
    assert plans.digest(plan) == plans.digest(content)
    assert plan.pack == pack(standard).digest.hex()


def test_one_changed_hundredth_changes_the_digest() -> None:
    one = edited(('spread_limit = "15"', 'spread_limit = "15.01"'))
    assert plans.digest(one) != plans.digest(plans.default_plan(RURAL, "junior"))


def test_bytes_of_a_newer_program_with_more_keys_can_still_be_read() -> None:
    plan = plans.default_plan(RURAL, "junior")
    newer = msgspec.json.encode({**msgspec.to_builtins(plan), "later": 1})
    assert plans.from_bytes(newer) == plan


def test_bytes_that_are_no_plan_are_refused() -> None:
    with pytest.raises(Refused):
        plans.from_bytes(b"{}")


def test_a_centre_may_shift_points_within_a_function() -> None:
    plan = edited(
        ('label = "产品链接与促销发布", maximum = "4"', 'label = "产品链接与促销发布", maximum = "5.5"'),
        ('label = "库存监控与产品调整", maximum = "4"', 'label = "库存监控与产品调整", maximum = "2.5"'),
    )
    found = plan.item("4.1.1")
    assert found is not None
    assert found[1].maximum == 550


KEY_411 = 'key = "4.1.1", requirement = "4.1.1", function = "campaign_execution"'


@pytest.mark.parametrize(
    ("old", "new", "code", "clause"),
    [
        ('label = "平台特点分析", maximum = "2"', 'label = "x", maximum = "3"', "plan.maxima", None),
        ('pass_mark = "60"', 'pass_mark = "50"', "plan.marks", "8.6"),
        ("min_minutes = 90", "min_minutes = 89", "plan.min_minutes", "9.3"),
        ("minutes = 40", "minutes = 9", "plan.minutes", "9.3"),
        ('key = "ethics"\nname = "职业道德"\nmaximum = "5"', 'key = "ethics"\nname = "x"\nmaximum = "6"',
         "plan.knowledge_weights", "7.4.1"),
        ("panel_examiners = 3", "panel_examiners = 4", "plan.panel_size", "9.2"),
        ("panel_examiners = 3", "panel_examiners = 1", "plan.panel_size", "9.2"),
        ("candidates_per_examiner = 10", "candidates_per_examiner = 11", "plan.examiner_ratio", "9.2"),
        ('method = "mean"', 'method = "trimmed_mean"', "plan.trimmed_panel", None),
        ('method = "mean"', 'method = "mode"', "plan.unreadable", None),
        ('edition = "2026 征求意见稿"', 'edition = "2030"', "plan.other_edition", None),
        (KEY_411, KEY_411.replace('key = "4.1.1"', 'key = "4.1.2"'), "plan.key_twice", None),
        (KEY_411, KEY_411.replace('key = "4.1.1"', 'key = "四"'), "plan.bad_key", None),
        (KEY_411, KEY_411.replace('requirement = "4.1.1"', 'requirement = "4.9.9"'),
         "plan.unknown_requirement", None),
        (KEY_411, KEY_411.replace("campaign_execution", "promotion"), "plan.unknown_requirement", None),
        (KEY_411, 'key = "4.1.1"', "plan.item_without_requirement", None),
        (KEY_411, 'level = "intermediate", ' + KEY_411, "plan.other_level", None),
        ('maximum = "4", scale = "live"', 'maximum = "4.005", scale = "live"', "plan.points", None),
        ('maximum = "4", scale = "live"', 'maximum = "-4", scale = "live"', "plan.points", None),
        ('maximum = "4", scale = "live"', 'maximum = 4e400, scale = "live"', "plan.points", None),
        ('maximum = "4", scale = "live"', 'maximum = nan, scale = "live"', "plan.points", None),
        ('maximum = "4", scale = "live"', 'maximum = "4", scale = "lively"', "plan.unknown_scale", None),
        ("percent = 75", "percent = 35", "plan.scale", None),
        ("percent = 100", "percent = 99", "plan.scale", None),
        ("percent = 100", "percent = 101", "plan.unreadable", None),
        (", percent = 40 }", " }", "plan.percent_or_points", None),
        ("percent = 25 }", "percent = 24 }", "plan.scale", None),
        ('points = "2", cap = "6"', 'points = "2", cap = "1"', "plan.deduction", None),
        ('items = ["4.1.1"]', 'items = ["1.1.1"]', "plan.veto", None),
        ('scope = "exercise" }', 'scope = "exercise", items = ["4.1.1"] }', "plan.veto", None),
        ('component = "skill"', 'component = "review"', "plan.exercise_component", None),
        ('role = "中控"', 'role = " "', "plan.exercise_empty", None),
        ("version = 1", "version = 0", "plan.version", None),
        ('title = "', 'titel = "', "plan.unreadable", None),
        ("schema = 1", "schema = 1\nschema = 1", "plan.unreadable", None),
        ('level = "junior"', 'level = "master"', "standards.unknown_level", None),
        (f'standard = "{RURAL}"', 'standard = "x"', "standards.unknown", None),
    ],
)  # fmt: skip
def test_a_plan_that_does_not_add_up_or_goes_against_its_standard_is_refused(
    old: str, new: str, code: str, clause: str | None
) -> None:
    found = refusal((old, new))
    assert (found.code, found.clause) == (code, clause)
    assert "{" not in found.sentence
    assert code not in found.sentence


def test_points_moved_from_one_function_to_another_go_against_the_printed_weights() -> None:
    found = refusal(
        ('label = "产品链接与促销发布", maximum = "4"', 'label = "产品链接与促销发布", maximum = "5"'),
        ('label = "平台特点分析", maximum = "2"', 'label = "平台特点分析", maximum = "1"'),
    )
    assert (found.code, found.clause) == ("plan.function_weight", "7.4.2")


def test_a_component_that_the_standard_requires_cannot_be_left_out() -> None:
    found = refusal(("min_minutes = 90", "min_minutes = 90\nincluded = false"))
    assert (found.code, found.clause) == ("plan.component_missing", "8.2")


def test_a_review_of_juniors_goes_against_the_standard() -> None:
    head = '[[components]]\nid = "review"\nname = "x"\nname_en = "x"\nfull_mark = 100\npass_mark = 60\n'
    found = refusal(("[[components]]", head + "min_minutes = 30\n\n[[components]]"))
    assert (found.code, found.clause) == ("plan.component_level", "8.2")


def test_attributes_are_marked_only_where_the_plan_says_so() -> None:
    swap = ('requirement = "1.1.1", function = "platform_setup", label = "资质认证与账号店铺开通"',
            'requirement = "1.1.5", function = "platform_setup", label = "信息搜集与保密意识"')  # fmt: skip
    assert refusal(swap, standard="530051-2024").code == "plan.attribute"
    allowed = edited(swap, ("attributes = false", "attributes = true"), standard="530051-2024")
    assert [note.code for note in lint(allowed)] == ["plan.note_uncovered"]


def test_items_of_a_lower_level_come_in_where_the_plan_lets_them() -> None:
    swap = (
        'key = "4.1.1", requirement = "4.1.1", function = "campaign_execution", label = "话题设计与互动引导"',
        'key = "4.1.1", level = "junior", requirement = "4.2.1", '
        'function = "campaign_execution", label = "用户基本互动"',
    )
    assert refusal(swap, level="intermediate").code == "plan.other_level"
    plan = edited(swap, ("cumulative_levels = false", "cumulative_levels = true"), level="intermediate")
    assert [note.code for note in lint(plan)] == ["plan.note_draft", "plan.note_uncovered"]


def test_a_second_look_is_asked_for_labels_ways_and_packs_that_differ() -> None:
    plan = edited(('label = "平台选用"', 'label = "选平台"'), ('mode = "模拟操作"', 'mode = "现场观摩"'))
    other = msgspec.structs.replace(plan, pack="0" * 64, own_rules=())
    assert Counter(note.code for note in lint(other)) == Counter(
        ["plan.note_draft", "plan.note_other_pack", "plan.note_label", "plan.note_mode", "plan.note_no_own_rules"]
    )
    for note in lint(other):
        assert note.code not in note.sentence


def test_the_five_scales_turn_a_mark_into_points() -> None:
    plan = plans.default_plan(RURAL, "junior")

    def points(key: str, marked: int | list[int]) -> int:
        found = plan.item(key)
        assert found is not None
        return plans.points_of(found[1], marked)

    assert [points("4.1.1", value) for value in range(4)] == [0, 160, 300, 400]
    assert [points("1.2.3", value) for value in (0, 1)] == [0, 200]
    assert [points("3.3.2", done) for done in ([], [1], [2, 4], [1, 2, 3, 4])] == [0, 50, 100, 200]
    assert [points("6.1.1", count) for count in (0, 1, 2, 3, 4, 5, 99)] == [0, 59, 59, 111, 111, 148, 148]
    assert [points("7.1.3", count) for count in (2, 3, 6)] == [0, 100, 250]
    senior = plans.default_plan(RURAL, "intermediate").item("3.3.2")
    assert senior is not None
    full = senior[1].maximum
    assert [plans.points_of(senior[1], seconds) for seconds in (0, 60, 61, 181)] == [
        full, full, (full * 75 + 50) // 100, 0,
    ]  # fmt: skip


@pytest.mark.parametrize(("key", "marked"), [("4.1.1", 4), ("4.1.1", -1), ("4.1.1", [1]), ("3.3.2", [1, 1]),
                                             ("3.3.2", [5]), ("6.1.1", -1), ("7.1.3", [1])])  # fmt: skip
def test_a_mark_that_the_scale_does_not_have_is_refused(key: str, marked: int | list[int]) -> None:
    found = plans.default_plan(RURAL, "junior").item(key)
    assert found is not None
    with pytest.raises(Refused):
        plans.points_of(found[1], marked)


def test_a_plan_made_by_hand_is_checked_like_a_file() -> None:
    plan = plans.default_plan(RURAL, "junior")
    check(plan)
    with pytest.raises(Refused):
        check(msgspec.structs.replace(plan, exercises=plan.exercises[1:]))


@given(st.integers(0, 10**6), st.integers(1, 60))
def test_shares_are_equal_but_for_the_first_and_add_up(total: int, parts: int) -> None:
    shares = allot(total, parts)
    assert sum(shares) == total
    assert len(set(shares[1:])) <= 1
    assert shares[0] - min(shares) < parts


@given(st.integers(0, 10**9))
def test_points_written_and_read_again_are_the_same(hundredths: int) -> None:
    assert read_points(points_text(hundredths)) == hundredths


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("8.555", "too_many_decimals"),
        ("-1", "negative"),
        (-1, "negative"),
        ("1e2", "not_a_number"),
        ("８", "not_a_number"),
        (" 8", "not_a_number"),
        ("", "not_a_number"),
        ("NaN", "not_a_number"),
        (8.5, "not_a_number"),
        (True, "not_a_number"),
        (None, "not_a_number"),
        (10**40, "too_large"),
    ],
)
def test_what_is_no_number_of_points_is_named(written: object, reason: str) -> None:
    with pytest.raises(NotPoints) as problem:
        read_points(written)
    assert problem.value.reason == reason
