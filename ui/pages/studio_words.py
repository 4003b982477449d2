"""The quick words of moments, as this centre says them: one a line, in the order of their keys."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from core.examday.commands import set_moment_words
from core.examday.work_queries import moment_words
from core.words import say
from ui import ops
from ui.dialogs.sheet import Sheet
from ui.widgets.form import Form


class MomentWordsDialog(Sheet):
    """Shows the words in use, and keeps others; empty sets the usual ones again."""

    def __init__(self, parent: QWidget, context: Any) -> None:
        super().__init__(parent, context, say("studio.words"), say("studio.words.words"))
        form = Form()
        self.words = form.add(say("studio.words.field"), QPlainTextEdit(), hint=say("studio.words.hint"))
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(200)
        self.body.addWidget(form)
        self.confirm = self.add_buttons(say("ui.save"), self._on_confirm)
        self.words.setFocus()
        ops.read(self, moment_words).on_done(lambda found: self.words.setPlainText("\n".join(found))).start()

    def _on_confirm(self) -> None:
        self.strip.clear()
        words = self.words.toPlainText().splitlines()
        ops.write(self, set_moment_words, words).on_done(lambda _: self.accept()).busy(self.confirm).start()
