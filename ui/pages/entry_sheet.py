"""One paper sheet being keyed: the paper in hand, the cells, and nothing of what anybody else has typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from core.clock import china_time
from core.errors import AppError
from core.scoring.paper import key_paper, withdraw_typing
from core.scoring.paper_queries import OwnTyping
from core.words import say
from ui import ops
from ui.context import Context
from ui.pages.entry_grid import EntryGrid
from ui.pages.entry_saver import TypingSaver
from ui.pages.entry_scan import ScanPane
from ui.pages.marking_binding import exercise_name
from ui.widgets.basics import (
    ElidedLabel,
    badge,
    button,
    clear,
    column,
    holder,
    icon_button,
    label,
    row,
    set_badge,
    shortcut,
)
from ui.widgets.card import Card
from ui.widgets.page import Page
from ui.widgets.tabs import scrolled

WIDE, PANE, NARROW_PANE = 900, 320, 264


class TypingView(QWidget):
    """`show_typing` a sheet; `keyed(differing)` when it is keyed, `back()` to leave."""

    def __init__(
        self, page: Page, context: Context, keyed: Callable[[OwnTyping, object], None], back: Callable[[], object]
    ) -> None:
        super().__init__()
        self._page, self._keyed = page, keyed
        self._typing: OwnTyping | None = None
        self.grid: EntryGrid | None = None
        self.saver = TypingSaver(context, self)
        self.saver.saved.connect(self._on_saved)
        self.saver.failed.connect(self._on_failed)
        self.number = label("", "title")
        self.what = ElidedLabel("muted")
        self.examiner = ElidedLabel("muted")
        self.state = badge("", "plain")
        self.words = label("", "words", wrap=True)
        self.count = label("", "muted")
        self.kept = label("", "small")
        self.done = button(say("entry.done"), self.finish, "primary", tip="Ctrl+Return")
        self.withdraw = button(say("entry.withdraw"), self._on_withdraw, "link")
        self._cells = Card()
        self.scan = ScanPane(page, lambda: None)
        about = Card()
        about.body.addWidget(self.number)
        about.body.addWidget(self.what)
        about.body.addWidget(self.examiner)
        about.body.addLayout(row(self.state, None))
        about.body.addWidget(self.words)
        about.body.addLayout(row(self.withdraw, None))
        side = column(about, spacing=16)
        side.addWidget(self.scan, 1)
        pane = scrolled(holder(side))  # in a low window, under a refusal, it scrolls: no word is squeezed
        self._pane = pane
        left = column(spacing=12)
        left.addLayout(
            row(icon_button("back", f"{say('entry.back')}  Esc", back), self.count, None, self.kept, self.done)
        )
        left.addWidget(self._cells, 1)
        line = row(spacing=16)
        line.addLayout(left, 1)
        line.addWidget(pane)
        self.setLayout(line)
        shortcut("Ctrl+Return", self, self.finish)
        shortcut("Ctrl+O", self, self.scan.choose)

    @property
    def key(self) -> tuple[int, str, int] | None:
        """What sheet it is."""
        found = self._typing
        return (found.application, found.exercise.id, found.examiner) if found else None

    def show_typing(self, typing: OwnTyping) -> None:
        """Show a sheet as it was kept last."""
        self._typing = typing
        self.number.setText(typing.number)
        self.what.setText(exercise_name(typing.exercise))
        self.examiner.setText(say("entry.of_examiner", examiner=typing.examiner_name))
        self._show_state(typing)
        clear(self._cells.body)
        self.grid = EntryGrid(typing.exercise, typing.typed, typing.differing, keyed=typing.keyed)
        self.grid.typed.connect(self._on_typed)
        self.grid.left.connect(self.done.setFocus)
        self._cells.body.addWidget(scrolled(self.grid), 1)
        # The cells are younger than the buttons: without this Tab would go from the last one to the rail.
        chain = (self.grid.remark, self.done, self.withdraw, self.scan.add)
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)
        open_ = typing.state in ("open", "once", "differs") and bool(typing.round)
        whole = typing.keyed and not typing.differing
        self.grid.setEnabled(open_)
        self.done.setVisible(open_ and not whole)
        self.withdraw.setVisible(typing.keyed and typing.state in ("once", "differs"))
        self.kept.setText("")
        self._count()
        self.scan.open(*(typing.application, typing.exercise.id, typing.examiner))
        self.grid.begin()

    def leave(self) -> None:
        """Keep what is typed; the sheet goes."""
        self.saver.flush()
        self._typing = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._pane.setFixedWidth(PANE if self.width() >= WIDE else NARROW_PANE)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.saver.flush()  # another page, the lock, or the end of the day: nothing waits any longer

    def finish(self) -> None:
        """Key it. An item that was passed over, or can't be read, gets the focus instead."""
        typing, grid = self._typing, self.grid
        if typing is None or grid is None or self.done.isHidden():
            return
        self._page.clear_refusal()
        wrong = next(iter(grid.unreadable), None) or grid.first_empty()
        if wrong is not None:
            wrong.setFocus()
            wrong.selectAll()
            if grid.unreadable:
                self._page.strip.say(say("entry.cannot_read"), "attention")
            else:
                self._page.strip.say(say("paper.incomplete", count=len(grid.cells) - grid.done), "attention")
            return
        self.saver.drop()
        writing = ops.write(self._page, key_paper, typing.application, typing.exercise.id, typing.examiner, grid.draft)
        writing.on_done(partial(self._keyed, typing)).busy(self.done).start()

    def _show_state(self, typing: OwnTyping) -> None:
        if typing.keyed and typing.differing:
            set_badge(self.state, say("entry.differing", count=len(typing.differing)), "attention")
            self.words.setText(say("entry.differing.words"))
        elif typing.state == "agreed":
            set_badge(self.state, say("entry.state.agreed"), "good")
            self.words.setText(say("entry.agreed.words"))
        elif typing.state == "signed":
            set_badge(self.state, say("entry.state.signed"), "good")
            self.words.setText("")
        elif typing.state == "screen":
            set_badge(self.state, say("entry.state.screen"), "plain")
            self.words.setText(say("paper.on_screen"))
        elif typing.keyed:
            set_badge(self.state, say("entry.round", round=typing.round), "accent")
            self.words.setText(say("entry.keyed.words"))
        elif not typing.round:
            set_badge(self.state, say("entry.state.differs"), "plain")
            self.words.setText(say("paper.keyed_by_two"))
        else:
            set_badge(self.state, say("entry.round", round=typing.round), "accent")
            self.words.setText(say("entry.words"))

    def _on_typed(self) -> None:
        key = self.key
        if key is not None and self.grid is not None:
            self.kept.setText("")
            self.saver.keep(key, self.grid.draft)
            self._count()

    def _count(self) -> None:
        if self.grid is not None:
            self.count.setText(say("entry.count", done=self.grid.done, total=len(self.grid.cells)))

    def _on_saved(self, at: int) -> None:
        self.kept.setText(say("entry.saved", at=china_time(at).strftime("%H:%M:%S")))

    def _on_failed(self, error: AppError) -> None:
        self._page.show_refusal(error)

    def _on_withdraw(self) -> None:
        typing = self._typing
        if typing is not None:
            self.saver.drop()
            key = (typing.application, typing.exercise.id, typing.examiner)
            writing = ops.write(self._page, withdraw_typing, *key, typing.round).busy(self.withdraw)
            writing.say_done(say("entry.withdrawn")).on_done(lambda _none: self._keyed(typing, None)).start()
