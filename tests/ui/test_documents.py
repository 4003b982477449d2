# ruff: noqa: F811 - a fixture is named where it is used
"""The documents page on a real store: notices are issued, looked at, and hold when they are checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from core.people.pins import sign_in
from core.results import commands as results
from core.store import Actors
from tests.ui.exam import Room, founded, room  # noqa: F401 - fixtures
from tests.ui.test_results import finish


def confirmed(room: Room) -> None:
    from core.batches.queries import batches

    finish(room)
    with room.store.read() as read:
        batch = batches(read)[0].id
    first, second = (sign_in(room.store, login, room.pins[login]) for login in ("M01", "M02"))
    room.store.write(Actors(first), results.settle, batch)
    room.store.write(Actors(first, second), results.confirm, batch)


def issued(room: Room, target: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    confirmed(room)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page = room.page("C01", "documents")
    room.until(lambda: page._primary.isVisible())
    room.press(page, (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier))
    room.until(lambda: page.preview.pages == 6)
    room.settle()
    return page


def test_before_two_people_have_confirmed_nothing_is_issued(room: Room) -> None:
    page = room.page("C01", "documents")
    assert page._primary is None
    assert page._notice_state.text() == "未复核"
    assert "不是证书" in page.why.text


def test_the_manager_is_told_that_somebody_else_issues_the_notices(room: Room) -> None:
    confirmed(room)
    page = room.page("M01", "results")
    assert page._primary.text() == "看文书"
    room.click(page._primary)
    room.settle()
    documents = room.window.shown.page("documents")
    assert documents.isVisible()
    assert "证书管理员" in documents._notice_words.text()


def test_notices_are_issued_shown_and_hold(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = issued(room, tmp_path / "notices.pdf", monkeypatch)
    assert page._notice_state.text() == "6 / 6"
    assert page._primary.isHidden()
    page.tabs.choose(1)
    page.verify.check_file(tmp_path / "notices.pdf")
    room.until(lambda: page.verify._card.isVisible())
    assert page.verify.verdict.text() == "有效的成绩告知单，不是证书"


def test_without_the_words_of_a_code_the_verdict_says_so(room: Room) -> None:
    page = room.page("C01", "documents")
    page.tabs.choose(1)
    page.verify.text.setFocus()
    room.press(page.verify.text, "hello", Qt.Key.Key_Return)
    room.until(lambda: page.verify._card.isVisible())
    assert page.verify.verdict.text() == "没有找到我们的验证码"


def test_a_file_that_is_no_picture_is_told(room: Room, tmp_path: Path) -> None:
    page = room.page("C01", "documents")
    page.tabs.choose(1)
    wrong = tmp_path / "wrong.png"
    wrong.write_bytes(b"nothing")
    for path in (wrong, tmp_path / "missing.pdf"):
        page.verify.check_file(path)
        room.until(lambda: page.verify.strip.text)
        page.verify.strip.clear()


def test_who_may_not_see_results_checks_papers_only(room: Room) -> None:
    page = room.page("R01", "documents")
    assert not page.tabs.isVisible()
    assert page.verify.isVisible()


def test_a_place_that_cannot_be_written_is_told(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed(room)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "where.pdf"), ""))
    page = room.page("C01", "documents")
    page.save_list()
    room.until(lambda: page.strip.text)
    assert "没有写成" in page.strip.text
