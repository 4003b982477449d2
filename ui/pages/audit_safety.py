"""Whether the records still hold, and the backups: one button each, and what came of it in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from core import audit
from core.clock import china_time
from core.words import say
from ui import ops
from ui.context import Context
from ui.pages.audit_keys import KeysCard
from ui.widgets.basics import button, clear, label, row, rule
from ui.widgets.card import Card
from ui.widgets.strip import Strip

if TYPE_CHECKING:
    from ui.widgets.page import Page

SHOWN_PROBLEMS = 12
SUFFIX = ".zkbackup"


class SafetyView(QWidget):
    """Two cards. The page is the host of what they start."""

    def __init__(self, page: Page, context: Context) -> None:
        super().__init__()
        self._page = page
        self._context = context
        self.verdict = Strip()
        self._problems = QVBoxLayout()
        self._problems.setSpacing(4)
        self.check = button(say("exam.check.do"), self.start_check, icon="shield")
        self._backups = QVBoxLayout()
        self._backups.setSpacing(8)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(16)
        outer.addWidget(self._check_card())
        outer.addWidget(self._backup_card())
        self.keys = KeysCard(page, context)
        outer.addWidget(self.keys)
        outer.addStretch(1)

    def refresh(self) -> None:
        """Read the backups that were made."""
        ops.read(self._page, audit.backups).on_done(self._show_backups).latest("backups").start()

    def start_check(self) -> None:
        """Check everything."""
        self.verdict.clear()
        clear(self._problems)
        working = ops.work(self._page, audit.check, self._context.store).progress()
        working.describe(say("exam.check.doing")).on_done(self._show_checked).busy(self.check).start()

    def back_up(self) -> None:
        """Ask where, write, read back."""
        name = say("exam.backup.file", centre=self._context.store.centre, time=_stamp()) + SUFFIX  # type: ignore[attr-defined]
        chosen, _ = QFileDialog.getSaveFileName(self._page, say("exam.backup.now"), name, f"*{SUFFIX}")
        if not chosen:
            return
        target = Path(chosen)
        self._page.clear_refusal()
        working = ops.work(self._page, audit.back_up, self._context.store, target)
        working.describe(say("exam.backup.doing", file=target.name))
        working.on_done(lambda facts: self._made(target, facts)).start()

    def _made(self, target: Path, facts: Any) -> None:
        text = say("backup.made", entries=facts.entries, blobs=facts.blobs, file=target.name)
        self._page.strip.say(text, "good", say("exam.backup.advice"))
        self._context.changed.emit(frozenset({"backup.made"}))

    def _show_checked(self, found: audit.Checked) -> None:
        clear(self._problems)
        if found.whole:
            text = say("journal.whole", entries=found.entries, devices=found.devices)
            self.verdict.say(f"{text}{say('journal.same', tables=found.tables)}", "good")
            return
        text = say("exam.check.broken", count=len(found.problems) + len(found.differing), entries=found.entries)
        self.verdict.say(text, "danger", say("exam.check.broken.todo"))
        for problem in found.problems[:SHOWN_PROBLEMS]:
            self._problems.addWidget(label(problem.sentence, wrap=True))
        if found.differing:
            self._problems.addWidget(label(say("journal.differing", differing="、".join(found.differing)), wrap=True))

    def _show_backups(self, found: list[audit.BackupLine]) -> None:
        clear(self._backups)
        if not found:
            self._backups.addWidget(label(say("exam.backup.none"), "", "attention", wrap=True))
        for one in found:
            when = china_time(one.at).strftime("%Y-%m-%d %H:%M")
            words = label(say("exam.backup.line", entries=one.entries), "muted")
            self._backups.addLayout(row(label(when, "strong"), words, None, spacing=16))

    def _check_card(self) -> Card:
        card = Card(say("exam.check.title"))
        card.tools.addWidget(self.check)
        card.body.addWidget(label(say("exam.check.words"), "muted", wrap=True))
        card.body.addWidget(self.verdict)
        card.body.addLayout(self._problems)
        return card

    def _backup_card(self) -> Card:
        card = Card(say("exam.backup.title"))
        card.body.addLayout(self._backups)
        card.body.addWidget(rule())
        card.body.addWidget(label(say("exam.backup.restore"), "small", wrap=True))
        return card


def _stamp() -> str:
    import time

    return china_time(time.time_ns() // 1_000_000).strftime("%Y%m%d-%H%M")
