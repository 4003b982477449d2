"""Checking a certificate at the closed door: needs no account, shows nothing but what the code itself says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.words import say
from ui.context import Station
from ui.pages.verify_view import VerifyView
from ui.widgets.basics import button, label, row, shortcut
from ui.widgets.tabs import scrolled


class VerifyGate(QWidget):
    """The verify page alone in the window, and the way back to the sign-in."""

    def __init__(self, context: Station, home: Path, leave: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("role", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.verify = VerifyView(context, home)
        self.back = button(say("verify_page.back"), leave, "ghost", "back", tip="Esc")
        shortcut("Escape", self, leave, everywhere=True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(32, 20, 32, 16)
        outer.setSpacing(12)
        outer.addLayout(row(label(say("ui.page.verify"), "title"), None, self.back))
        outer.addWidget(scrolled(self.verify), 1)

    def begin(self) -> None:
        """Set the cursor where a scan lands."""
        self.verify.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.verify.take_key(event):
            super().keyPressEvent(event)
