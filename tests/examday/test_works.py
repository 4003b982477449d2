"""Works are marked by blind number, recordings by their digest."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import EnvironmentFailure, Refused
from core.examday import commands, plan_change, work_queries
from core.examday.files import GivenFile
from core.examday.recordings import CHUNK, FileDigest, digest_file, match_file
from core.people.permission import PERMISSIONS
from core.registration.queries import applicants_of
from tests.examday.conftest import LIVE, RECORDED, WORK, Centre

PAGE = GivenFile("选品表：黄桃罐头".encode(), "TXT")


def refused(code: str) -> pytest.RaisesExc[Refused]:
    return pytest.raises(Refused, match=f"^{code}$")


def handed_in(centre: Centre, *, ended: bool = True) -> None:
    centre.phase("live", exercise=WORK, studio="机房 1")
    centre.act("I01", commands.hand_in_work, centre.first, WORK, [PAGE, GivenFile(b"\x89PNG", "png")])
    if ended:
        centre.phase("ended", exercise=WORK)


def test_an_examiner_reads_a_work_by_its_blind_number_and_never_whose_it_is(centre: Centre) -> None:
    handed_in(centre)
    (found,) = centre.ask(work_queries.works_to_mark, centre.actor("E01"), centre.batch)
    assert (found.blind, [one.suffix for one in found.files]) == (centre.blind(centre.first), ["txt", "png"])
    told = repr(found)
    who = centre.ask(applicants_of, centre.batch)[centre.first]
    assert who.name not in told and centre.number(centre.first) not in told.replace(str(found.handle), "")
    centre.act("E01", commands.take_up_work, centre.first, WORK)
    content = centre.ask(work_queries.work_content, centre.actor("E01"), centre.first, WORK, 0)
    assert content == PAGE.content


def test_nobody_outside_the_panel_reads_a_work(centre: Centre) -> None:
    handed_in(centre)
    assert centre.ask(work_queries.works_to_mark, centre.actor("E04"), centre.batch) == []
    with refused("examday.not_your_candidate"):
        centre.act("E04", commands.take_up_work, centre.first, WORK)
    for login in ("E04", "M01", "I01", "S01", "A01", "admin", "R01"):
        with refused("examday.not_your_candidate"):
            centre.ask(work_queries.work_content, centre.actor(login), centre.first, WORK, 0)


def test_a_work_is_not_read_before_it_was_collected_and_taken_up(centre: Centre) -> None:
    handed_in(centre, ended=False)
    assert centre.ask(work_queries.works_to_mark, centre.actor("E01"), centre.batch) == []
    with refused("examday.not_collected"):
        centre.act("E01", commands.take_up_work, centre.first, WORK)
    centre.phase("ended", exercise=WORK)
    with refused("examday.take_up_first"):
        centre.ask(work_queries.work_content, centre.actor("E01"), centre.first, WORK, 0)


def test_a_later_work_replaces_an_earlier_one_with_a_reason_and_after_marking_began_by_two_people(
    centre: Centre,
) -> None:
    handed_in(centre)
    new = [GivenFile(b"new", "txt")]
    with refused("examday.replace_reason"):
        centre.act("I01", commands.hand_in_work, centre.first, WORK, new)
    centre.act("I01", commands.hand_in_work, centre.first, WORK, new, "U盘拷错")
    centre.act("E02", commands.take_up_work, centre.first, WORK)
    with refused("people.second_needed"):
        centre.act("I01", commands.hand_in_work, centre.first, WORK, new, "再换")
    centre.act("I01", commands.hand_in_work, centre.first, WORK, new, "再换", second="M01")
    found = centre.ask(work_queries.work, centre.first, WORK)
    assert (found.hand_ins, found.files, found.taken_up) == (3, 1, (centre.actor("E02").id,))
    assert centre.ask(work_queries.work_content, centre.actor("E02"), centre.first, WORK, 0) == b"new"


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ("examday.no_files", []),
        ("examday.file_empty", [GivenFile(b"", "txt")]),
        ("examday.file_suffix", [GivenFile(b"x", "测试一的")]),
        ("examday.files_too_many", [PAGE] * 11),
    ],
)
def test_files_that_can_be_no_work_are_refused(centre: Centre, code: str, files: list[GivenFile]) -> None:
    with refused(code):
        centre.act("I01", commands.hand_in_work, centre.first, WORK, files)


def test_an_exercise_that_is_watched_takes_no_work(centre: Centre) -> None:
    with refused("examday.no_work_here"):
        centre.act("I01", commands.hand_in_work, centre.first, LIVE, [PAGE])


def test_a_recording_is_known_by_its_digest_wherever_it_lies(centre: Centre, tmp_path: Path) -> None:
    video = tmp_path / "a.mp4"
    video.write_bytes(b"film" * 1000)
    digest = digest_file(video)
    with refused("examday.not_begun"):
        centre.act("I01", commands.keep_recording, centre.first, RECORDED, digest, str(video))
    centre.phase("live", exercise=RECORDED, studio="机房 2")
    kept = centre.act("I01", commands.keep_recording, centre.first, RECORDED, digest, str(video), 12, False)
    assert centre.act("I01", commands.keep_recording, centre.first, RECORDED, digest, "elsewhere") == kept
    (found,) = centre.ask(work_queries.recordings, centre.actor("E01"), centre.first, RECORDED)
    assert (found.sha256, found.lead, found.through_pauses, found.place) == (digest.sha256, 12, False, str(video))
    centre.act("E01", commands.find_recording, kept, "E:/b.mp4")
    (found,) = centre.ask(work_queries.recordings, centre.actor("E02"), centre.first, RECORDED)
    assert (found.place, found.kept_at) == ("E:/b.mp4", str(video))
    for login in ("E04", "R01", "admin"):
        with refused("examday.not_your_candidate"):
            centre.ask(work_queries.recording, centre.actor(login), kept)


def test_who_marks_a_work_blind_sees_no_recording_of_its_making(centre: Centre) -> None:
    handed_in(centre)
    centre.act("I01", commands.keep_recording, centre.first, WORK, FileDigest(bytes(32), 5), "D:/a.mp4")
    assert len(centre.ask(work_queries.recordings, centre.actor("M01"), centre.first, WORK)) == 1
    with refused("examday.recording_of_blind"):
        centre.ask(work_queries.recordings, centre.actor("E01"), centre.first, WORK)


@pytest.mark.parametrize(
    ("code", "digest", "place", "lead"),
    [
        ("examday.recording_empty", FileDigest(bytes(32), 0), "x", 0),
        ("examday.recording_empty", FileDigest(bytes(31), 5), "x", 0),
        ("examday.recording_place", FileDigest(bytes(32), 5), " ", 0),
        ("examday.recording_lead", FileDigest(bytes(32), 5), "x", -1),
    ],
)
def test_a_recording_that_says_nothing_is_refused(
    centre: Centre, code: str, digest: FileDigest, place: str, lead: int
) -> None:
    centre.phase("live")
    with refused(code):
        centre.act("I01", commands.keep_recording, centre.first, LIVE, digest, place, lead)


def test_a_file_that_was_changed_or_has_gone_is_found_out(tmp_path: Path) -> None:
    video = tmp_path / "a.mp4"
    video.write_bytes(b"x" * (CHUNK + 5))
    told: list[tuple[int, int]] = []
    kept = digest_file(video, lambda done, total, text: told.append((done, total)))
    assert told[-1] == (1, 1) and kept.size == CHUNK + 5
    assert match_file(video, kept.sha256, kept.size) == "same"
    video.write_bytes(b"x" * (CHUNK + 4) + b"y")
    assert match_file(video, kept.sha256, kept.size) == "changed"
    video.write_bytes(b"x")
    assert match_file(video, kept.sha256, kept.size) == "changed"
    video.unlink()
    assert match_file(video, kept.sha256, kept.size) == "missing"
    with pytest.raises(EnvironmentFailure):
        digest_file(video)


def test_the_quick_words_are_the_centres_own(centre: Centre) -> None:
    assert centre.ask(work_queries.moment_words)[0] == "违规用语"
    centre.act("M01", commands.set_moment_words, ["节奏好", " 节奏好 ", "", "跑题"])
    assert centre.ask(work_queries.moment_words) == ("节奏好", "跑题")
    centre.act("M01", commands.set_moment_words, [])
    assert centre.ask(work_queries.moment_words) == work_queries.USUAL_WORDS
    with refused("examday.moment_words"):
        centre.act("M01", commands.set_moment_words, [str(one) for one in range(10)])


def test_nobody_without_the_role_does_anything_of_the_exam_day(centre: Centre) -> None:
    mine = {name: one for name, one in PERMISSIONS.items() if name.startswith("examday.")}
    assert len(mine) == 16
    for name, permission in mine.items():
        word = name.partition(".")[2]
        command = getattr(plan_change if hasattr(plan_change, word) else commands, word)
        for login, actor in centre.cast.actors.items():
            if permission.roles.isdisjoint(actor.roles):
                with refused("people.not_permitted"):
                    centre.act(login, command)
