"""Small questions: a reason, a PIN before signing, a yes to what can't be taken back, a new PIN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from core.words import say
from ui import ops
from ui.context import Station
from ui.dialogs.sheet import Sheet
from ui.widgets.form import Form
from ui.widgets.inputs import PinEdit

LONGEST_REASON = 500


class ReasonDialog(Sheet):
    """Asks why, and hands the reason to `act`. An empty one is no reason."""

    def __init__(
        self, parent: QWidget, context: Station, title: str, words: str, act: Callable[[str], None], do: str = ""
    ) -> None:
        super().__init__(parent, context, title, words)
        self._act = act
        self._form = Form()
        self.reason = self._form.add(say("ui.reason"), QPlainTextEdit(), hint=say("ui.reason.hint"), required=True)
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(96)
        self.body.addWidget(self._form)
        self.confirm = self.add_buttons(do or say("ui.confirm"), self._on_confirm)
        self.reason.setFocus()

    def _on_confirm(self) -> None:
        reason = self.reason.toPlainText().strip()
        if not reason:
            self._form.complain(self.reason, say("ui.reason.missing"))
            return
        self.accept()
        self._act(reason[:LONGEST_REASON])


class PinDialog(Sheet):
    """Asks a person for their own PIN; `check(pin)` runs on a worker, and what it answers is handed to `act`."""

    def __init__(
        self,
        parent: QWidget,
        context: Station,
        title: str,
        words: str,
        check: Callable[[str], Any],
        act: Callable[[Any], None],
        do: str = "",
    ) -> None:
        super().__init__(parent, context, title, words)
        self._check = check
        self._act = act
        form = Form()
        self.pin = form.add(say("ui.pin"), PinEdit())
        self.body.addWidget(form)
        self.confirm = self.add_buttons(do or say("ui.sign"), self._on_confirm)
        self.pin.setFocus()

    def _on_confirm(self) -> None:
        if not self.pin.text():
            self.pin.setFocus()
            return
        self.strip.clear()
        working = ops.work(self, self._check, self.pin.take()).on_done(self._on_checked)
        working.on_ended(self.pin.setFocus).describe(say("ui.checking")).busy(self.confirm).start()

    def _on_checked(self, value: Any) -> None:
        self.accept()
        self._act(value)


class NewPinDialog(Sheet):
    """Asks for a new PIN twice; `change(pin)` runs on a worker and may refuse it."""

    def __init__(
        self,
        parent: QWidget,
        context: Station,
        title: str,
        words: str,
        change: Callable[[str], Any],
        act: Callable[[Any], None],
    ) -> None:
        super().__init__(parent, context, title, words)
        self._change = change
        self._act = act
        self._form = Form()
        self.pin = self._form.add(say("ui.pin.new"), PinEdit(), hint=say("ui.pin.hint"))
        self.again = self._form.add(say("ui.pin.again"), PinEdit())
        self.body.addWidget(self._form)
        self.confirm = self.add_buttons(say("ui.pin.change"), self._on_confirm)
        self.pin.setFocus()

    def _on_confirm(self) -> None:
        self._form.accept_all()
        if not self.pin.text():
            self.pin.setFocus()
        elif self.pin.text() != self.again.text():
            self._form.complain(self.again, say("ui.pin.differs"))
        else:
            self.strip.clear()
            pin = self.pin.text()
            working = ops.work(self, self._change, pin).on_done(self._on_changed)
            working.describe(say("ui.checking")).busy(self.confirm).start()

    def _on_changed(self, value: Any) -> None:
        self.accept()
        self._act(value)


class ConfirmDialog(Sheet):
    """Asks before what can't be taken back. `do` are the words of the button: a verb, never "OK"."""

    def __init__(
        self,
        parent: QWidget,
        context: Station,
        title: str,
        words: str,
        do: str,
        act: Callable[[], None],
        *,
        danger: bool = False,
    ) -> None:
        super().__init__(parent, context, title, words)
        self._act = act
        self.confirm = self.add_buttons(do, self._on_confirm, "danger" if danger else "primary")

    def _on_confirm(self) -> None:
        self.accept()
        self._act()
