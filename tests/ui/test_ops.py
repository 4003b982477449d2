"""What a hand starts runs beside the window, and comes back to it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import Any, ClassVar

from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from core.errors import Refused
from core.paths import PROGRAM
from tests.ui.conftest import SmallShell, SmallStore
from ui import ops
from ui.context import Context
from ui.widgets.basics import button
from ui.widgets.page import Page


class Numbers(Page):
    """Shows the store's numbers."""

    title_code: ClassVar[str] = "ui.page.overview"
    kinds: ClassVar[frozenset[str]] = frozenset({"number"})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.shown: tuple[int, ...] | None = None
        self.reads = 0

    def refresh(self) -> None:
        self.reads += 1
        ops.read(self, lambda read: read).on_done(self.show_numbers).start()

    def show_numbers(self, numbers: tuple[int, ...]) -> None:
        self.shown = numbers


def add(write: SmallStore, number: int) -> int:
    if number < 0:
        raise Refused("application.notified", clause="10.2")
    write.numbers.append(number)
    return number * 10


def page_of(qtbot: QtBot, context: Context) -> Numbers:
    page = Numbers(context)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.shown is not None)
    return page


def test_nothing_happens_before_it_is_started(qtbot: QtBot, context: Context, store: SmallStore) -> None:
    page = page_of(qtbot, context)
    operation = ops.write(page, add, 7)
    qtbot.wait(50)
    assert store.numbers == []
    operation.start()
    qtbot.waitUntil(lambda: store.numbers == [7])


def test_the_result_comes_back_on_the_windows_thread(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    threads: list[Any] = []

    def run(write: SmallStore) -> str:
        threads.append(threading.current_thread())
        return "done"

    ops.write(page, run).on_done(lambda value: threads.extend([threading.current_thread(), value])).start()
    qtbot.waitUntil(lambda: len(threads) == 3)
    assert threads[0] is not threading.main_thread()
    assert threads[1:] == [threading.main_thread(), "done"]


def test_a_page_in_sight_reads_again_after_a_write_of_its_kind(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    ops.write(page, add, 3).start()
    qtbot.waitUntil(lambda: page.shown == (3,))


def test_a_page_out_of_sight_reads_only_when_it_comes_into_sight(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    page.hide()
    context.changed.emit(frozenset({"number.added"}))
    context.changed.emit(frozenset({"number.added"}))
    assert page.reads == 1
    page.show()
    assert page.reads == 2


def test_a_page_is_left_alone_by_what_it_does_not_show(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    context.changed.emit(frozenset({"numbering.begun", "application.entered"}))
    assert page.reads == 1


def test_a_refusal_quotes_the_clause_and_changes_nothing(qtbot: QtBot, context: Context, store: SmallStore) -> None:
    page = page_of(qtbot, context)
    ops.write(page, add, -1).start()
    qtbot.waitUntil(lambda: page.strip.text != "")
    assert "10.2" in page.strip.accessibleName()
    assert store.numbers == []


def test_the_centres_own_rule_is_not_called_the_standards(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    page.show_refusal(Refused("people.wrong_pin", clause="policy:spread"))
    assert "不是标准" in page.strip.accessibleName()


def test_a_result_for_a_page_that_has_gone_is_dropped(qtbot: QtBot, context: Context) -> None:
    page = Numbers(context)
    page.show()
    begun, go_on, shown = threading.Event(), threading.Event(), []

    def slow(write: SmallStore) -> int:
        begun.set()
        go_on.wait(5)
        return 1

    kinds: list[frozenset[str]] = []
    context.changed.connect(kinds.append)
    ops.write(page, slow).on_done(shown.append).start()
    qtbot.waitUntil(begun.is_set)
    page.hide()
    delete(page)
    go_on.set()
    qtbot.waitUntil(lambda: kinds == [frozenset({"number.added"})])  # the other pages hear of it
    assert shown == []


def test_only_the_newest_search_is_shown(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    shown: list[str] = []
    slow = threading.Event()
    ops.work(page, lambda: slow.wait(5) and "old").on_done(shown.append).latest("search").start()
    ops.work(page, lambda: "new").on_done(shown.append).latest("search").start()
    qtbot.waitUntil(lambda: shown == ["new"])
    slow.set()
    qtbot.waitUntil(lambda: not context.workers.busy)
    assert shown == ["new"]


def test_a_long_job_says_how_far_it_is_and_can_be_cancelled(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    ended: list[str] = []

    def count(progress: Any) -> None:
        for number in range(1000):
            progress(number, 1000, f"第 {number} 份")
            time.sleep(0.01)

    working = ops.work(page, count).progress().on_done(lambda _: ended.append("done"))
    working.on_ended(lambda: ended.append("ended")).start()
    qtbot.waitUntil(page.progress_strip.isVisible)
    working.cancel()
    qtbot.waitUntil(lambda: ended == ["ended"])
    assert not page.progress_strip.isVisible()
    assert page.strip.text == ""


def test_a_quick_job_shows_no_progress(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    done: list[int] = []
    ops.work(page, lambda: 1).describe("正在读取").on_done(done.append).start()
    qtbot.waitUntil(lambda: done == [1])
    qtbot.wait(ops.PATIENCE + 50)
    assert not page.progress_strip.isVisible()


def test_a_bug_is_told_apart_from_a_refusal(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    with qtbot.waitSignal(context.bug) as told:
        ops.work(page, lambda: 1 // 0).start()
    assert isinstance(told.args[0], ZeroDivisionError)
    assert page.strip.text == ""


def test_what_was_done_can_be_taken_back(qtbot: QtBot, context: Context, store: SmallStore, shell: SmallShell) -> None:
    page = page_of(qtbot, context)
    ops.write(page, add, 5).undoable("已添加", lambda write: write.numbers.pop()).start()
    qtbot.waitUntil(lambda: shell.told == ["已添加"])
    assert shell.undo is not None
    shell.undo()
    qtbot.waitUntil(lambda: store.numbers == [])


def test_an_act_of_two_people_is_done_by_both(qtbot: QtBot, context: Context, store: SmallStore) -> None:
    page = page_of(qtbot, context)
    ops.write(page, add, 1).two_people("考点复核").start()
    qtbot.waitUntil(lambda: store.wrote_as == [("first", "second")])


def test_an_impatient_second_click_does_nothing(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    button = page.set_primary("保存", lambda: None)
    go_on = threading.Event()
    ops.work(page, go_on.wait, 5).busy(button).start()
    assert not button.isEnabled()
    go_on.set()
    qtbot.waitUntil(button.isEnabled)


def test_closing_the_window_waits_for_a_write_and_leaves_no_thread() -> None:
    code = """
import sys, time
from PySide6.QtCore import QCoreApplication
from ui.workers import Job, Workers
app = QCoreApplication([])
workers = Workers()
def write(progress):
    time.sleep(0.5)
    print("written", flush=True)
workers.start(Job(write, lambda value, problem: print("delivered")))
workers.close()
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=PROGRAM,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "written\n", "")


def test_a_button_that_was_busy_has_the_focus_again(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    before, pressed = (button(text, lambda: None) for text in ("A", "B"))
    for one in (before, pressed):
        page.body.addWidget(one)
    with qtbot.waitActive(page):
        page.activateWindow()
    qtbot.waitUntil(pressed.isVisible)
    pressed.setFocus()
    assert pressed.hasFocus()
    ended: list[bool] = []
    ops.write(page, add, -1).busy(pressed).on_ended(lambda: ended.append(True)).start()
    assert not pressed.hasFocus()
    qtbot.waitUntil(lambda: bool(ended))
    assert pressed.hasFocus()


def test_what_was_busy_has_the_focus_again_although_a_second_person_signed_in_between(
    qtbot: QtBot, context: Context
) -> None:
    """The window below a dialog is not active, so nothing in it has the focus: Enter must not press its neighbour."""
    page, second = page_of(qtbot, context), QLineEdit()
    pressed, cancel = (button(text, lambda: None) for text in ("A", "B"))
    for one in (pressed, cancel):
        page.body.addWidget(one)
    qtbot.waitUntil(pressed.isVisible)
    pressed.setFocus()
    qtbot.addWidget(second)
    with qtbot.waitActive(second):
        second.show()
        second.activateWindow()
    ended: list[bool] = []
    ops.write(page, add, -1).busy(pressed).on_ended(lambda: ended.append(True)).start()
    qtbot.waitUntil(lambda: bool(ended))
    assert page.window().focusWidget() is pressed


def test_a_focus_that_somebody_took_meanwhile_stays_there(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    pressed, typed = button("B", lambda: None), QLineEdit()
    for one in (button("A", lambda: None), pressed, button("C", lambda: None), typed):
        page.body.addWidget(one)
    with qtbot.waitActive(page):
        page.activateWindow()
    qtbot.waitUntil(pressed.isVisible)
    pressed.setFocus()
    assert pressed.hasFocus()
    ended: list[bool] = []
    ops.write(page, add, 3).busy(pressed).on_ended(lambda: ended.append(True)).start()
    typed.setFocus()
    qtbot.waitUntil(lambda: bool(ended))
    assert typed.hasFocus()
