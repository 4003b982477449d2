# ruff: noqa: F811 - a fixture that is imported has the name of what asks for it
"""The invigilator's page and the studio's shared screen, by keyboard and mouse, over a small centre."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from core.examday import commands, queries, work_queries
from core.examday.events import Surprise
from core.store import Actors
from core.words import say
from tests.examday.conftest import LIVE, SECRET, WORK, Centre, centre, master  # noqa: F401
from tests.ui.conftest import SmallShell
from ui.context import BatchChoice, Context, Session
from ui.dialogs.questions import ConfirmDialog, ReasonDialog
from ui.pages.studio import StudioPage
from ui.pages.studio_cards import CardsView
from ui.pages.studio_files import KeepDialog
from ui.pages.studio_words import MomentWordsDialog
from ui.workers import Workers

PLANNED = (Surprise(300, "hostile_comment", "恶意评论刷屏"),)
Open = Callable[..., StudioPage]


@pytest.fixture
def open_page(
    qtbot,
    centre: Centre,
    workers: Workers,
    shell: SmallShell,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Open]:
    monkeypatch.setattr("ui.pages.studio_data.now_ms", lambda: centre.wall.now)
    monkeypatch.setattr("ui.pages.studio_hands.now_ms", lambda: centre.wall.now)
    made: list[QWidget] = []

    def open_(login: str = "I01", exercise: str = LIVE) -> StudioPage:
        actor = centre.actor(login)
        session = Session(login, login, frozenset(map(str, actor.roles)), Actors(actor))
        context = Context(centre.store, session, workers, shell)
        context.offer_batches((BatchChoice(centre.batch, "2026-01"),))
        page = StudioPage(context)
        page.open_with(exercise=exercise)
        page.resize(1158, 720)
        page.show()
        made.append(page)
        qtbot.waitUntil(lambda: page.detail is not None and not workers.busy, timeout=5000)
        return page

    yield open_
    for page in made:
        page.close()
        page.deleteLater()


def settle(qtbot, page: StudioPage) -> None:
    qtbot.waitUntil(lambda: not page.context.workers.busy, timeout=5000)
    qtbot.wait(20)
    qtbot.waitUntil(lambda: not page.context.workers.busy, timeout=5000)


def press(qtbot, page: StudioPage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    page.table.setFocus()
    QTest.keyClick(page.table, key, modifier)
    settle(qtbot, page)


def dialog(qtbot, page: StudioPage, kind: type[QDialog]) -> QDialog:
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.window().findChildren(kind)), timeout=2000)
    return next(one for one in page.window().findChildren(kind) if one.isVisible())


def words(widget: QWidget) -> str:
    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))


def test_a_whole_exercise_is_run_by_keyboard(qtbot, open_page: Open, centre: Centre) -> None:
    centre.card(surprises=PLANNED)
    page = open_page()
    ctrl = Qt.KeyboardModifier.ControlModifier
    assert page.next.text() == say("studio.begin.preparation")
    press(qtbot, page, Qt.Key.Key_Return, ctrl)
    assert page.detail.clock.phase == "preparation"
    press(qtbot, page, Qt.Key.Key_F6)
    assert SECRET not in words(page)
    press(qtbot, page, Qt.Key.Key_F6)
    assert SECRET in words(page)
    press(qtbot, page, Qt.Key.Key_Return, ctrl)
    centre.wall.wait(301)
    press(qtbot, page, Qt.Key.Key_1, ctrl)
    assert list(centre.ask(queries.staged, centre.first, LIVE)) == [0]
    assert page.run.time.text.startswith("05:0")
    press(qtbot, page, Qt.Key.Key_Return, ctrl)
    press(qtbot, page, Qt.Key.Key_F6)
    press(qtbot, page, Qt.Key.Key_Return, ctrl)
    assert centre.clock().phase == "ended" and page.detail.card.collected_at is not None
    assert page.next.text() == say("studio.next_candidate")
    press(qtbot, page, Qt.Key.Key_Return, ctrl)
    assert page.detail.line.application == centre.other


def test_a_pause_asks_why_and_the_clock_stands(qtbot, open_page: Open, centre: Centre) -> None:
    centre.phase("live", wait=65)
    page = open_page()
    press(qtbot, page, Qt.Key.Key_F8)
    asked = dialog(qtbot, page, ReasonDialog)
    centre.wall.wait(17)  # it takes that long to write why
    asked.reason.setPlainText("网络中断")
    qtbot.mouseClick(asked.confirm, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert centre.clock().paused and "网络中断" in words(page.run) and not page.next.isEnabled()
    shown = page.run.time.text
    qtbot.wait(1200)
    assert page.run.time.text == shown == "01:05"
    qtbot.mouseClick(page.run.pause, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    qtbot.waitUntil(lambda: page.run.time.text == "01:06", timeout=3000)


def test_a_paused_run_goes_on_where_it_is_unless_another_studio_is_chosen(
    qtbot, open_page: Open, centre: Centre
) -> None:
    centre.phase("live", studio="直播间 2")
    centre.act("I01", commands.pause_run, centre.first, LIVE, "网络中断")
    page = open_page()
    press(qtbot, page, Qt.Key.Key_F8)
    assert centre.clock().studio == "直播间 2" and not centre.clock().paused
    centre.act("I01", commands.pause_run, centre.first, LIVE, "灯坏了")
    page.refresh()
    settle(qtbot, page)
    page.studios.setEditText("直播间 4")
    press(qtbot, page, Qt.Key.Key_F8)
    assert centre.clock().studio == "直播间 4"


def test_ending_early_asks_first(qtbot, open_page: Open, centre: Centre) -> None:
    centre.phase("live")
    page = open_page()
    press(qtbot, page, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert centre.clock().phase == "live"
    qtbot.mouseClick(dialog(qtbot, page, ConfirmDialog).confirm, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert centre.clock().phase == "ended"


def test_a_refusal_stands_on_the_page(qtbot, open_page: Open, centre: Centre) -> None:
    centre.phase("live", centre.other)
    page = open_page()
    page.table.select_line(0)
    settle(qtbot, page)
    for _ in range(2):
        press(qtbot, page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.strip.text == say("examday.studio_busy", studio="直播间 1", number=centre.number(centre.other))


def test_who_only_watches_touches_nothing(qtbot, open_page: Open, centre: Centre) -> None:
    centre.card()
    page = open_page("S01")
    assert not page.next.isVisible() and not page.card.step.isEnabled()
    press(qtbot, page, Qt.Key.Key_F6)
    press(qtbot, page, Qt.Key.Key_F8)
    assert centre.ask(queries.draw_of, centre.first, LIVE) is None


def test_the_shared_screen_shows_the_clock_and_nothing_that_is_planned(
    qtbot,
    open_page: Open,
    centre: Centre,
) -> None:
    centre.card(surprises=PLANNED)
    centre.deal()
    centre.phase("live", wait=90.5)
    centre.act("I01", commands.pause_run, centre.first, LIVE, "考生身体不适")
    centre.phase("preparation", centre.other)
    page = open_page()
    press(qtbot, page, Qt.Key.Key_F11)
    view = page._wall.view
    qtbot.waitUntil(lambda: view.shown is not None, timeout=3000)
    settle(qtbot, page)
    assert (view.number.text, view.time.text) == (centre.number(centre.first), "01:30")
    shown = words(view)
    assert say("studio.phase.paused") in shown and centre.number(centre.other) in shown
    for hidden in (SECRET, "恶意", "身体不适", "题卡标题"):
        assert hidden not in shown
    centre.act("I01", commands.resume_run, centre.first, LIVE)
    page.context.changed.emit(frozenset({"run.resumed"}))
    qtbot.waitUntil(lambda: view.time.text == "01:31", timeout=3000)
    QTest.keyClick(page._wall, Qt.Key.Key_F11)
    assert page._wall.isFullScreen()
    QTest.keyClick(page._wall, Qt.Key.Key_Escape)
    assert not page._wall.isFullScreen()
    page._wall.close()


def test_the_manager_writes_a_card_in_the_drawer(qtbot, open_page: Open, centre: Centre) -> None:
    page = open_page("M01")
    view = CardsView(page.context, centre.batch, page.detail.exercise)
    qtbot.addWidget(view)
    view.show()
    view.title.setText("砀山酥梨")
    view.text.setPlainText("讲清产地与规格")
    view.add_surprise()
    view._surprises[0].at.setText("十分钟")
    view._surprises[0].words.setText("断流三十秒")
    qtbot.mouseClick(view.add, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert centre.ask(queries.numbers_to_draw, centre.batch, LIVE) == {}
    view._surprises[0].at.setText("10：30")
    qtbot.mouseClick(view.add, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    (card,) = centre.ask(queries.numbers_to_draw, centre.batch, LIVE).values()
    assert [one.second for one in centre.ask(queries.surprises_of, card)] == [630]
    qtbot.waitUntil(lambda: "砀山酥梨" in words(view), timeout=3000)


def test_a_work_is_collected_and_replaced_with_a_reason(
    qtbot,
    open_page: Open,
    centre: Centre,
    tmp_path: Path,
) -> None:
    centre.phase("live", exercise=WORK, studio="机房 1")
    page = open_page(exercise=WORK)
    first, second = tmp_path / "测试一的选品表.pdf", tmp_path / "b.txt"
    first.write_bytes(b"%PDF-1.4")
    second.write_bytes(b"x")
    page.files.take_work([first, second])
    settle(qtbot, page)
    settle(qtbot, page)
    found = centre.ask(work_queries.work, centre.first, WORK)
    assert found.files == 2
    page.files.take_work([second])
    asked = dialog(qtbot, page, ReasonDialog)
    asked.reason.setPlainText("交错了")
    qtbot.mouseClick(asked.confirm, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    settle(qtbot, page)
    found = centre.ask(work_queries.work, centre.first, WORK)
    assert (found.files, found.hand_ins) == (1, 2)


def test_the_quick_words_of_moments_are_changed_by_the_manager(
    qtbot,
    open_page: Open,
    centre: Centre,
) -> None:
    page = open_page("M01")
    asked = MomentWordsDialog(page, page.context)
    asked.open()
    settle(qtbot, page)
    assert asked.words.toPlainText().splitlines() == list(work_queries.USUAL_WORDS)
    asked.words.setPlainText("节奏好\n跑题")
    qtbot.mouseClick(asked.confirm, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert centre.ask(work_queries.moment_words) == ("节奏好", "跑题")


def test_a_recording_of_a_work_says_how_examiners_get_to_see_a_screen_recording(
    qtbot, open_page: Open, centre: Centre, tmp_path: Path
) -> None:
    film = tmp_path / "录屏.mp4"
    film.write_bytes(b"x")
    for exercise, said in ((WORK, say("studio.recording.of_work", most=300)), (LIVE, "")):
        page = open_page(exercise=exercise)
        page.files.take_recording(film)
        asked = dialog(qtbot, page, KeepDialog)
        assert asked.strip.text == said
        asked.reject()
