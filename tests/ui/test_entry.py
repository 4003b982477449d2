"""Keying paper sheets at the window: found by the code, typed cell by cell, compared, confirmed with the PIN."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QPushButton

from core.arrangement.queries import panels
from core.batches.queries import batches, plan_of
from core.documents.paper_code import PaperCode
from core.scoring.marks import signed_sheet
from core.scoring.paper_queries import own_typing
from core.standards.plans import Exercise, Item
from tests.ui.exam import Room, founded, room
from ui.pages.entry_text import Unreadable, cell_text, echo, read_cell

__all__ = ["founded", "room"]

Sheet = tuple[int, Exercise, int]


def the_sheet(room: Room) -> Sheet:
    """A sheet of the last candidate, whom nobody has marked, by the panel's leader."""
    with room.store.read() as read:
        batch = batches(read)[0].id
        panel = panels(read, batch, "skill")[0]
        live = next(one for one in plan_of(read, batch).exercises_of("skill") if one.evidence == "live")
        return panel.applications[-1], live, panel.leader


def code(sheet: Sheet) -> str:
    application, exercise, examiner = sheet
    return PaperCode("sheet", application, exercise.id, examiner).text


def scan_in(room: Room, page: Any, text: str) -> None:
    """A scanner types, and ends with Enter."""
    page.search.setFocus()
    room.press(page.search, text, Qt.Key.Key_Return)
    room.settle()


def first_sign(item: Item) -> str:
    """What is typed for its best mark."""
    if item.scale.kind == "steps":
        return cell_text(item, [option.value for option in item.scale.options])
    best = max(item.scale.options, key=lambda option: option.points)
    return cell_text(item, [best.value])


def key_all(room: Room, page: Any, exercise: Exercise, other: int = -1) -> None:
    """Type every cell from the keyboard alone; the item at `other` otherwise."""
    for at, item in enumerate(exercise.items):
        field = page.typing.grid.cells[item.key]
        assert room.window.focusWidget() is field, item.key
        sign = first_sign(item)
        if at == other:
            worst = min(item.scale.options, key=lambda option: option.points)
            sign = cell_text(item, [worst.value])
        room.press(field, sign)
        if room.window.focusWidget() is field:
            room.press(field, Qt.Key.Key_Return)


def finish(room: Room, page: Any) -> None:
    room.press(page.typing, (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier))
    room.settle()


def test_a_paper_sheet_is_keyed_by_two_and_confirmed_by_its_examiner(room: Room, tmp_path: Path) -> None:
    sheet = the_sheet(room)
    application, exercise, examiner = sheet
    for login in ("I01", "I02"):
        page = room.page(login, "entry")
        scan_in(room, page, code(sheet))
        assert page.stack.currentWidget() is page.typing
        key_all(room, page, exercise)
        finish(room, page)
        assert page.stack.currentIndex() == 0
    page = room.page(room.leader, "entry")
    assert page.table.total == 1
    room.press(page.table, Qt.Key.Key_Home, Qt.Key.Key_Return)
    room.settle()
    assert page.stack.currentWidget() is page.confirming
    picture = tmp_path / "表.png"
    QImage(60, 80, QImage.Format.Format_RGB32).save(str(picture))
    page.confirming.scan.attach(picture)
    room.settle()
    assert not page.confirming.scan.picture.pixmap().isNull()
    room.press(page.confirming, (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier))
    dialog = room.dialog()
    room.qtbot.keyClicks(dialog.pin, room.pins[room.leader])
    room.click(dialog.confirm)
    room.settle()
    room.until(lambda: page.stack.currentIndex() == 0)
    with room.store.read() as read:
        signed = signed_sheet(read, examiner, application, exercise.id)
    assert signed is not None
    assert signed.total == exercise.maximum


def test_where_two_typings_differ_only_those_cells_are_open_and_nobody_sees_the_other_value(room: Room) -> None:
    sheet = the_sheet(room)
    exercise = sheet[1]
    page = room.page("I01", "entry")
    scan_in(room, page, code(sheet))
    key_all(room, page, exercise)
    finish(room, page)
    page = room.page("I02", "entry")
    scan_in(room, page, code(sheet))
    assert all(not field.text() for field in page.typing.grid.cells.values())
    key_all(room, page, exercise, other=1)
    finish(room, page)
    assert page.stack.currentWidget() is page.typing
    open_cells = [key for key, field in page.typing.grid.cells.items() if field.isEnabled()]
    assert open_cells == [exercise.items[1].key]
    field = page.typing.grid.cells[open_cells[0]]
    assert room.window.focusWidget() is field
    assert page.strip.text
    field.selectAll()
    room.press(field, first_sign(exercise.items[1]))
    finish(room, page)
    assert page.stack.currentIndex() == 0
    assert next(one for one in page._found.lines if one.id == (sheet[0], exercise.id, sheet[2])).state == "agreed"


def test_what_was_typed_is_there_again_after_another_person_sat_down(room: Room) -> None:
    sheet = the_sheet(room)
    item = sheet[1].items[0]
    page = room.page("I01", "entry")
    scan_in(room, page, code(sheet))
    room.press(page.typing.grid.cells[item.key], first_sign(item))
    room.until(lambda: page.typing.kept.text())
    room.sit_down("I02")
    page = room.page("I01", "entry")
    scan_in(room, page, code(sheet))
    assert page.typing.grid.cells[item.key].text() == first_sign(item)
    with room.store.read(page.context.session.actors.first) as read:
        assert own_typing(read, page._me, sheet[0], sheet[1].id, sheet[2]).typed.marks.keys() == {item.key}


def test_an_item_passed_over_or_unreadable_gets_the_focus_instead_of_being_keyed(room: Room) -> None:
    sheet = the_sheet(room)
    items = sheet[1].items
    page = room.page("I01", "entry")
    scan_in(room, page, code(sheet))
    room.press(page.typing.grid.cells[items[0].key], first_sign(items[0]))
    finish(room, page)
    assert room.window.focusWidget() is page.typing.grid.cells[items[1].key]
    assert str(len(items) - 1) in page.strip.text
    room.press(page.typing, "x")
    finish(room, page)
    assert page.typing.grid.cells[items[1].key].property("wrong")
    assert page.stack.currentWidget() is page.typing


def test_a_code_of_something_else_is_told_in_words(room: Room) -> None:
    page = room.page("I01", "entry")
    scan_in(room, page, "ZK1 sheet nonsense")
    assert page.strip.text
    room.press(page, Qt.Key.Key_Escape)
    scan_in(room, page, "ZK1 sheet 1 live 2 1")
    assert page.strip.text
    assert page.stack.currentIndex() == 0


def test_a_scan_is_read_although_a_number_still_stands_in_the_search(room: Room) -> None:
    sheet = the_sheet(room)
    page = room.page("I01", "entry")
    page.search.setText("0006")
    page.search.end(False)
    scan_in(room, page, code(sheet))
    assert page.stack.currentWidget() is page.typing
    key_all(room, page, sheet[1])
    finish(room, page)
    page.search.setText("0006")
    room.press(page.search, Qt.Key.Key_Return)
    room.settle()
    room.press(page.table, Qt.Key.Key_End, Qt.Key.Key_Return)
    room.settle()
    assert page.stack.currentWidget() is page.typing
    key_all(room, page, page.typing._typing.exercise)
    finish(room, page)
    assert page.search.hasFocus()
    assert page.search.selectedText() == "0006"  # the next number takes its place


def test_an_empty_shelf_says_how_to_find_a_sheet_and_an_examiner_finds_the_way_back(room: Room) -> None:
    page = room.page(room.leader, "entry")
    assert page.table.total == 0
    assert page.nothing.isVisible()
    (back,) = [one for one in page.findChildren(QPushButton) if one.isVisible() and one.text() == "评分"]
    room.click(back)
    room.settle()
    assert room.window.shown.current == "marking"


def test_the_manager_sees_progress_and_can_let_others_key_it(room: Room) -> None:
    sheet = the_sheet(room)
    page = room.page("I01", "entry")
    scan_in(room, page, code(sheet))
    key_all(room, page, sheet[1])
    finish(room, page)
    page = room.page("M01", "entry")
    assert page.table.total == 1
    room.press(page.table, Qt.Key.Key_Home, Qt.Key.Key_Return)
    room.settle()
    assert page.stack.currentIndex() == 0
    page._on_release()
    dialog = room.dialog()
    dialog.reason.setPlainText("场务甲临时离岗")
    room.click(dialog.confirm)
    room.settle()
    assert page.table.total == 0


EXERCISES = pytest.mark.parametrize("level", ("junior", "intermediate", "senior"))


@EXERCISES
def test_every_mark_of_every_scale_is_read_back_as_it_would_be_typed(level: str) -> None:
    from core.standards.plans import default_plan

    for exercise in default_plan("t-caftv-rural-2026", level).exercises:
        for item in exercise.items:
            for values in ([option.value] for option in item.scale.options):
                assert read_cell(item, cell_text(item, values)) == values
                assert echo(item, values)
            assert read_cell(item, " Ｎ") is None
            for wrong in ("", "-1", "x", "1.5", "99999999"):
                with pytest.raises(Unreadable):
                    read_cell(item, wrong)


def test_an_examiner_hears_on_the_desk_that_a_paper_sheet_waits(room: Room) -> None:
    sheet = the_sheet(room)
    for login in ("I01", "I02"):
        page = room.page(login, "entry")
        scan_in(room, page, code(sheet))
        key_all(room, page, sheet[1])
        finish(room, page)
    desk = room.page(room.leader, "marking")
    room.settle()
    assert "1" in desk.list.strip.text
    row = desk.list._desk.row(sheet[0], "skill")
    assert row.states[sheet[1].id] == "paper"
    room.click(desk.list.strip._action)
    room.settle()
    assert room.window.shown.current == "entry"


def test_in_a_low_window_under_a_refusal_every_word_about_the_paper_is_whole(room: Room) -> None:
    sheet = the_sheet(room)
    room.window.resize(911, 512)
    page = room.page("I01", "entry")
    scan_in(room, page, code(sheet))
    finish(room, page)  # nothing is typed: the strip says so, and takes the room of the words beside the cells
    assert page.strip.isVisible()
    squeezed = [one.text() for one in (page.typing.number, page.typing.words) if one.height() < _needed(one)]
    assert not squeezed


def test_tab_leads_from_the_last_cell_to_the_button_that_ends_the_typing(room: Room) -> None:
    page = room.page("I01", "entry")
    scan_in(room, page, code(the_sheet(room)))
    page.typing.grid.remark.setFocus()
    room.press(page.typing, Qt.Key.Key_Tab)
    assert room.window.focusWidget() is page.typing.done


def _needed(words: QLabel) -> int:
    return words.heightForWidth(words.width()) if words.wordWrap() else words.sizeHint().height()
