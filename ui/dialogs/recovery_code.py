"""A recovery code that is shown once: to print, to save, to write down, and its last group typed back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from core.words import say
from ui.widgets.basics import button, column, label, row
from ui.widgets.form import Form
from ui.widgets.strip import Strip


class RecoveryCode(QWidget):
    """The code. `noted` comes only when its last group has been typed back; `host` says what went wrong."""

    noted = Signal()

    def __init__(self, host: Strip) -> None:
        super().__init__()
        self._host = host
        self._sheet: Callable[[str], str] = lambda code: code
        self.code = ""
        self.shown_code = label("", "code", wrap=True)
        self.shown_code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.shown_code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._check = Form()
        self.typed = self._check.add(say("ui.found.typed"), QLineEdit(), hint=say("ui.found.typed.hint"))
        self.typed.returnPressed.connect(self.finish)
        self.print = button(say("ui.print"), self._on_print, icon="print")
        self.save = button(say("ui.save"), self._on_save, icon="save")
        self.setLayout(
            column(self.shown_code, row(None, self.print, self.save, None), 4, self._check, spacing=16),
        )

    def show_code(self, code: str, sheet: Callable[[str], str]) -> None:
        """Show `code`; `sheet(code)` is what goes on paper."""
        self.code, self._sheet = code, sheet
        groups = code.split("-")
        half = (len(groups) + 1) // 2
        self.shown_code.setText("\n".join("  ".join(part) for part in (groups[:half], groups[half:]) if part))

    def finish(self) -> None:
        """Compare what was typed with the last group."""
        typed = "".join(sign for sign in self.typed.text().upper() if sign.isalnum())
        if typed != self.code.split("-")[-1].upper():
            self._check.complain(self.typed, say("ui.found.typed.wrong"))
            return
        self.noted.emit()

    def forget(self) -> None:
        """It has been noted: show it no more."""
        self.code = ""
        self.shown_code.clear()

    def _on_save(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        chosen, _filter = QFileDialog.getSaveFileName(self, say("ui.save"), say("ui.found.file"), "*.txt")
        if not chosen:
            return
        try:
            Path(chosen).write_text(self._sheet(self.code), encoding="utf-8")
        except OSError as problem:
            self._host.say(say("ui.not_saved", problem=problem.strerror or ""), "danger")
            return
        self._host.say(say("ui.found.saved"), "attention")

    def _on_print(self) -> None:
        from PySide6.QtGui import QTextDocument
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        asked = QPrintDialog(printer, self)
        text = self._sheet(self.code)

        def print_it() -> None:
            document = QTextDocument()
            document.setPlainText(text)
            document.print_(printer)

        asked.accepted.connect(print_it)
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.show()
