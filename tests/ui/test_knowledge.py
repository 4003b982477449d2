"""Knowledge scores, typed one after the other or taken in from a file; who was away has none."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from core.arrangement.queries import absences, places
from core.errors import Refused
from core.people.queries import account_by_login
from core.scoring.knowledge import set_double_entry
from core.scoring.knowledge_queries import knowledge_entries
from core.scoring.marks import knowledge_scores
from tests.ui.desk import Desk
from ui.dialogs.questions import ReasonDialog
from ui.pages.knowledge_double import RowsDialog
from ui.pages.knowledge_import import ScoresDialog


def scores(desk: Desk) -> dict[str, int]:
    with desk.store.read() as read:
        known = knowledge_scores(read)
        found = places(read, desk.batch)
    return {place.number: known[place.application] for place in found if place.application in known}


def away(desk: Desk) -> dict[str, str]:
    with desk.store.read() as read:
        number = {place.application: place.number for place in places(read, desk.batch)}
        return {number[application]: state for (application, _), state in absences(read, desk.batch).items()}


def another(read: Any, login: str) -> int:
    found = account_by_login(read, login)
    assert found is not None
    return found.id


def enter(desk: Desk, page: Any, typed: str) -> None:
    page.points.clear()
    desk.qtbot.keyClicks(page.points, typed)
    desk.qtbot.keyClick(page.points, Qt.Key.Key_Return)
    desk.wait()


def test_scores_are_typed_one_after_the_other(desk: Desk) -> None:
    page = desk.sign_in("arranged", "M01", "knowledge")
    for typed in ("83.5", "60", "0"):
        enter(desk, page, typed)
    assert scores(desk) == {"0001": 8350, "0002": 6000, "0003": 0}
    assert page.table.current.place.number == "0004"


def test_a_score_that_can_not_be_is_told_and_not_kept(desk: Desk) -> None:
    page = desk.sign_in("arranged", "M01", "knowledge")
    for typed in ("abc", "77.125", "-1"):
        enter(desk, page, typed)
        assert page.points.property("wrong")
    enter(desk, page, "100.5")
    assert "8.6" in page.strip._source.text()
    assert scores(desk) == {}
    assert page.table.current.place.number == "0001"


def test_arrows_change_the_person_while_the_hands_stay_on_the_field(desk: Desk) -> None:
    page = desk.sign_in("arranged", "M01", "knowledge")
    desk.qtbot.keyClick(page.points, Qt.Key.Key_Down)
    desk.qtbot.keyClick(page.points, Qt.Key.Key_Down)
    desk.qtbot.keyClick(page.points, Qt.Key.Key_Up)
    assert page.who.text() == "0002"


def test_who_was_away_has_no_score_which_is_no_zero(desk: Desk) -> None:
    page = desk.sign_in("arranged", "M01", "knowledge")
    desk.qtbot.mouseClick(page.states["absent"], Qt.MouseButton.LeftButton)
    desk.wait()
    assert away(desk) == {"0001": "absent"}
    assert scores(desk) == {}
    desk.window.toast._on_action()  # taken back
    desk.wait()
    assert away(desk) == {}


def test_misconduct_and_deferral_are_recorded_with_their_reason(desk: Desk) -> None:
    page = desk.sign_in("arranged", "M01", "knowledge")
    desk.qtbot.mouseClick(page.states["misconduct"], Qt.MouseButton.LeftButton)
    dialog = desk.dialog(ReasonDialog)
    dialog.confirm.click()
    assert away(desk) == {}
    dialog.reason.setPlainText("夹带资料")
    dialog.confirm.click()
    desk.wait()
    assert away(desk) == {"0001": "misconduct"}
    page.shelves.choose("away")
    desk.wait()
    assert not page.points.isEnabled()


def test_a_score_file_is_shown_first_and_what_does_not_fit_is_handed_back(desk: Desk) -> None:
    page = desk.sign_in("arranged", "M01", "knowledge")
    file = desk.home.parent / "成绩.csv"
    file.write_text("考号,成绩\n1,88\n0002,66.5\n0003,很好\n9999,70\n", "utf-8")
    page.import_file()
    dialog = desk.dialog(ScoresDialog)
    dialog.read(file)
    desk.wait()
    assert scores(desk) == {}
    assert dialog.table.total == 1
    desk.qtbot.keyClick(dialog.confirm, Qt.Key.Key_Return)
    desk.wait()
    assert scores(desk) == {"0001": 8800, "0002": 6650}
    assert [dialog.table.paged.row_at(line).row for line in range(dialog.table.total)] == [4, 5]
    dialog.reject()


def test_a_file_without_the_columns_is_refused(desk: Desk) -> None:
    page = desk.sign_in("arranged", "M01", "knowledge")
    file = desk.home.parent / "别的.csv"
    file.write_text("姓名,电话\n测试一,199\n", "utf-8")
    page.import_file()
    dialog = desk.dialog(ScoresDialog)
    dialog.read(file)
    desk.wait()
    assert dialog.strip.text
    assert not dialog.confirm.isEnabled()
    dialog.reject()


def test_an_auditor_looks_and_enters_nothing(desk: Desk) -> None:
    page = desk.sign_in("arranged", "A01", "knowledge")
    assert not page.points.isVisible()
    assert not page.away.isVisible()


def test_before_there_are_numbers_the_page_says_how_to_begin(desk: Desk) -> None:
    page = desk.sign_in("applied", "M01", "knowledge")
    assert page.shows_empty


def test_two_people_enter_each_score_where_the_centre_wants_it_and_see_only_their_own(desk: Desk) -> None:
    page = desk.sign_in("arranged", "M01", "knowledge")
    desk.store.write(page.context.session.actors, set_double_entry, desk.batch, True)
    page.mark_stale()
    desk.wait()
    assert page.twice.isVisible()
    enter(desk, page, "83.5")
    assert scores(desk) == {}
    page.ask_rows()
    dialog = next(one for one in page.window().findChildren(RowsDialog) if one.isVisible())
    for field in dialog.fields.values():
        field.setText("1")
    dialog.confirm.click()
    desk.wait()
    with desk.store.read(page.context.session.actors.first) as read:
        mine = {
            one.number: one.own.total for one in knowledge_entries(read, another(read, "M01"), desk.batch) if one.own
        }
        with pytest.raises(Refused):
            knowledge_entries(read, another(read, "M02"), desk.batch)
    assert mine["0001"] == 8350
    assert len(mine) == 2
