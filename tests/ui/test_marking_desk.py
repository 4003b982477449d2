# ruff: noqa: F811 - a fixture is named where it is used
"""An examiner's window on a real store: marking by keyboard, nothing lost, nothing seen too early."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel

from core.errors import EnvironmentFailure
from core.scoring import marks
from core.scoring.sheets import Draft
from core.store import THE_PROGRAM
from tests.ui.exam import Room, founded, room  # noqa: F401 - fixtures
from ui.dialogs.sign_in import SignInGate

CTRL = Qt.KeyboardModifier.ControlModifier
SIGN = (Qt.Key.Key_Return, CTRL)


def begun(room: Room, login: str = "E01") -> Any:
    """The marking screen of the first candidate who is not marked yet."""
    desk = room.page(login, "marking")
    room.press(desk.list, SIGN)
    room.until(lambda: desk.screen.isVisible())
    return desk


def kept(room: Room, desk: Any) -> Draft:
    with room.store.read() as read:
        return marks.own_sheet(read, desk._examiner, desk._work.application, desk._current).draft


def mark_all(room: Room, desk: Any, sign: str = "1") -> None:
    for row in desk.screen.sheet.rows:
        room.qtbot.keyClicks(row, sign)


def test_an_examiner_begins_where_work_is_left(room: Room) -> None:
    desk = room.page("E01", "marking")
    assert [row.number for row in desk._desk.rows][:2] == ["0001", "0002"]
    assert desk.list.next.text() == "继续评分"
    room.press(desk.list, SIGN)
    room.until(lambda: desk.screen.isVisible())
    assert desk._work.number == "0003"


def test_what_is_marked_is_kept_within_a_second(room: Room) -> None:
    desk = begun(room)
    room.press(desk.screen, "3")
    room.until(lambda: "已保存" in desk.screen.top.saved.text())
    first = desk.screen.sheet.rows[0].item.key
    assert kept(room, desk).marks == {first: [3]}
    room.press(desk.screen, Qt.Key.Key_Return, "n")
    room.until(lambda: desk.saver.clean)
    assert list(kept(room, desk).marks.values()) == [[3], None]


def test_remark_deduction_and_moment_are_kept_too(room: Room) -> None:
    desk = begun(room)
    room.press(desk.screen, "/", "slip", Qt.Key.Key_Return)
    desk.screen.sheet.extras.deducted.emit(desk.screen.sheet._exercise.deductions[0].key, 2)
    room.until(lambda: desk.saver.clean)
    draft = kept(room, desk)
    assert draft.remark.endswith("：slip")
    assert list(draft.deductions.values()) == [2]
    room.press(desk.screen, (Qt.Key.Key_3, CTRL), Qt.Key.Key_F3, Qt.Key.Key_F2)
    room.until(lambda: desk.saver.clean)
    assert [moment.item for moment in kept(room, desk).moments] == [desk.screen.in_hand.item.key]


def test_locking_in_the_middle_loses_nothing(room: Room) -> None:
    desk = begun(room)
    application = desk._work.application
    room.press(desk.screen, "3", (Qt.Key.Key_L, CTRL))
    desk = room.page("E01", "marking")
    desk.open_candidate(application, "skill")
    room.until(lambda: desk.screen.isVisible())
    assert desk.screen.sheet.rows[0].mark.choice == 3


def test_closing_the_window_in_the_middle_loses_nothing(room: Room) -> None:
    desk = begun(room)
    application, exercise, examiner = desk._work.application, desk._current, desk._examiner
    room.press(desk.screen, "1")
    room.window.close()
    room.store.write(THE_PROGRAM, lambda write: None)  # what was handed over before it is done
    with room.store.read() as read:
        assert list(marks.own_sheet(read, examiner, application, exercise).draft.marks.values()) == [[1]]


def test_a_full_disk_is_told_and_tried_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = begun(room)
    monkeypatch.setattr("ui.pages.marking_saver.AGAIN", 50)

    def full(*_: Any, **__: Any) -> Any:
        raise EnvironmentFailure("store.disk_full")

    monkeypatch.setattr("ui.pages.marking_saver.Saver.command", staticmethod(full))
    room.press(desk.screen, "3")
    room.until(lambda: "重试" in desk.screen.top.saved.text())
    assert "磁盘已满" in desk.screen.strip.text
    monkeypatch.undo()
    room.until(lambda: desk.saver.clean and "已保存" in desk.screen.top.saved.text())
    assert list(kept(room, desk).marks.values()) == [[3]]
    assert desk.screen.strip.text == ""


def test_an_unfinished_sheet_leads_to_what_is_missing(room: Room) -> None:
    desk = begun(room)
    room.press(desk.screen, "3", SIGN)
    assert desk.screen.in_hand is desk.screen.sheet.rows[1]


def test_signing_takes_the_own_pin_and_goes_on(room: Room) -> None:
    desk = begun(room)
    mark_all(room, desk)
    room.press(desk.screen, SIGN)
    dialog = room.dialog()
    room.qtbot.keyClicks(dialog.pin, "0000x")
    room.click(dialog.confirm)
    room.until(lambda: dialog.strip.text)
    assert desk._work.signed == frozenset()
    room.qtbot.keyClicks(dialog.pin, room.pins["E01"])
    room.click(dialog.confirm)
    room.until(lambda: desk._work.signed)
    room.settle()
    signed = desk._work.exercises[0].id
    assert desk._work.signed == {signed}
    assert desk._current == desk._work.exercises[1].id
    with room.store.read() as read:
        assert marks.own_sheet(read, desk._examiner, desk._work.application, signed).signed
    room.press(desk.screen, (Qt.Key.Key_1, CTRL), "0")
    assert desk.screen.sheet.rows[0].mark.choice == 1  # and can't be changed any more


def test_a_whole_candidate_is_signed_at_once_and_the_next_one_comes(room: Room) -> None:
    desk = begun(room)
    for at in range(4):
        room.press(desk.screen, (getattr(Qt.Key, f"Key_{at + 1}"), CTRL))
        mark_all(room, desk)
    room.press(desk.screen, SIGN)
    room.qtbot.keyClicks(room.dialog().pin, room.pins["E01"])
    room.qtbot.keyClick(room.dialog().pin, Qt.Key.Key_Return)
    room.until(lambda: desk._work.number == "0004")
    room.press(desk.screen, Qt.Key.Key_PageUp)
    room.until(lambda: desk._work.number == "0003")
    assert desk.screen.sign.text() == "已签名，不能再改"


def test_a_provisional_pin_must_be_changed_before_signing(room: Room) -> None:
    from core.people.commands import reset_pin
    from core.people.pins import fresh_key, sign_in
    from core.people.queries import account_by_login
    from core.store import Actors

    admin, manager = (sign_in(room.store, login, room.pins[login]) for login in ("admin", "M01"))
    with room.store.read() as read:
        examiner = account_by_login(read, "E01")
    assert examiner is not None
    room.store.write(Actors(admin, manager), reset_pin, examiner.id, fresh_key("4711"))
    room.pins = room.pins | {"E01": "4711"}
    desk = begun(room)
    mark_all(room, desk)
    room.press(desk.screen, SIGN)
    assert "修改成自己的PIN" in desk.screen.strip.text


def test_before_unsealing_an_examiner_sees_only_their_own(room: Room) -> None:
    desk = room.page("E02", "marking")
    sealed = next(row for row in desk._desk.rows if not row.unsealed)
    assert sealed.outcome is None
    desk.panel.open(sealed.application, sealed.component, sealed.number, True)
    desk._stack.setCurrentWidget(desk.panel)
    room.settle()
    assert "谁也看不到" in desk.panel.strip.text
    assert desk.panel.compare.table is None


def test_after_unsealing_the_sheets_stand_side_by_side(room: Room) -> None:
    desk = room.page(room.leader, "marking")
    row = next(row for row in desk._desk.rows if row.to_deliberate)
    desk.list.focus_list(row.id)
    room.press(desk.list.table, Qt.Key.Key_Return)
    room.until(lambda: desk.panel._sheets is not None)
    sheets = desk.panel._sheets
    assert sheets.lines[0].apart == max(line.apart for line in sheets.lines)
    assert desk.panel.compare.note.text
    room.press(desk.panel, Qt.Key.Key_Escape)
    assert desk.list.isVisible()


def test_the_leader_records_a_total_between_lowest_and_highest(room: Room) -> None:
    desk = room.page(room.leader, "marking")
    row = next(row for row in desk._desk.rows if row.to_deliberate)
    desk.open_panel(row)
    room.until(lambda: desk.panel.deliberate.isVisible())
    room.click(desk.panel.deliberate)
    dialog = room.dialog()
    room.click(dialog.confirm)
    assert dialog.reason.property("wrong") is True
    dialog.choices["set"].setChecked(True)
    dialog.reason.setPlainText("看过录像")
    room.qtbot.keyClicks(dialog.total, "100.01")
    room.click(dialog.confirm)
    assert dialog.pin.property("wrong") is True
    room.qtbot.keyClicks(dialog.pin, "0000x")
    room.click(dialog.confirm)
    room.until(lambda: "PIN" in dialog.strip.text)
    assert dialog.pin.text() == ""
    room.qtbot.keyClicks(dialog.pin, room.pins[room.leader])
    room.click(dialog.confirm)
    room.until(lambda: dialog.total.property("wrong"))
    assert dialog.strip.isHidden(), "what was wrong before is not said any more"
    assert dialog.pin.text() == "" and dialog.total.hasFocus()
    dialog.total.setText("70")
    room.qtbot.keyClicks(dialog.pin, room.pins[room.leader])
    room.click(dialog.confirm)
    room.until(lambda: desk.panel._sheets.outcome.decision == "set")
    assert not desk.panel.deliberate.isVisible()
    assert desk.panel._sheets.final == "70.00"


def test_a_new_panel_takes_a_second_person(room: Room) -> None:
    desk = room.page(room.leader, "marking")
    row = next(row for row in desk._desk.rows if row.to_deliberate)
    desk.open_panel(row)
    room.until(lambda: desk.panel.deliberate.isVisible())
    room.click(desk.panel.deliberate)
    dialog = room.dialog()
    room.until(dialog.isActiveWindow)
    room.qtbot.keyClick(dialog.reason, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    for expected in ("upheld", "set", "new_panel", "new_panel"):
        assert dialog.outcome == expected and dialog.choices[expected].hasFocus(), "the frame stands at what is chosen"
        room.qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Down)
    room.qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.reason.hasFocus()
    dialog.reason.setPlainText("看法差得太远")
    room.qtbot.keyClicks(dialog.pin, room.pins[room.leader])
    room.click(dialog.confirm)
    from ui.dialogs.second_person import SecondPersonDialog

    room.until(lambda: any(one.isVisible() for one in room.window.findChildren(SecondPersonDialog)))
    second = next(one for one in room.window.findChildren(SecondPersonDialog) if one.isVisible())
    second.account.setText("M01")
    room.qtbot.keyClicks(second.pin, room.pins["M01"])
    room.click(second.confirm)
    room.settle()
    room.qtbot.wait(50)
    room.settle()
    with room.store.read() as read:
        came = marks.outcome(read, row.application, "skill")
    assert came is None or came.decision == "new_panel"
    assert desk._stack.currentWidget() is desk.list, "marks that may not be looked at any more do not stay on screen"
    assert desk.panel.strip.isHidden(), "what went well is not told as a refusal"


def test_a_veto_is_raised_on_the_sheet_and_decided_by_the_leader(room: Room) -> None:
    import random

    import msgspec

    from core.arrangement.queries import panels
    from core.batches.queries import plan_of
    from core.demo.marks import draw_sheet
    from core.people.pins import sign_in
    from core.people.queries import accounts
    from core.scoring.commands import sign_sheet
    from core.store import Actors
    from ui.pages.marking_sign import ask_to_sign

    desk = begun(room, "E01")
    veto = desk.screen._view.exercises[0].vetoes[0].key
    desk.screen.sheet.extras.vetoed.emit(veto, True)
    room.until(lambda: desk.saver.clean)
    assert kept(room, desk).vetoes == [veto]
    named = desk.screen._view.exercises[0].vetoes[0].label
    with room.store.read() as read:
        plan = plan_of(read, desk.context.batch)
    drafts = {one.id: draw_sheet(random.Random(3), one, 0.9) for one in plan.exercises_of("skill")}
    drafts[desk._current] = msgspec.structs.replace(drafts[desk._current], vetoes=[veto])
    ask_to_sign(desk, desk._work, drafts, desk._current, lambda _signed: None)
    asked = room.dialog()
    assert [one for one in asked.findChildren(QLabel) if named in one.text()]
    asked.reject()
    application, exercise = desk._work.application, desk._current
    with room.store.read() as read:
        panel = panels(read, desk.context.batch, "skill")[0]
        plan = plan_of(read, desk.context.batch)
        logins = {one.id: one.login for one in accounts(read)}
    for examiner in panel.examiners:
        actors = Actors(sign_in(room.store, logins[examiner], room.pins[logins[examiner]]))
        for one in plan.exercises_of("skill"):
            draft = draw_sheet(random.Random(3), one, 0.9)
            if one.id == exercise:
                draft = msgspec.structs.replace(draft, vetoes=[veto])
            room.store.write(actors, sign_sheet, application, one.id, draft)
    desk = room.page(room.leader, "marking")
    desk.open_panel(desk._desk.row(application, "skill"))
    room.until(lambda: desk.panel.deliberate.isVisible())
    assert desk.panel.deliberate.text() == "裁定否决"
    room.click(desk.panel.deliberate)
    dialog = room.dialog()
    assert not dialog.confirm.isEnabled()
    dialog.upheld.setChecked(True)
    dialog.reason.setPlainText("录像第 12 分钟")
    room.click(dialog.confirm)
    assert dialog.pin.property("wrong") is True
    assert desk.panel._sheets.veto_to_decide is not None
    room.qtbot.keyClicks(dialog.pin, room.pins[room.leader])
    room.click(dialog.confirm)
    room.until(lambda: desk.panel._sheets.veto_to_decide is None)
    assert desk.panel._sheets.vetoes[0].line.upheld is True
    page = room.page("M01", "results")
    rows = [page.table.paged.row_at(at) for at in range(page.table.total)]
    page.open_person(next(one for one in rows if one.application == application))
    room.settle()
    told = [one.text() for one in page.context.shell.drawer.findChildren(QLabel) if one.isVisible()]
    assert named in told and "理由：录像第 12 分钟" in told


def test_everything_fits_at_150_percent(room: Room) -> None:
    desk = begun(room)
    row = next(row for row in desk._desk.rows if row.unsealed)
    for turn in (lambda: None, desk.show_list, lambda: desk.open_panel(row)):
        turn()
        room.settle()
        room.window.resize(911, 512)
        room.qtbot.wait(20)
        assert (room.window.width(), room.window.height()) == (911, 512)


def test_the_photo_is_there_and_never_a_name(room: Room, tmp_path: Path) -> None:
    from PySide6.QtWidgets import QLabel

    desk = begun(room)
    assert desk._work.photo
    with room.store.read() as read:
        from core.registration.queries import applications

        names = {one.name for one in applications(read, room.window.shown.context.batch)}  # type: ignore[union-attr]
    assert not names & {label.text() for label in desk.findChildren(QLabel)}


def test_a_wrong_pin_at_signing_speaks_of_the_pin_alone_and_signs_nothing(room: Room) -> None:
    desk = begun(room)
    mark_all(room, desk)
    room.until(lambda: desk.saver.clean)
    room.press(desk.screen, SIGN)
    dialog = room.dialog()
    room.qtbot.keyClicks(dialog.pin, "999999")
    room.click(dialog.confirm)
    room.until(lambda: dialog.strip.text)
    assert "PIN" in dialog.strip.text and "账号" not in dialog.strip.text
    assert dialog.isVisible() and not desk._work.signed
    room.settle()
    dialog.reject()


def test_the_key_for_works_says_so_where_there_are_none(room: Room) -> None:
    desk = begun(room)
    room.press(desk.screen, (Qt.Key.Key_I, CTRL))
    room.until(lambda: desk.screen.strip.text)
    assert "作品" in desk.screen.strip.text


def test_the_lock_reaches_through_a_dialog_and_keeps_what_was_marked(room: Room) -> None:
    desk = begun(room)
    application, exercise = desk._work.application, desk._current
    mark_all(room, desk)
    room.press(desk.screen, SIGN)
    pin = room.dialog()
    room.until(pin.isActiveWindow)
    room.qtbot.keyClicks(pin.pin, "12")
    room.qtbot.keyClick(pin.pin, Qt.Key.Key_L, CTRL)
    assert isinstance(room.window.shown, SignInGate)
    assert not [one for one in room.window.findChildren(QDialog) if one.isVisible()], "nothing of it is left in view"
    desk = room.page("E01", "marking")
    desk.open_candidate(application, "skill")
    room.until(lambda: desk.screen.isVisible())
    assert desk._current == exercise and desk.screen.missing == 0 and not desk._work.signed
