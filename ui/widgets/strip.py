"""Strips across a page: a refusal that quotes its clause, a notice, and how far a long job is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from core.errors import AppError
from core.words import say
from ui import icons
from ui.widgets.basics import button, column, icon_button, icon_label, label, restyle

ICON_OF_TONE = {"danger": "danger", "attention": "warning", "good": "check", "plain": "info"}
POLICY = "policy"
"""The clause of a rule that the centre has made for itself (or `policy:` and its name in the plan)."""


class Strip(QFrame):
    """A sentence that stays until it is closed or answered. Hidden while it has nothing to say."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("strip", "danger")
        self._icon = icon_label("danger", "danger", 20)
        self._text = label("", wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._source = label("", "small", wrap=True)
        self._action = button("", kind="link")
        self._act: Callable[[], None] | None = None
        self._action.clicked.connect(self._on_action)
        self._close = icon_button("cross", say("ui.close"), self.clear)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 8, 8)
        line.setSpacing(12)
        line.addWidget(self._icon)
        line.addLayout(column(self._text, self._source, spacing=2), 1)
        line.addWidget(self._action)
        line.addWidget(self._close)
        self.hide()

    def show_error(self, error: AppError) -> None:
        """Show why an act was refused, and whose rule it is: the standard's clause, or the centre's own."""
        self.say(error.sentence, "danger", source=whose_rule(error.clause))

    def say(
        self,
        text: str,
        tone: str = "plain",
        source: str = "",
        action: str = "",
        act: Callable[[], None] | None = None,
    ) -> None:
        """Show a sentence. `tone`: danger, attention, good, plain."""
        self._text.setText(text)
        self._source.setText(source)
        self._source.setVisible(bool(source))
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._act = act
        icons.wear(self._icon, ICON_OF_TONE[tone], "accent" if tone == "plain" else tone, 20)
        restyle(self, "strip", tone)
        self.setAccessibleName(f"{text} {source}".strip())
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def clear(self) -> None:
        """Hide it."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    @property
    def text(self) -> str:
        """The sentence that it shows; empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    def _on_action(self) -> None:
        act = self._act
        self.clear()
        if act is not None:
            act()


class ProgressStrip(QFrame):
    """What is being done and how far, with a way to stop it where there is one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("strip", "plain")
        self._text = label("")
        self._count = label("", "small")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._cancel = button(say("ui.cancel"), self._on_cancel, "ghost")
        self._stop: Callable[[], None] | None = None
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 8, 8)
        line.setSpacing(12)
        line.addWidget(self._text)
        line.addWidget(self._bar, 1)
        line.addWidget(self._count)
        line.addWidget(self._cancel)
        self.setMinimumHeight(48)
        self.hide()

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """Show `text`, `done` of `total` (0: not known yet, the bar only moves), and a way to cancel."""
        self._text.setText(text)
        self._count.setText(f"{done} / {total}" if total else "")
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._stop = cancel
        self._cancel.setVisible(cancel is not None)
        self._cancel.setEnabled(True)
        self.show()

    def _on_cancel(self) -> None:
        if self._stop is not None:
            self._cancel.setEnabled(False)
            self._text.setText(say("ui.cancelling"))
            self._stop()


def whose_rule(clause: str | None) -> str:
    """The words that name a rule's source; empty for what is nobody's rule (a wrong PIN, a full disk)."""
    if not clause:
        return ""
    if clause.partition(":")[0] == POLICY:
        return say("ui.rule.policy")
    return say("ui.rule.clause", clause=clause)
