"""A dialog that is as high as its words are at its width, also when a complaint or a refusal makes them longer."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent

from core.errors import AppError
from ui.dialogs.sheet import Sheet


class FittedSheet(Sheet):
    """What `Sheet` is; whoever changes what stands in it calls `fit`."""

    def fit(self) -> None:
        """Take the height that the words need: Qt guesses it for another width, and would cut a line."""
        QTimer.singleShot(0, self, self._fit)  # what was shown or hidden just now counts too

    def show_refusal(self, error: AppError) -> None:
        super().show_refusal(error)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        outer = self.layout()
        if outer is not None:
            outer.activate()
            self.setFixedHeight(outer.totalHeightForWidth(self.width()))
