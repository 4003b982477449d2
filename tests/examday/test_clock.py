"""The exercise's clock: what it counts, who sets it, and what it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrangement.commands import record_attendance
from core.errors import Refused
from core.examday import commands, queries
from core.examday.clock_commands import LONGEST_WRITING
from core.examday.clockwork import LONGEST_SPAN, Step, live_second, reckon, recording_second
from tests.examday.conftest import LIVE, RECORDED, SETUP, Centre


def refused(code: str) -> pytest.RaisesExc[Refused]:
    return pytest.raises(Refused, match=f"^{code}$")


def test_each_phase_counts_its_own_time(centre: Centre) -> None:
    assert centre.clock().phase == ""
    centre.phase("preparation", wait=300)
    assert (centre.clock().phase, centre.clock().elapsed_ms, centre.clock().live_ms) == ("preparation", 300_000, 0)
    centre.phase("live", wait=61.5)
    found = centre.clock()
    assert (found.elapsed_ms, found.live_second, found.remaining_ms) == (61_500, 61, 30 * 60_000 - 61_500)
    centre.phase("closing", wait=30)
    centre.phase("ended", wait=500)
    found = centre.clock()
    assert (found.phase, found.live_second, found.running, found.elapsed_ms) == ("ended", 61, False, 61_500)


def test_a_pause_counts_nothing_and_stands_on_record_with_its_reason(centre: Centre) -> None:
    centre.phase("live", wait=100)
    centre.act("I01", commands.pause_run, centre.first, LIVE, "网络中断")
    centre.wall.wait(45)
    found = centre.clock()
    assert (found.paused, found.reason, found.live_ms, found.interruptions[0].length_ms) == (
        True,
        "网络中断",
        100_000,
        None,
    )
    centre.act("I01", commands.resume_run, centre.first, LIVE)
    centre.wall.wait(10)
    found = centre.clock()
    (pause,) = found.interruptions
    assert (found.live_ms, found.reason, pause.after_ms, pause.length_ms) == (110_000, "", 100_000, 45_000)
    with refused("examday.reason_needed"):
        centre.act("I01", commands.pause_run, centre.first, LIVE, "  ")


def test_a_standing_clock_may_end_but_not_go_to_another_phase(centre: Centre) -> None:
    centre.phase("live", wait=10)
    centre.act("I01", commands.pause_run, centre.first, LIVE, "设备故障")
    with refused("examday.paused"):
        centre.phase("closing")
    centre.phase("ended")
    assert centre.clock().phase == "ended"


def test_phases_follow_in_order_and_live_may_begin_at_once(centre: Centre) -> None:
    with refused("examday.phase_order"):
        centre.phase("closing")
    with refused("examday.no_such_phase"):
        centre.act("I01", commands.begin_phase, centre.first, LIVE, "lunch", "直播间 1")
    centre.phase("live")
    with refused("examday.phase_order"):
        centre.phase("preparation")
    with refused("examday.not_begun"):
        centre.act("I01", commands.pause_run, centre.other, LIVE, "早了")


def test_the_same_word_said_twice_is_said_once(centre: Centre) -> None:
    centre.phase("live", wait=5)
    before = centre.store.head.seq
    centre.phase("live")
    centre.act("I01", commands.resume_run, centre.first, LIVE)
    assert centre.store.head.seq == before


def test_an_ended_run_goes_on_only_by_two_people_and_where_it_stood(centre: Centre) -> None:
    centre.phase("live", wait=120)
    centre.phase("ended", wait=60)
    with refused("examday.ended"):
        centre.phase("live")
    with refused("people.second_needed"):
        centre.act("I01", commands.reopen_run, centre.first, LIVE, "误操作")
    centre.act("I01", commands.reopen_run, centre.first, LIVE, "误操作", second="M01")
    centre.wall.wait(5)
    found = centre.clock()
    assert (found.phase, found.live_ms, found.running) == ("live", 125_000, True)


def test_only_one_candidate_is_live_in_a_studio(centre: Centre) -> None:
    centre.phase("live")
    centre.phase("preparation", centre.other)
    with refused("examday.studio_busy"):
        centre.phase("live", centre.other)
    centre.phase("live", centre.other, studio="直播间 2")
    centre.phase("ended", centre.other)
    centre.phase("closing")
    third = centre.applications[2]
    with refused("examday.studio_busy"):
        centre.phase("live", third)
    centre.phase("ended")
    centre.phase("live", third)
    assert [one.application for one in centre.ask(queries.under_way_in, "直播间 1")] == [third]


def test_writing_the_reason_of_a_pause_is_not_the_candidates_time(centre: Centre) -> None:
    centre.phase("live", wait=60)
    asked = centre.wall.now
    centre.wall.wait(20)
    centre.act("I01", commands.pause_run, centre.first, LIVE, "停电了，正在查是哪一路", asked)
    assert (centre.clock().live_ms, centre.clock().interruptions[0].at) == (60_000, asked)
    centre.wall.wait(10)
    centre.act("I01", commands.resume_run, centre.first, LIVE)
    (pause,) = centre.clock().interruptions
    assert (centre.clock().live_ms, pause.length_ms) == (60_000, 30_000)
    assert centre.store.compare()[1] == []


@pytest.mark.parametrize(("ago", "counted"), [(3600, 0), (-60, 100)])
def test_a_pause_begins_neither_before_the_clock_last_spoke_nor_in_the_future(
    centre: Centre, ago: int, counted: int
) -> None:
    centre.phase("preparation", wait=50)
    centre.phase("live", wait=100)
    centre.act("I01", commands.pause_run, centre.first, LIVE, "理由", centre.wall.now - ago * 1000)
    assert centre.clock().live_ms == counted * 1000


def test_a_question_that_was_left_open_has_not_stopped_the_clock(centre: Centre) -> None:
    centre.phase("live", wait=1000)
    centre.act("I01", commands.pause_run, centre.first, LIVE, "理由", centre.wall.now - 900_000)
    assert centre.clock().live_ms == 1_000_000 - LONGEST_WRITING


def test_a_paused_run_may_go_on_in_another_studio(centre: Centre) -> None:
    centre.phase("live", wait=10)
    centre.act("I01", commands.pause_run, centre.first, LIVE, "灯坏了")
    centre.phase("live", centre.other, studio="直播间 2")
    with refused("examday.studio_busy"):
        centre.act("I01", commands.resume_run, centre.first, LIVE, "直播间 2")
    centre.act("I01", commands.resume_run, centre.first, LIVE, "直播间 3")
    assert centre.clock().studio == "直播间 3"


def test_nobody_is_in_two_exercises_at_once(centre: Centre) -> None:
    centre.phase("live")
    with refused("examday.candidate_elsewhere"):
        centre.phase("live", exercise=RECORDED, studio="机房 1")
    centre.phase("ended")
    centre.phase("live", exercise=RECORDED, studio="机房 1")


def test_who_is_away_has_no_clock(centre: Centre) -> None:
    centre.act("I01", record_attendance, centre.first, "skill", "absent")
    with refused("examday.candidate_away"):
        centre.phase("preparation")


def test_a_clock_needs_a_studio_and_an_exercise_of_the_plan(centre: Centre) -> None:
    with refused("examday.studio_needed"):
        centre.phase("preparation", studio=" ")
    with refused("examday.no_such_exercise"):
        centre.phase("preparation", exercise="juggling")
    with refused("examday.no_such_exercise"):
        centre.clock(exercise="juggling")


def test_only_the_invigilator_sets_the_clock(centre: Centre) -> None:
    for login in ("R01", "V01", "M01", "C01", "S01", "A01", "admin", "E01"):
        with refused("people.not_permitted"):
            centre.act(login, commands.begin_phase, centre.first, LIVE, "live", "直播间 1")


def test_the_studios_list_shows_everybody_by_number(centre: Centre) -> None:
    centre.phase("preparation", exercise=SETUP)
    centre.act("I01", record_attendance, centre.other, "skill", "deferred", "生病")
    lines = centre.ask(queries.schedule, centre.batch, SETUP)
    assert [line.number for line in lines] == [centre.number(one) for one in centre.applications]
    assert [(line.phase, line.away) for line in lines][:2] == [("preparation", ""), ("", "deferred")]


def test_a_clock_that_was_set_back_counts_nothing_and_one_set_forward_no_more_than_a_morning() -> None:
    steps = [Step("phase", 1_000_000, "live"), Step("paused", 400_000), Step("resumed", 500_000)]
    assert reckon(steps, 500_900).of("live") == 900
    assert reckon(steps, 499_000).of("live") == 0
    assert reckon(steps, 500_000 + 10 * LONGEST_SPAN).of("live") == LONGEST_SPAN


@given(
    st.lists(st.tuples(st.sampled_from(["phase", "paused", "resumed", "reopened"]), st.integers(0, 10**7)), max_size=12)
)
def test_whatever_is_said_to_a_clock_its_times_are_never_negative_nor_more_than_went_by(
    words: list[tuple[str, int]],
) -> None:
    phases = ("preparation", "live", "closing", "ended")
    at, steps = 1_000_000, []
    for place, (what, span) in enumerate(words):
        at += span
        steps.append(Step(what, at, phases[place % 4] if what in ("phase", "reopened") else ""))
    now = at + 5_000
    found = reckon(steps, now)
    stood = sum(one.length_ms or 0 for one in found.interruptions)
    assert all(value >= 0 for value in found.gone.values()) and stood >= 0
    assert sum(found.gone.values()) + stood <= now - 1_000_000


def test_a_moment_is_found_in_a_recording_that_ran_on_through_the_pauses() -> None:
    steps = [
        Step("phase", 1_000, "preparation"),
        Step("phase", 61_000, "live"),
        Step("paused", 91_000, reason="断网"),
        Step("resumed", 111_000),
        Step("phase", 171_000, "ended"),
    ]
    found = reckon(steps, None).interruptions
    assert recording_second(found, 60, True, 10) == 70
    assert recording_second(found, 60, True, 40) == 120
    assert recording_second(found, 60, False, 40) == 100
    for through in (True, False):
        for second in range(90):
            assert live_second(found, 60, through, recording_second(found, 60, through, second)) == second
    assert live_second(found, 60, True, 95) == 30, "within the pause it is still where it began"
