# ruff: noqa: F811 - a fixture is named where it is used
"""The results page on a real store: what is missing, settling, and the two people who answer for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from core.people.pins import sign_in
from core.results.queries import confirmation
from core.scoring import commands as scoring
from core.store import Actors
from tests.ui.exam import Room, founded, room  # noqa: F401 - fixtures

SETTLE = (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def finish(room: Room) -> None:
    """Everything else is marked, and the open deliberation upholds."""
    import random

    from core.arrangement.queries import panels
    from core.batches.queries import batches, plan_of
    from core.demo.marks import draw_sheet
    from core.people.queries import accounts
    from core.scoring.marks import outcomes

    with room.store.read() as read:
        batch = batches(read)[0].id
        panel = panels(read, batch, "skill")[0]
        exercises = plan_of(read, batch).exercises_of("skill")
        logins = {one.id: one.login for one in accounts(read)}
    actors = {one: Actors(sign_in(room.store, logins[one], room.pins[logins[one]])) for one in panel.examiners}
    chance = random.Random(2)
    for application in panel.applications[2:]:
        for examiner in panel.examiners:
            for exercise in exercises:
                draft = draw_sheet(chance, exercise, 0.9)
                room.store.write(actors[examiner], scoring.sign_sheet, application, exercise.id, draft)
    with room.store.read() as read:
        waiting = [id for id, came in outcomes(read, batch, "skill").items() if came.open]
    for application in waiting:
        room.store.write(actors[panel.leader], scoring.deliberate, application, "skill", "upheld", "看过录像")


def shown(page: Any) -> list[Any]:
    return [page.table.paged.row_at(at) for at in range(page.table.total)]


def texts(page: Any, row: int) -> list[str]:
    model = page.table.paged
    return [model.index(row, at).data() for at in range(model.columnCount())]


def test_a_sealed_panel_shows_only_how_many_sheets_are_signed(room: Room) -> None:
    page = room.page("M01", "results")
    first, third = texts(page, 0), texts(page, 2)
    assert first[0] == "0001" and first[3] not in ("", "–")
    assert third[0] == "0003" and third[3] == "已签 0 / 12"
    assert third[4] == ""  # no spread before unsealing
    assert third[5] == "未齐"


def test_what_must_be_deliberated_is_one_click_away(room: Room) -> None:
    page = room.page("M01", "results")
    room.click(page._chips["deliberation"])
    assert [row.number for row in shown(page)] == ["0002"]
    room.click(page._chips["deliberation"])
    assert page.table.total == 6


def test_settling_too_early_is_refused_in_words(room: Room) -> None:
    page = room.page("M01", "results")
    room.until(lambda: page._primary.isVisible())
    room.press(page, SETTLE)
    room.until(lambda: page.strip.text)
    assert "核分" in page.strip.text
    room.press(page, Qt.Key.Key_Escape)
    assert page.strip.text == ""


def test_settled_results_are_confirmed_by_two_people(room: Room) -> None:
    finish(room)
    page = room.page("M01", "results")
    assert page._primary.text() == "核分"
    room.until(lambda: page._primary.isVisible())
    room.press(page, SETTLE)
    room.until(lambda: page._primary.text() == "考点复核")
    room.until(lambda: page._primary.isVisible())
    room.press(page, SETTLE)
    dialog = room.dialog()
    assert "6 人的成绩" in dialog.windowTitle()
    dialog.account.setText("M01")
    room.qtbot.keyClicks(dialog.pin, room.pins["M01"])
    room.click(dialog.confirm)
    room.until(lambda: dialog.strip.text)  # nobody does both halves
    room.second_person("M02")
    room.until(lambda: page._standing.confirmation is not None)
    assert page._state.text() == "已复核：主管甲、主管乙"
    with room.store.read() as read:
        assert confirmation(read, page.context.batch) is not None


def test_who_may_not_settle_sees_no_button_for_it(room: Room) -> None:
    page = room.page("A01", "results")
    assert page._primary is None
    assert page.table.total == 6


def test_one_candidate_opens_in_the_drawer_and_their_sheets_side_by_side(room: Room) -> None:
    page = room.page("M01", "results")
    page.table.select_line(1)
    page.table.setFocus()
    room.press(page.table, Qt.Key.Key_Return)
    room.settle()
    drawer = page.context.shell.drawer
    assert drawer.isVisible()
    page.open_panel(shown(page)[1].application, "skill")
    room.until(lambda: page.compare.table is not None and page.compare.isVisible())
    assert page.compare.table.paged.row_at(0).apart > 0
    assert page.close_something()
    assert page.table.isVisible()


def test_a_sealed_panels_sheets_are_refused(room: Room) -> None:
    page = room.page("M01", "results")
    page.open_panel(shown(page)[3].application, "skill")
    room.until(lambda: page.strip.text)
    assert "谁也看不到" in page.strip.text


def test_the_list_is_written_as_a_pdf(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "list.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page = room.page("M01", "results")
    page.save_list()
    room.until(target.exists)
    room.settle()
    assert target.read_bytes().startswith(b"%PDF")
