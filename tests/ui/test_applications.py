"""Registering people at the desk: by hand, by roster, and putting them right."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from core.registration.invented import invent_roster
from core.registration.queries import applications, counts
from core.registration.roster_file import read_roster
from core.registration.roster_import import import_rows
from core.registration.roster_sheets import write_rows
from tests.ui.desk import Desk
from ui import ops
from ui.dialogs.questions import ReasonDialog
from ui.pages.applications import ApplicationsPage
from ui.pages.applications_card import ApplicationCard
from ui.pages.applications_form import ApplicationDialog
from ui.pages.applications_import import RosterDialog
from ui.workers import Cancelled


def check_digit(first: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(sign) * weight for sign, weight in zip(first, weights, strict=True)) % 11]


INVENTED = check_digit("11010119900307001")


def names(desk: Desk) -> list[str]:
    with desk.store.read() as read:
        return [line.name for line in applications(read, desk.batch)]


def card(desk: Desk) -> ApplicationCard:
    desk.wait()
    found = desk.window.drawer.content
    assert isinstance(found, ApplicationCard)
    return found


def test_typing_a_name_leaves_only_who_is_called_so(desk: Desk) -> None:
    page = desk.sign_in("applied", "R01", "applications")
    first = page.table.paged.row_at(0).name
    assert page.table.total == 6
    page.search.insert(first)  # as an input method does
    desk.typed()
    assert page.table.total == 1
    page.search.insert("没有这个人")
    desk.typed()
    assert page.table.total == 0
    assert page.strip.text


def test_one_person_is_registered_with_the_keyboard_while_the_conditions_answer(desk: Desk) -> None:
    page = desk.sign_in("empty", "R01", "applications")
    assert page.shows_empty
    page.enter()
    dialog = desk.dialog(ApplicationDialog)
    desk.qtbot.keyClicks(dialog.number, INVENTED.lower())
    desk.typed()
    assert dialog.birth.day == date(1990, 3, 7)  # the number says it
    dialog.name.insert("测试一")
    desk.qtbot.keyClicks(dialog.phone, "199 0000 0001")
    dialog.facts.add("experience")
    _, fields, _ = dialog.facts._rows[0]
    fields["occupation"].setCurrentIndex(1)
    desk.qtbot.keyClicks(fields["first"], "2020.1.1")
    desk.typed()
    assert any(label.property("tone") == "good" for label in dialog.conditions.findChildren(type(dialog.known)))
    desk.qtbot.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    assert card(desk).identity.text().endswith(INVENTED[-4:])
    assert names(desk) == ["测试一"]
    assert page.table.total == 1


def test_a_mistyped_identity_number_is_said_and_nobody_is_registered(desk: Desk) -> None:
    page = desk.sign_in("empty", "R01", "applications")
    page.enter()
    dialog = desk.dialog(ApplicationDialog)
    wrong = INVENTED[:-1] + ("0" if INVENTED[-1] != "0" else "1")
    desk.qtbot.keyClicks(dialog.number, wrong)
    desk.typed()
    assert "校验码" in dialog.known.text()
    dialog.name.setText("测试一")
    dialog.phone.setText("19900000001")
    dialog.confirm.click()
    desk.wait()
    assert "校验码" in dialog.strip.text
    dialog.reject()
    assert names(desk) == []


def test_missing_and_unreadable_fields_are_told_where_they_are(desk: Desk) -> None:
    page = desk.sign_in("empty", "R01", "applications")
    page.enter()
    dialog = desk.dialog(ApplicationDialog)
    dialog.confirm.click()
    assert dialog.number.property("wrong")
    dialog.number.setText(INVENTED)
    dialog.confirm.click()
    assert dialog.name.property("wrong")
    dialog.name.setText("测试一")
    dialog.phone.setText("123")
    dialog.confirm.click()
    assert dialog.phone.property("wrong")
    dialog.phone.setText("19900000001")
    dialog.facts.add("training")
    dialog.facts._rows[0][1]["completed"].setText("某一天")  # type: ignore[attr-defined]
    dialog.confirm.click()
    assert dialog.strip.text
    dialog.reject()
    assert names(desk) == []


def test_whoever_has_applied_already_is_told_and_shown(desk: Desk) -> None:
    page = desk.sign_in("applied", "R01", "applications")
    known = read_roster(desk.homes.roster).rows[2]
    page.enter()
    dialog = desk.dialog(ApplicationDialog)
    desk.qtbot.keyClicks(dialog.number, known.id_number)
    desk.typed()
    assert known.name in dialog.known.text()
    desk.qtbot.mouseClick(dialog.there, Qt.MouseButton.LeftButton)
    assert card(desk)._opened.detail.line.name == known.name


def test_a_roster_is_shown_before_it_is_taken_in_and_bad_rows_can_be_saved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk.sign_in("empty", "R01", "applications")
    page.import_roster()
    dialog = desk.dialog(RosterDialog)
    rows = read_roster(desk.homes.roster).rows
    mixed = desk.home.parent / "混合.xlsx"
    write_rows(mixed, (*rows[:4], rows[4], rows[4]))
    dialog.read(mixed, desk.homes.photos)
    desk.wait()
    assert names(desk) == []  # only read so far
    assert dialog.table.total == 2
    assert dialog.confirm.text() == "导入 4 人"
    desk.qtbot.keyClick(dialog.confirm, Qt.Key.Key_Return)
    desk.wait()
    assert len(names(desk)) == 4
    target = desk.home.parent / "退回.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    desk.qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    desk.wait()
    assert len(read_roster(target).refused) + len(read_roster(target).rows) == 2
    dialog.reject()


def test_a_file_that_is_no_roster_is_refused_in_the_dialog(desk: Desk, tmp_path: Path) -> None:
    page = desk.sign_in("empty", "R01", "applications")
    page.import_roster()
    dialog = desk.dialog(RosterDialog)
    bad = tmp_path / "不是.xlsx"
    bad.write_bytes(b"PK\x03\x04 nothing")
    dialog.read(bad)
    desk.wait()
    assert dialog.strip.text
    assert not dialog.confirm.isEnabled()
    dialog.reject()


def test_a_cancelled_import_keeps_nobody(desk: Desk) -> None:
    page = desk.sign_in("empty", "R01", "applications")
    started = threading.Event()

    def stops_in_the_middle(done: int, of: int, text: str = "") -> None:
        started.set()
        raise Cancelled

    # The hundredth row reports first; enough people for that are invented.
    many = tuple(invent_roster(150, "junior", 2))
    ops.write(page, import_rows, desk.batch, many, {}, stops_in_the_middle).start()
    desk.wait()
    assert started.is_set()
    assert names(desk) == []


def test_the_identity_number_stays_masked_until_somebody_asks_who_may(desk: Desk) -> None:
    page = desk.sign_in("applied", "R01", "applications")
    page.table.select_line(0)
    desk.qtbot.keyClick(page.table, Qt.Key.Key_Return)
    shown = card(desk)
    whole = read_roster(desk.homes.roster).rows[0].id_number
    assert whole not in shown.identity.text()
    desk.qtbot.mouseClick(shown.show_number, Qt.MouseButton.LeftButton)
    desk.wait()
    assert shown.identity.text() == whole
    desk.qtbot.mouseClick(shown.show_number, Qt.MouseButton.LeftButton)
    assert whole not in shown.identity.text()


def test_an_auditor_looks_but_neither_registers_nor_sees_whole_numbers(desk: Desk) -> None:
    page = desk.sign_in("applied", "A01", "applications")
    assert page._primary is None
    page.open_application(page.table.paged.row_at(0).id)
    shown = card(desk)
    assert not hasattr(shown, "edit")
    desk.qtbot.mouseClick(shown.show_number, Qt.MouseButton.LeftButton)
    desk.wait()
    assert page.strip.text == "您的角色不能查看证件号码。"


def test_an_application_is_withdrawn_with_a_reason_only(desk: Desk) -> None:
    page = desk.sign_in("applied", "R01", "applications")
    page.open_application(page.table.paged.row_at(0).id)
    desk.qtbot.mouseClick(card(desk).take_back, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
    dialog = desk.dialog(ReasonDialog)
    dialog.confirm.click()
    assert dialog.isVisible()
    dialog.reason.insertPlainText("改期")
    dialog.confirm.click()
    desk.wait()
    with desk.store.read() as read:
        assert counts(read, desk.batch).withdrawn == 1
    assert card(desk)._opened.detail.line.state == "withdrawn"  # the open drawer shows it


def test_a_correction_keeps_what_was_not_changed(desk: Desk) -> None:
    page = desk.sign_in("applied", "R01", "applications")
    line = page.table.paged.row_at(0)
    page.open_application(line.id)
    desk.qtbot.mouseClick(card(desk).edit, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
    dialog = desk.dialog(ApplicationDialog)
    before = dialog.number.text()
    dialog.employer.setText("示例合作社")
    dialog.confirm.click()
    desk.wait()
    found = card(desk)._opened.detail
    assert found.person is not None and found.person.employer == "示例合作社"
    assert found.line.state == line.state
    page.open_application(line.id)
    desk.qtbot.mouseClick(card(desk).show_number, Qt.MouseButton.LeftButton)
    desk.wait()
    assert card(desk).identity.text() == before


def test_the_page_fits_an_enlarged_screen_with_the_drawer_open(desk: Desk) -> None:
    page = desk.sign_in("applied", "R01", "applications", size=(911, 512))
    assert isinstance(page, ApplicationsPage)
    page.open_application(page.table.paged.row_at(0).id)
    card(desk)
    assert desk.window.width() <= 911
