"""How the hub is reached: its address, and a proxy whose password only the system's keyring keeps."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.fitted import FittedSheet
from ui.widgets.form import Form
from ui.widgets.inputs import PinEdit

WIDTH = 520
LONGEST = 200


class LinkDialog(FittedSheet):
    """Address, proxy, password. `done` when it is kept."""

    def __init__(self, parent: QWidget, context: Context, hub: str, proxy: str, done: Callable[[], object]) -> None:
        super().__init__(parent, context, say("desk_sync.link.change"), say("desk_sync.link.change.words"), WIDTH)
        self._sitting, self._done = context, done
        self.form = Form()
        self.address = self.form.add(
            say("desk_sync.link.hub"), QLineEdit(hub), hint=say("desk_sync.enrol.address.hint")
        )
        self.proxy = self.form.add(say("desk_sync.link.proxy"), QLineEdit(proxy), hint=say("desk_sync.proxy.hint"))
        self.password = self.form.add(
            say("desk_sync.proxy.password"), PinEdit(), hint=say("desk_sync.proxy.password.hint")
        )
        for field in (self.address, self.proxy):
            field.setMaxLength(LONGEST)
        self.proxy.textChanged.connect(self._on_proxy)
        self._on_proxy(proxy)
        self.body.addWidget(self.form)
        self.confirm = self.add_buttons(say("desk_sync.link.keep"), self._on_confirm)
        self.address.setFocus()

    def _on_proxy(self, text: str) -> None:
        """Only somebody who has a name at the proxy has a password there."""
        self.password.setEnabled("@" in text)

    def _on_confirm(self) -> None:
        from core.errors import AppError
        from core.exchange.addresses import check_address
        from core.exchange.commands import change_link, check_proxy

        self.form.accept_all()
        self.strip.clear()
        for field, check in ((self.address, check_address), (self.proxy, check_proxy)):
            try:
                if field.text().strip():
                    check(field.text())
            except AppError as problem:
                self.form.complain(field, problem.sentence)
                self.fit()
                return
        hub, proxy = self.address.text().strip(), self.proxy.text().strip()
        writing = ops.write(self, change_link, hub=hub, proxy=proxy).on_done(lambda _none: self._keep_password())
        writing.busy(self.confirm).start()

    def _keep_password(self) -> None:
        """The address is kept; a keyring that is locked or missing must not lose it."""
        from core.exchange.commands import keep_password

        if not self.password.isEnabled() or not self.password.text():
            self._finish()
            return
        working = ops.work(self, keep_password, self._sitting.store, self.password.take())
        working.on_done(lambda _none: self._finish()).describe(say("desk_sync.link.keeping")).busy(self.confirm).start()

    def _finish(self) -> None:
        self.accept()
        self._done()
