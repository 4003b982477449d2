"""What is edited of a plan is on the disk within a second, and there again after locking, a kill or another sign-in."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from core.batches.plan_drafts import plan_draft
from core.errors import EnvironmentFailure
from core.examday.plan_change import change_plan
from core.standards.plan_draft import begin
from core.standards.plan_editing import set_maximum
from core.store import Actors
from tests.ui.desk import PASSPHRASE, Desk
from tests.ui.test_plan import in_force, maxima, opened, type_points
from ui.entrance import Entrance


def again(desk: Desk, login: str = "M01", part: str = "live") -> Any:
    """Somebody signs in at the same store, in place of who sat there."""
    desk.window.close()
    desk.wait()
    page = desk.show(desk.entrance.sign_in(login, desk.homes.pins[login]), "plan")
    page.contents.choose(part)
    page.items.setFocus()
    return page


def kept(desk: Desk, login: str = "M01") -> Any:
    with desk.store.read() as read:
        account = desk.entrance.sign_in(login, desk.homes.pins[login]).actors.first.id
        return plan_draft(read, account, desk.batch)


def saved(desk: Desk, page: Any) -> None:
    desk.qtbot.waitUntil(lambda: page.keeping.saver.clean, timeout=1000)
    desk.wait()


def test_an_edited_plan_is_there_again_after_signing_out_in_the_middle(desk: Desk) -> None:
    page = opened(desk)
    type_points(desk, page, "8")
    desk.qtbot.keyClick(page.items, Qt.Key.Key_Space)  # a lock is kept too
    before = page.pen.draft
    page = again(desk)
    assert maxima(page)[0] == "8.00"
    assert page.pen.draft == before
    assert "接着编辑上次没采用的修改" in page.keeping.strip.text
    assert page.state.text() == "编辑中 · 第 2 版，未采用"
    desk.qtbot.keyClick(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert maxima(page) == ["4.00"] * 5
    assert page.keeping.strip.text == ""


def test_a_kill_a_second_after_the_last_key_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    page = opened(desk)
    type_points(desk, page, "8")
    saved(desk, page)
    assert "草稿已保存" in page.keeping.told.text()
    shutil.copytree(desk.home, tmp_path / "killed", ignore=shutil.ignore_patterns("lock"))
    after = Entrance(tmp_path / "killed")
    after.open(PASSPHRASE)
    actor = after.sign_in("M01", desk.homes.pins["M01"]).actors.first
    with after.store.read() as read:
        found = plan_draft(read, actor.id, desk.batch)
    after.close()
    assert found is not None and found.draft == page.pen.draft


def test_kept_edits_are_thrown_away_by_one_button_and_undo_brings_them_back(desk: Desk) -> None:
    page = opened(desk)
    type_points(desk, page, "8")
    page = again(desk)
    desk.qtbot.mouseClick(page.keeping.strip._action, Qt.MouseButton.LeftButton)
    assert maxima(page) == ["4.00"] * 5
    saved(desk, page)
    assert kept(desk) is None
    desk.qtbot.keyClick(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert maxima(page)[0] == "8.00"
    saved(desk, page)
    assert kept(desk) is not None


def test_an_adopted_plan_leaves_no_draft_behind(desk: Desk) -> None:
    page = opened(desk)
    type_points(desk, page, "8")
    page.adopt()
    desk.wait()
    saved(desk, page)
    assert kept(desk) is None
    assert again(desk).keeping.strip.text == ""


def test_a_draft_is_its_managers_own(desk: Desk) -> None:
    page = opened(desk)
    type_points(desk, page, "8")
    page = again(desk, "M02")
    assert maxima(page) == ["4.00"] * 5
    assert page.keeping.strip.text == ""
    assert maxima(again(desk, "S01")) == ["4.00"] * 5
    assert maxima(again(desk))[0] == "8.00"


def test_a_draft_says_that_another_plan_was_adopted_meanwhile(desk: Desk) -> None:
    page = opened(desk)
    type_points(desk, page, "8")
    saved(desk, page)
    other = set_maximum(begin(in_force(desk)), "4.2.1", 6_00).plan
    manager = desk.entrance.sign_in("M02", desk.homes.pins["M02"]).actors.first
    desk.store.write(Actors(manager), change_plan, desk.batch, other)
    page = again(desk)
    assert "已改用别的方案" in page.keeping.strip.text
    assert maxima(page)[0] == "8.00"


def test_a_full_disk_is_told_and_the_draft_is_kept_once_there_is_room(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(desk)
    monkeypatch.setattr("ui.pages.marking_saver.AGAIN", 50)

    def full(*_: Any, **__: Any) -> Any:
        raise EnvironmentFailure("store.disk_full")

    with monkeypatch.context() as patch:
        patch.setattr("ui.pages.plan_keeping.DraftSaver.command", staticmethod(full))
        type_points(desk, page, "8")
        desk.qtbot.waitUntil(lambda: "磁盘已满" in page.strip.text, timeout=2000)
        assert page.keeping.told.text() == "草稿没有存上"
    desk.qtbot.waitUntil(lambda: "草稿已保存" in page.keeping.told.text(), timeout=2000)
    assert page.strip.text == ""
    assert kept(desk) is not None
