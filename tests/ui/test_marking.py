"""Marking by keyboard and by finger, at the size of the exam day's laptops."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from core.errors import Refused
from ui.marking.item_row import ItemRow
from ui.marking.views import (
    NOT_OBSERVED,
    ChoiceView,
    ClockView,
    DeductionView,
    ExerciseView,
    ItemView,
    Mark,
    MomentView,
    SheetView,
    VetoView,
    points_text,
)
from ui.pages.marking import MarkingScreen

LEVELS = tuple(ChoiceView(str(n), words, n * 100) for n, words in enumerate(("未做到", "偶尔", "多数", "全程")))
TOUCH = 44


def item(key: str, mark: Mark = Mark(), **more: object) -> ItemView:  # noqa: B008 - frozen
    return replace(ItemView(key, key, f"要求 {key}", "4 直播运行", 300, LEVELS, mark=mark), **more)


LIVE = ExerciseView(
    "live",
    "直播运行",
    tuple(item(f"4.{n}") for n in range(1, 6)),
    role="中控",
    live=True,
    deductions=(DeductionView("words", "违规用语", 200, most=2),),
    vetoes=(VetoView("stop", "停播"),),
)
AFTER = ExerciseView("after", "售后与数据", tuple(item(f"6.{n}") for n in range(1, 29)))
SHEET = SheetView("0231", "一号直播间", (LIVE, AFTER), "live", clock=ClockView("直播中", 760, 1800, running=True))


@pytest.fixture
def screen(qtbot: QtBot) -> MarkingScreen:
    made = MarkingScreen("考评员 E03")
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    made.show_sheet(SHEET)
    qtbot.wait(10)
    return made


def press(qtbot: QtBot, screen: MarkingScreen, *keys: Qt.Key | str) -> None:
    """Keys as they reach the row in hand."""
    for key in keys:
        held = screen.in_hand
        assert held is not None
        qtbot.keyClick(held, key)


def test_the_first_unmarked_item_is_in_hand_and_has_the_focus(screen: MarkingScreen) -> None:
    assert screen.in_hand is not None
    assert screen.in_hand.item.key == "4.1"
    assert screen.focusWidget() is screen.in_hand


def test_a_figure_marks_and_enter_goes_to_the_next_unmarked(qtbot: QtBot, screen: MarkingScreen) -> None:
    marks: list[tuple[str, str, Mark]] = []
    screen.mark_changed.connect(lambda *mark: marks.append(mark))
    press(qtbot, screen, "3", Qt.Key.Key_Return, "0", Qt.Key.Key_Return, "n", Qt.Key.Key_Return)
    assert marks == [
        ("live", "4.1", Mark(choice=3)),
        ("live", "4.2", Mark(choice=0)),
        ("live", "4.3", NOT_OBSERVED),
    ]
    assert screen.in_hand is not None
    assert screen.in_hand.item.key == "4.4"


def test_arrows_go_from_item_to_item(qtbot: QtBot, screen: MarkingScreen) -> None:
    press(qtbot, screen, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up)
    assert screen.in_hand is not None
    assert screen.in_hand.item.key == "4.2"


def test_the_same_mark_again_is_not_told_twice(qtbot: QtBot, screen: MarkingScreen) -> None:
    marks: list[object] = []
    screen.mark_changed.connect(lambda *mark: marks.append(mark))
    press(qtbot, screen, "2", "2")
    assert len(marks) == 1


def test_a_finger_marks(qtbot: QtBot, screen: MarkingScreen) -> None:
    row = screen.sheet.rows[2]
    with qtbot.waitSignal(screen.mark_changed) as told:
        qtbot.mouseClick(row.buttons[1], Qt.MouseButton.LeftButton)
    assert told.args == ["live", "4.3", Mark(choice=1)]
    assert screen.in_hand is row


def test_everything_to_touch_is_large_enough(screen: MarkingScreen) -> None:
    small = [
        made.text()
        for row in screen.sheet.rows
        for made in row.buttons
        if made.height() < TOUCH or made.width() < TOUCH
    ]
    assert small == []
    assert screen.moments.add.height() >= TOUCH
    steppers = screen.sheet.extras.findChildren(QToolButton)
    assert steppers
    assert all(min(made.width(), made.height()) >= TOUCH for made in steppers)


def test_five_live_items_fit_without_scrolling(qtbot: QtBot, screen: MarkingScreen) -> None:
    qtbot.wait(20)
    assert screen.sheet.area.verticalScrollBar().maximum() == 0
    assert not screen.sheet.area.visibleRegion().isEmpty()


def test_28_items_scroll_with_the_row_in_hand(qtbot: QtBot, screen: MarkingScreen) -> None:
    screen.show_sheet(replace(SHEET, current="after"))
    for _ in range(27):
        press(qtbot, screen, Qt.Key.Key_Down)
    qtbot.wait(20)
    assert screen.in_hand is not None
    assert screen.in_hand.item.key == "6.28"
    assert screen.in_hand.visibleRegion().boundingRect().height() == screen.in_hand.height()


def test_only_the_row_in_hand_shows_the_words_of_every_level(qtbot: QtBot, screen: MarkingScreen) -> None:
    def shows(row: ItemRow) -> bool:
        return row._words.isVisible()

    press(qtbot, screen, Qt.Key.Key_Down)
    assert [shows(row) for row in screen.sheet.rows] == [False, True, False, False, False]
    assert "全程" in screen.sheet.rows[1]._words.text()


def test_points_stay_hidden_until_h(qtbot: QtBot, screen: MarkingScreen) -> None:
    row = screen.in_hand
    assert row is not None
    assert "3.00" not in row._words.text()
    press(qtbot, screen, "h")
    assert "3.00" in row._words.text()
    press(qtbot, screen, "3")
    assert "3.00 / 15.00" in screen.sheet._total.text()


def test_a_remark_is_typed_after_a_slash_and_figures_in_it_mark_nothing(qtbot: QtBot, screen: MarkingScreen) -> None:
    row = screen.in_hand
    assert row is not None
    remarks: list[str] = []
    screen.remark_changed.connect(lambda exercise, key, text: remarks.append(text))
    press(qtbot, screen, "/")
    qtbot.keyClicks(row.remark, "2nd")
    assert remarks[-1] == "2nd"
    assert not row.mark.given
    qtbot.keyClick(row.remark, Qt.Key.Key_Return)
    assert screen.focusWidget() is row


def test_f2_keeps_the_second_with_the_item_in_hand(qtbot: QtBot, screen: MarkingScreen) -> None:
    with qtbot.waitSignal(screen.moment_added) as told:
        press(qtbot, screen, Qt.Key.Key_F2)
    assert told.args[0] == "live"
    assert 760 <= told.args[1] <= 762
    assert told.args[2] == "4.1"


def test_moments_are_shown_the_newest_first(screen: MarkingScreen) -> None:
    screen.show_moments((MomentView("a", 60, "开场好"), MomentView("b", 605, "违规用语")))
    texts = screen.moments._list.itemAt(0).widget().findChildren(type(screen.clock._rest))
    assert [one.text() for one in texts][:2] == ["10:05", "违规用语"]


def test_signing_waits_for_every_mark(qtbot: QtBot, screen: MarkingScreen) -> None:
    screen.show_sheet(replace(SHEET, exercises=(LIVE,)))
    asked: list[bool] = []
    screen.sign_requested.connect(lambda: asked.append(True))
    assert screen.sign.text().startswith("还差 5 项")
    qtbot.keyClick(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked == []
    press(qtbot, screen, *("1", Qt.Key.Key_Return) * 4, "n")
    assert "未观察到" in screen.sign.text()
    qtbot.keyClick(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked == []
    press(qtbot, screen, "2")
    assert screen.sign.property("kind") == "primary"
    qtbot.mouseClick(screen.sign, Qt.MouseButton.LeftButton)
    assert asked == [True]


def test_signing_waits_for_the_end_of_the_live_stream(qtbot: QtBot, screen: MarkingScreen) -> None:
    done = replace(LIVE, items=tuple(replace(one, mark=Mark(choice=1)) for one in LIVE.items))
    screen.show_sheet(replace(SHEET, exercises=(done,), waiting="直播结束后签名提交"))
    assert not screen.sign.isEnabled()
    assert screen.sign.text() == "直播结束后签名提交"


def test_a_signed_sheet_changes_no_more(qtbot: QtBot, screen: MarkingScreen) -> None:
    screen.show_sheet(replace(SHEET, signed="已于 14:20 签名"))
    marks: list[object] = []
    screen.mark_changed.connect(lambda *mark: marks.append(mark))
    press(qtbot, screen, "3", "n")
    qtbot.mouseClick(screen.sheet.rows[0].buttons[0], Qt.MouseButton.LeftButton)
    assert marks == []
    assert screen.sign.text() == "已于 14:20 签名"


def test_enter_leads_into_the_next_exercise_when_this_one_is_done(qtbot: QtBot, screen: MarkingScreen) -> None:
    with qtbot.waitSignal(screen.exercise_chosen) as told:
        press(qtbot, screen, *("1", Qt.Key.Key_Return) * 5)
    assert told.args == ["after"]


def test_ctrl_and_a_figure_opens_an_exercise(qtbot: QtBot, screen: MarkingScreen) -> None:
    with qtbot.waitSignal(screen.exercise_chosen) as told:
        qtbot.keyClick(screen, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert told.args == ["after"]


def test_steps_are_marked_one_by_one_and_none_is_a_mark_too(qtbot: QtBot, screen: MarkingScreen) -> None:
    steps = item("3.1", kind="steps", choices=tuple(ChoiceView(str(n), f"第{n}步", 100) for n in (1, 2, 3)))
    screen.show_sheet(replace(SHEET, exercises=(replace(LIVE, items=(steps,)),)))
    marks: list[Mark] = []
    screen.mark_changed.connect(lambda exercise, key, mark: marks.append(mark))
    press(qtbot, screen, "3", "1", "3", "0")
    assert [mark.steps for mark in marks] == [(2,), (0, 2), (0,), ()]
    assert screen.missing == 0


def test_a_count_is_typed(qtbot: QtBot, screen: MarkingScreen) -> None:
    count = item("3.2", kind="count", choices=())
    screen.show_sheet(replace(SHEET, exercises=(replace(LIVE, items=(count,)),)))
    press(qtbot, screen, "1")
    row = screen.sheet.rows[0]
    assert row.count is not None
    qtbot.keyClicks(row.count, "2x")
    assert row.mark == Mark(count=12)


def test_what_another_of_the_panel_writes_cannot_be_changed_here(qtbot: QtBot, screen: MarkingScreen) -> None:
    screen.show_sheet(replace(SHEET, exercises=(replace(LIVE, items=(item("3.3", writable=False),)),)))
    press(qtbot, screen, "3")
    assert not screen.sheet.rows[0].mark.given


def test_a_deduction_counts_up_to_its_most(qtbot: QtBot, screen: MarkingScreen) -> None:
    def more() -> QToolButton:
        return [b for b in screen.sheet.extras.findChildren(QToolButton) if b.isVisibleTo(screen)][-1]

    with qtbot.waitSignal(screen.deduction_changed) as told:
        qtbot.mouseClick(more(), Qt.MouseButton.LeftButton)
    assert told.args == ["live", "words", 1]
    full = replace(LIVE, deductions=(replace(LIVE.deductions[0], times=2),))
    screen.show_sheet(replace(SHEET, exercises=(full,)))
    qtbot.wait(20)
    assert not more().isEnabled()


def test_d_opens_the_deductions_from_the_keyboard_and_can_take_one_back(qtbot: QtBot, screen: MarkingScreen) -> None:
    once = replace(LIVE, deductions=(replace(LIVE.deductions[0], times=1),))
    screen.show_sheet(replace(SHEET, exercises=(once,)))
    press(qtbot, screen, "d")
    menu = screen.sheet.extras.findChild(QMenu)
    assert [action.text() for action in menu.actions()] == ["违规用语 −2.00 × 1：加一次", "违规用语：减一次"]
    with qtbot.waitSignal(screen.deduction_changed) as told:
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert told.args == ["live", "words", 0]


def test_a_sheet_that_comes_again_leaves_hand_and_scroll_where_they_are(qtbot: QtBot, screen: MarkingScreen) -> None:
    press(qtbot, screen, Qt.Key.Key_Down, Qt.Key.Key_Down)
    rows = screen.sheet.rows
    screen.show_sheet(replace(SHEET, place="二号直播间"))
    assert screen.sheet.rows == rows
    assert screen.in_hand is rows[2]


def test_a_refusal_is_shown_over_the_items_and_esc_takes_it_away(qtbot: QtBot, screen: MarkingScreen) -> None:
    screen.show_refusal(Refused("application.notified", clause="9.4"))
    assert screen.strip.isVisible()
    screen.close_something()
    assert not screen.strip.isVisible()


def test_marking_works_at_150_percent(qtbot: QtBot, screen: MarkingScreen) -> None:
    screen.resize(911, 512)
    qtbot.wait(20)
    assert screen.width() == 911
    assert screen.minimumSizeHint().width() <= 911
    press(qtbot, screen, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, "3")
    qtbot.wait(20)
    held = screen.in_hand
    assert held is not None
    assert held.visibleRegion().boundingRect().height() == held.height()
    assert QGuiApplication.focusObject() is not None


@pytest.mark.parametrize("size", [(1366, 768), (911, 512)])
def test_every_exercise_is_told_apart_by_its_words_in_the_bar(
    qtbot: QtBot, screen: MarkingScreen, size: tuple[int, int]
) -> None:
    view = screen._view
    assert view is not None
    long = tuple(
        replace(one, title=f"Product selection and supply chain planning {at}") for at, one in enumerate(view.exercises)
    )
    screen.resize(*size)
    screen.show_sheet(replace(view, exercises=long))
    qtbot.wait(20)
    assert screen.width() == size[0]
    tabs = list(screen.top._tabs.values())
    assert len(tabs) > 1
    for at, made in enumerate(tabs):
        made.setChecked(True)
        qtbot.wait(1)
        assert made.text()[0] == "①②③④"[at]
        assert made.minimumWidth() <= made.width()
        assert screen.rect().contains(made.mapTo(screen, made.rect().bottomRight()))
        assert "Product selection and supply chain" in made.accessibleName()


def test_points_are_written_with_two_decimals() -> None:
    assert [points_text(points) for points in (0, 5, 250, -200)] == ["0.00", "0.05", "2.50", "−2.00"]


def test_the_menu_of_the_vetoes_opens_at_its_button(qtbot: QtBot, screen: MarkingScreen) -> None:
    screen.resize(780, 600)  # as wide as the screen is that is not there
    qtbot.wait(10)
    button = screen.sheet.extras._veto_button
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    (menu,) = [one for one in screen.findChildren(QMenu) if one.isVisible()]
    at = button.mapToGlobal(button.rect().topLeft())
    assert button.mapTo(screen, button.rect().topLeft()).x() > screen.width() // 2
    assert menu.x() <= at.x() + button.width() and menu.x() + menu.width() >= at.x()
    menu.close()


def test_a_key_that_an_item_does_not_have_says_which_keys_it_has(qtbot: QtBot, screen: MarkingScreen) -> None:
    yes_no = item("4.1", choices=(ChoiceView("0", "否", 0), ChoiceView("1", "是", 300)))
    screen.show_sheet(replace(SHEET, exercises=(replace(LIVE, items=(yes_no, item("4.2"))),), number="0232"))
    held = screen.in_hand
    assert held is not None
    before = held._words.text()
    press(qtbot, screen, "3")
    assert held.mark == Mark() and "“3”" in held._words.text() and before in held._words.text()
    press(qtbot, screen, "1")
    assert held.mark == Mark(choice=1) and held._words.text() == before
    press(qtbot, screen, "3", Qt.Key.Key_Down)
    assert screen.in_hand is not held and held._words.text() == before
