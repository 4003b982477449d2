"""Arranging an examination: numbers, panels looked at first, recusals, and what is not lawful with its clause."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from core.arrangement.commands import declare_recusal
from core.arrangement.queries import PanelLine, panels, places, recusal_lines
from core.people.queries import accounts
from core.people.roles import Role
from tests.ui.desk import Desk
from ui.dialogs.questions import ConfirmDialog, ReasonDialog
from ui.dialogs.second_person import SecondPersonDialog
from ui.pages.arrangement_dialogs import PanelDialog, RecusalDialog


def formed(desk: Desk) -> list[PanelLine]:
    with desk.store.read() as read:
        return panels(read, desk.batch, "skill")


def press_primary(desk: Desk, page: Any) -> None:
    desk.qtbot.mouseClick(page._do, Qt.MouseButton.LeftButton)
    desk.wait()


def choose(desk: Desk, combo: Any, login_name: str) -> None:
    at = combo.findText(login_name)
    combo.setCurrentIndex(at)
    combo.activated.emit(at)
    desk.wait()


def proposal(desk: Desk) -> Any:
    """The page with numbers assigned and a proposal in view."""
    page = desk.sign_in("reviewed", "M01", "arrangement")
    press_primary(desk, page)
    press_primary(desk, page)
    assert page.panels.proposing
    return page


def test_numbers_then_a_proposal_then_its_confirmation_by_one_button(desk: Desk) -> None:
    page = desk.sign_in("reviewed", "M01", "arrangement")
    assert page._do.text() == "编考号 6 人"
    press_primary(desk, page)
    with desk.store.read() as read:
        assert [place.number for place in places(read, desk.batch)] == [f"{n:04d}" for n in range(1, 7)]
    press_primary(desk, page)
    assert formed(desk) == []  # a proposal is only looked at
    press_primary(desk, page)
    (panel,) = formed(desk)
    assert len(panel.examiners) == 3
    assert len(panel.applications) == 6
    assert not page._do.isVisible()  # everybody is placed


def test_a_leader_and_an_examiner_are_exchanged_before_confirming(desk: Desk) -> None:
    page = proposal(desk)
    editor = page.panels.editors[0]
    names = {one.shown: one.id for one in page.found.examiners}
    choose(desk, editor.combos[0], "考评员06")
    choose(desk, editor.leader, "考评员03")
    press_primary(desk, page)
    (panel,) = formed(desk)
    assert panel.leader == names["考评员03"]
    assert panel.examiners[0] == names["考评员06"]


def test_two_examiners_come_and_go_together_so_that_the_number_stays_odd(desk: Desk) -> None:
    page = proposal(desk)
    editor = page.panels.editors[0]
    desk.qtbot.mouseClick(editor.more, Qt.MouseButton.LeftButton)
    assert len(editor.panel.examiners) == 5
    desk.qtbot.mouseClick(editor.fewer, Qt.MouseButton.LeftButton)
    assert len(editor.panel.examiners) == 3
    assert not editor.fewer.isEnabled()
    assert editor.panel.leader in editor.panel.examiners


def test_escape_gives_a_proposal_up(desk: Desk) -> None:
    page = proposal(desk)
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_Escape)  # the first one closes what was said at the foot
    desk.wait()
    assert not page.panels.proposing
    assert formed(desk) == []


def test_a_recusal_is_kept_and_breaking_it_is_said_before_confirming(desk: Desk) -> None:
    page = desk.sign_in("reviewed", "M01", "arrangement")
    press_primary(desk, page)
    page._on_recusal()
    dialog = desk.dialog(RecusalDialog)
    dialog.confirm.click()
    assert dialog.isVisible()  # nobody chosen yet
    dialog.examiner.setCurrentIndex(dialog.examiner.findText("考评员05"))
    dialog.candidate.setCurrentIndex(2)
    dialog.confirm.click()
    assert dialog.isVisible()  # no reason yet
    dialog.reason.setPlainText("师生")
    dialog.confirm.click()
    desk.wait()
    with desk.store.read() as read:
        assert [line.reason for line in recusal_lines(read, places(read, desk.batch))] == ["师生"]
    page.shelves.choose("recusals")
    assert not page.override.isEnabled()
    page.recusals.select_line(0)
    assert page.override.isEnabled()
    page.shelves.choose("skill")
    press_primary(desk, page)
    editor = page.panels.editors[0]
    choose(desk, editor.combos[1], "考评员05")
    assert editor._verdict.property("tone") == "danger"
    assert not page._do.isEnabled()
    choose(desk, editor.combos[1], "考评员04")
    assert editor._verdict.property("tone") == "good"
    assert page._do.isEnabled()


def test_too_few_examiners_are_said_with_the_clause(desk: Desk) -> None:
    page = desk.sign_in("reviewed", "M01", "arrangement")
    press_primary(desk, page)
    from core.people.commands import close_account
    from core.people.queries import accounts
    from core.people.roles import Role

    admin = desk.entrance.sign_in("admin", desk.homes.pins["admin"])
    with desk.store.read() as read:
        everybody = accounts(read, Role.EXAMINER)
    for one in everybody[2:]:
        desk.store.write(admin.actors, close_account, one.id)
    page.propose()
    desk.wait()
    assert "9.2" in page.strip._source.text()
    assert not page.panels.proposing


def test_a_formed_panel_changes_until_it_has_signed_something(desk: Desk) -> None:
    page = desk.sign_in("arranged", "M01", "arrangement")
    page.panels.table.select_line(0)
    desk.qtbot.keyClick(page.panels.table, Qt.Key.Key_Return)
    dialog = desk.dialog(PanelDialog)
    choose(desk, dialog.editor.leader, "考评员02")
    desk.qtbot.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    desk.wait()
    (panel,) = formed(desk)
    assert panel.no == 1
    assert panel.leader == {one.shown: one.id for one in page.found.examiners}["考评员02"]


def test_a_panel_that_has_signed_is_not_dissolved(desk: Desk) -> None:
    page = desk.sign_in("marking", "M01", "arrangement")
    page.panels.table.select_line(0)
    desk.qtbot.mouseClick(page.panels.dissolve, Qt.MouseButton.LeftButton)
    desk.dialog(ConfirmDialog).confirm.click()
    desk.wait()
    assert page.strip.text == "这个考评组已经有人签名提交评分表，不能再改。"
    assert len(formed(desk)) == 1


def test_a_place_that_nobody_comes_to_is_released_with_a_reason(desk: Desk) -> None:
    page = desk.sign_in("arranged", "M01", "arrangement")
    page.shelves.choose("candidates")
    page.candidates.select_line(5)
    desk.qtbot.mouseClick(page.release, Qt.MouseButton.LeftButton)
    dialog = desk.dialog(ReasonDialog)
    dialog.reason.setPlainText("本人来电，不参加")
    dialog.confirm.click()
    desk.wait()
    assert page.candidates.total == 5
    assert len(formed(desk)[0].applications) == 5


def test_a_supervisor_looks_and_changes_nothing(desk: Desk) -> None:
    page = desk.sign_in("arranged", "S01", "arrangement")
    assert page._do is None or not page._do.isVisible()
    assert not page.panels.edit.isVisible()
    assert not page.release.isVisible()


def test_before_anybody_was_told_the_page_says_how_to_begin(desk: Desk) -> None:
    page = desk.sign_in("applied", "M01", "arrangement")
    assert page.shows_empty


def test_two_people_override_a_recusal_with_a_reason(desk: Desk) -> None:
    page = desk.sign_in("reviewed", "M01", "arrangement")
    press_primary(desk, page)
    with desk.store.read() as read:
        one, *_ = places(read, desk.batch)
        (examiner, *_) = accounts(read, Role.EXAMINER)
    desk.store.write(page.context.session.actors, declare_recusal, examiner.id, one.application, "师生")
    page.mark_stale()
    desk.wait()
    page.shelves.choose("recusals")
    page.recusals.select_line(0)
    page.override.click()
    asked = desk.dialog(ReasonDialog)
    asked.confirm.click()
    assert asked.isVisible(), "no reason yet"
    asked.reason.setPlainText("毕业已满三年")
    asked.confirm.click()
    second = desk.dialog(SecondPersonDialog)
    second.account.setText("M02")
    second.pin.setText(desk.homes.pins["M02"])
    second.confirm.click()
    desk.wait()
    with desk.store.read() as read:
        assert recusal_lines(read, places(read, desk.batch)) == []
    assert page.no_recusal.isVisible()
