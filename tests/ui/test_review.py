"""The qualification review by keyboard: one key decides and goes on."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from core.registration.desk import acceptable
from core.registration.queries import application, counts
from tests.ui.desk import Desk
from ui.dialogs.questions import ConfirmDialog, ReasonDialog
from ui.pages.review_notice import NoticeDialog


def decided(desk: Desk) -> Any:
    with desk.store.read() as read:
        return counts(read, desk.batch)


def lacking(desk: Desk, page: Any) -> int:
    """The line of somebody of whom no condition holds."""
    with desk.store.read() as read:
        fit = acceptable(read, desk.batch, 0).applications
    return next(line for line in range(page.table.total) if page.table.paged.row_at(line).id not in fit)


def test_enter_accepts_and_the_next_one_is_in_hand(desk: Desk) -> None:
    page = desk.sign_in("applied", "V01", "review")
    first, second = page.table.paged.row_at(0), page.table.paged.row_at(1)
    assert page.pane.shown.detail.line.id == first.id
    desk.qtbot.keyClick(page.table, Qt.Key.Key_Return)
    desk.wait()
    with desk.store.read() as read:
        assert application(read, first.id).state == "accepted"
    assert page.pane.shown.detail.line.id == second.id
    assert page.table.hasFocus() or desk.window.focusWidget() is page.table


def test_a_key_that_is_held_down_decides_on_one_person_only(desk: Desk) -> None:
    page = desk.sign_in("applied", "V01", "review")
    QApplication.sendEvent(page.table, _return(repeated=False))
    for _ in range(5):
        QApplication.sendEvent(page.table, _return(repeated=True))
        desk.wait()
    assert decided(desk).accepted == 1


def test_refusing_asks_for_the_reason_that_the_applicant_will_read(desk: Desk) -> None:
    page = desk.sign_in("applied", "V01", "review")
    line = page.table.paged.row_at(0)
    desk.qtbot.keyClick(page.table, Qt.Key.Key_X)
    dialog = desk.dialog(ReasonDialog)
    dialog.reason.setPlainText("  ")
    dialog.confirm.click()
    assert dialog.isVisible()
    dialog.reason.setPlainText("材料与本人不符")
    dialog.confirm.click()
    desk.wait()
    with desk.store.read() as read:
        assert application(read, line.id).state == "refused"


def test_accepting_without_a_condition_is_refused_with_the_clause(desk: Desk) -> None:
    # The junior sample of six has nobody who lacks everything: one is made so.
    page = desk.sign_in("applied", "V01", "review")
    from core.clock import today
    from core.registration.commands import correct_facts
    from core.standards.facts import Facts

    line = page.table.paged.row_at(2)
    registrar = desk.entrance.sign_in("R01", desk.homes.pins["R01"])
    desk.store.write(registrar.actors, correct_facts, line.id, Facts(as_of=today()))
    page.mark_stale()
    desk.wait()
    page.table.select_line(lacking(desk, page))
    desk.wait()
    assert page.pane.shown.detail.eligibility.eligible is False
    desk.qtbot.keyClick(page.table, Qt.Key.Key_Return)
    desk.wait()
    assert "9.1.1" in page.strip._source.text()
    assert decided(desk).accepted == 0


def test_ones_own_entry_is_left_to_another_reviewer(desk: Desk) -> None:
    page = desk.sign_in("applied", "V01", "review")
    own = page.pane.shown
    page.pane.show_application(own, True, "1 / 6")
    assert not any(made.isEnabled() for made in page.pane.buttons)
    assert "另一位" in page.pane.note.text()


def test_everybody_of_whom_a_condition_holds_is_accepted_at_once_and_told(desk: Desk) -> None:
    page = desk.sign_in("applied", "V01", "review")
    with desk.store.read() as read:
        fit = len(acceptable(read, desk.batch, page._reviewer).applications)
    page.accept_all()
    dialog = desk.dialog(ConfirmDialog)
    assert dialog.confirm.text() == f"通过 {fit} 人"
    dialog.confirm.click()
    desk.wait()
    assert decided(desk).accepted == fit
    page.shelves.choose("notify")
    desk.wait()
    assert page.notify_all.isVisible()
    desk.qtbot.mouseClick(page.notify_all, Qt.MouseButton.LeftButton)
    notice = desk.dialog(NoticeDialog)
    notice.confirm.click()
    desk.wait()
    assert decided(desk).notified == fit


def test_nobody_decided_means_nobody_to_tell(desk: Desk) -> None:
    page = desk.sign_in("applied", "V01", "review")
    page.tell()
    desk.wait()
    assert page.strip.text == "没有等待告知的决定。先审核，再告知。"


def test_a_manager_looks_and_decides_nothing(desk: Desk) -> None:
    page = desk.sign_in("applied", "M01", "review")
    assert not any(made.isVisible() for made in page.pane.buttons)
    desk.qtbot.keyClick(page.table, Qt.Key.Key_Return)
    desk.wait()
    assert decided(desk).accepted == 0


def test_a_batch_without_applicants_says_so_calmly(desk: Desk) -> None:
    page = desk.sign_in("empty", "V01", "review")
    assert page.shows_empty


def _return(*, repeated: bool) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", repeated)
