"""A bug happened: what is safe, where the report lies, and that one may go on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from core.words import say
from ui.context import Station
from ui.dialogs.sheet import Sheet
from ui.widgets.basics import button
from ui.widgets.form import Form


class CrashDialog(Sheet):
    """Shows the path of a crash report, and puts it on the clipboard."""

    def __init__(self, parent: QWidget, context: Station, report: Path) -> None:
        super().__init__(parent, context, say("ui.crash.title"), say("ui.crash.words"), width=520)
        form = Form()
        self.path = form.add(say("ui.crash.report"), QLineEdit(str(report)), hint=say("ui.crash.hint"))
        self.path.setReadOnly(True)
        self.body.addWidget(form)
        self._buttons.addWidget(button(say("ui.copy"), self._on_copy, icon="copy"))
        go_on = button(say("ui.crash.go_on"), self.accept, "primary")
        go_on.setDefault(True)
        self._buttons.addWidget(go_on)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.path.text())
