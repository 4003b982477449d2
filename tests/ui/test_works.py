# ruff: noqa: F811 - a fixture that is imported has the name of what asks for it
"""Works on the marking desk: by blind number, the file beside the items, item by item across all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QByteArray, Qt, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QMenu

from core.examday import commands
from core.examday.files import GivenFile
from core.registration.queries import applicants_of
from core.scoring import marks
from core.store import Actors
from core.words import say
from tests.examday.conftest import WORK, Centre, centre, master  # noqa: F401
from tests.ui.conftest import SmallShell
from tests.ui.film import make_film
from ui.context import BatchChoice, Context, Session
from ui.pages.marking_desk import MarkingDesk
from ui.preferences import Preferences
from ui.recording.player import Player
from ui.recording.work_views import PictureView, TextView
from ui.workers import Workers

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
TEXT = GivenFile("选品说明：黄桃罐头".encode("gb18030"), "txt")
pytestmark = pytest.mark.qt_log_level_fail("CRITICAL")


def png(width: int = 60, height: int = 30) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    kept = QByteArray()
    from PySide6.QtCore import QBuffer, QIODevice

    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(kept.data())


def hand_in(centre: Centre, application: int, *files: GivenFile) -> None:
    centre.phase("live", application, WORK, "机房 1")
    if files:
        centre.act("I01", commands.hand_in_work, application, WORK, list(files))
    centre.phase("ended", application, WORK)


Sit = Callable[[], MarkingDesk]


@pytest.fixture
def sit(qtbot, centre: Centre, workers: Workers, shell: SmallShell, monkeypatch: pytest.MonkeyPatch) -> Sit:
    for place in ("ui.pages.marking_data.now_ms", "ui.pages.marking_day.now_ms", "ui.pages.studio_clock.now_ms"):
        monkeypatch.setattr(place, lambda: centre.wall.now)

    def rise(made: MarkingDesk) -> None:
        made.saver.flush()
        qtbot.waitUntil(lambda: made.saver.clean and not workers.busy, timeout=5000)
        made.works.leave()

    def sit_() -> MarkingDesk:
        actors = Actors(centre.actor("E01"))
        context = Context(centre.store, Session("E01", "E01", frozenset({"examiner"}), actors), workers, shell)
        context.offer_batches((BatchChoice(centre.batch, "2026-01"),))
        made = MarkingDesk(context)
        made.resize(1366, 768)
        qtbot.addWidget(made, before_close_func=rise)
        with qtbot.waitActive(made):
            made.show()
            made.activateWindow()
        qtbot.waitUntil(lambda: bool(made._desk.rows), timeout=5000)
        return made

    return sit_


@pytest.fixture
def own(centre: Centre) -> tuple[int, ...]:
    """The candidates of E01, in the order of their blind numbers."""
    return tuple(sorted(centre.applications[::2], key=centre.blind))


def open_work(qtbot, desk: MarkingDesk, application: int) -> Any:
    """The work's sheet, and what shows its first file."""
    desk.open_candidate(application, "skill", WORK)
    qtbot.waitUntil(lambda: desk._work is not None and desk._work.application == application, timeout=5000)
    pane = desk.works.beside.pane
    qtbot.waitUntil(lambda: pane.shown is not None and not desk.context.workers.busy, timeout=5000)
    return pane


def press(desk: MarkingDesk, *keys: Any) -> None:
    for key in keys:
        code, held = key if isinstance(key, tuple) else (key, Qt.KeyboardModifier.NoModifier)
        QTest.keyClick(desk.window().focusWidget(), code, held)


def draft(centre: Centre, application: int) -> dict[str, Any]:
    found: dict[str, Any] = centre.ask(marks.own_sheet, centre.actor("E01").id, application, WORK).draft.marks
    return found


def said(desk: MarkingDesk) -> str:
    """Every word that can be seen."""
    seen = [one.text() for one in desk.findChildren(QLabel) if one.isVisible()]
    return " ".join(seen + [one.text() for one in desk.findChildren(QAbstractButton) if one.isVisible()])


def test_a_work_is_opened_from_the_list_by_its_blind_number_and_tells_nothing_of_its_candidate(
    qtbot, sit: Sit, centre: Centre, own: tuple[int, ...]
) -> None:
    for one in own:
        hand_in(centre, one, TEXT)
    desk = sit()
    assert [row.number for row in desk._desk.rows if row.exercise] == [centre.blind(one) for one in own]
    desk.list.table.select_line(desk.list.table.total - 1)
    press(desk, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(getattr(desk.works.beside.pane, "shown", None), TextView), timeout=5000)
    assert desk.works.beside.pane.shown.toPlainText() == "选品说明：黄桃罐头"
    assert desk._work is not None and desk._work.photo is None and not desk.screen.candidate.isVisible()
    words = said(desk)
    assert centre.blind(own[-1]) in words
    who = centre.ask(applicants_of, centre.batch)
    for one in own:
        assert who[one].name not in words and f" {centre.number(one)} " not in f" {words} "


def test_one_steps_from_work_to_work_and_begins_each_at_its_first_item(
    qtbot, sit: Sit, centre: Centre, own: tuple[int, ...]
) -> None:
    for one in own:
        hand_in(centre, one, TEXT)
    desk = sit()
    open_work(qtbot, desk, own[0])
    press(desk, Qt.Key.Key_3, Qt.Key.Key_Return, Qt.Key.Key_2, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: desk._work is not None and desk._work.application == own[1], timeout=5000)
    assert desk.screen.in_hand is desk.screen.sheet.rows[0]
    qtbot.waitUntil(lambda: desk.saver.clean, timeout=5000)
    assert list(draft(centre, own[0]).values()) == [[3], [2]] and draft(centre, own[1]) == {}


def test_one_item_is_marked_across_all_works_and_kept_on_each_ones_sheet(
    qtbot, sit: Sit, centre: Centre, own: tuple[int, ...]
) -> None:
    for one in own:
        hand_in(centre, one, TEXT)
    desk = sit()
    open_work(qtbot, desk, own[0])
    press(desk, Qt.Key.Key_1, (Qt.Key.Key_I, CTRL))
    across = desk.works.across.screen
    qtbot.waitUntil(across.isVisible, timeout=5000)
    rows = across.sheet.rows
    assert [row.item.code for row in rows] == [centre.blind(one) for one in own]
    first, second = (item.key for item in desk._work.exercises[0].items[:2])
    assert rows[0].mark.choice == 1, "what was marked just before is there"
    press(desk, Qt.Key.Key_2, Qt.Key.Key_Return, Qt.Key.Key_3, Qt.Key.Key_Return)  # on to the next item
    assert across._view.current == second
    press(desk, Qt.Key.Key_0, Qt.Key.Key_PageUp)
    assert across._view.current == first and [row.mark.choice for row in across.sheet.rows] == [2, 3]
    qtbot.waitUntil(lambda: desk.saver.clean, timeout=5000)
    assert draft(centre, own[0]) == {first: [2], second: [0]}
    assert draft(centre, own[1]) == {first: [3]}
    press(desk, (Qt.Key.Key_I, CTRL))
    qtbot.waitUntil(desk.screen.isVisible, timeout=5000)
    assert desk.screen.sheet.rows[0].mark.given
    desk.close_something()
    assert desk.list.isVisible()


def test_the_file_beside_the_items_is_that_of_the_row_in_hand(
    qtbot, sit: Sit, centre: Centre, own: tuple[int, ...]
) -> None:
    hand_in(centre, own[0], TEXT)
    hand_in(centre, own[1], GivenFile(png(), "png"))
    desk = sit()
    open_work(qtbot, desk, own[0])
    press(desk, (Qt.Key.Key_I, CTRL))
    across = desk.works.across
    qtbot.waitUntil(across.screen.isVisible, timeout=5000)
    qtbot.waitUntil(lambda: isinstance(across.beside.pane.shown, TextView), timeout=5000)
    press(desk, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: isinstance(across.beside.pane.shown, PictureView), timeout=5000)
    assert across.beside.pane.title.text() == say("works.number", number=centre.blind(own[1]))


def test_all_works_are_signed_at_once_with_the_own_pin(qtbot, sit: Sit, centre: Centre, own: tuple[int, ...]) -> None:
    hand_in(centre, own[0], TEXT)
    hand_in(centre, own[1])
    desk = sit()
    open_work(qtbot, desk, own[0])
    press(desk, (Qt.Key.Key_I, CTRL))
    across = desk.works.across.screen
    qtbot.waitUntil(across.isVisible, timeout=5000)
    while across.missing:
        before = across.missing
        press(desk, Qt.Key.Key_3, Qt.Key.Key_Return)
        assert across.missing < before
    press(desk, (Qt.Key.Key_Return, CTRL))
    dialog = next(one for one in desk.window().findChildren(QDialog) if one.isVisible())
    pin = next(player.pin for player in centre.cast.players if player.login == "E01")
    QTest.keyClicks(dialog.pin, pin)
    QTest.keyClick(dialog.pin, Qt.Key.Key_Return)
    qtbot.waitUntil(desk.list.isVisible, timeout=10_000)
    assert all(centre.ask(marks.own_sheet, centre.actor("E01").id, one, WORK).signed for one in own), (
        "the one that was not handed in too"
    )


def test_a_work_that_was_not_handed_in_says_so_and_is_marked_all_the_same(
    qtbot, sit: Sit, centre: Centre, own: tuple[int, ...]
) -> None:
    hand_in(centre, own[0], TEXT)
    hand_in(centre, own[1])
    desk = sit()
    pane = open_work(qtbot, desk, own[1])
    assert pane.shown.findChild(QLabel) is not None and say("works.missing") in said(desk)
    press(desk, Qt.Key.Key_0)
    qtbot.waitUntil(lambda: desk.saver.clean, timeout=5000)
    assert list(draft(centre, own[1]).values()) == [[0]]


def test_where_no_works_are_handed_in_the_candidate_number_and_photo_stay(
    qtbot, sit: Sit, centre: Centre, own: tuple[int, ...]
) -> None:
    desk = sit()
    desk.open_candidate(own[0], "skill", WORK)
    qtbot.waitUntil(lambda: desk.screen.isVisible(), timeout=5000)
    assert desk._current == WORK and desk.screen.candidate.isVisible()
    assert say("ui.marking.number", number=centre.number(own[0])) in said(desk)


def test_the_first_work_that_is_handed_in_ends_marking_it_by_candidate_number(
    qtbot, sit: Sit, centre: Centre, own: tuple[int, ...]
) -> None:
    desk = sit()
    desk.open_candidate(own[0], "skill", WORK)
    qtbot.waitUntil(lambda: desk.screen.isVisible(), timeout=5000)
    hand_in(centre, own[0], TEXT)
    desk.context.changed.emit(frozenset({"work.handed_in"}))
    qtbot.waitUntil(desk.list.isVisible, timeout=5000)


def test_a_file_is_read_by_keyboard_while_the_hand_stays_at_the_items(
    qtbot, sit: Sit, centre: Centre, own: tuple[int, ...]
) -> None:
    long = GivenFile("\n".join(f"第 {at} 行" for at in range(500)).encode(), "txt")
    hand_in(centre, own[0], long, GivenFile(png(), "png"))
    desk = sit()
    pane = open_work(qtbot, desk, own[0])
    row = desk.screen.in_hand
    press(desk, (Qt.Key.Key_PageDown, CTRL))
    assert pane.shown.verticalScrollBar().value() > 0
    press(desk, (Qt.Key.Key_2, ALT))
    qtbot.waitUntil(lambda: isinstance(pane.shown, PictureView), timeout=5000)
    press(desk, (Qt.Key.Key_Plus, CTRL), (Qt.Key.Key_Plus, CTRL), (Qt.Key.Key_Minus, CTRL))
    assert pane.shown.factor == 1.25
    press(desk, (Qt.Key.Key_0, CTRL))
    assert pane.shown.factor == 1.0 and desk.screen.in_hand is row and row is not None and row.hasFocus()
    press(desk, Qt.Key.Key_F6)
    assert pane.shown.hasFocus()
    desk.close_something()
    assert row.hasFocus() and desk.screen.isVisible()


def test_a_film_runs_beside_the_items_and_goes_with_the_work(
    qtbot, sit: Sit, centre: Centre, own: tuple[int, ...], tmp_path: Path
) -> None:
    hand_in(centre, own[0], GivenFile(make_film(tmp_path / "a.avi", 3).read_bytes(), "avi"))
    desk = sit()
    pane = open_work(qtbot, desk, own[0])
    assert isinstance(pane.shown, Player)
    row = desk.screen.in_hand
    assert row is not None and row.hasFocus(), "a film must not take the keys from the items"
    qtbot.waitUntil(lambda: pane.shown.media.duration() > 0, timeout=10_000)
    press(desk, (Qt.Key.Key_Space, CTRL))
    qtbot.waitUntil(lambda: pane.shown.plays, timeout=5000)
    player = pane.shown
    desk.show_list()
    assert pane.shown is None and player.media.source() == QUrl()


def test_a_file_that_has_not_come_or_is_damaged_is_told_in_words(
    qtbot, sit: Sit, centre: Centre, own: tuple[int, ...]
) -> None:
    hand_in(centre, own[0], TEXT)
    blobs = sorted(one for one in (centre.store.home / "blobs").rglob("*") if one.is_file())
    newest = max(blobs, key=lambda one: one.stat().st_mtime_ns)
    kept = newest.read_bytes()
    newest.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    desk = sit()
    pane = open_work(qtbot, desk, own[0])
    assert say("works.cannot_read") in said(desk) and pane.strip.text
    newest.unlink()
    pane.open_file(0)
    qtbot.waitUntil(lambda: say("recording.work.not_here") in said(desk), timeout=5000)
    assert not pane.strip.text and not pane.save.isEnabled()
    newest.write_bytes(kept)
    pane.open_file(0)
    qtbot.waitUntil(lambda: isinstance(pane.shown, TextView), timeout=5000)


def test_a_kind_of_file_that_is_not_known_is_saved_under_its_blind_number(
    qtbot, sit: Sit, centre: Centre, own: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(centre, own[0], GivenFile(b"PK\x03\x04", "docx"))
    desk = sit()
    pane = open_work(qtbot, desk, own[0])
    assert say("recording.work.cannot_show") in said(desk)
    asked: list[str] = []

    def choose(_parent: object, _title: str, name: str) -> tuple[str, str]:
        asked.append(name)
        return str(tmp_path / name), ""

    monkeypatch.setattr("ui.recording.work.QFileDialog.getSaveFileName", choose)
    qtbot.mouseClick(pane.save, Qt.MouseButton.LeftButton)
    name = f"{centre.blind(own[0])}-1.docx"
    qtbot.waitUntil(lambda: (tmp_path / name).exists(), timeout=5000)
    assert asked == [name] and (tmp_path / name).read_bytes() == b"PK\x03\x04"


def test_the_width_of_the_work_is_remembered(qtbot, sit: Sit, centre: Centre, own: tuple[int, ...]) -> None:
    hand_in(centre, own[0], TEXT)
    desk = sit()
    open_work(qtbot, desk, own[0])
    splitter = desk.screen.splitter
    splitter.moveSplitter(500, 1)
    qtbot.waitUntil(lambda: bool(Preferences.load(centre.store.home).works), timeout=3000)
    Preferences.load(centre.store.home).keep(theme="dark")
    before = splitter.sizes()
    again = sit()
    open_work(qtbot, again, own[0])
    assert again.screen.splitter.sizes() == before
    # What stood in the window's own memory when it was opened does not wipe it out.
    assert Preferences.load(centre.store.home).theme == "dark"


def test_items_and_work_fit_a_small_screen(qtbot, sit: Sit, centre: Centre, own: tuple[int, ...]) -> None:
    hand_in(centre, own[0], TEXT, GivenFile(png(), "png"), GivenFile(b"x", "docx"))
    desk = sit()
    open_work(qtbot, desk, own[0])
    for screen in (desk.screen, desk.works.across.screen):
        desk.resize(911, 512)
        qtbot.wait(20)
        assert (desk.width(), desk.height()) == (911, 512)
        assert min(screen.splitter.sizes()) >= 200
        press(desk, (Qt.Key.Key_I, CTRL))
        qtbot.waitUntil(desk.works.across.screen.isVisible, timeout=5000)


def test_the_menu_at_the_top_holds_the_works_and_no_candidate(
    qtbot, sit: Sit, centre: Centre, own: tuple[int, ...]
) -> None:
    for one in own:
        hand_in(centre, one, TEXT)
    desk = sit()
    open_work(qtbot, desk, own[0])
    press(desk, (Qt.Key.Key_O, CTRL))
    menu = next(one for one in desk.screen.findChildren(QMenu) if one.isVisible())
    assert [one.text().split()[0] for one in menu.actions()] == [centre.blind(one) for one in own]
    menu.close()
