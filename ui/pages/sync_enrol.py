"""Enrolling with the association: by one-time code over the net, or by two files and a fingerprint. Two people each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.fitted import FittedSheet
from ui.widgets.basics import label
from ui.widgets.form import Form

WIDTH = 520
LONGEST_ADDRESS = 200
LONGEST_CODE = 80
REQUEST_SUFFIX = ".json"


class OnlineDialog(FittedSheet):
    """Address and one-time code; then a second person; then the association's own words."""

    def __init__(self, parent: QWidget, context: Context, address: str, done: Callable[[Any], object]) -> None:
        super().__init__(parent, context, say("desk_sync.enrol.online"), say("desk_sync.enrol.online.words"), WIDTH)
        self._sitting, self._done = context, done
        self.form = Form()
        self.address = self.form.add(
            say("desk_sync.link.hub"), QLineEdit(address), hint=say("desk_sync.enrol.address.hint"), required=True
        )
        self.address.setMaxLength(LONGEST_ADDRESS)
        self.code = self.form.add(
            say("desk_sync.enrol.code"), QLineEdit(), hint=say("desk_sync.enrol.code.hint"), required=True
        )
        self.code.setMaxLength(LONGEST_CODE)
        self.body.addWidget(self.form)
        self.body.addWidget(label(say("desk_sync.enrol.second"), "small", wrap=True))
        self.confirm = self.add_buttons(say("desk_sync.enrol.online.do"), self._on_confirm)
        (self.code if address else self.address).setFocus()

    def _on_confirm(self) -> None:
        """What is written wrong is said before anybody is called over."""
        from core.association.enrol_codes import read_code
        from core.errors import AppError
        from core.exchange.addresses import check_address

        self.form.accept_all()
        self.strip.clear()
        for field, check in ((self.address, check_address), (self.code, read_code)):
            if not field.text().strip():
                self.form.complain(field, say("desk_sync.enrol.missing"))
                self.fit()
                return
            try:
                check(field.text())
            except AppError as problem:
                self.form.complain(field, problem.sentence)
                self.fit()
                return
        self._sitting.shell.ask_second_person(self, say("desk_sync.enrol.online"), self._enrol)

    def _enrol(self, actors: Any) -> None:
        from core.exchange.enrolling import enrol_online

        store, address, code = self._sitting.store, self.address.text(), self.code.text()
        working = ops.work(self, enrol_online, store, actors, address, code).on_done(self._enrolled)
        working.describe(say("desk_sync.enrol.doing")).busy(self.confirm, self.address, self.code).start()

    def _enrolled(self, found: Any) -> None:
        self.accept()
        self._done(found)


class AnswerDialog(FittedSheet):
    """The association's answer as a file, and the fingerprint that was told by another way."""

    def __init__(self, parent: QWidget, context: Context, done: Callable[[Any], object]) -> None:
        super().__init__(parent, context, say("desk_sync.enrol.answer"), say("desk_sync.enrol.answer.words"), WIDTH)
        self._sitting, self._done = context, done
        self.form = Form()
        self.file = self.form.add(say("desk_sync.enrol.file"), QLineEdit(), required=True)
        self.fingerprint = self.form.add(
            say("desk_sync.link.fingerprint"),
            QLineEdit(),
            hint=say("desk_sync.enrol.fingerprint.hint"),
            required=True,
        )
        self.fingerprint.setMaxLength(LONGEST_CODE)
        self.body.addWidget(self.form)
        self.body.addWidget(label(say("desk_sync.enrol.second"), "small", wrap=True))
        self.confirm = self.add_buttons(say("desk_sync.enrol.answer.do"), self._on_confirm)
        self.fingerprint.setFocus()

    def take_file(self, file: Path) -> None:
        """The file that was chosen."""
        self.file.setText(str(file))

    def _on_confirm(self) -> None:
        self.form.accept_all()
        self.strip.clear()
        for field in (self.file, self.fingerprint):
            if not field.text().strip():
                self.form.complain(field, say("desk_sync.enrol.missing"))
                self.fit()
                return
        self._sitting.shell.ask_second_person(self, say("desk_sync.enrol.answer"), self._accept)

    def _accept(self, actors: Any) -> None:
        from core.exchange.enrolling import accept_file

        file, fingerprint = Path(self.file.text().strip()), self.fingerprint.text()
        working = ops.work(self, accept_file, self._sitting.store, actors, file, fingerprint).on_done(self._enrolled)
        working.describe(say("desk_sync.enrol.doing")).busy(self.confirm, self.file, self.fingerprint).start()

    def _enrolled(self, found: Any) -> None:
        self.accept()
        self._done(found)


def ask_request_target(parent: QWidget, centre: str) -> Path | None:
    """Where the request file goes, or None."""
    name = say("desk_sync.enrol.request.file", centre=centre) + REQUEST_SUFFIX
    chosen, _ = QFileDialog.getSaveFileName(parent, say("desk_sync.enrol.request"), name, f"*{REQUEST_SUFFIX}")
    return Path(chosen) if chosen else None


def ask_answer(parent: QWidget) -> Path | None:
    """The association's answer, or None."""
    chosen, _ = QFileDialog.getOpenFileName(parent, say("desk_sync.enrol.answer"))
    return Path(chosen) if chosen else None
