"""考前统一尺度: everybody marks the same clip blind, then they compare and agree."""

from __future__ import annotations

import hashlib

import pytest

from core.calibration import commands, queries
from core.calibration.readings import Reading
from core.calibration.signatures import trial_problems
from core.errors import Refused
from core.house import may_travel
from core.scoring import commands as scoring
from core.scoring.sheets import Draft, Moment
from core.standards.plans import Exercise
from core.store import segments
from core.store.events import decode_body
from tests.calibration.conftest import CLIP, EXERCISE, Centre, draft

AGREED = [Reading("4.1.1", 2, "最多漏发一次，30 秒内补上"), Reading("4.1.1", 3, "全程没有漏发")]


def agreed_in_force(centre: Centre, trial: int, readings: list[Reading] = AGREED) -> int:
    agreement: int = centre.act(centre.leaders[0], commands.agree_readings, trial, readings)
    for leader in centre.leaders:
        centre.act(leader, commands.sign_reading, agreement)
    return agreement


def test_the_last_examiner_closes_the_trial_and_the_spread_of_every_item_is_shown(
    centre: Centre, exercise: Exercise
) -> None:
    trial = centre.open()
    for login, value in zip(centre.examiners[:5], (3, 3, 2, 3, 3), strict=True):
        centre.mark(trial, login, draft(exercise, value))
        assert not centre.ask(queries.trial, trial).closed
    centre.mark(trial, "E06", draft(exercise, 3, _4_1_1=[0], _4_2_3=None))
    found = centre.ask(queries.compared, trial)
    first = found.items[0]
    assert (first.item.key, first.lowest, first.highest, first.apart) == ("4.1.1", 0, 400, 400)
    assert [mark and mark.values for mark in first.given] == [[3], [3], [2], [3], [3], [0]]
    last = found.items[-1]
    assert last.disputed
    assert last.apart == 100
    assert found.differing == 5
    # What somebody did not observe counts in nobody's total.
    assert found.maximum == 1600
    assert found.totals == (1600, 1600, 1200, 1600, 1600, 1200)
    assert found.spread == 400


def test_an_item_that_the_clip_does_not_show_is_said_not_left_out(centre: Centre, exercise: Exercise) -> None:
    trial = centre.open()
    some = Draft(marks={exercise.items[0].key: [3]})
    centre.act("E01", commands.save_trial_draft, trial, some)
    with pytest.raises(Refused, match=r"calibration\.incomplete"):
        centre.act("E01", commands.sign_trial, trial)
    nothing = Draft(marks=dict.fromkeys((item.key for item in exercise.items), None))
    centre.act("E01", commands.save_trial_draft, trial, nothing)
    with pytest.raises(Refused, match=r"calibration\.nothing_observed"):
        centre.act("E01", commands.sign_trial, trial)


def test_signed_trial_marks_can_not_change_any_more(centre: Centre, exercise: Exercise) -> None:
    trial = centre.open()
    noted = Draft(draft(exercise, 2).marks, {"live.wrong_price": 1}, "价格说错", [Moment(61, "价格", "4.1.1")])
    centre.mark(trial, "E01", noted)
    with pytest.raises(Refused, match=r"scoring\.signed_already"):
        centre.act("E01", commands.save_trial_draft, trial, draft(exercise, 3))
    with pytest.raises(Refused, match=r"scoring\.signed_already"):
        centre.act("E01", commands.sign_trial, trial)
    own = centre.ask(queries.own_trial, centre.id("E01"), trial)
    assert own.signed
    assert own.draft == noted


def test_a_draft_of_a_trial_is_kept_at_every_keystroke(centre: Centre, exercise: Exercise) -> None:
    trial = centre.open()
    begun = Draft(marks={exercise.items[0].key: [1], exercise.items[1].key: None})
    centre.act("E02", commands.save_trial_draft, trial, begun)
    own = centre.ask(queries.own_trial, centre.id("E02"), trial)
    assert (own.draft, own.signed) == (begun, False)
    assert own.saved_at is not None
    with pytest.raises(Refused, match=r"plan\.no_such_mark"):
        centre.act("E02", commands.save_trial_draft, trial, Draft(marks={exercise.items[0].key: [9]}))


def test_the_manager_who_does_not_wait_any_longer_says_why(centre: Centre, exercise: Exercise) -> None:
    trial = centre.open()
    centre.mark(trial, "E01", draft(exercise, 3))
    with pytest.raises(Refused, match=r"calibration\.reason_needed"):
        centre.act("M01", commands.close_trial, trial)
    centre.act("M01", commands.close_trial, trial, "两人请假")
    centre.act("M01", commands.close_trial, trial, "再说一遍")
    line = centre.ask(queries.trial, trial)
    assert (line.closed, line.close_reason, line.signed, len(line.waiting)) == (True, "两人请假", 1, 5)
    with pytest.raises(Refused, match=r"calibration\.closed"):
        centre.act("E02", commands.save_trial_draft, trial, draft(exercise, 3))
    with pytest.raises(Refused, match=r"calibration\.closed"):
        centre.act("E02", commands.sign_trial, trial)


def test_a_clip_whose_marks_were_compared_is_not_marked_again(centre: Centre) -> None:
    trial = centre.open()
    with pytest.raises(Refused, match=r"calibration\.open_already"):
        centre.open(hashlib.sha256(b"other").digest())
    assert centre.open(CLIP, "setup") != trial
    centre.act("M01", commands.close_trial, trial, "换视频")
    with pytest.raises(Refused, match=r"calibration\.same_clip"):
        centre.open()
    assert centre.open(hashlib.sha256(b"other").digest()) > trial


def test_only_who_will_mark_the_candidates_marks_the_trial(centre: Centre, exercise: Exercise) -> None:
    trial = centre.open()
    with pytest.raises(Refused, match=r"people\.not_permitted"):
        centre.act("M01", commands.save_trial_draft, trial, draft(exercise, 3))
    with pytest.raises(Refused, match=r"people\.not_permitted"):
        centre.act("E01", commands.close_trial, trial, "我说了算")
    with pytest.raises(Refused, match=r"people\.not_permitted"):
        centre.act("E01", commands.open_trial, centre.batch, EXERCISE, CLIP, 4, "盘", "")


@pytest.mark.parametrize(
    ("sha256", "size", "where", "note", "code"),
    [
        (b"short", 4, "盘", "", "calibration.no_clip"),
        (CLIP, 0, "盘", "", "calibration.no_clip"),
        (CLIP, 4, "  ", "", "calibration.no_clip"),
        (CLIP, 4, "盘", "字" * 501, "calibration.words_too_long"),
    ],
)
def test_a_trial_needs_a_clip_and_where_it_is_kept(
    centre: Centre, sha256: bytes, size: int, where: str, note: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        centre.act("M01", commands.open_trial, centre.batch, EXERCISE, sha256, size, where, note)
    assert refusal.value.code == code


def test_a_reading_counts_once_every_leader_has_signed_it(centre: Centre, exercise: Exercise) -> None:
    trial = centre.open()
    with pytest.raises(Refused, match=r"calibration\.still_blind"):
        centre.act("E01", commands.agree_readings, trial, AGREED)
    centre.mark_all(trial, exercise, (3, 3, 2, 3, 1, 3))
    with pytest.raises(Refused, match=r"calibration\.leader_only"):
        centre.act("E02", commands.agree_readings, trial, AGREED)
    agreement = centre.act("M01", commands.agree_readings, trial, AGREED)
    assert centre.ask(queries.readings, centre.batch) == {}
    with pytest.raises(Refused, match=r"calibration\.leader_only"):
        centre.act("E02", commands.sign_reading, agreement)
    centre.act("E01", commands.sign_reading, agreement)
    assert centre.ask(queries.readings, centre.batch) == {}
    centre.act("E04", commands.sign_reading, agreement)
    centre.act("E04", commands.sign_reading, agreement)
    assert centre.ask(queries.readings, centre.batch) == {
        ("4.1.1", 2): "最多漏发一次，30 秒内补上",
        ("4.1.1", 3): "全程没有漏发",
    }
    assert centre.ask(queries.agreement, trial).in_force


def test_a_reading_that_was_agreed_anew_leaves_the_old_one_in_force_until_all_have_signed(
    centre: Centre, exercise: Exercise
) -> None:
    trial = centre.open()
    centre.mark_all(trial, exercise, (3, 3, 2, 3, 1, 3))
    first = agreed_in_force(centre, trial)
    assert centre.act("E04", commands.agree_readings, trial, AGREED) == first
    anew = centre.act("E04", commands.agree_readings, trial, [Reading("4.2.1", 3, "每条提问都回应")])
    assert ("4.1.1", 3) in centre.ask(queries.readings, centre.batch)
    centre.act("E01", commands.sign_reading, anew)
    third = centre.act("E04", commands.agree_readings, trial, [Reading("4.2.1", 3, "10 秒内回应")])
    with pytest.raises(Refused, match=r"calibration\.agreed_anew"):
        centre.act("E04", commands.sign_reading, anew)
    for leader in centre.leaders:
        centre.act(leader, commands.sign_reading, third)
    assert centre.ask(queries.readings, centre.batch) == {("4.2.1", 3): "10 秒内回应"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([], "calibration.no_reading"),
        ([Reading("4.1.1", 3, "  ")], "calibration.no_reading"),
        ([Reading("4.1.1", 7, "没有这一档")], "scoring.unknown_item"),
        ([Reading("9.9.9", 1, "没有这一项")], "scoring.unknown_item"),
        ([Reading("4.1.1", 3, "字" * 201)], "calibration.reading_too_long"),
    ],
)
def test_a_reading_is_of_a_level_that_the_plan_has(
    centre: Centre, exercise: Exercise, given: list[Reading], code: str
) -> None:
    trial = centre.open()
    centre.mark_all(trial, exercise, (3, 3, 2, 3, 1, 3))
    with pytest.raises(Refused) as refusal:
        centre.act("E01", commands.agree_readings, trial, given)
    assert refusal.value.code == code


def test_once_candidates_are_marked_a_reading_takes_a_second_person(centre: Centre, exercise: Exercise) -> None:
    trial = centre.open()
    centre.mark_all(trial, exercise, (3, 3, 2, 3, 1, 3))
    centre.act("E01", scoring.save_draft, centre.applications[0], EXERCISE, draft(exercise, 3))
    centre.act("E01", scoring.sign_sheet, centre.applications[0], EXERCISE)
    with pytest.raises(Refused, match=r"calibration\.marking_begun"):
        centre.act("E01", commands.agree_readings, trial, AGREED)
    with pytest.raises(Refused, match=r"people\.second_unfit"):
        centre.act("E01", commands.agree_readings, trial, AGREED, second="E04")
    agreement = centre.act("E01", commands.agree_readings, trial, AGREED, second="M01")
    with pytest.raises(Refused, match=r"calibration\.marking_begun"):
        centre.act("E01", commands.sign_reading, agreement)
    centre.act("E01", commands.sign_reading, agreement, second="M01")
    centre.act("E04", commands.sign_reading, agreement, second="M01")
    assert centre.ask(queries.readings, centre.batch)


def test_what_is_being_agreed_is_kept_while_it_is_typed(centre: Centre, exercise: Exercise) -> None:
    trial = centre.open()
    centre.mark_all(trial, exercise, (3, 3, 2, 3, 1, 3))
    assert centre.ask(queries.reading_draft, trial) == []
    centre.act("E01", commands.save_reading_draft, trial, AGREED[:1])
    assert centre.ask(queries.reading_draft, trial) == AGREED[:1]
    centre.act("E01", commands.agree_readings, trial, AGREED)
    assert centre.ask(queries.reading_draft, trial) == AGREED


def test_tables_equal_a_replay_and_every_signature_holds(centre: Centre, exercise: Exercise) -> None:
    trial = centre.open()
    centre.mark_all(trial, exercise, (3, 3, 2, 3, 1, 3))
    agreed_in_force(centre, trial)
    centre.act("M01", commands.close_trial, centre.open(CLIP, "setup"), "改天再评")
    assert centre.store.compare()[1] == []
    assert centre.store.verify().problems == []
    with centre.store.read() as read:
        assert list(trial_problems(read, centre.store.centre)) == []
        # Of another centre the same bytes are no signature.
        assert len(list(trial_problems(read, "other"))) == 8


def test_trial_marks_leave_the_machine_only_after_the_trial_is_closed(centre: Centre, exercise: Exercise) -> None:
    def travelling() -> int:
        with centre.store.read() as read:
            cut = segments.cut_all(read.connection, centre.store.centre, centre.store.device, may_travel(read))
        seqs = {decode_body(body).seq: decode_body(body).kind for one in cut for body in one.bodies}
        return sum(seqs[seq] == "trial.marked" for one in cut for seq, _ in one.parts)

    trial = centre.open()
    centre.mark(trial, "E01", draft(exercise, 3))
    assert travelling() == 0
    centre.act("M01", commands.close_trial, trial, "一人")
    assert travelling() == 1
