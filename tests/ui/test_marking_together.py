# ruff: noqa: F811 - a fixture is named where it is used
"""Two examiners count an item together at one screen, and the application stands beside a defence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.arrangement.queries import number_of, panels
from core.demo import evaluation as demo
from core.people.queries import accounts
from core.registration.evidence import attach_evidence
from core.registration.queries import applications, candidate_of, person_of
from core.scoring import marks
from tests.ui.exam import PASSPHRASE, Centre, Room, founded, quick_pins, room  # noqa: F401 - fixtures
from ui.workers import Workers

CTRL = Qt.KeyboardModifier.ControlModifier


def at_the_item(room: Room, login: str = "E01") -> tuple[Any, str, str]:
    """The marking screen at the objective item of the first candidate who is not marked yet."""
    desk = room.page(login, "marking")
    room.press(desk.list, (Qt.Key.Key_Return, CTRL))
    room.until(lambda: desk.screen.isVisible())
    exercise, item = next(
        (one, item) for one in desk._work.exercises for item in one.items if item.scale.kind == "objective"
    )
    desk._on_exercise(exercise.id)
    row = next(row for row in desk.screen.sheet.rows if row.item.key == item.key)
    desk.screen.sheet.take(row)
    return desk, exercise.id, item.key


def row_of(desk: Any, key: str) -> Any:
    return next(row for row in desk.screen.sheet.rows if row.item.key == key)


def colleague(room: Room, application: int, login: str = "E01") -> str:
    """Another examiner of the candidate's panel."""
    with room.store.read() as read:
        names = {one.id: one.login for one in accounts(read)}
        panel = next(panel for panel in panels(read, _batch(room)) if application in panel.applications)
    return next(names[one] for one in panel.examiners if names[one] != login)


def _batch(room: Room) -> int:
    shown: Any = room.window.shown
    return int(shown.context.batch)


def test_two_examiners_count_an_item_and_it_is_locked_for_each_alone(room: Room) -> None:
    desk, exercise, key = at_the_item(room)
    other = colleague(room, desk._work.application)
    room.press(desk.screen, "n")
    room.press(row_of(desk, key), "g")
    dialog = room.dialog()
    room.click(dialog.confirm)
    assert dialog.isVisible(), "without a figure nothing is written"
    room.qtbot.keyClicks(dialog.value, "5")
    room.qtbot.keyClicks(dialog.account, "M01")
    room.qtbot.keyClicks(dialog.pin, room.pins["M01"])
    room.click(dialog.confirm)
    room.until(lambda: "考评组" in dialog.strip.text)
    dialog.account.setText(other)
    room.qtbot.keyClicks(dialog.pin, room.pins[other])
    room.click(dialog.confirm)
    room.until(lambda: row_of(desk, key).mark.count == 5)
    room.settle()
    row = row_of(desk, key)
    assert not row.item.writable and not row.count.isEnabled()
    assert f"由 {other} 计数、E01 记录" in row.item.note and row._note.text() == row.item.note
    assert row.together.text() == "重新计数 …" and row.together.isVisible()
    room.press(row, "3")
    assert row.mark.count == 5
    with room.store.read() as read:
        kept = marks.own_sheet(read, desk._examiner, desk._work.application, exercise)
    assert kept.draft.marks[key] == [5]


def test_only_the_objective_item_offers_to_be_counted_together(room: Room) -> None:
    desk, _, key = at_the_item(room)
    assert [row.item.key for row in desk.screen.sheet.rows if row.together.isVisible()] == [key]
    room.press(row_of(desk, key), "4")
    assert row_of(desk, key).mark.count == 4, "alone as before"


@pytest.fixture
def defended(qtbot: QtBot, workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """A centre whose level has a defence, before anything is marked; an identity document and a scan are attached."""
    quick_pins(monkeypatch)
    home = tmp_path / "home"
    run = demo.begin(home, PASSPHRASE, 3, "intermediate", 1, lambda text: None)
    demo.take_roster(run, *demo.roster_for(tmp_path, 3, "intermediate", 1))
    with run.store.read() as read:
        everybody = applications(read, run.batch)
    registrar = next(one.login for one in run.cast.players if one.login.startswith("R"))
    for one in everybody:
        for title in (f"{one.name}的学历证书", "身份证"):
            run.store.write(run.cast.act(registrar), attach_evidence, one.id, title, picture())
    demo.review(run)
    demo.arrange(run)
    run.store.close()
    pins = {player.login: player.pin for player in run.cast.players}
    made = Room(qtbot, workers, Centre(home, pins | {"leader": ""}), home)
    yield made
    made.window.close()
    workers.close()
    made.entrance.close()


def picture() -> bytes:
    """A page, as a scanner gives it."""
    page, data = QImage(320, 200, QImage.Format.Format_RGB32), QBuffer()
    page.fill(Qt.GlobalColor.darkCyan)
    data.open(QBuffer.OpenModeFlag.WriteOnly)
    page.save(data, "PNG")
    return bytes(data.data().data())


# Looking at a file loads what plays films, and a machine without a sound server says so.
@pytest.mark.qt_log_ignore("pipewire-0.3", "This plugin does not support")
def test_an_application_stands_beside_a_defence_and_beside_nothing_else(defended: Room) -> None:
    room = defended
    desk = room.page("E01", "marking")
    room.press(desk.list, (Qt.Key.Key_Return, CTRL))
    room.until(lambda: desk.screen.isVisible())
    card = desk.day_card.material
    plain, defence = (
        next(one for one in desk._work.exercises if (one.evidence == "defence") is wanted) for wanted in (False, True)
    )
    desk._on_exercise(plain.id)
    room.press(desk.screen, (Qt.Key.Key_M, CTRL))
    assert card.isHidden() and card.pane is None
    desk._on_exercise(defence.id)
    assert not card.isHidden()
    room.press(desk.screen, (Qt.Key.Key_M, CTRL))
    room.until(lambda: card.pane is not None and card.pane.material is not None)
    pane, application = card.pane, desk._work.application
    (file,) = [one for one in pane.findChildren(QPushButton) if "学历证书" in one.text()]
    room.click(file)
    room.until(lambda: pane.shown is not None)
    room.settle()
    words = [one.text() for one in (*pane.findChildren(QLabel), *pane.findChildren(QPushButton))]
    with room.store.read() as read:
        person = person_of(read, candidate_of(read, application))
        number = number_of(read, application)
    assert person is not None and "＊＊的学历证书" in words and f"申报材料 · 考号 {number}" in pane._title.text()
    for secret in (person.name, person.id_number, person.phone):
        assert secret and not any(secret in one for one in words)
    assert any("身份证件 1 份" in one for one in words) and "身份证" not in words
    room.press(desk.screen, (Qt.Key.Key_M, CTRL))
    assert pane.isHidden() and pane.material is None and pane.shown is None
    room.press(desk.screen, (Qt.Key.Key_M, CTRL))
    room.until(lambda: pane.material is not None)
    desk._on_exercise(plain.id)
    assert pane.isHidden() and pane.material is None, "it goes with the defence"
