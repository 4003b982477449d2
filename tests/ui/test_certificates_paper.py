# ruff: noqa: F811 - a fixture is named where it is used
"""Numbered paper in the print view, and dialogs about a run on a screen that is low."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QScreen

from core.certificates.blank_commands import receive_blanks, spoil_blanks
from core.certificates.blanks import next_in_stock
from core.certificates.standing import runs
from core.errors import Refused
from tests.ui.certified import Seat, ended, seat  # noqa: F401 - fixtures
from tests.ui.test_certificates_printing import left_in_doubt, run_to_its_end
from ui.dialogs.low import LowBody
from ui.pages.certificates_settle import SettleDialog
from ui.pages.certificates_setup import SetupDialog


def test_a_numbered_sheet_that_is_gone_is_refused_before_anything_is_printed(seat: Seat) -> None:
    seat.prepare("issued")
    seat.act("C1", receive_blanks, "T001", "T009")
    seat.act("C1", spoil_blanks, ["T002"], "折坏")
    page = seat.sit_down()
    view = seat.open_printing(page, ranges="1-2")
    view.numbered.setChecked(True)
    seat.wait()
    for gone in ("T002", "X001"):
        view.first_paper.setText(gone)
        seat.primary(page)
        run_to_its_end(seat, view)
        assert gone in page.strip.text and seat.tray.paper == []
    with seat.entrance.store.read() as read:
        assert runs(read, seat.ended.batch) == [] and seat.states == ["waiting"] * 4


def test_the_next_run_is_proposed_the_next_numbered_sheet(seat: Seat) -> None:
    seat.prepare("issued")
    seat.act("C1", receive_blanks, "T001", "T009")
    page = seat.sit_down()
    view = seat.open_printing(page, ranges="1-2")
    view.numbered.setChecked(True)
    seat.wait()
    view.first_paper.setText("T003")
    seat.primary(page)
    run_to_its_end(seat, view)
    assert view.first_paper.text() == "T005"
    seat.primary(page)
    run_to_its_end(seat, view)
    assert seat.states == ["printed"] * 4
    with seat.entrance.store.read() as read:
        assert next_in_stock(read, 3) == ["T001", "T002", "T007"]


@pytest.mark.parametrize("height", [512, 1080])
def test_on_a_low_screen_a_dialog_keeps_its_buttons_in_reach(seat: Seat, monkeypatch: Any, height: int) -> None:
    left_in_doubt(seat)
    screen = QRect(0, 0, height * 16 // 9, height)
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _screen: screen)
    page = seat.sit_down()
    settle = seat.dialog(SettleDialog)
    settle.show_refusal(Refused("certificates.settle_how"))
    seat.wait(50)
    assert settle.height() <= height - 20 and _in_sight(settle, settle.confirm) and _in_sight(settle, settle.last)
    settle.reject()
    seat.wait()
    seat.open_printing(page).open_setup()
    setup = seat.dialog(SetupDialog)
    setup.take.click()
    seat.wait(50)
    assert setup.height() <= height - 20 and _in_sight(setup, setup.confirm)
    area = setup.findChild(LowBody)
    assert area.widget().width() <= area.viewport().width()  # nothing is cut off at the right
    assert (area.verticalScrollBar().maximum() > 0) is (height < 600)


def _in_sight(dialog: Any, part: Any) -> bool:
    whole = part.visibleRegion().boundingRect() == part.rect()
    return bool(whole and dialog.rect().contains(part.mapTo(dialog, part.rect().bottomRight())))
