"""The words that open the data here: another passphrase, another recovery code, each on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.people.permission import may
from core.people.store_words import change_keys, take_passphrase, take_recovery_code
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.fitted import FittedSheet
from ui.dialogs.recovery_code import RecoveryCode
from ui.dialogs.secrets import PassphraseForm
from ui.widgets.basics import button, label, row
from ui.widgets.card import Card
from ui.widgets.page import Page

CHANGED = frozenset({"keys.changed"})


class KeysCard(Card):
    """Two buttons, for administrators."""

    def __init__(self, page: Page, context: Context) -> None:
        super().__init__(say("exam.keys.title"))
        self._page, self._context = page, context
        self.body.addWidget(label(say("exam.keys.words"), "muted", wrap=True))
        self.passphrase = button(say("exam.keys.passphrase"), self._on_passphrase, icon="key")
        self.code = button(say("exam.keys.code"), self._on_code, icon="shield")
        self.body.addLayout(row(self.passphrase, self.code, None, spacing=12))
        for one in (self.passphrase, self.code):
            one.setEnabled(may(context.session.actors.first, change_keys))

    def _on_passphrase(self) -> None:
        PassphraseDialog(self._page, self._context, lambda: self._on_changed(say("centre.passphrase_changed"))).open()

    def _on_code(self) -> None:
        from core.store import new_recovery_code

        done = say("exam.keys.code.done")
        RecoveryCodeDialog(self._page, self._context, new_recovery_code(), lambda: self._on_changed(done)).open()

    def _on_changed(self, words: str) -> None:
        self._page.strip.say(words, "good")
        self._context.changed.emit(CHANGED)


class PassphraseDialog(FittedSheet):
    """Asks for another passphrase, twice."""

    def __init__(self, page: Page, context: Context, done: Callable[[], None]) -> None:
        title = say("exam.keys.passphrase").rstrip("…")
        super().__init__(page, context, title, say("exam.keys.passphrase.words"))
        self._sitting, self._done = context, done
        self.form = PassphraseForm()
        self.form.ask_passphrase(say("ui.recover.new"), say("ui.found.passphrase.hint"))
        self.body.addWidget(self.form)
        self.confirm = self.add_buttons(say("exam.keys.passphrase.do"), self._on_confirm)
        self.form.passphrase.setFocus()

    def _on_confirm(self) -> None:
        self.form.accept_all()
        if self.form.agreed():
            self.strip.clear()
            sitting, phrase = self._sitting, self.form.passphrase.text()
            working = ops.work(self, take_passphrase, sitting.store, sitting.session.actors, phrase)
            working.on_done(self._on_done).describe(say("ui.checking")).busy(self.confirm).start()
        self.fit()

    def _on_done(self, _none: Any) -> None:
        self.accept()
        self._done()


class RecoveryCodeDialog(FittedSheet):
    """Shows the code that is to be; it counts once its last group has been typed back."""

    def __init__(self, page: Page, context: Context, code: str, done: Callable[[], None]) -> None:
        title = say("exam.keys.code").rstrip("…")
        super().__init__(page, context, title, say("exam.keys.code.words"), width=520)
        self._sitting, self._done = context, done
        self.recovery = RecoveryCode(self.strip)
        self.recovery.show_code(code, self._sheet_text)
        self.recovery.noted.connect(self._on_noted)
        self.body.addWidget(self.recovery)
        self.confirm = self.add_buttons(say("exam.keys.code.do"), self._on_confirm)
        self.recovery.typed.setFocus()
        self._name = ""
        ops.read(self, _centre_name).on_done(self._take_name).start()

    def _take_name(self, name: str) -> None:
        self._name = name

    def _sheet_text(self, recovery: str) -> str:
        return say("ui.found.sheet", centre=self._name, code=self._sitting.store.centre, recovery=recovery)  # type: ignore[attr-defined]

    def _on_confirm(self) -> None:
        self.recovery.finish()
        self.fit()

    def _on_noted(self) -> None:
        if self.confirm.isEnabled():
            self.strip.clear()
            sitting = self._sitting
            working = ops.work(self, take_recovery_code, sitting.store, sitting.session.actors, self.recovery.code)
            working.on_done(self._on_done).describe(say("ui.checking")).busy(self.confirm).start()

    def _on_done(self, _none: Any) -> None:
        self.recovery.forget()
        self.accept()
        self._done()


def _centre_name(read: Any) -> str:
    from core.store import centre_name

    return centre_name(read)
