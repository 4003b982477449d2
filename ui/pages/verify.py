"""核验证书: a page for everybody who is handed a certificate or a notice and wants to know whether it is true."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent

from ui.context import Context
from ui.pages.verify_view import VerifyView
from ui.widgets.page import Page


class VerifyPage(Page):
    """One way in, one verdict."""

    title_code: ClassVar[str] = "ui.page.verify"
    scrolls: ClassVar[bool] = True
    batched: ClassVar[bool] = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.verify = VerifyView(context, context.store.home)  # type: ignore[attr-defined]
        self.body.addWidget(self.verify, 1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.verify.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_something(self) -> bool:
        if self.verify.camera is not None and self.verify.camera.is_on:
            self.verify.stop_camera()
            return True
        return super().close_something()
