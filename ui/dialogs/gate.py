"""What stands before the window opens: one card in the middle, and the language in the corner."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from core.errors import AppError
from core.words import LANGUAGES, language, say
from ui.context import Station
from ui.widgets.basics import button, icon_label, label, row
from ui.widgets.strip import ProgressStrip, Strip


class Gate(QWidget):
    """A card with title and words over the quiet ground; `body` takes the rest. A host of operations."""

    language_wanted = Signal(str)

    def __init__(self, context: Station, title: str, words: str = "", width: int = 440, languages: bool = True) -> None:
        super().__init__()
        self.context = context
        self.setProperty("role", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.card = _GateCard()
        self.card.setProperty("kind", "card")
        self.card.setFixedWidth(width)
        inner = QVBoxLayout(self.card)
        inner.setContentsMargins(32, 28, 32, 28)
        inner.setSpacing(12)
        inner.addLayout(row(icon_label("logo", "accent", 28), label(say("ui.product"), "strong"), None, spacing=8))
        inner.addSpacing(4)
        self.heading = label(title, "title", wrap=True)
        self.words = label(words, "muted", wrap=True)
        inner.addWidget(self.heading)
        inner.addWidget(self.words)
        if not words:
            self.words.hide()
        self.strip = Strip()
        self.progress_strip = ProgressStrip()
        inner.addWidget(self.strip)
        self.body = QVBoxLayout()
        self.body.setSpacing(16)
        inner.addSpacing(4)
        inner.addLayout(self.body)
        inner.addWidget(self.progress_strip)
        field = QWidget()
        field.setProperty("role", "scrolled")
        middle = QGridLayout(field)
        middle.setContentsMargins(16, 16, 16, 16)
        middle.addWidget(self.card, 0, 0, Qt.AlignmentFlag.AlignCenter)
        scroll = QScrollArea()  # at 150 % a founding card may be higher than the screen
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(field)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 8)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        self.foot = label("", "small")
        foot = row(16, self.foot, None, spacing=4)
        self.languages = [
            button(say(f"ui.language.{name}"), partial(self.language_wanted.emit, name), "ghost", "globe")
            for name in LANGUAGES
            if languages and name != language()
        ]
        for choice in self.languages:
            foot.addWidget(choice)
        foot.addSpacing(16)
        outer.addLayout(foot)

    def begin(self) -> None:
        """Set the focus where typing begins."""

    def ask_again(self) -> None:
        """Focus where typing begins, unless what followed this card has it already."""
        if self.isVisible():
            self.begin()

    def may_close(self) -> bool:
        """Whether the window may close over this card; one that says no has said why."""
        return True

    def show_refusal(self, error: AppError) -> None:
        """Say it on the card."""
        self.strip.show_error(error)

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """Say how far it is."""
        self.progress_strip.show_progress(text, done, total, cancel)

    def hide_progress(self) -> None:
        """It has ended."""
        self.progress_strip.hide()


class _GateCard(QFrame):
    """As high as its wrapped words and lines of buttons ask for: in a low window it scrolls, and is not squeezed."""

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        return QSize(least.width(), max(least.height(), self.heightForWidth(self.maximumWidth())))
