# ruff: noqa: F811 - a fixture is named where it is used
"""The two dialogs of a stick: there and back, and every way in which that fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from core.association.events import DecisionGiven
from tests.ui.exam import Room, founded, room  # noqa: F401 - fixtures
from tests.ui.sync_office import Association, Office, association, hub, office, shown_words, stick  # noqa: F401 - fixtures
from ui.pages import sync_stick


def test_a_stick_goes_there_and_back_and_every_end_says_that_it_may_be_taken_out(office: Office, stick: Path) -> None:
    from ui.pages.sync_stick import ReadDialog, WriteDialog

    office.enrol(quiet=True)
    page = office.page()
    office.room.press(page, (Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier))
    dialog = office.dialog(WriteDialog)
    office.room.click(dialog.confirm)
    office.room.until(lambda: dialog.strip.text)
    assert "可以安全拔出" in dialog.strip.text
    office.room.click(dialog.cancel)
    (file,) = stick.iterdir()
    # What has not come back from the association is no reply.
    page.read_stick()
    dialog = office.dialog(ReadDialog)
    assert not dialog.confirm.isEnabled() and "还没有回传" in shown_words(dialog)
    dialog.reject()
    office.hub.say(DecisionGiven("B2026-01", bytes(32), True))
    file.write_bytes(office.hub.courier_reply(file.read_bytes()))
    office.room.press(page, (Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier))
    dialog = office.dialog(ReadDialog)
    office.room.click(dialog.confirm)
    office.room.until(lambda: dialog.strip.text)
    assert "新消息 1 条" in dialog.strip.text and "可以安全拔出" in dialog.strip.text
    office.room.click(dialog.cancel)
    office.says(page.said, "审定通过批次 B2026-01")
    office.says(page.stick, "协会已回传")


def test_a_stick_that_was_pulled_or_a_file_that_is_none_is_told_in_the_dialog(
    office: Office, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui.pages.sync_stick import ReadDialog, WriteDialog

    office.enrol(quiet=True)
    page = office.page()
    page.write_stick()
    dialog = office.dialog(WriteDialog)
    stick.rmdir()
    office.room.click(dialog.confirm)
    office.room.until(lambda: dialog.strip.text)
    assert dialog.strip.property("strip") == "danger"
    assert dialog.confirm.isEnabled()
    dialog.reject()
    for content in (b"", b"PK\x03\x04 something else", b"ZKBND1\n" + b"\xff" * 40):
        wrong = tmp_path / "wrong.zkb"
        wrong.write_bytes(content)
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, wrong=wrong: (str(wrong), ""))
        page.read_stick()
        dialog = office.dialog(ReadDialog)
        dialog.choose_elsewhere()
        office.room.until(lambda dialog=dialog: dialog.strip.text)
        assert dialog.strip.property("strip") == "danger"
        dialog.reject()
        office.room.settle()


def test_no_stick_says_so_and_looks_again(office: Office, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui.pages.sync_stick import WriteDialog

    found = sync_stick.sticks
    monkeypatch.setattr(sync_stick, "sticks", list)
    office.enrol(quiet=True)
    office.page().write_stick()
    dialog = office.dialog(WriteDialog)
    office.room.until(lambda: "没有找到U盘" in shown_words(dialog))
    assert not dialog.confirm.isEnabled()
    monkeypatch.setattr(sync_stick, "sticks", found)
    office.room.click(dialog._again)
    office.room.until(dialog.confirm.isEnabled)
    assert "没有找到U盘" not in shown_words(dialog)
    dialog.reject()
