"""From an empty machine to signed in, through the real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.words import language, use
from ui.app import start_application
from ui.context import Context
from ui.dialogs.founding import FoundingGate
from ui.dialogs.questions import NewPinDialog, ReasonDialog
from ui.dialogs.second_person import SecondPersonDialog
from ui.dialogs.sign_in import SignInGate, UnlockGate
from ui.entrance import Entrance
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.providers import Providers
from ui.registry import PageSpec
from ui.shell.workspace import Workspace
from ui.workers import Workers

PATIENCE = 20_000
PHRASE = "示例 口令"
PAGES = (PageSpec("settings", "settings", "ui.pages.settings:SettingsPage", foot=True),)

Open = Callable[[], MainWindow]


@pytest.fixture
def open_home(qtbot: QtBot, workers: Workers, home: Path) -> Iterator[Open]:
    opened: list[MainWindow] = []

    def open_home() -> MainWindow:
        start_application([])
        window = MainWindow(Entrance(home), workers, PAGES, Providers(), Preferences.load(home))
        qtbot.addWidget(window)
        window.show()
        window.begin()
        opened.append(window)
        return window

    yield open_home
    use("zh")
    workers.close()
    for window in opened:
        window.entrance.close()


def click(qtbot: QtBot, button: object) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def found(qtbot: QtBot, window: MainWindow) -> str:
    """Go through the founding wizard; the recovery code that it showed."""
    gate = window.shown
    assert isinstance(gate, FoundingGate)
    qtbot.keyClicks(gate.code, "999999")
    qtbot.keyClicks(gate.name, "Example")
    click(qtbot, gate.next)
    for field in (gate.passphrase, gate.passphrase_again):
        field.setText(PHRASE)
    for field in (gate.pin, gate.pin_again):
        qtbot.keyClicks(field, "4711")
    click(qtbot, gate.do)
    qtbot.waitUntil(lambda: gate.shown_code.isVisible() and bool(gate.shown_code.text()), timeout=PATIENCE)
    code = gate.shown_code.text().replace("\n", "  ").split()
    qtbot.keyClicks(gate.typed, "0000")
    click(qtbot, gate.finish)
    assert isinstance(window.shown, FoundingGate)  # not before the code has been kept
    gate.typed.setText(code[-1].lower())
    click(qtbot, gate.finish)
    qtbot.waitUntil(lambda: isinstance(window.shown, SignInGate), timeout=PATIENCE)
    return "-".join(code)


def sign_in(qtbot: QtBot, window: MainWindow, pin: str) -> None:
    gate = window.shown
    assert isinstance(gate, SignInGate)
    gate.account.setText("admin")
    qtbot.keyClicks(gate.pin, pin)
    qtbot.keyClick(gate.pin, Qt.Key.Key_Return)


def test_a_centre_is_founded_and_its_administrator_signs_in(qtbot: QtBot, open_home: Open, home: Path) -> None:
    window = open_home()
    code = found(qtbot, window)
    assert len(code.split("-")) == 8
    sign_in(qtbot, window, "9999")
    gate = window.shown
    assert isinstance(gate, SignInGate)
    qtbot.waitUntil(lambda: gate.strip.text != "", timeout=PATIENCE)
    assert gate.pin.text() == ""
    qtbot.waitUntil(gate.confirm.isEnabled, timeout=PATIENCE)
    sign_in(qtbot, window, "4711")
    qtbot.waitUntil(lambda: isinstance(window.shown, Workspace), timeout=PATIENCE)

    qtbot.keyClick(window.shown, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: isinstance(window.shown, SignInGate), timeout=PATIENCE)
    window.entrance.close()
    window.close()

    again = open_home()
    gate = again.shown
    assert isinstance(gate, UnlockGate)
    qtbot.waitUntil(gate.confirm.isEnabled, timeout=PATIENCE)
    qtbot.keyClicks(gate.passphrase, "wrong")
    qtbot.keyClick(gate.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: gate.strip.text != "" and gate.confirm.isEnabled(), timeout=PATIENCE)
    gate.passphrase.setText(PHRASE)
    click(qtbot, gate.confirm)
    qtbot.waitUntil(lambda: isinstance(again.shown, SignInGate), timeout=PATIENCE)
    qtbot.wait(200)  # what ends after the store is open must not take the typing away from the card that followed
    signing = again.shown
    assert isinstance(signing, SignInGate)
    assert again.focusWidget() is signing.account


def test_a_wrong_code_of_the_centre_is_told_at_its_field(qtbot: QtBot, open_home: Open, home: Path) -> None:
    window = open_home()
    gate = window.shown
    assert isinstance(gate, FoundingGate)
    qtbot.keyClicks(gate.code, "12")
    click(qtbot, gate.next)
    assert gate.code.property("wrong") is True
    assert gate.focusWidget() is gate.code
    assert not home.exists()


def test_the_language_can_be_changed_before_anything_is_founded(qtbot: QtBot, open_home: Open) -> None:
    window = open_home()
    window.switch_language("en")
    assert language() == "en"
    assert window.windowTitle() == "Zhikao"
    assert isinstance(window.shown, FoundingGate)
    assert window.shown.heading.text() == "Found a centre"


def test_the_window_does_not_close_over_a_recovery_code_that_nobody_has_kept(
    qtbot: QtBot, open_home: Open, home: Path
) -> None:
    window = open_home()
    gate = window.shown
    assert isinstance(gate, FoundingGate)
    gate.code.setText("999999")
    gate.name.setText("Example")
    click(qtbot, gate.next)
    for field in (gate.passphrase, gate.passphrase_again):
        field.setText(PHRASE)
    for field in (gate.pin, gate.pin_again):
        field.setText("4711")
    click(qtbot, gate.do)
    qtbot.waitUntil(lambda: gate.shown_code.isVisible() and bool(gate.shown_code.text()), timeout=PATIENCE)
    assert not any(choice.isVisible() for choice in gate.languages)
    assert not window.close()
    assert gate.shown_code.text() and "恢复码" in gate.strip.text
    assert window.close()


def test_a_second_person_signs_in_for_one_act(qtbot: QtBot, context: Context) -> None:
    from core.errors import Refused

    def pair(session: object, login: str, pin: str) -> tuple[str, str]:
        if pin != "2222":
            raise Refused("people.wrong_pin")
        return ("first", login)

    context.pair = pair
    window = Context(context.store, context.session, context.workers, context.shell)
    from PySide6.QtWidgets import QWidget

    around = QWidget()
    qtbot.addWidget(around)
    around.show()
    acted: list[object] = []
    dialog = SecondPersonDialog(around, context, "考点复核", acted.append)
    dialog.open()
    qtbot.keyClicks(dialog.account, "M02")
    qtbot.keyClicks(dialog.pin, "1111")
    qtbot.keyClick(dialog.pin, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.strip.text != "" and dialog.confirm.isEnabled())
    assert acted == []
    assert dialog.account.text() == "M02"
    qtbot.keyClicks(dialog.pin, "2222")
    click(qtbot, dialog.confirm)
    qtbot.waitUntil(lambda: acted == [("first", "M02")])
    window.deleteLater()


def test_a_reason_is_asked_for_and_an_empty_one_is_none(qtbot: QtBot, context: Context) -> None:
    from PySide6.QtWidgets import QWidget

    around = QWidget()
    qtbot.addWidget(around)
    around.show()
    reasons: list[str] = []
    dialog = ReasonDialog(around, context, "越过回避", "", reasons.append)
    dialog.open()
    click(qtbot, dialog.confirm)
    assert reasons == []
    qtbot.keyClicks(dialog.reason, "ok")
    click(qtbot, dialog.confirm)
    assert reasons == ["ok"]


def test_two_different_new_pins_are_not_taken(qtbot: QtBot, context: Context) -> None:
    from PySide6.QtWidgets import QWidget

    around = QWidget()
    qtbot.addWidget(around)
    around.show()
    changed: list[str] = []
    dialog = NewPinDialog(around, context, "修改 PIN", "", lambda pin: pin, changed.append)
    dialog.open()
    qtbot.keyClicks(dialog.pin, "1234")
    qtbot.keyClicks(dialog.again, "1235")
    click(qtbot, dialog.confirm)
    assert changed == []
    dialog.again.setText("1234")
    click(qtbot, dialog.confirm)
    qtbot.waitUntil(lambda: changed == ["1234"])
