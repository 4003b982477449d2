"""A look at the PDF that was just written, inside the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QStackedWidget

from core.words import say
from ui.widgets.basics import icon_button, label
from ui.widgets.card import Card
from ui.widgets.empty import EmptyState

ICON = "documents"


class Preview(Card):
    """The sheets one below the other; the wheel and Page Down go on. Empty it says what will stand here."""

    def __init__(self, open_folder: Callable[[], None]) -> None:
        super().__init__(say("exam.preview"))
        self.document = QPdfDocument(self)
        self.view = QPdfView()
        self.view.setAccessibleName(say("exam.preview"))
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setDocument(self.document)
        self._count = label("", "muted")
        self._whole = icon_button("documents", say("exam.preview.whole"), self._toggle)
        self._folder = icon_button("folder", say("exam.preview.folder"), open_folder)
        for tool in (self._count, self._whole, self._folder):
            self.tools.addWidget(tool)
        self.empty = EmptyState()
        self.empty.say(ICON, say("exam.preview.empty"), say("exam.preview.empty.words"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.view)
        self.body.addWidget(self._stack, 1)
        self._show_tools(False)

    @property
    def pages(self) -> int:
        """How many sheets are shown; 0 while there is none."""
        return self.document.pageCount() if self._stack.currentWidget() is self.view else 0

    def show_file(self, path: Path) -> None:
        """Show a PDF. One that can't be shown is told; it is written all the same."""
        self.document.close()
        problem = self.document.load(str(path))
        if problem is not QPdfDocument.Error.None_:
            self.empty.say(ICON, say("exam.preview.unreadable"), path.name)
            self._stack.setCurrentWidget(self.empty)
            self._show_tools(False)
            return
        self._count.setText(say("exam.preview.pages", file=path.name, pages=self.document.pageCount()))
        self._stack.setCurrentWidget(self.view)
        self._show_tools(True)

    def _toggle(self) -> None:
        mode = self.view.zoomMode()
        whole = mode is QPdfView.ZoomMode.FitToWidth
        self.view.setZoomMode(QPdfView.ZoomMode.FitInView if whole else QPdfView.ZoomMode.FitToWidth)

    def _show_tools(self, shown: bool) -> None:
        for tool in (self._count, self._whole, self._folder):
            tool.setVisible(shown)
