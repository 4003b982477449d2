"""Founding a centre on this machine: who it is, how its store opens, its administrator's PIN, and the recovery code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from core.words import say
from ui import ops
from ui.context import Station
from ui.dialogs.gate import Gate
from ui.widgets.basics import button, column, holder, label, row
from ui.widgets.form import Form
from ui.widgets.inputs import PinEdit


@dataclass(frozen=True)
class Founding:
    """What the wizard asks for. Without a passphrase the operating system's keyring opens the store."""

    code: str
    name: str
    passphrase: str | None
    pin: str


class FoundingGate(Gate):
    """Three cards: the centre, its secrets, the recovery code. `found(founding)` runs on a worker and answers the store
    and the code; `founded(store)` comes only when the last group of the code has been typed back."""

    founded = Signal(object)

    def __init__(
        self, context: Station, found: Callable[[Founding], tuple[Any, str]], keyring_is_safe: Callable[[], bool]
    ) -> None:
        super().__init__(context, say("ui.found.title"), say("ui.found.words"), width=520)
        self._found = found
        self._store: Any = None
        self._recovery = ""
        self._warned = False
        self._step = 0
        self._cards = (self._build_centre(), self._build_secrets(), self._build_recovery())
        for card in self._cards:
            self.body.addWidget(card)
        self._show(0)
        ops.work(self, keyring_is_safe).on_done(self._offer_keyring).start()

    def begin(self) -> None:
        (self.code, self.passphrase, self.typed)[self._step].setFocus()

    def _build_centre(self) -> QWidget:
        self._centre = Form()
        self.code = self._centre.add(say("ui.found.code"), QLineEdit(), hint=say("ui.found.code.hint"), required=True)
        self.code.setMaxLength(6)
        self.name = self._centre.add(say("ui.found.name"), QLineEdit(), hint=say("ui.found.name.hint"), required=True)
        self.next = button(say("ui.next"), self._on_next, "primary")
        self.code.returnPressed.connect(self.name.setFocus)
        self.name.returnPressed.connect(self._on_next)
        return holder(column(self._centre, 8, row(None, self.next), spacing=12))

    def _build_secrets(self) -> QWidget:
        self._secrets = Form()
        self.use_keyring = QCheckBox()
        self._secrets.add(say("ui.found.keyring"), self.use_keyring, hint=say("ui.found.keyring.hint"))
        self.passphrase = self._secrets.add(
            say("ui.passphrase"), PinEdit(), hint=say("ui.found.passphrase.hint"), required=True
        )
        self.passphrase_again = self._secrets.add(say("ui.passphrase.again"), PinEdit(), required=True)
        self.pin = self._secrets.add(say("ui.found.pin"), PinEdit(), hint=say("ui.found.pin.hint"), required=True)
        self.pin_again = self._secrets.add(say("ui.pin.again"), PinEdit(), required=True)
        self.use_keyring.setEnabled(False)
        self.use_keyring.toggled.connect(self._on_keyring)
        self.do = button(say("ui.found.do"), self._on_found, "primary")
        self.pin_again.returnPressed.connect(self._on_found)
        back = button(say("ui.back"), lambda: self._show(0), "ghost")
        return holder(column(self._secrets, 8, row(back, None, self.do), spacing=12))

    def _build_recovery(self) -> QWidget:
        self.shown_code = label("", "code", wrap=True)
        self.shown_code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.shown_code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._check = Form()
        self.typed = self._check.add(say("ui.found.typed"), QLineEdit(), hint=say("ui.found.typed.hint"))
        self.finish = button(say("ui.found.finish"), self._on_finish, "primary")
        self.typed.returnPressed.connect(self._on_finish)
        self.print = button(say("ui.print"), self._on_print, icon="print")
        self.save = button(say("ui.save"), self._on_save, icon="save")
        return holder(
            column(
                self.shown_code,
                row(None, self.print, self.save, None),
                4,
                self._check,
                8,
                row(None, self.finish),
                spacing=16,
            )
        )

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

    def _offer_keyring(self, safe: bool) -> None:
        self.use_keyring.setEnabled(safe)
        self.use_keyring.setChecked(safe)

    def _on_keyring(self, used: bool) -> None:
        for field in (self.passphrase, self.passphrase_again):
            field.setEnabled(not used)

    def _on_next(self) -> None:
        self._centre.accept_all()
        if not (self.code.text().isdigit() and len(self.code.text()) == self.code.maxLength()):
            self._centre.complain(self.code, say("ui.found.code.wrong"))
        elif not self.name.text().strip():
            self._centre.complain(self.name, say("ui.found.name.missing"))
        else:
            self._show(1)

    def _on_found(self) -> None:
        self._secrets.accept_all()
        phrase = None if self.use_keyring.isChecked() else self.passphrase.text()
        if phrase == "":
            self._secrets.complain(self.passphrase, say("ui.found.passphrase.missing"))
        elif phrase is not None and phrase != self.passphrase_again.text():
            self._secrets.complain(self.passphrase_again, say("ui.passphrase.differs"))
        elif not self.pin.text():
            self._secrets.complain(self.pin, say("ui.found.pin.missing"))
        elif self.pin.text() != self.pin_again.text():
            self._secrets.complain(self.pin_again, say("ui.pin.differs"))
        elif self.do.isEnabled():
            self.strip.clear()
            wanted = Founding(self.code.text(), self.name.text().strip(), phrase, self.pin.text())
            working = ops.work(self, self._found, wanted).on_done(self._on_made)
            working.describe(say("ui.found.doing")).busy(self.do).start()

    def _on_made(self, made: tuple[Any, str]) -> None:
        self._store, self._recovery = made
        for field in (self.passphrase, self.passphrase_again, self.pin, self.pin_again):
            field.clear()
        groups = self._recovery.split("-")
        half = (len(groups) + 1) // 2
        self.shown_code.setText("\n".join("  ".join(part) for part in (groups[:half], groups[half:]) if part))
        for choice in self.languages:
            choice.hide()  # another language would make the card again, and the code is shown only here
        self._show(2)

    def may_close(self) -> bool:
        """Not while the only sight of the recovery code would go unnoticed; whoever insists may."""
        if not self._recovery or self._warned:
            return True
        self._warned = True
        self.strip.say(say("ui.found.closing"), "attention")
        return False

    def _on_finish(self) -> None:
        typed = "".join(sign for sign in self.typed.text().upper() if sign.isalnum())
        if typed != self._recovery.split("-")[-1].upper():
            self._check.complain(self.typed, say("ui.found.typed.wrong"))
            return
        self._recovery = ""
        self.shown_code.clear()
        self.founded.emit(self._store)

    def _sheet_text(self) -> str:
        return say("ui.found.sheet", centre=self.name.text().strip(), code=self.code.text(), recovery=self._recovery)

    def _on_save(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        chosen, _filter = QFileDialog.getSaveFileName(self, say("ui.save"), say("ui.found.file"), "*.txt")
        if not chosen:
            return
        try:
            Path(chosen).write_text(self._sheet_text(), encoding="utf-8")
        except OSError as problem:
            self.strip.say(say("ui.not_saved", problem=problem.strerror or ""), "danger")
            return
        self.strip.say(say("ui.found.saved"), "attention")

    def _on_print(self) -> None:
        from PySide6.QtGui import QTextDocument
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        asked = QPrintDialog(printer, self)
        text = self._sheet_text()

        def print_it() -> None:
            document = QTextDocument()
            document.setPlainText(text)
            document.print_(printer)

        asked.accepted.connect(print_it)
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.show()
