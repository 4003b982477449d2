"""Founding a centre on this machine: who it is, how its store opens, its administrator's PIN, and the recovery code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from core.words import say
from ui import ops
from ui.context import Station
from ui.dialogs.gate import Gate
from ui.dialogs.recovery_code import RecoveryCode
from ui.dialogs.secrets import Secrets, SecretsForm
from ui.widgets.basics import button, column, holder, row
from ui.widgets.form import Form


@dataclass(frozen=True)
class Founding:
    """What the wizard asks for."""

    code: str
    name: str
    secrets: Secrets


class FoundingGate(Gate):
    """Three cards: the centre, its secrets, the recovery code. `found(founding)` runs on a worker and answers the store
    and the code; `founded(store)` comes only when the last group of the code has been typed back."""

    founded = Signal(object)
    restore_wanted = Signal()
    """There is a centre already, in a backup."""

    def __init__(
        self, context: Station, found: Callable[[Founding], tuple[Any, str]], keyring_is_safe: Callable[[], bool]
    ) -> None:
        super().__init__(context, say("ui.found.title"), say("ui.found.words"), width=520)
        self._found = found
        self._store: Any = None
        self._warned = False
        self._step = 0
        self._cards = (self._build_centre(), self._build_secrets(), self._build_recovery())
        for card in self._cards:
            self.body.addWidget(card)
        self._show(0)
        ops.work(self, keyring_is_safe).on_done(self.secrets.offer_keyring).start()

    def begin(self) -> None:
        (self.code, self.secrets.passphrase, self.recovery.typed)[self._step].setFocus()

    def _build_centre(self) -> QWidget:
        self._centre = Form()
        self.code = self._centre.add(say("ui.found.code"), QLineEdit(), hint=say("ui.found.code.hint"), required=True)
        self.code.setMaxLength(6)
        self.name = self._centre.add(say("ui.found.name"), QLineEdit(), hint=say("ui.found.name.hint"), required=True)
        self.next = button(say("ui.next"), self._on_next, "primary")
        self.restore = button(say("ui.found.restore"), self.restore_wanted.emit, "ghost")
        self.code.returnPressed.connect(self.name.setFocus)
        self.name.returnPressed.connect(self._on_next)
        return holder(column(self._centre, 8, row(self.restore, None, self.next), spacing=12))

    def _build_secrets(self) -> QWidget:
        self.secrets = SecretsForm(say("ui.found.passphrase.hint"), say("ui.found.pin"), say("ui.found.pin.hint"))
        self.do = button(say("ui.found.do"), self._on_found, "primary")
        self.secrets.pin_again.returnPressed.connect(self._on_found)
        back = button(say("ui.back"), lambda: self._show(0), "ghost")
        return holder(column(self.secrets, 8, row(back, None, self.do), spacing=12))

    def _build_recovery(self) -> QWidget:
        self.recovery = RecoveryCode(self.strip)
        self.recovery.noted.connect(self._on_noted)
        self.finish = button(say("ui.found.finish"), self.recovery.finish, "primary")
        return holder(column(self.recovery, 8, row(None, self.finish), spacing=8))

    def _show(self, step: int) -> None:
        self._step = step
        for number, card in enumerate(self._cards):
            card.setVisible(number == step)
        titles = ("ui.found.title", "ui.found.secrets", "ui.found.recovery")
        words = ("ui.found.words", "ui.found.secrets.words", "ui.found.recovery.words")
        self.heading.setText(say(titles[step]))
        self.words.setText(say(words[step]))
        self.foot.setText(say("ui.found.step", step=step + 1, of=3))
        self.begin()

    def _on_next(self) -> None:
        self._centre.accept_all()
        if not (self.code.text().isdigit() and len(self.code.text()) == self.code.maxLength()):
            self._centre.complain(self.code, say("ui.found.code.wrong"))
        elif not self.name.text().strip():
            self._centre.complain(self.name, say("ui.found.name.missing"))
        else:
            self._show(1)

    def _on_found(self) -> None:
        chosen = self.secrets.chosen()
        if chosen is not None and self.do.isEnabled():
            self.strip.clear()
            wanted = Founding(self.code.text(), self.name.text().strip(), chosen)
            working = ops.work(self, self._found, wanted).on_done(self._on_made)
            working.describe(say("ui.found.doing")).busy(self.do).start()

    def _on_made(self, made: tuple[Any, str]) -> None:
        self._store, code = made
        self.secrets.forget()
        self.recovery.show_code(code, self._sheet_text)
        for choice in self.languages:
            choice.hide()  # another language would make the card again, and the code is shown only here
        self._show(2)

    def may_close(self) -> bool:
        """Not while the only sight of the recovery code would go unnoticed; whoever insists may."""
        if not self.recovery.code or self._warned:
            return True
        self._warned = True
        self.strip.say(say("ui.found.closing"), "attention")
        return False

    def _on_noted(self) -> None:
        self.recovery.forget()
        self.founded.emit(self._store)

    def _sheet_text(self, recovery: str) -> str:
        return say("ui.found.sheet", centre=self.name.text().strip(), code=self.code.text(), recovery=recovery)
