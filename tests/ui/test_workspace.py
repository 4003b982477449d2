"""The window of who is signed in: what each role sees, and the keys that work everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel
from pytestqt.qtbot import QtBot

from core.words import use
from tests.ui.conftest import SmallStore, session
from ui.context import BatchChoice, Context
from ui.providers import PersonFound, Providers
from ui.registry import PAGES
from ui.shell.workspace import Workspace
from ui.widgets.basics import button, label
from ui.widgets.page import Page
from ui.workers import Workers

EXAM_DAY = (1366, 768)
SCALED = (911, 512)
"""1366 × 768 at 150 %."""


class PlainPage(Page):
    """A page with nothing on it."""

    title_code: ClassVar[str] = "ui.page.overview"
    opened: ClassVar[list[dict[str, object]]] = []

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.batches_seen: list[int | None] = []
        self.set_primary("登记", lambda: self.context.shell.notify("已登记"), "Ctrl+N")

    def refresh(self) -> None:
        self.batches_seen.append(self.context.batch)

    def open_with(self, **arguments: object) -> None:
        self.opened.append(arguments)


PLAIN = tuple(replace(page, place=f"{__name__}:PlainPage") for page in PAGES)
PROVIDERS = Providers(
    centre=lambda read: "示例县职业技能考点",
    batches=lambda read: (BatchChoice(2, "第二批", "初级"), BatchChoice(1, "第一批", "中级")),
    people=lambda read, text, batch: (PersonFound("测试一", "0231", "applications", {"application": 7}),),
)

Open = Callable[..., Workspace]


@pytest.fixture
def open_as(qtbot: QtBot, store: SmallStore, workers: Workers, tmp_path: Path) -> Iterator[Open]:
    PlainPage.opened.clear()

    def open_as(*roles: str, size: tuple[int, int] = EXAM_DAY) -> Workspace:
        made = Workspace(store, session(*roles), workers, PLAIN, PROVIDERS, tmp_path)
        qtbot.addWidget(made)
        made.resize(*size)
        made.show()
        made.begin()
        qtbot.waitUntil(lambda: not workers.busy)
        return made

    yield open_as
    use("zh")


def test_a_registrar_sees_the_steps_that_are_theirs(open_as: Open) -> None:
    assert open_as("registrar").rail.keys == ["overview", "applications", "checkin", "documents", "verify", "settings"]


def test_an_administrator_sees_no_candidates_and_no_marks(open_as: Open) -> None:
    assert open_as("admin").rail.keys == ["overview", "verify", "sync", "audit", "accounts", "settings"]


def test_an_examiner_sees_only_marking_and_no_rail(open_as: Open) -> None:
    window = open_as("examiner")
    assert window.current == "marking"
    assert not window.rail.isVisible()
    assert not window.status_bar.isVisible()


def test_only_who_may_sees_marking(open_as: Open) -> None:
    for role in ("manager", "registrar", "reviewer", "certificates", "supervisor", "auditor", "admin"):
        assert "marking" not in open_as(role).rail.keys


def test_a_page_is_made_when_it_is_first_opened(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    assert window.page("results") is None
    window.rail.chosen.emit("results")
    assert window.page("results").isVisible()


def test_a_click_on_a_step_opens_its_page(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    qtbot.mouseClick(window.rail._buttons["review"], Qt.MouseButton.LeftButton)
    assert window.current == "review"


def test_ctrl_k_finds_a_page_by_its_name(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.palette_box.isVisible()
    window.palette_box.search.setText("证书")
    qtbot.keyClick(window.palette_box.search, Qt.Key.Key_Return)
    assert window.current == "certificates"
    assert not window.palette_box.isVisible()


def test_ctrl_k_finds_a_person(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    window.open_palette()
    qtbot.keyClicks(window.palette_box.search, "0231")
    qtbot.waitUntil(lambda: window.palette_box.list.count() == 1)
    qtbot.keyClick(window.palette_box.search, Qt.Key.Key_Return)
    assert window.current == "applications"
    assert PlainPage.opened == [{"application": 7}]


def test_ctrl_k_shows_nobody_to_who_may_not_see_them(qtbot: QtBot, open_as: Open, workers: Workers) -> None:
    window = open_as("admin")
    window.open_palette()
    qtbot.keyClicks(window.palette_box.search, "0231")
    qtbot.wait(150)
    qtbot.waitUntil(lambda: not workers.busy)
    assert window.palette_box.list.count() == 0


def test_esc_closes_what_opened_last(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    window.open_drawer(label("测试一"), "测试一")
    window.open_palette()
    qtbot.keyClick(window.palette_box.search, Qt.Key.Key_Escape)
    assert not window.palette_box.isVisible()
    assert window.drawer.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.drawer.isVisible()


def test_f1_opens_the_help_and_puts_it_away(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.drawer.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert not window.drawer.isVisible()


def test_ctrl_l_locks(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    with qtbot.waitSignal(window.locked):
        qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


def test_alt_and_a_figure_opens_a_step(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert window.current == "review"


def test_the_primary_button_has_its_key(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    qtbot.keyClick(window.page("overview"), Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert window.toast.text == "已登记"


def test_every_page_speaks_about_the_batch_that_was_chosen(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    page = window.page("overview")
    assert page.subtitle.text() == "初级"
    window.context.choose_batch(1)
    assert page.subtitle.text() == "中级"
    assert page.batches_seen[-2:] == [2, 1]


def test_on_a_small_or_scaled_screen_the_rail_shows_icons_and_nothing_is_cut(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager", size=SCALED)
    assert window.rail.width() < 100
    assert window.minimumSizeHint().width() <= SCALED[0]
    assert window.minimumSizeHint().height() <= SCALED[1]
    assert all(entry.toolTip() for entry in window.rail._buttons.values())


def test_a_name_with_markup_in_it_is_shown_as_it_is(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    window.notify("<b>测试</b><img src=x>")
    shown = window.toast.findChildren(QLabel)[0]
    assert shown.textFormat() is Qt.TextFormat.PlainText
    assert window.toast.text == "<b>测试</b><img src=x>"


def test_the_undo_of_a_note_is_one_click(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    undone: list[bool] = []
    window.notify("已撤回", "撤销", lambda: undone.append(True))
    qtbot.mouseClick(window.toast._action, Qt.MouseButton.LeftButton)
    assert undone == [True]
    assert not window.toast.isVisible()


def test_a_page_that_opens_takes_the_focus_from_the_rail(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    qtbot.mouseClick(window.rail._buttons["results"], Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert not window.rail.isAncestorOf(window.focusWidget())


def test_a_word_at_the_foot_never_lies_over_a_button(qtbot: QtBot, open_as: Open) -> None:
    window = open_as("manager")
    page = window.page(window.current)
    foot = QHBoxLayout()
    buttons = [button(name) for name in ("上一步", "保存", "提交全部材料")]
    for one in buttons:
        one.setFixedHeight(44)
        foot.addWidget(one)
    page.body.addStretch(1)
    page.body.addLayout(foot)
    qtbot.wait(10)
    window.notify("已登记，准考证可以在文书页打印")
    for size in (EXAM_DAY, SCALED):
        window.resize(*size)
        qtbot.wait(20)
        word = window.toast.geometry()
        assert window.rect().contains(word)
        for one in buttons:
            assert not word.intersects(QRect(one.mapTo(window, QPoint(0, 0)), one.size())), size
    page.body.addWidget(late := button("迟到的按钮"))
    late.setFixedHeight(100)
    late.show()
    qtbot.waitUntil(
        lambda: not window.toast.geometry().intersects(QRect(late.mapTo(window, QPoint(0, 0)), late.size())),
        timeout=2000,
    )
