# ruff: noqa: F811 - a fixture is named where it is used
"""The exchange behind the window: it goes by itself, disturbs nobody, and ends when it is told to."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog

from core.exchange import keeping
from core.hub import acts
from core.hub.couriering import receive
from core.hub.enrolling import make_code
from core.store import THE_PROGRAM
from tests.ui.exam import Room, founded, room  # noqa: F401 - fixtures
from tests.ui.sync_office import Association, Office, association, hub, office, shown_words, stick  # noqa: F401 - fixtures


def test_the_foot_says_since_when_there_is_no_link_and_how_much_waits(office: Office) -> None:
    office.hub.fault = lambda method, path, body: None if path == "/v1/enrol" else "html"
    office.enrol()
    page = office.page("M01")
    office.rounds(1)
    office.room.until(lambda: "起离线" in office.foot())
    waiting = page._view.standing.waiting.total
    assert waiting > 100
    assert f"待上报 {waiting}" in office.foot()


def test_a_paused_exchange_waits_until_somebody_asks(office: Office) -> None:
    office.enrol()
    page = office.page()
    office.rounds(1)
    office.switch(page.link.paused)
    office.room.settle()
    office.room.until(lambda: office.exchange._service._held)
    seen = len(office.hub.seen)
    office.room.store.write(THE_PROGRAM, keeping.trouble, "clock", "exchange.clock", {"here": "1", "hub": "2"}, 0)
    office.room.qtbot.wait(700)
    office.room.settle()
    assert len(office.hub.seen) == seen
    office.room.until(lambda: "同步已暂停" in office.foot())
    office.press_now(page)
    assert len(office.hub.seen) > seen
    assert page.link.paused.isChecked()
    office.switch(page.link.paused)
    office.rounds(3)
    office.room.until(lambda: "同步已暂停" not in office.foot())


def test_an_examiner_marks_undisturbed_while_everything_goes_up(office: Office) -> None:
    window = office.room.sit_down(office.room.leader)
    office.room.come_to_front()
    focused: list[Any] = []
    watch = office.room.window.focusWidget()
    QApplication.instance().focusChanged.connect(lambda old, new: focused.append(new))  # type: ignore[union-attr]
    office.enrol()
    office.rounds(1)
    assert office.room.window.focusWidget() is watch
    assert focused == []
    assert window.toast.isHidden()
    assert office.room.window.isActiveWindow()
    assert office.hub.chains[1].seq == office.room.store.head.seq


def test_the_window_closes_at_once_while_the_hub_is_silent(office: Office) -> None:
    heard, release = threading.Event(), threading.Event()

    def silent(method: str, path: str, body: bytes) -> None:
        if path == "/v1/hello":
            heard.set()
            release.wait(20)

    office.hub.fault = silent
    office.enrol()
    office.room.until(heard.is_set)
    office.room.window.close()
    release.set()
    assert not [one for one in threading.enumerate() if one.name == "exchange"]


def test_a_page_that_is_opened_during_a_round_says_that_one_is_under_way(office: Office) -> None:
    heard, release = threading.Event(), threading.Event()

    def silent(method: str, path: str, body: bytes) -> None:
        heard.set()
        release.wait(20)

    office.hub.fault = silent
    office.enrol()
    office.room.until(heard.is_set)
    office.room.until(lambda: office.exchange.course.busy)
    page = office.page()
    office.room.until(page.progress_strip.isVisible)
    assert not page._primary.isEnabled()
    office.room.click(page.progress_strip._cancel)
    office.room.until(page._primary.isEnabled)
    release.set()
    office.room.settle()
    assert page.progress_strip.isHidden()


def test_a_round_that_somebody_ends_is_no_failure(office: Office) -> None:
    office.enrol(quiet=True)
    page = office.page()
    heard, release = threading.Event(), threading.Event()

    def silent(method: str, path: str, body: bytes) -> None:
        heard.set()
        release.wait(20)

    office.hub.fault = silent
    office.room.click(page._primary)
    assert not page._primary.isEnabled()
    office.room.until(heard.is_set)
    office.room.click(page.progress_strip._cancel)
    office.room.until(lambda: page.strip.text)
    release.set()
    assert "同步已停止" in page.strip.text
    assert page._primary.isEnabled()
    office.room.settle()
    assert page._view.standing.stuck == ()


def test_a_bug_of_one_round_is_reported_and_does_not_end_the_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.enrol(quiet=True)
    page = office.page()
    with monkeypatch.context() as patch:
        patch.setattr("core.exchange.service.exchange_once", lambda *_, **__: 1 / 0)
        office.press_now(page)
    assert "程序出错" in page.strip.text
    office.press_now(page)
    assert page.strip.property("strip") == "good"


def test_a_working_day_with_the_true_hub_that_goes_away_and_comes_back(
    room: Room, association: Association, stick: Path
) -> None:
    from ui.pages.sync_enrol import OnlineDialog
    from ui.pages.sync_stick import ReadDialog, WriteDialog

    office = Office(room, association)
    centre = room.store.centre
    code = association.keys.act(make_code, centre, "测试考点", 14).text
    page = office.page()
    page.enrol_online()
    dialog = office.dialog(OnlineDialog)
    dialog.address.setText(association.url)
    dialog.code.setText(code)
    room.click(dialog.confirm)
    room.settle()
    (second,) = [one for one in dialog.findChildren(QDialog) if one.isVisible()]
    second.account.setText("M01")
    second.pin.setText(room.pins["M01"])
    room.click(second.confirm)
    room.until(lambda: page.strip.text)
    office.rounds(1)
    room.until(lambda: page._view.standing.waiting.total == 0)
    assert page._view.standing.stuck == ()
    association.keys.act(acts.decide, centre, "B-不在", "00" * 32, False, "成绩没有收到")
    office.press_now(page)
    office.says(page.said, "成绩没有收到")
    association.shut()
    office.press_now(page)
    office.says(page.stuck, "连不上")
    room.until(lambda: "起离线" in office.foot())
    # Without a link the stick goes on its way, and brings back what was decided meanwhile.
    page.write_stick()
    dialog = office.dialog(WriteDialog)
    room.click(dialog.confirm)
    room.until(lambda: dialog.strip.text)
    dialog.reject()
    association.keys.act(acts.decide, centre, "B-在途", "11" * 32, False, "请补交")
    (file,) = stick.iterdir()
    file.write_bytes(receive(association.keys, file.read_bytes()).data)
    page.read_stick()
    dialog = office.dialog(ReadDialog)
    room.click(dialog.confirm)
    room.until(lambda: "新消息 1 条" in dialog.strip.text)
    dialog.reject()
    office.says(page.said, "请补交")
    association.open()
    office.press_now(page)
    room.until(page.stuck.isHidden)
    assert page.strip.property("strip") == "good"
