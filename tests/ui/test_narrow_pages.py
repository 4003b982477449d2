"""On a small laptop at 150 %, in the longer language, beside an open drawer, every button can be read and reached."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QPushButton, QWidget

from core.words import use
from tests.ui.certified import Seat, ended, seat  # noqa: F401 - fixtures
from tests.ui.desk import Desk
from ui.widgets.batch_chooser import BatchChooser
from ui.widgets.folding import Folding

LOW = (911, 512)


def cut(page: QWidget) -> list[str]:
    """The buttons whose words have too little room, or that reach beyond the edge. The chooser says … where it must."""
    found = []
    for one in page.findChildren(QPushButton):
        if not one.isVisible() or not one.text() or isinstance(one, BatchChooser):
            continue
        place = QRect(one.mapTo(page, QPoint(0, 0)), one.size())
        if one.width() < one.sizeHint().width() or place.left() < 0 or place.right() > page.rect().right():
            found.append(f"{one.text()} {place} of {page.width()}")
    return found


def look_beside(window: Any) -> None:
    window.open_drawer(QWidget(), "测试一")


@pytest.mark.parametrize("login", ["M01", "R01", "V01", "C01", "I01", "S01", "admin"])
def test_no_button_of_any_page_is_cut_beside_an_open_drawer(desk: Desk, login: str) -> None:
    use("en")
    desk.sign_in("marking", login, size=LOW)
    wrong = {}
    for key in desk.window._specs:
        desk.window.open_page(key)
        desk.wait(20)
        page = desk.window.page(key)
        if found := cut(page):
            wrong[key] = found
        look_beside(desk.window)
        desk.wait(20)
        assert desk.window.drawer.geometry().right() <= desk.window.width(), "the page gives way, not the drawer"
        if found := cut(page):
            wrong[f"{key} beside the drawer"] = found
        desk.window.close_drawer()
    assert not wrong


def test_the_button_that_hands_out_is_whole_beside_a_certificate(seat: Seat) -> None:  # noqa: F811
    use("en")
    page = seat.sit_down("issued", size=LOW)
    look_beside(page.window())
    seat.wait(20)
    assert page._primary is not None and page._primary.text()
    page._primary.setText("Hand out (1,022 to collect)")  # as after a large batch
    seat.wait(20)
    assert not cut(page)


def test_a_head_is_one_line_again_where_there_is_room(desk: Desk) -> None:
    use("en")
    page = desk.sign_in("marking", "R01", "applications", LOW)
    head = page.findChild(Folding)
    assert not head.is_folded
    look_beside(desk.window)
    desk.wait(20)
    assert head.is_folded
    assert head.height() < page.height() // 4
    desk.window.close_drawer()
    desk.wait(20)
    assert not head.is_folded
