"""The last good one is …: what came out of a run that nobody knows the end of, answered in one field."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from core.certificates.print_commands import settle_up_to
from core.certificates.print_job import settle_on_paper
from core.certificates.printers import printer_setup
from core.certificates.standing import CertificateLine
from core.errors import AppError
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.low import LowBody
from ui.dialogs.sheet import ROUND, Sheet
from ui.models.paged import Column
from ui.pages.certificates_data import Doubt, named
from ui.widgets.basics import button, column, holder
from ui.widgets.form import Form
from ui.widgets.table import DataTable

WIDTH = 600
LINES = 6
LOW, LOW_LINES = 600, 2
"""On a screen that is no higher the list shows fewer lines, so that what is asked stays in sight."""


class SettleDialog(Sheet):
    """The doubtful sheets in their order; typing or scanning finds one, up and down move over them."""

    def __init__(self, parent: QWidget, context: Context, doubt: Doubt) -> None:
        run = doubt.run
        words = say(
            "certs.settle.words", printer=run.printer, at=run.at.strftime("%m-%d %H:%M"), count=len(doubt.sheets)
        )
        super().__init__(parent, context, say("certs.settle"), words, WIDTH)
        self._doubt = doubt
        self.table = DataTable(
            [
                Column(say("certs.place"), lambda pair: str(pair[0]), numeric=True, width=72),
                Column(say("exam.number"), lambda pair: pair[1].candidate_number, width=84, strong=True),
                Column(say("exam.name"), lambda pair: pair[1].name, width=96, stretch=True),
                Column(say("certs.number"), lambda pair: pair[1].number, width=196),
            ],
            lambda pair: pair[1].id,
        )
        self.table.setAccessibleName(say("certs.settle"))
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.table.show_rows(list(enumerate(doubt.sheets, 1)))
        self.table.fit_height(LOW_LINES if self.screen().availableGeometry().height() <= LOW else LINES)
        self.table.clicked.connect(lambda index: self._choose(doubt.sheets[index.row()]))
        self.form = Form()
        self.last = self.form.add(say("certs.settle.last"), _Field(self._step), hint=say("certs.settle.last.hint"))
        self.last.textChanged.connect(self._on_text)
        self.serial = self.form.add(say("certs.settle.serial"), QLineEdit(), hint=say("certs.settle.serial.hint"))
        self._show_serial(False)
        self.body.addWidget(LowBody(holder(column(self.table, self.form, spacing=12)), WIDTH - ROUND))
        self.none = button(say("certs.settle.none"), lambda: self._settle(None), "ghost")
        self.confirm = self.add_buttons(say("certs.settle.do"), self._on_confirm)
        self._buttons.insertWidget(0, self.none)
        self.last.setFocus()
        ops.read(self, printer_setup, run.printer).on_done(self._on_setup).start()

    def _on_setup(self, setup: Any) -> None:
        if setup.numbered:
            self._show_serial(True)
            self.adjustSize()
            self._grow()

    def _show_serial(self, shown: bool) -> None:
        self._numbered = shown
        around = self.serial.parentWidget()
        if around is not None:
            around.setVisible(shown)

    def _on_text(self, text: str) -> None:
        found = self._found(text)
        if found is None:
            self.table.clearSelection()
        else:
            self.table.select_line(self._doubt.sheets.index(found))

    def _found(self, text: str) -> CertificateLine | None:
        """What was typed: a place in the list, or whatever names a certificate."""
        plain = text.strip()
        if plain.isdecimal() and len(plain) < 4 and 1 <= int(plain) <= len(self._doubt.sheets):
            return self._doubt.sheets[int(plain) - 1]
        try:
            return named(self._doubt.sheets, plain)
        except AppError:
            return None

    def _step(self, by: int) -> None:
        """Up and down."""
        found = self._found(self.last.text())
        at = self._doubt.sheets.index(found) + by if found is not None else 0
        self._choose(self._doubt.sheets[max(0, min(at, len(self._doubt.sheets) - 1))])

    def _choose(self, line: CertificateLine) -> None:
        self.last.setText(line.number)
        self.last.setFocus()

    def _on_confirm(self) -> None:
        found = self._found(self.last.text())
        if found is None:
            self.form.complain(self.last, say("certs.settle.which"))
            return
        self.form.complain(self.last, "")
        self._settle(found)

    def _settle(self, last: CertificateLine | None) -> None:
        self.strip.clear()
        run, id = self._doubt.run.id, last.id if last else None
        serial = self.serial.text().strip() if self._numbered and last else ""
        writing = ops.write(self, *((settle_on_paper, run, id, serial) if serial else (settle_up_to, run, id)))
        writing.busy(self.confirm, self.none).on_done(self._on_settled).start()

    def _on_settled(self, counts: tuple[int, int]) -> None:
        self.accept()
        printed, unprinted = counts
        self.context.shell.notify(say("certificates.settled", printed=printed, unprinted=unprinted))  # type: ignore[attr-defined]


class _Field(QLineEdit):
    """Up and down walk the list."""

    def __init__(self, step: Any) -> None:
        super().__init__()
        self._step = step

    def keyPressEvent(self, event: Any) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(-1 if event.key() == Qt.Key.Key_Up else 1)
            return
        super().keyPressEvent(event)
