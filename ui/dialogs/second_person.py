"""Two people for one act: the second one signs in for this act alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.sheet import Sheet
from ui.widgets.form import Form
from ui.widgets.inputs import PinEdit


class SecondPersonDialog(Sheet):
    """Asks for account and PIN of a second person, who answers for `purpose` beside the one who is signed in."""

    def __init__(self, parent: QWidget, context: Context, purpose: str, act: Callable[[Any], None]) -> None:
        words = say("ui.second.words", person=context.session.name)
        super().__init__(parent, context, purpose, words)
        self._pair = context.pair
        self._session = context.session
        self._act = act
        form = Form()
        self.account = form.add(say("ui.account"), QLineEdit())
        self.pin = form.add(say("ui.pin"), PinEdit())
        self.body.addWidget(form)
        self.confirm = self.add_buttons(say("ui.second.confirm"), self._on_confirm)
        self.account.setFocus()

    def _on_confirm(self) -> None:
        if self._pair is None or not self.account.text().strip():
            self.account.setFocus()
            return
        if not self.pin.text():
            self.pin.setFocus()
            return
        self.strip.clear()
        working = ops.work(self, self._pair, self._session, self.account.text().strip(), self.pin.take())
        working.on_done(self._on_pair).on_ended(self.pin.setFocus).describe(say("ui.checking")).busy(
            self.confirm
        ).start()

    def _on_pair(self, actors: Any) -> None:
        self.accept()
        self._act(actors)
