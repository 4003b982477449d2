"""On a small laptop at 150 % a deliberation can be recorded by mouse, also after something was wrong."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QScreen

from tests.ui.exam import Room, founded, room  # noqa: F401 - fixtures

FRAME = 28
"""What a window manager puts above a dialog."""


def test_in_a_low_window_a_wrong_pin_does_not_push_the_buttons_of_a_deliberation_off_the_screen(
    room: Room,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = QRect(0, 0, 911, 512)
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _screen: screen)
    desk = room.page(room.leader, "marking")
    desk.open_panel(next(row for row in desk._desk.rows if row.to_deliberate))
    room.until(lambda: desk.panel.deliberate.isVisible())
    room.click(desk.panel.deliberate)
    dialog = room.dialog()
    room.until(dialog.isActiveWindow)
    dialog.reason.setPlainText("看过录像")
    for field in (dialog.choices["upheld"], dialog.reason, dialog.pin):
        assert field.visibleRegion().boundingRect().height() == field.height(), "nothing is scrolled away at first"
    room.qtbot.keyClicks(dialog.pin, "0000x")
    room.click(dialog.confirm)
    room.until(lambda: "PIN" in dialog.strip.text)
    room.settle()
    assert dialog.height() + FRAME <= screen.height()
    assert dialog.confirm.visibleRegion().boundingRect().height() == dialog.confirm.height()
