"""Editing a plan: the points always add up, what can't be met is refused in words, and the file reads back the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.standards import plans
from core.standards.packs import packs
from core.standards.plan_checks import check, problems
from core.standards.plan_draft import Draft, begin, items, pots
from core.standards.plan_editing import (
    add_option,
    add_requirement,
    copy_scale,
    lock,
    move_item,
    offers,
    remove_item,
    remove_option,
    set_counting,
    set_kind,
    set_maximum,
    set_option,
    share_equally,
    shift_item,
)
from core.standards.plan_exercises import (
    add_exercise,
    change_exercise,
    free_extra_id,
    put_extra,
    remove_exercise,
    remove_extra,
)
from core.standards.plan_facts import Deduction, OwnRule, Plan, Surprise, Veto
from core.standards.plan_history import History
from core.standards.plan_rules import include, numbered, set_component, set_own_rules, set_policies, set_row
from core.standards.plan_sentences import sentences_of
from core.standards.plan_shapes import KINDS
from core.standards.plan_weights import equal_weights, set_weight
from core.standards.plan_writing import to_toml

RURAL, SILENT = "t-caftv-rural-2026", "530051-2024"
EVERY = [(found.id, level.id) for found in packs() for level in found.levels]


def draft(standard: str = RURAL, level: str = "junior", **more: bool) -> Draft:
    return begin(plans.default_plan(standard, level, **more))


def maximum(found: Draft, key: str) -> int:
    held = found.plan.item(key)
    assert held is not None
    return held[1].maximum


def refusal(act: Callable[..., object], *args: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as found:
        act(*args, **more)
    assert found.value.sentence != found.value.code
    return found.value


@pytest.mark.parametrize(("standard", "level"), EVERY)
def test_a_plan_that_was_written_to_a_file_reads_back_the_same(standard: str, level: str) -> None:
    for review in (False, True) if (standard, level) == (RURAL, "senior") else (False,):
        plan = plans.default_plan(standard, level, review=review)
        assert plans.load(to_toml(plan).encode(), review=None) == plan


@pytest.mark.parametrize(("standard", "level"), EVERY)
def test_what_a_default_plan_tells_people_is_what_its_figures_say(standard: str, level: str) -> None:
    plan = plans.default_plan(standard, level)
    assert set(sentences_of(plan).values()) <= set(plan.own_rules)


def test_a_maximum_set_by_hand_stays_and_the_others_of_its_function_share_the_rest() -> None:
    changed = set_maximum(draft(), "6.1.1", 3_00)
    assert [maximum(changed, f"6.{no}") for no in ("1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3")] == [
        300, 120, 116, 116, 116, 116, 116,
    ]  # fmt: skip
    again = set_maximum(changed, "6.1.2", 2_00)
    assert maximum(again, "6.1.1") == 300
    assert [maximum(again, "6.1.3"), maximum(again, "6.2.3")] == [100, 100]
    assert again.left == 0
    check(again.plan)


def test_the_scale_follows_its_maximum_and_comes_back_exactly() -> None:
    first = draft()
    there = set_maximum(first, "3.3.2", 1_37)
    back = lock(there, "3.3.2", False)
    assert [option.points for option in there.plan.item("3.3.2")[1].scale.options] == [34, 35, 34, 34]  # type: ignore[index]
    assert back.plan == first.plan


def test_more_than_a_function_has_is_refused_with_the_clause_and_what_is_possible() -> None:
    first = draft()
    error = refusal(set_maximum, first, "4.1.1", 19_97)
    assert (error.code, error.clause, error.values["most"]) == ("plan_editor.too_much", "7.4.2", "19.96")
    assert maximum(set_maximum(first, "4.1.1", 19_96), "4.2.3") == 1
    assert refusal(set_maximum, first, "4.1.1", 0).code == "plan_editor.no_points"
    locked = first
    for key in ("4.1.2", "4.2.1", "4.2.2", "4.2.3"):
        locked = lock(locked, key, True)
    error = refusal(set_maximum, locked, "4.1.1", 5_00)
    assert (error.code, error.values["most"]) == ("plan_editor.all_locked", "4.00")


def test_a_maximum_too_small_for_its_steps_is_refused() -> None:
    assert refusal(set_maximum, draft(), "3.3.2", 3).code == "plan_editor.too_small"


def test_an_item_goes_to_another_exercise_with_the_veto_that_strikes_it_alone() -> None:
    moved = move_item(draft(), "4.1.1", "after_sales")
    live, after = moved.plan.exercise("live"), moved.plan.exercise("after_sales")
    assert live is not None
    assert after is not None
    assert [item.key for item in live.items] == ["4.1.2", "4.2.1", "4.2.2", "4.2.3"]
    assert after.items[-1].key == "4.1.1"
    assert [veto.id for veto in after.vetoes] == ["live.wrong_product"]
    assert (live.maximum, after.maximum) == (16_00, 58_00)
    check(moved.plan)


def test_an_item_that_goes_takes_its_veto_along_and_leaves_its_points_to_the_others() -> None:
    gone = remove_item(draft(), "4.1.1")
    live = gone.plan.exercise("live")
    assert live is not None
    assert [item.maximum for item in live.items] == [500] * 4
    assert "live.wrong_product" not in [veto.id for veto in live.vetoes]
    check(gone.plan)


def test_a_function_without_items_has_its_points_left_to_give_until_one_comes_back() -> None:
    empty = draft()
    for key in ("1.1.1", "1.1.2", "1.2.1", "1.2.2", "1.2.3"):
        empty = remove_item(empty, key)
    assert empty.left == 10_00
    assert {problem.code for problem in problems(empty.plan)} == {"plan.maxima", "plan.function_weight"}
    back = add_requirement(empty, "live", "junior", "1.2.3")
    assert (maximum(back, "1.2.3"), back.left) == (10_00, 0)
    check(back.plan)


def test_everything_wrong_is_told_at_once_each_with_its_clause() -> None:
    bad = change_exercise(draft(), "live", minutes=1)
    bad = change_exercise(bad, "after_sales", minutes=30)
    bad = set_policies(bad, panel_examiners=4, candidates_per_examiner=20, method="trimmed_mean")
    found = {problem.code: problem.clause for problem in problems(bad.plan)}
    assert found == {
        "plan.panel_size": "9.2",
        "plan.examiner_ratio": "9.2",
        "plan.trimmed_panel": None,
        "plan.minutes": "9.3",
    }
    assert refusal(check, bad.plan).code == "plan.panel_size"


def test_lower_levels_are_examined_only_where_the_plan_says_so() -> None:
    first = draft(level="intermediate")
    assert refusal(add_requirement, first, "live", "junior", "4.1.1").code == "plan.other_level"
    assert refusal(add_requirement, first, "live", "senior", "4.1.1").code == "plan.other_level"
    assert {offer.level.id for offer in offers(first)} == {"intermediate"}
    allowed = set_policies(first, cumulative_levels=True)
    assert {offer.level.id for offer in offers(allowed)} == {"intermediate", "junior"}
    added = add_requirement(allowed, "live", "junior", "4.1.1")
    item = added.plan.item("junior.4.1.1")
    assert item is not None
    assert (item[1].level, item[1].function) == ("junior", "campaign_execution")
    check(added.plan)
    assert plans.load(to_toml(added.plan).encode()) == added.plan


def test_attributes_are_marked_only_where_the_plan_says_so() -> None:
    first = draft(SILENT)
    assert refusal(add_requirement, first, "accounts", "junior", "1.1.5").code == "plan.attribute"
    check(add_requirement(set_policies(first, attributes=True), "accounts", "junior", "1.1.5").plan)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_scale_has_sensible_options_to_begin_with(kind: str) -> None:
    changed = set_kind(draft(), "4.1.1", kind)
    scale = changed.plan.item("4.1.1")[1].scale  # type: ignore[index]
    assert scale.kind == kind
    check(changed.plan)
    assert plans.load(to_toml(changed.plan).encode()) == changed.plan


def test_options_are_worded_pointed_added_and_taken_out() -> None:
    worded = set_option(draft(), "4.1.1", 1, word="偶尔", points=1_00)
    options = worded.plan.item("4.1.1")[1].scale.options  # type: ignore[index]
    assert (options[1].word, [option.points for option in options]) == ("偶尔", [0, 100, 300, 400])
    more = add_option(worded, "4.1.1")
    assert [option.points for option in more.plan.item("4.1.1")[1].scale.options] == [0, 100, 300, 350, 400]  # type: ignore[index]
    less = remove_option(more, "4.1.1", 4)
    assert [option.points for option in less.plan.item("4.1.1")[1].scale.options] == [0, 100, 300, 400]  # type: ignore[index]
    copied = copy_scale(less, "4.1.1")
    assert copied.plan.item("4.2.3")[1].scale == less.plan.item("4.1.1")[1].scale  # type: ignore[index]
    assert refusal(set_option, worded, "4.1.1", 1, points=3_50).code == "plan.scale"
    assert refusal(set_option, worded, "4.1.1", 1, points=4_01).code == "plan_editor.option_points"
    assert refusal(set_option, worded, "4.1.1", 1, value=7).code == "plan.scale"
    assert refusal(add_option, set_kind(draft(), "4.1.1", "yes_no"), "4.1.1").code == "plan_editor.options"


def test_steps_keep_adding_up_and_a_time_is_better_when_it_is_less() -> None:
    steps = set_option(draft(), "3.3.2", 0, points=75)
    assert [option.points for option in steps.plan.item("3.3.2")[1].scale.options] == [75, 25, 50, 50]  # type: ignore[index]
    assert refusal(set_option, draft(), "3.3.2", 0, points=1_00).code == "plan.scale"
    timed = set_counting(set_kind(draft(), "4.1.1", "tiers"), "4.1.1", better="less", unit="秒", unit_en="s")
    scale = timed.plan.item("4.1.1")[1].scale  # type: ignore[index]
    assert [(option.value, option.points) for option in scale.options] == [(1, 400), (3, 300), (5, 160)]
    check(timed.plan)


def test_deductions_vetoes_and_surprises_come_and_go() -> None:
    first = draft(SILENT, "intermediate")
    selling = first.plan.exercise("selling")
    assert selling is not None
    assert [one.name for one in selling.surprises] == [
        "推流中断",
        "商品链接打不开",
        "优惠券设置错误",
        "评论区出现恶意评论",
    ]
    id = free_extra_id(first, "selling", Deduction)
    more = put_extra(first, "selling", Deduction(id, "冷场", "Dead air", 50, 1_50))
    assert refusal(put_extra, more, "selling", Deduction(id, "冷场", "Dead air", 2_00, 1_50)).code == "plan.deduction"
    more = put_extra(more, "selling", Veto("selling.v9", "替考", "Impersonation", "examination", ("2.1.1",)))
    assert more.plan.exercise("selling").vetoes[-1].items == ()  # type: ignore[union-attr]
    more = put_extra(more, "selling", Surprise("selling.s9", "停电", "Power cut"))
    check(more.plan)
    assert plans.load(to_toml(more.plan).encode()) == more.plan
    assert refusal(change_exercise, more, "selling", topic_card=False).code == "plan.surprises_without_card"
    for extra in (id, "selling.v9", "selling.s9"):
        more = remove_extra(more, "selling", extra)
    assert more.plan == first.plan


def test_an_exercise_that_goes_leaves_its_points_to_its_functions() -> None:
    gone = remove_exercise(draft(), "setup")
    check(gone.plan)
    assert [pot.left for pot in pots(gone)] == [0] * 7
    assert problems(remove_exercise(gone, "sourcing").plan)[0].code in {"plan.maxima", "plan.minutes"}
    new = add_exercise(draft())
    assert [problem.code for problem in problems(new.plan)] == ["plan.exercise_empty"]
    assert new.plan.exercises[-1].mode == "现场操作"


def test_the_standards_weights_marks_and_rows_refuse_a_change_and_a_silent_standard_lets_the_centre() -> None:
    rural = draft()
    assert refusal(set_weight, rural, "promotion", 20_00).clause == "7.4.2"
    assert refusal(set_component, rural, "skill", pass_mark=50_00).clause == "8.6"
    assert refusal(set_component, rural, "skill", min_minutes=80).clause == "9.3"
    assert refusal(set_row, rural, "ethics", 6_00).clause == "7.4.1"
    assert refusal(include, rural, "knowledge", False).clause == "8.2"
    assert refusal(include, rural, "review", True).clause == "8.2"
    silent = draft(SILENT, "intermediate")
    heavy = set_weight(silent, "live_selling", 40_00)
    assert {pot.key[1]: pot.weight for pot in pots(heavy)} == {
        "live_planning": 20_00, "live_selling": 40_00, "live_operation": 20_00, "live_promotion": 20_00,
    }  # fmt: skip
    check(heavy.plan)
    assert equal_weights(heavy).plan == silent.plan
    check(set_component(heavy, "skill", full_mark=120_00, pass_mark=72_00).plan)
    knowing = set_row(include(heavy, "knowledge", True), "live_selling", 40_00)
    assert sum(row.maximum for row in knowing.plan.knowledge) == 100_00
    check(knowing.plan)
    assert plans.load(to_toml(knowing.plan).encode()) == knowing.plan


def test_the_review_of_a_senior_is_taken_in_and_left_out() -> None:
    first = draft(level="senior")
    with_review = include(first, "review", True)
    check(with_review.plan)
    assert [pot.weight for pot in pots(with_review)][-1] == 100_00
    changed = set_maximum(with_review, "review.literacy", 20_00)
    check(changed.plan)
    assert include(with_review, "review", False).plan == first.plan


def test_what_the_plan_tells_follows_its_figures_and_leaves_what_a_person_wrote() -> None:
    history = History(draft()).do(lambda one: set_policies(one, method="median", spread_limit=12_50))
    told = [rule.text for rule in history.draft.plan.own_rules]
    assert (
        "考评组总分取各考评员总分的中位数；分差超过 12.5 分，或有人及格有人不及格且结果距合格线 2 分以内，启动评议。"
        in told
    )
    uneven = history.do(lambda one: set_maximum(one, "4.1.1", 6_00))
    assert "功能内各评分项的配分见评分表" in uneven.draft.plan.own_rules[0].text
    mine = (OwnRule("自己写的一句", "My own"),)
    kept = uneven.do(lambda one: set_own_rules(one, mine)).do(lambda one: set_policies(one, method="mean"))
    assert kept.draft.plan.own_rules == mine


def test_steps_are_taken_back_and_done_again() -> None:
    first = History(draft())
    one = first.do(lambda found: set_maximum(found, "4.1.1", 6_00))
    two = one.do(lambda found: shift_item(found, "4.1.1", 2))
    assert two.undo().undo().draft == first.draft
    assert two.undo().undo().redo().redo().draft == two.draft
    assert two.do(lambda found: lock(found, "4.1.1", True)) is two
    assert one.undo().do(lambda found: lock(found, "4.1.2", True)).redo().draft.locked == {"4.1.2"}


def test_a_changed_plan_gets_a_version_of_its_own() -> None:
    before = plans.default_plan(RURAL, "junior")
    changed = set_maximum(begin(before), "4.1.1", 6_00).plan
    assert numbered(changed, before).version == 2
    assert numbered(before, before).version == 1


def test_a_plan_with_any_words_in_it_reads_back_the_same() -> None:
    odd = '引号"、反斜线\\、换行\n、制表\t、𠮷、#号、{花括号}'
    changed = change_exercise(draft(), "live", name=odd, place="直播间 [2]")
    changed = put_extra(changed, "live", Deduction("live.odd", odd, "", 1, 99))
    assert plans.load(to_toml(changed.plan).encode()) == changed.plan


ACTS = ("set", "lock", "share", "remove", "move", "add", "kind", "option", "shift")


@given(seed=st.integers(0, 10**9), where=st.sampled_from(EVERY))
def test_whatever_is_done_the_points_add_up_or_are_left_to_give(seed: int, where: tuple[str, str]) -> None:
    chance = random.Random(seed)
    now = set_policies(begin(plans.default_plan(*where)), cumulative_levels=True, attributes=True)
    total = now.plan.component("skill")
    assert total is not None
    for _ in range(12):
        found = [item for _, item in items(now.plan)]
        if not found:
            break
        item, exercise = chance.choice(found), chance.choice(now.plan.exercises)
        try:
            now = _act(chance, now, item.key, exercise.id)
        except Refused as refused:
            assert refused.sentence != refused.code
    given_out = sum(exercise.maximum for exercise in now.plan.exercises)
    assert given_out + now.left == total.full_mark
    assert all(pot.left >= 0 for pot in pots(now))
    if now.left == 0 and all(exercise.items for exercise in now.plan.exercises):
        check(now.plan)
        assert plans.load(to_toml(now.plan).encode()) == now.plan


def _act(chance: random.Random, now: Draft, key: str, exercise: str) -> Draft:
    act = chance.choice(ACTS)
    if act == "set":
        return set_maximum(now, key, chance.choice([1, 7, 50, 123, 250, 400, 999, 2500]))
    if act == "lock":
        return lock(now, key, chance.random() < 0.5)
    if act == "share":
        return share_equally(now, chance.choice(pots(now)).key)
    if act == "remove":
        return remove_item(now, key)
    if act == "move":
        return move_item(now, key, exercise)
    if act == "add":
        offer = chance.choice(offers(now))
        return add_requirement(now, exercise, offer.level.id, offer.requirement.no)
    if act == "kind":
        return set_kind(now, key, chance.choice(KINDS))
    if act == "option":
        return add_option(now, key)
    return shift_item(now, key, chance.choice((-1, 1)))


def test_a_plan_without_surprises_in_its_bytes_is_still_read() -> None:
    plan = plans.default_plan(RURAL, "senior")
    old = msgspec.json.decode(plans.to_bytes(plan))
    for exercise in old["exercises"]:
        del exercise["surprises"]
    read: Plan = plans.from_bytes(msgspec.json.encode(old))
    assert all(exercise.surprises == () for exercise in read.exercises)
