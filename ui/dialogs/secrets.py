"""The secrets of a store on this machine, each typed twice: a passphrase, or the keyring, and a PIN."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox

from core.words import say
from ui.widgets.form import Form
from ui.widgets.inputs import PinEdit


@dataclass(frozen=True)
class Secrets:
    """What was chosen. Without a passphrase the operating system's keyring opens the store."""

    passphrase: str | None
    pin: str


class PassphraseForm(Form):
    """A new passphrase, twice."""

    def ask_passphrase(self, text: str, hint: str) -> None:
        """Add the two fields."""
        self.passphrase = self.add(text, PinEdit(), hint=hint, required=True)
        self.passphrase_again = self.add(say("ui.passphrase.again"), PinEdit(), required=True)

    def agreed(self) -> bool:
        """Whether both say the same and not nothing; what is wrong is told at its field."""
        if not self.passphrase.text().strip():
            self.complain(self.passphrase, say("ui.found.passphrase.missing"))
        elif self.passphrase.text() != self.passphrase_again.text():
            self.complain(self.passphrase_again, say("ui.passphrase.differs"))
        else:
            return True
        return False


class SecretsForm(PassphraseForm):
    """A passphrase or the keyring, and the administrator's PIN."""

    def __init__(self, passphrase_hint: str, pin: str, pin_hint: str) -> None:
        super().__init__()
        self.use_keyring = self.add(say("ui.found.keyring"), QCheckBox(), hint=say("ui.found.keyring.hint"))
        self.ask_passphrase(say("ui.passphrase"), passphrase_hint)
        self.pin = self.add(pin, PinEdit(), hint=pin_hint, required=True)
        self.pin_again = self.add(say("ui.pin.again"), PinEdit(), required=True)
        self.use_keyring.setEnabled(False)
        self.use_keyring.toggled.connect(self._on_keyring)

    def offer_keyring(self, safe: bool) -> None:
        """Whether the operating system has a keyring that is safe; it is then proposed."""
        self.use_keyring.setEnabled(safe)
        self.use_keyring.setChecked(safe)

    def chosen(self) -> Secrets | None:
        """What was chosen; None where something is wrong, which is told at its field."""
        self.accept_all()
        by_keyring = self.use_keyring.isChecked()
        if not by_keyring and not self.agreed():
            return None
        if not self.pin.text():
            self.complain(self.pin, say("ui.found.pin.missing"))
        elif self.pin.text() != self.pin_again.text():
            self.complain(self.pin_again, say("ui.pin.differs"))
        else:
            return Secrets(None if by_keyring else self.passphrase.text(), self.pin.text())
        return None

    def forget(self) -> None:
        """Empty the fields."""
        for field in (self.passphrase, self.passphrase_again, self.pin, self.pin_again):
            field.clear()

    def _on_keyring(self, used: bool) -> None:
        for field in (self.passphrase, self.passphrase_again):
            field.setEnabled(not used)
