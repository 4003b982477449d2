"""Before work: opening the store by its passphrase, and signing in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from core.words import say
from ui import ops
from ui.context import Station
from ui.dialogs.gate import Gate
from ui.widgets.basics import button
from ui.widgets.form import Form
from ui.widgets.inputs import PinEdit


class UnlockGate(Gate):
    """Asks for the passphrase; `open_store(passphrase)` runs on a worker. `opened(store)` when it was right."""

    opened = Signal(object)
    recover_wanted = Signal()
    """Nobody knows the passphrase any more."""

    def __init__(self, context: Station, open_store: Callable[[str], Any]) -> None:
        super().__init__(context, say("ui.unlock.title"), say("ui.unlock.words"))
        self._open = open_store
        form = Form()
        self.passphrase = form.add(say("ui.passphrase"), PinEdit(), hint=say("ui.unlock.hint"))
        self.body.addWidget(form)
        self.confirm = button(say("ui.unlock.do"), self._on_confirm, "primary", "unlock")
        self.body.addWidget(self.confirm)
        self.lost = button(say("ui.unlock.lost"), self.recover_wanted.emit, "ghost", "key")
        self.body.addWidget(self.lost)
        self.passphrase.returnPressed.connect(self._on_confirm)

    def begin(self) -> None:
        self.passphrase.setFocus()

    def _on_confirm(self) -> None:
        if not self.passphrase.text() or not self.confirm.isEnabled():
            return
        self.strip.clear()
        working = ops.work(self, self._open, self.passphrase.take()).on_done(self.opened.emit)
        working.on_ended(self.ask_again).describe(say("ui.unlock.doing")).busy(self.confirm).start()


class SignInGate(Gate):
    """Asks for account and PIN; `sign_in(login, pin)` runs on a worker. `signed_in(session)` when they fit."""

    signed_in = Signal(object)
    verify_wanted = Signal()
    """Somebody wants to check a certificate, and needs no account for it."""

    def __init__(self, context: Station, sign_in: Callable[[str, str], Any], centre: str = "", login: str = "") -> None:
        super().__init__(context, say("ui.signin.title"), centre)
        self._sign_in = sign_in
        form = Form()
        self.account = form.add(say("ui.account"), QLineEdit(login))
        self.pin = form.add(say("ui.pin"), PinEdit())
        self.body.addWidget(form)
        self.confirm = button(say("ui.signin.do"), self._on_confirm, "primary")
        self.body.addWidget(self.confirm)
        self.verify = button(say("ui.page.verify"), self.verify_wanted.emit, "ghost", "shield")
        self.body.addWidget(self.verify)
        self.account.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self._on_confirm)

    def begin(self) -> None:
        (self.pin if self.account.text() else self.account).setFocus()

    def _on_confirm(self) -> None:
        if not self.confirm.isEnabled():
            return
        if not self.account.text().strip():
            self.account.setFocus()
        elif not self.pin.text():
            self.pin.setFocus()
        else:
            self.strip.clear()
            working = ops.work(self, self._sign_in, self.account.text().strip(), self.pin.take())
            working.on_done(self.signed_in.emit).on_ended(self.ask_again)
            working.describe(say("ui.checking")).busy(self.confirm).start()
