"""From an empty machine to signed in, through the real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from core.errors import Refused
from core.house import found_centre, open_house
from core.store import backup
from core.words import language, use
from ui.app import start_application
from ui.context import Context
from ui.dialogs.founding import FoundingGate
from ui.dialogs.questions import ConfirmDialog, NewPinDialog, ReasonDialog
from ui.dialogs.recovering import RecoverGate, RestoreGate
from ui.dialogs.second_person import SecondPersonDialog
from ui.dialogs.sign_in import SignInGate, UnlockGate
from ui.entrance import Entrance
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.providers import Providers
from ui.registry import PageSpec
from ui.shell.workspace import Workspace
from ui.widgets.basics import button
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
    for field in (gate.secrets.passphrase, gate.secrets.passphrase_again):
        field.setText(PHRASE)
    for field in (gate.secrets.pin, gate.secrets.pin_again):
        qtbot.keyClicks(field, "4711")
    click(qtbot, gate.do)
    qtbot.waitUntil(
        lambda: gate.recovery.shown_code.isVisible() and bool(gate.recovery.shown_code.text()), timeout=PATIENCE
    )
    code = gate.recovery.shown_code.text().replace("\n", "  ").split()
    qtbot.keyClicks(gate.recovery.typed, "0000")
    click(qtbot, gate.finish)
    assert isinstance(window.shown, FoundingGate)  # not before the code has been kept
    gate.recovery.typed.setText(code[-1].lower())
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
    for field in (gate.secrets.passphrase, gate.secrets.passphrase_again):
        field.setText(PHRASE)
    for field in (gate.secrets.pin, gate.secrets.pin_again):
        field.setText("4711")
    click(qtbot, gate.do)
    qtbot.waitUntil(
        lambda: gate.recovery.shown_code.isVisible() and bool(gate.recovery.shown_code.text()), timeout=PATIENCE
    )
    assert not any(choice.isVisible() for choice in gate.languages)
    assert not window.close()
    assert gate.recovery.shown_code.text() and "恢复码" in gate.strip.text
    assert window.close()


def test_who_lost_the_passphrase_opens_with_the_recovery_code_and_sets_another(
    qtbot: QtBot, open_home: Open, home: Path
) -> None:
    window = open_home()
    code = found(qtbot, window)
    window.entrance.close()
    window.close()

    again = open_home()
    unlock = again.shown
    assert isinstance(unlock, UnlockGate)
    qtbot.waitUntil(unlock.confirm.isEnabled, timeout=PATIENCE)
    click(qtbot, unlock.lost)
    gate = again.shown
    assert isinstance(gate, RecoverGate)
    click(qtbot, gate.confirm)
    assert gate.code.property("wrong") is True
    gate.code.setText("ABCD-" * 7 + "ABCD")
    for field in (gate.form.passphrase, gate.form.passphrase_again):
        field.setText("另一个 口令")
    click(qtbot, gate.confirm)
    qtbot.waitUntil(lambda: "恢复码" in gate.strip.text and gate.confirm.isEnabled(), timeout=PATIENCE)
    gate.code.setText(code.lower().replace("-", " "))
    click(qtbot, gate.confirm)
    qtbot.waitUntil(lambda: isinstance(again.shown, SignInGate), timeout=PATIENCE)
    again.entrance.close()
    for words, opens in ((PHRASE, False), ("另一个 口令", True)):
        try:
            open_house(home, words).close()
        except Refused:
            assert not opens
        else:
            assert opens


def test_a_centre_comes_back_from_a_backup_in_the_window(
    qtbot: QtBot, open_home: Open, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "备份.zkbackup"
    store, code = found_centre(tmp_path / "old", "999999", "示例考点", "4711", PHRASE)
    with store:
        backup.make(store, file)
    window = open_home()
    founding = window.shown
    assert isinstance(founding, FoundingGate)
    click(qtbot, founding.restore)
    gate = window.shown
    assert isinstance(gate, RestoreGate)
    click(qtbot, gate.next)
    assert gate.file.property("wrong") is True
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(file), ""))
    click(qtbot, gate.choose)
    gate.code.setText("ABCD-" * 7 + "ABCD")
    click(qtbot, gate.next)
    for field in (gate.secrets.passphrase, gate.secrets.passphrase_again):
        field.setText(PHRASE)
    for field in (gate.secrets.pin, gate.secrets.pin_again):
        field.setText("1234")
    click(qtbot, gate.confirm)
    qtbot.waitUntil(lambda: "恢复码" in gate.strip.text and gate.code.isVisible(), timeout=PATIENCE)
    gate.code.setText(code)
    click(qtbot, gate.next)
    click(qtbot, gate.confirm)
    qtbot.waitUntil(lambda: isinstance(window.shown, SignInGate), timeout=PATIENCE)
    assert isinstance(window.shown, SignInGate) and "已恢复" in window.shown.strip.text
    sign_in(qtbot, window, "1234")
    qtbot.waitUntil(lambda: isinstance(window.shown, Workspace), timeout=PATIENCE)


def test_a_second_person_signs_in_for_one_act(qtbot: QtBot, context: Context) -> None:
    def pair(session: object, login: str, pin: str) -> tuple[str, str]:
        if pin != "2222":
            raise Refused("people.wrong_pin")
        return ("first", login)

    context.pair = pair
    window = Context(context.store, context.session, context.workers, context.shell)
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


def test_enter_does_what_the_button_under_the_hand_says(qtbot: QtBot, context: Context) -> None:
    """On the way out Enter leaves, and does not do what the dialog asks about."""
    around, done = QWidget(), []
    qtbot.addWidget(around)
    around.show()
    for hand in ("cancel", "confirm"):
        dialog = ConfirmDialog(around, context, "提前结束", "", "结束", lambda: done.append("ended"), danger=True)
        dialog.open()
        qtbot.waitActive(dialog)
        dialog_hand = getattr(dialog, hand)
        dialog_hand.setFocus()
        qtbot.keyClick(dialog_hand, Qt.Key.Key_Return)
        assert not dialog.isVisible()
        assert done == (["ended"] if hand == "confirm" else [])
    page = button("核分", lambda: done.append("settled"), "primary")
    qtbot.addWidget(page)
    page.show()
    qtbot.keyClick(page, Qt.Key.Key_Return)
    assert done[-1] == "settled"
