# ruff: noqa: F811 - a fixture is named where it is used
"""The audit page on a real store: what happened, whether it holds, and backups."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

import core.house
from core.store import KINDS, keys
from core.words import LANGUAGES, sentences
from tests.rooms import refused
from tests.ui.exam import PASSPHRASE, Room, founded, room  # noqa: F401 - fixtures
from ui.pages.audit_keys import PassphraseDialog, RecoveryCodeDialog


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


def test_an_administrator_changes_passphrase_and_recovery_code_on_record(room: Room) -> None:
    page = room.page("admin", "audit")
    home = room.store.home
    page.tabs.choose(1)
    room.click(page.safety.keys.passphrase)
    dialog = room.window.findChild(PassphraseDialog)
    dialog.form.passphrase.setText("新的口令")
    dialog.form.passphrase_again.setText("别的口令")
    room.click(dialog.confirm)
    assert dialog.form.passphrase_again.property("wrong") is True
    dialog.form.passphrase_again.setText("新的口令")
    room.click(dialog.confirm)
    room.until(lambda: "口令已更换" in page.strip.text)
    room.settle()
    assert keys.unlock(keys.load_keys(home), "新的口令") == room.store.key
    with refused("store.wrong_passphrase"):
        keys.unlock(keys.load_keys(home), PASSPHRASE)

    before = keys.load_keys(home).recovery
    room.click(page.safety.keys.code)
    dialog = room.window.findChild(RecoveryCodeDialog)
    code = dialog.recovery.code
    dialog.recovery.typed.setText("0000")
    room.click(dialog.confirm)
    room.settle()
    assert keys.load_keys(home).recovery == before, "it counts before anybody has it"
    dialog.recovery.typed.setText(code[-4:].lower())
    room.click(dialog.confirm)
    room.until(lambda: "恢复码已更换" in page.strip.text)
    room.settle()
    assert keys.unlock_by_recovery(keys.load_keys(home).recovery, code) == room.store.key
    assert [page.table.paged.row_at(at).entry.kind for at in range(2)] == ["keys.changed"] * 2
    assert page.table.paged.row_at(0).who.startswith("admin")


def test_an_auditor_changes_no_keys(room: Room) -> None:
    page = room.page("A01", "audit")
    assert not page.safety.keys.passphrase.isEnabled() and not page.safety.keys.code.isEnabled()
