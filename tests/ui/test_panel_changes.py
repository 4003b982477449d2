# ruff: noqa: F811 - a fixture is named where it is used
"""Who marks changes under a panel: on the results page and in the arrangement, by two people where the rule asks."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton

from core.arrangement.queries import PanelLine, panel_of, panels
from core.people import commands as accounts_of
from core.people.pins import fresh_key, sign_in
from core.people.queries import accounts
from core.results.reopening import set_aside
from core.scoring.marks import outcome
from core.scoring.set_aside import SetAsideLine, set_aside_lines
from core.store import Actors, Id
from tests.ui.exam import Room, founded, room  # noqa: F401 - fixtures
from ui.dialogs.second_person import SecondPersonDialog
from ui.pages.panel_changes import AddExaminerDialog, NewPanelDialog, ReplaceDialog, SetAsideDialog

SPARE = "测试九九"


@pytest.fixture
def spare(room: Room) -> Id:
    """One more examiner, who is in no panel."""
    with room.store.read() as read:
        admin = next(one.login for one in accounts(read) if "admin" in one.roles)
    actor = Actors(sign_in(room.store, admin, room.pins[admin]))
    made = room.store.write(actor, accounts_of.create_account, "E99", ["examiner"], fresh_key("0000"), SPARE)
    return int(made.value)


def managers(room: Room) -> list[str]:
    with room.store.read() as read:
        return [one.login for one in accounts(read) if "manager" in one.roles]


def open_row(room: Room, page: Any, number: str) -> Id:
    """A candidate in the drawer."""
    rows = [page.table.paged.row_at(at) for at in range(page.table.total)]
    row = next(one for one in rows if one.number == number)
    page.open_person(row)
    room.settle()
    return int(row.application)


def press(room: Room, words: str) -> None:
    """The one button in sight that begins with these words."""
    (made,) = [one for one in room.window.findChildren(QPushButton) if one.isVisible() and one.text().startswith(words)]
    room.click(made)
    room.settle()


def dialog(room: Room, kind: type[Any]) -> Any:
    room.until(lambda: [one for one in room.window.findChildren(kind) if one.isVisible()])
    (found,) = [one for one in room.window.findChildren(kind) if one.isVisible()]
    return found


def aside(room: Room, one: Id) -> list[SetAsideLine]:
    with room.store.read() as read:
        return set_aside_lines(read, one)


def panel(room: Room, one: Id) -> PanelLine:
    with room.store.read() as read:
        found = panel_of(read, one, "skill")
    assert found is not None
    return found


def test_two_people_set_a_sheet_aside_and_another_examiner_joins(room: Room, spare: Id) -> None:
    first, second = managers(room)[:2]
    page = room.page(first, "results")
    one = open_row(room, page, "0001")
    press(room, "回避")
    asked = dialog(room, SetAsideDialog)
    assert asked.leader.isVisible() and asked.leader.count() == 2, "the leader comes first, and needs a successor"
    asked.examiner.setCurrentIndex(1)
    assert not asked.leader.isVisible()
    examiner = asked.examiner.currentData()
    room.click(asked.confirm)
    assert asked.isVisible() and not aside(room, one), "without a reason nothing is set aside"
    asked.reason.setPlainText("考后查实为师生")
    room.click(asked.confirm)
    answer = dialog(room, SecondPersonDialog)
    answer.account.setText(second)
    room.qtbot.keyClicks(answer.pin, room.pins[second])
    room.click(answer.confirm)
    room.until(lambda: aside(room, one))
    room.settle()
    assert {line.examiner for line in aside(room, one)} == {examiner}
    with room.store.read() as read:
        assert outcome(read, one, "skill") is None
    open_row(room, page, "0001")
    press(room, "增加考评员")
    asked = dialog(room, AddExaminerDialog)
    assert asked.examiner.currentText() == SPARE, "who is in no panel comes first"
    room.click(asked.confirm)
    room.settle()
    assert spare in panel(room, one).examiners_of(one) and examiner not in panel(room, one).examiners_of(one)
    open_row(room, page, "0001")
    assert not [one for one in room.window.findChildren(QPushButton) if one.isVisible() and "增加考评员" in one.text()]


def short_of_one(room: Room) -> Id:
    """The first candidate, one of whose examiners should have been recused."""
    with room.store.read() as read:
        logins = {one.login for one in accounts(read)}
        one = panels(read, room.window.shown.context.batch, "skill")[0].applications[0]  # type: ignore[union-attr]
    assert {"M01", "M02"} <= logins
    both = Actors(sign_in(room.store, "M01", room.pins["M01"]), sign_in(room.store, "M02", room.pins["M02"]))
    found = panel(room, one)
    room.store.write(both, set_aside, one, "skill", found.examiners[-1], "考后查实为师生")
    return one


def order(room: Room, one: Id) -> None:
    """The dialog for a new panel that is open: its reason, and a second person."""
    asked = dialog(room, NewPanelDialog)
    room.click(asked.confirm)
    assert asked.isVisible() and panel(room, one), "without a reason nothing is ordered"
    asked.reason.setPlainText("组内考评员均有回避关系")
    room.click(asked.confirm)
    answer = dialog(room, SecondPersonDialog)
    answer.account.setText("M02")
    room.qtbot.keyClicks(answer.pin, room.pins["M02"])
    room.click(answer.confirm)
    room.until(lambda: not [each for each in room.window.findChildren(NewPanelDialog) if each.isVisible()])
    room.settle()
    with room.store.read() as read:
        assert panel_of(read, one, "skill") is None


def test_where_nobody_can_join_two_people_order_a_new_panel_and_are_led_to_forming_it(room: Room) -> None:
    room.sit_down("M01")
    one = short_of_one(room)
    page = room.page("M01", "results")
    open_row(room, page, "0001")
    press(room, "增加考评员")
    asked = dialog(room, AddExaminerDialog)
    assert not asked.confirm.isEnabled() and "另组考评组" in asked.strip.text
    room.click(asked.strip._action)
    order(room, one)
    toast = room.window.shown.toast  # type: ignore[union-attr]
    assert "0001" in toast.text
    room.click(toast._action)
    assert room.window.shown.current == "arrangement"  # type: ignore[union-attr]


def test_a_new_panel_is_one_of_two_ways_where_a_panel_is_short(room: Room, spare: Id) -> None:
    room.sit_down("M01")
    one = short_of_one(room)
    page = room.page("M01", "results")
    open_row(room, page, "0001")
    press(room, "另组考评组")
    order(room, one)


def test_an_examiner_who_drops_out_is_replaced_in_the_arrangement(room: Room, spare: Id) -> None:
    page = room.page(managers(room)[0], "arrangement")
    with room.store.read() as read:
        (found,) = panels(read, page.context.batch, "skill")
    page.panels.replace_wanted.emit(found)
    asked = dialog(room, ReplaceDialog)
    assert asked.leader.isVisible()
    asked.leaving.setCurrentIndex(2)
    assert not asked.leader.isVisible()
    leaving = asked.leaving.currentData()
    assert asked.confirm.isEnabled() and asked.coming.currentText() == SPARE
    asked.begun.setChecked(False)  # whom they have signed in part stays theirs
    asked.reason.setPlainText("突发疾病")
    room.click(asked.confirm)
    room.until(lambda: panel(room, found.applications[-1]).marks(spare, found.applications[-1]))
    room.settle()
    now = panel(room, found.applications[0])
    begun, rest = now.applications[:2], now.applications[2:]
    assert all(leaving in now.examiners_of(one) for one in begun), "whom they had begun stays theirs"
    assert rest and all(now.marks(spare, one) and not now.marks(leaving, one) for one in rest)


def test_who_may_not_change_a_panel_is_not_asked(room: Room) -> None:
    with room.store.read() as read:
        watching = [one.login for one in accounts(read) if "auditor" in one.roles or "supervisor" in one.roles]
    for login in watching[:1]:
        page = room.page(login, "results")
        open_row(room, page, "0001")
        assert not [one for one in room.window.findChildren(QPushButton) if one.isVisible() and "回避" in one.text()]
