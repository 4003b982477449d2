"""F1: the help of the page in view, out of `resources/help`."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QFont, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from core.words import language, say

HELP = Path(__file__).resolve().parent.parent.parent / "resources" / "help"
FIRST_PAGE = "index"


def help_text(topic: str) -> str:
    """The Markdown of a topic in the language in use; the first page where there is none of its own."""
    for name in (topic, FIRST_PAGE):
        source = HELP / language() / f"{name}.md"
        if source.is_file():
            return source.read_text(encoding="utf-8")
    return say("ui.help.keys")


class HelpView(QWidget):
    """Shows one topic; links between topics stay inside, none leaves the machine."""

    def __init__(self, topic: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.browser = QTextBrowser()
        self.browser.setOpenLinks(False)
        self.browser.setOpenExternalLinks(False)
        self.browser.setAccessibleName(say("ui.keys.help"))
        self.browser.document().setDocumentMargin(0)
        self.browser.anchorClicked.connect(self._on_link)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 4, 20, 20)
        box.addWidget(self.browser)
        self.setFocusProxy(self.browser)
        self.show_topic(topic)

    def show_topic(self, topic: str) -> None:
        """Show another topic."""
        self.browser.setMarkdown(help_text(topic))
        self._calm()

    def _calm(self) -> None:
        """Markdown's headings come far too loud."""
        document = self.browser.document()
        document.setIndentWidth(16)
        block = document.begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            cursor = QTextCursor(block)
            spaced = block.blockFormat()
            spaced.setBottomMargin(8)
            spaced.setTopMargin(12 if level else 0)
            cursor.setBlockFormat(spaced)
            if level:
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                loud = QTextCharFormat()
                loud.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
                loud.setProperty(QTextFormat.Property.FontPixelSize, 18 if level == 1 else 15)
                loud.setFontWeight(QFont.Weight.DemiBold)
                cursor.mergeCharFormat(loud)
            block = block.next()

    def _on_link(self, link: QUrl) -> None:
        if link.isRelative():
            self.show_topic(Path(link.path()).stem)
