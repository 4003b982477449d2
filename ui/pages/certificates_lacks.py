"""What a batch still lacks for certificates, one line each with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from core.certificates.needs import Lack
from core.words import say
from ui.context import Context
from ui.registry import built
from ui.widgets.basics import button, clear, column, holder, icon_label, label, row
from ui.widgets.card import Card

PAGE_OF = {"confirmation": "results", "enrolment": "sync"}
"""Where one goes to put it right; the rest comes as a file of the association."""


class Lacks(Card):
    """Hidden while nothing is missing. `take_in` asks for the association's file."""

    def __init__(self, context: Context, take_in: Callable[[], None]) -> None:
        super().__init__(say("certs.lacks"))
        self._context = context
        self._lines = column(spacing=8)
        self.body.addLayout(self._lines)
        self.take = button(say("certs.take_in"), take_in, icon="import", tip="Ctrl+O")
        self.tools.addWidget(self.take)
        self.hide()

    def show_lacks(self, lacks: Sequence[Lack], may_act: bool) -> None:
        """Show these."""
        clear(self._lines)
        self.setVisible(bool(lacks))
        self.take.setVisible(may_act and any(one.what not in PAGE_OF for one in lacks))
        pages = {page.key for page in built() if page.seen_by(self._context.session.roles)}
        for one in lacks:
            self._lines.addWidget(self._line(one, PAGE_OF.get(one.what, "") in pages))

    def _line(self, lack: Lack, leads: bool) -> QWidget:
        name = label(say(f"certs.lack.{lack.what}"), "strong")
        name.setMinimumWidth(96)
        words = label(lack.sentence, "muted", wrap=True)
        line = row(icon_label("warning", "attention", 18), name, spacing=12)
        line.addWidget(words, 1)
        if leads:
            open_page = self._context.shell.open_page
            line.addWidget(button(say("certs.go"), lambda: open_page(PAGE_OF[lack.what]), "link"))
        digest = lack.values.get("results")
        if digest:
            copy = button(say("certs.copy_digest"), lambda: QGuiApplication.clipboard().setText(str(digest)), "link")
            line.addWidget(copy)
        return holder(line)
