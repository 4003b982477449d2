"""Coming back to one's data by the recovery code: the passphrase is lost, or the computer is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from core.errors import AppError
from core.words import say
from ui import ops
from ui.context import Station
from ui.dialogs.gate import Gate
from ui.dialogs.secrets import PassphraseForm, Secrets, SecretsForm
from ui.widgets.basics import button, column, holder, row
from ui.widgets.form import Form


@dataclass(frozen=True)
class Restoring:
    """What restoring a backup takes."""

    file: Path
    recovery_code: str
    secrets: Secrets


class RecoverGate(Gate):
    """Opens the store by its recovery code: `recover(code, passphrase)` runs on a worker; `opened(store)` then."""

    opened = Signal(object)
    left = Signal()

    def __init__(self, context: Station, recover: Callable[[str, str], Any]) -> None:
        super().__init__(context, say("ui.recover.title"), say("ui.recover.words"), width=520)
        self._recover = recover
        self.form = PassphraseForm()
        self.code = self.form.add(say("ui.recover.code"), QLineEdit(), hint=say("ui.recover.code.hint"), required=True)
        self.form.ask_passphrase(say("ui.recover.new"), say("ui.found.passphrase.hint"))
        self.confirm = button(say("ui.recover.do"), self._on_confirm, "primary", "unlock")
        self.body.addWidget(
            holder(column(self.form, 8, row(button(say("ui.back"), self.left.emit, "ghost"), None, self.confirm)))
        )
        self.code.returnPressed.connect(self.form.passphrase.setFocus)
        self.form.passphrase_again.returnPressed.connect(self._on_confirm)

    def begin(self) -> None:
        self.code.setFocus()

    def _on_confirm(self) -> None:
        self.form.accept_all()
        if not self.code.text().strip():
            self.form.complain(self.code, say("ui.recover.code.missing"))
        elif self.form.agreed() and self.confirm.isEnabled():
            self.strip.clear()
            working = ops.work(self, self._recover, self.code.text(), self.form.passphrase.text())
            working.on_done(self.opened.emit).describe(say("ui.recover.doing")).busy(self.confirm).start()


class RestoreGate(Gate):
    """Makes this home from a backup, in two cards: which one, and the secrets of this machine.

    `restore(restoring)` runs on a worker and answers entries and device; `restored(entries, device)` then.
    """

    restored = Signal(int, int)
    left = Signal()

    def __init__(
        self, context: Station, restore: Callable[[Restoring], tuple[int, int]], keyring_is_safe: Callable[[], bool]
    ) -> None:
        super().__init__(context, say("ui.restore.title"), say("ui.restore.words"), width=520)
        self._restore = restore
        self._cards = (self._build_source(), self._build_secrets())
        for card in self._cards:
            self.body.addWidget(card)
        self._show(0)
        ops.work(self, keyring_is_safe).on_done(self.secrets.offer_keyring).start()

    def begin(self) -> None:
        if self._cards[1].isHidden():
            (self.code if self.file.text() else self.choose).setFocus()
        else:
            self.secrets.passphrase.setFocus()

    def _build_source(self) -> QWidget:
        which = Form()
        self.file = which.add(say("ui.restore.file"), QLineEdit(), required=True)
        self.choose = button(say("ui.restore.file.choose"), self._on_choose, icon="folder")
        opened = Form()
        self.code = opened.add(say("ui.recover.code"), QLineEdit(), hint=say("ui.restore.code.hint"), required=True)
        self.next = button(say("ui.next"), self._on_next, "primary")
        self.code.returnPressed.connect(self._on_next)
        self._which, self._opened = which, opened
        back = button(say("ui.back"), self.left.emit, "ghost")
        return holder(column(which, row(self.choose, None), opened, 8, row(back, None, self.next), spacing=12))

    def _build_secrets(self) -> QWidget:
        self.secrets = SecretsForm(say("ui.restore.passphrase.hint"), say("ui.restore.pin"), say("ui.restore.pin.hint"))
        self.confirm = button(say("ui.restore.do"), self._on_confirm, "primary")
        self.secrets.pin_again.returnPressed.connect(self._on_confirm)
        back = button(say("ui.back"), lambda: self._show(0), "ghost")
        return holder(column(self.secrets, 8, row(back, None, self.confirm), spacing=12))

    def _show(self, step: int) -> None:
        for number, card in enumerate(self._cards):
            card.setHidden(number != step)
        self.foot.setText(say("ui.found.step", step=step + 1, of=len(self._cards)))
        self.begin()

    def _on_choose(self) -> None:
        chosen, _filter = QFileDialog.getOpenFileName(self, say("ui.restore.title"), "", "*.zkbackup;;*")
        if chosen:
            self.file.setText(chosen)
            self.code.setFocus()

    def _on_next(self) -> None:
        self._which.accept_all()
        self._opened.accept_all()
        if not self.file.text().strip():
            self._which.complain(self.file, say("ui.restore.file.missing"))
        elif not self.code.text().strip():
            self._opened.complain(self.code, say("ui.recover.code.missing"))
        else:
            self.strip.clear()
            self._show(1)

    def _on_confirm(self) -> None:
        chosen = self.secrets.chosen()
        if chosen is not None and self.confirm.isEnabled():
            self.strip.clear()
            wanted = Restoring(Path(self.file.text().strip()), self.code.text(), chosen)
            working = ops.work(self, self._restore, wanted).on_done(lambda found: self.restored.emit(*found))
            working.on_refused(self._on_refused).describe(say("ui.restore.doing")).busy(self.confirm).start()

    def _on_refused(self, error: AppError) -> None:
        """Most likely the file or its code: back to these, while what was typed stays."""
        self._show(0)
        self.show_refusal(error)
