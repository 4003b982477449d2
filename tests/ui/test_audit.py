# ruff: noqa: F811 - a fixture is named where it is used
"""The audit page on a real store: what happened, whether it holds, and backups."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

import core.house
from core.store import KINDS
from core.words import LANGUAGES, sentences
from tests.ui.exam import Room, founded, room  # noqa: F401 - fixtures


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_entry_has_its_words(language: str) -> None:
    assert core.house.rooms
    real = {name for name, kind in KINDS.items() if kind.event.__module__.startswith("core.")}
    assert sorted(f"kind.{name}" for name in real if f"kind.{name}" not in sentences(language)) == []


def test_the_newest_entry_stands_first_with_who_did_it(room: Room) -> None:
    page = room.page("A01", "audit")
    first = page.table.paged.row_at(0)
    assert first.entry.kind in ("panel.unsealed", "sheet.signed")
    assert first.who.startswith("E0")
    assert page.table.total == first.entry.seq


def test_entries_are_found_by_person_and_by_kind(room: Room) -> None:
    page = room.page("A01", "audit")
    total = page.table.total
    page.kind.setCurrentIndex(page.kind.findData("sheet.signed"))
    page.kind.activated.emit(page.kind.currentIndex())
    room.settle()
    assert page.table.total == 24 < total
    page.person.setCurrentIndex(next(at for at in range(page.person.count()) if page.person.itemText(at)[:3] == "E01"))
    page.person.activated.emit(page.person.currentIndex())
    room.settle()
    assert page.table.total == 8


def test_a_check_says_that_all_of_it_holds(room: Room) -> None:
    page = room.page("A01", "audit")
    room.press(page, (Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier))
    assert page.safety.isVisible()
    room.click(page.safety.check)
    room.until(lambda: page.safety.verdict.text)
    assert page.safety.verdict.property("strip") == "good"


def test_an_auditor_makes_no_backup(room: Room) -> None:
    assert room.page("A01", "audit")._primary is None


def test_a_backup_is_written_read_back_and_listed(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "one.zkbackup"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page = room.page("admin", "audit")
    assert page._primary is not None
    room.press(page, (Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier))
    room.until(lambda: page.strip.text)
    room.settle()
    assert "已完成并回读核对" in page.strip.text
    assert target.exists()
    assert page.safety._backups.count() == 1


def test_a_backup_that_cannot_be_written_is_told(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "where"), ""))
    page = room.page("admin", "audit")
    page.safety.back_up()
    room.until(lambda: page.strip.text)
    assert page.strip.property("strip") == "danger"
