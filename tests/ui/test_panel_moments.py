# ruff: noqa: F811 - a fixture is named where it is used
"""After unsealing: everybody's moments beside the items, and from each of them to its second of the recording."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt

from core.arrangement.queries import panels
from core.batches.queries import plan_of
from core.demo.marks import draw_sheet
from core.errors import Refused
from core.examday import commands as examday
from core.examday.recordings import digest_file
from core.people.pins import sign_in
from core.people.queries import accounts
from core.scoring.commands import sign_sheet
from core.scoring.sheets import Moment
from core.store import Actors
from core.words import say
from tests.ui.exam import Room, founded, room  # noqa: F401 - fixtures
from tests.ui.film import make_film
from ui import ops
from ui.dialogs.sign_in import SignInGate
from ui.pages.panel_data import panel_sheets

pytestmark = pytest.mark.qt_log_level_fail("CRITICAL")

LIVE = "live"
SECONDS = 8
MOMENTS = (
    (Moment(6, "价格说错", "4.1.2"), Moment(3, "讲解清楚", "4.2.1")),
    (Moment(4, "", ""),),
    (Moment(5, "冷场", "4.2.1"),),
)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    (tmp_path / "disk").mkdir()
    return make_film(tmp_path / "disk" / "考场录像.avi", SECONDS)


def actors(room: Room, login: str) -> Actors:
    return Actors(sign_in(room.store, login, room.pins[login]))


def sign_all(room: Room, *, but_last: bool = False) -> int:
    """The panel marks its third candidate, with moments; the application."""
    with room.store.read() as read:
        batch = room.window.shown.context.batch  # type: ignore[union-attr]
        panel, plan = panels(read, batch, "skill")[0], plan_of(read, batch)
        logins = {one.id: one.login for one in accounts(read)}
    application = panel.applications[2]
    exercises = plan.exercises_of("skill")
    for examiner, moments in zip(panel.examiners, MOMENTS, strict=True):
        own = actors(room, logins[examiner])
        for one in exercises[:-1] if but_last and examiner == panel.examiners[-1] else exercises:
            draft = draw_sheet(random.Random(5), one, 0.9)
            draft = msgspec.structs.replace(draft, moments=list(moments) if one.id == LIVE else [])
            room.store.write(own, sign_sheet, application, one.id, draft)
    return application


def keep(room: Room, application: int, file: Path, lead: int = 0) -> None:
    """The studio runs the exercise and puts its recording on record."""
    invigilator = actors(room, "I01")
    for phase in ("preparation", "live"):
        room.store.write(invigilator, examday.begin_phase, application, LIVE, phase, "直播间 1")
    room.store.write(invigilator, examday.keep_recording, application, LIVE, digest_file(file), str(file), lead)


def side_by_side(room: Room, application: int, login: str = "E01") -> Any:
    desk = room.page(login, "marking")
    desk.open_panel(desk._desk.row(application, "skill"))
    room.until(lambda: desk.panel._sheets is not None and desk.panel.compare.isVisible())
    return desk.panel.compare


def listed(compare: Any) -> list[tuple[str, str, str]]:
    table = compare.moments.table
    rows = [table.paged.row_at(line) for line in range(table.total)]
    return [(f"{one.second}", one.examiner, one.text) for one in rows]


def test_everybodys_moments_stand_by_second_and_those_of_the_item_in_hand_first(room: Room) -> None:
    room.sit_down("M01")
    compare = side_by_side(room, sign_all(room))
    assert [(second, text) for second, _, text in listed(compare)] == [
        ("3", "讲解清楚"),
        ("4", ""),
        ("5", "冷场"),
        ("6", "价格说错"),
    ]
    assert len({who for _, who, _ in listed(compare)}) == 3
    line = next(at for at, one in enumerate(compare._sheets.lines) if one.code == "4.2.1")
    compare.table.setFocus()
    compare.table.select_line(line)
    assert [text for _, _, text in listed(compare)] == ["讲解清楚", "冷场", "", "价格说错"]
    room.press(compare.table, Qt.Key.Key_Return)
    assert compare.moments.table.hasFocus()
    assert compare.moments.table.current.text == "讲解清楚"
    counted = compare.table.paged.index(line, compare.table.paged.columnCount() - 1).data()
    assert counted == "2"


def test_no_moment_is_seen_before_every_sheet_is_signed(room: Room) -> None:
    room.sit_down("M01")
    application = sign_all(room, but_last=True)
    for login in ("M01", "A01", "S01", "E01", "E02", "E03"):
        with room.store.read(actors(room, login).first) as read, pytest.raises(Refused) as refusal:
            panel_sheets(read, application, "skill")
        assert refusal.value.code == "scoring.sealed"


def test_enter_on_a_moment_plays_the_recording_from_two_seconds_before(room: Room, film: Path) -> None:
    room.sit_down("M01")
    application = sign_all(room)
    keep(room, application, film, lead=1)
    compare = side_by_side(room, application)
    compare.moments.table.setFocus()
    compare.moments.table.select_line(3)
    room.press(compare.moments.table, Qt.Key.Key_Return)
    room.until(lambda: compare.film.window is not None)
    window = compare.film.window
    room.until(lambda: window.state.text() == say("recording.same"))
    room.until(lambda: window.player.media.position() == 5000)  # 1 s of lead, 6 s, less 2 s
    assert [one.second for one in window.player._moments] == [4, 5, 6, 7]
    assert "冷场" in window.player._moments[2].text
    compare.moments.table.select_line(1)
    room.click(compare.moments.play)
    room.until(lambda: window.player.media.position() == 3000)
    assert compare.film.window is window, "the same recording stays open"
    window.close()


def test_of_several_recordings_another_is_chosen_in_the_player_and_goes_on_at_the_same_moment(
    room: Room, film: Path, tmp_path: Path
) -> None:
    room.sit_down("M01")
    application = sign_all(room)
    keep(room, application, film)
    other = make_film(tmp_path / "disk" / "备机.avi", SECONDS + 4)
    invigilator = actors(room, "I01")
    room.store.write(invigilator, examday.keep_recording, application, LIVE, digest_file(other), str(other), 3)
    compare = side_by_side(room, application)
    compare.moments.table.setFocus()
    compare.moments.table.select_line(3)
    room.press(compare.moments.table, Qt.Key.Key_Return)
    room.until(lambda: compare.film.window is not None)
    window = compare.film.window
    room.until(lambda: window.player.media.position() == 4000)
    assert window.chooser.isVisible() and window.chooser.count() == 2
    assert window.chooser.currentText() == "录像 1／共 2 段"
    window.chooser.setCurrentIndex(1)
    window.chooser.activated.emit(1)
    room.until(lambda: window.player.media.position() == 7000)  # 3 s of lead, 6 s, less 2 s
    room.until(lambda: window.state.text() == say("recording.same"))
    assert digest_file(other).sha256.hex()[:16] in window._digest.text()
    compare.moments.table.select_line(1)
    room.click(compare.moments.play)
    room.until(lambda: window.player.media.position() == 5000)
    assert compare.film.window is window, "the one that a hand has chosen stays"
    window.close()


def test_the_lock_puts_a_film_and_its_moments_away(room: Room, film: Path) -> None:
    room.sit_down("M01")
    application = sign_all(room)
    keep(room, application, film)
    compare = side_by_side(room, application)
    compare.moments.play_current()
    room.until(lambda: compare.film.window is not None)
    window = compare.film.window
    room.until(window.isActiveWindow)
    room.qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(room.window.shown, SignInGate)
    room.until(lambda: ops.gone(window))


def test_one_recording_leaves_nothing_to_choose(room: Room, film: Path) -> None:
    room.sit_down("M01")
    application = sign_all(room)
    keep(room, application, film)
    compare = side_by_side(room, application)
    compare.moments.play_current()
    room.until(lambda: compare.film.window is not None)
    assert compare.film.window.chooser.isHidden()
    compare.film.window.close()


def test_without_a_recording_on_record_the_page_says_who_adds_one(room: Room) -> None:
    room.sit_down("M01")
    compare = side_by_side(room, sign_all(room))
    compare.moments.table.setFocus()
    room.press(compare.moments.table, Qt.Key.Key_F9)
    room.until(lambda: compare.strip.text)
    assert "没有登记录像" in compare.strip.text
    assert compare.film.window is None


def test_a_recording_that_lies_elsewhere_is_pointed_to_and_opens_at_the_moment(
    room: Room, film: Path, tmp_path: Path
) -> None:
    room.sit_down("M01")
    application = sign_all(room)
    keep(room, application, film)
    moved, other = tmp_path / "u盘.avi", tmp_path / "别的.avi"
    other.write_bytes(film.read_bytes()[:-1] + b"\x01")
    film.rename(moved)
    compare = side_by_side(room, application)
    compare.moments.table.setFocus()
    compare.moments.table.select_line(3)
    room.press(compare.moments.table, Qt.Key.Key_Return)
    room.until(lambda: compare.film.window is not None)
    window = compare.film.window
    assert str(film) in window.strip.text, "it says where it should lie"
    window.take_file(other)
    room.until(lambda: window.strip.text == say("recording.not_the_one"))
    window.take_file(moved)
    room.until(lambda: window.player.media.position() == 4000)
    room.settle()
    window.close()


def test_the_manager_goes_from_a_moment_without_a_recording_to_the_studio(room: Room) -> None:
    room.sit_down("M01")
    application = sign_all(room)
    page = room.page("M01", "results")
    page.open_panel(application, "skill")
    room.until(lambda: page.compare.table is not None and page.compare.isVisible())
    page.compare.moments.play_current()
    room.until(lambda: page.compare.strip.text)
    room.click(page.compare.strip._action)
    room.until(lambda: room.window.shown.current == "studio")  # type: ignore[union-attr]
